/*
 * oracle_mime: our MIME parser against GMime's over a folder of saved mail.
 *
 * No part of the product and not run by `make check`: `make check-oracle
 * ORACLE_MAIL=FOLDER` builds and runs it.  It prints how often both agree on
 * the leaves of a message (type, decoded octets, charset, file name) and on
 * its Subject, and with -v each message on which they do not.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <gmime/gmime.h>

#include "postern/header.h"
#include "postern/mime.h"
#include "postern/strbuf.h"

enum { LEAVES_MAX = 2000 };

struct leaf {
	char type[100];
	struct str octets;
	char charset[100];
	char name[500];
};

struct leaves {
	struct leaf list[LEAVES_MAX];
	size_t count;
};

struct tally {
	size_t messages;
	size_t messages_agree;
	size_t leaves;
	size_t same_type;
	size_t same_octets;
	size_t same_trimmed; /* but for white space at line ends */
	size_t same_charset;
	size_t same_name;
	size_t same_subject;
	size_t octets;
};

/* nftw gives its callback no argument. */
static struct tally tally;
static bool verbose;

static void
differ(const char *path, const char *what, struct str ours, struct str theirs)
{
	if (verbose)
		printf("%s: %s: ours \"%.*s\" (%zu), theirs \"%.*s\" (%zu)\n",
		    path, what, (int)str_head(ours, 200).len, ours.data,
		    ours.len, (int)str_head(theirs, 200).len, theirs.data,
		    theirs.len);
}

/* Without a mailbox's "From " line, and with CRLF. */
static struct str
mail_load(const char *path, struct arena *arena)
{
	FILE *in = fopen(path, "rb");
	struct str line, rest, out;
	struct strbuf file, mail;
	size_t got;

	strbuf_init(&file);
	strbuf_init(&mail);
	while (in && (got = fread(strbuf_grow(&file, 65536), 1, 65536, in)) > 0)
		strbuf_grew(&file, got);
	if (in)
		fclose(in);
	rest = strbuf_str(&file);
	if (str_starts(rest, "From "))
		str_cut_line(&rest, &line);
	while (rest.len && str_cut_line(&rest, &line)) {
		strbuf_add(&mail, line);
		strbuf_puts(&mail, "\r\n");
	}
	out = arena_copy(arena, strbuf_str(&mail));
	strbuf_clear(&file);
	strbuf_clear(&mail);
	return out;
}

static struct leaf *
leaf_new(struct leaves *leaves)
{
	if (leaves->count == LEAVES_MAX)
		abort();
	return &leaves->list[leaves->count++];
}

static void
leaf_text(char *out, size_t room, struct str text)
{
	snprintf(out, room, "%.*s", (int)text.len, text.data);
}

static void
our_leaves(struct str mail, struct arena *arena, struct leaves *out)
{
	const struct mime_part *p;
	struct mime_tree tree;
	struct message m;
	struct leaf *leaf;

	message_parse(mail, arena, &m);
	mime_parse(&m, arena, &tree);
	for (p = tree.root; p; p = mime_next(p)) {
		if (p->child || str_is(p->type, "multipart"))
			continue;
		leaf = leaf_new(out);
		snprintf(leaf->type, sizeof(leaf->type), "%.*s/%.*s",
		    (int)p->type.len, p->type.data, (int)p->subtype.len,
		    p->subtype.data);
		leaf->octets = mime_decode(p, SIZE_MAX, arena);
		leaf_text(leaf->charset, sizeof(leaf->charset), p->charset);
		leaf_text(leaf->name, sizeof(leaf->name), p->name);
	}
}

static struct str
their_octets(GMimePart *part, struct arena *arena)
{
	GMimeDataWrapper *content = g_mime_part_get_content(part);
	GMimeStream *memory = g_mime_stream_mem_new();
	GByteArray *bytes;
	struct str out;

	if (content)
		g_mime_data_wrapper_write_to_stream(content, memory);
	bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory));
	out = arena_copy(arena, str_of((const char *)bytes->data, bytes->len));
	g_object_unref(memory);
	return out;
}

static void
their_leaf(GMimeObject *object, struct arena *arena, struct leaves *out)
{
	GMimeContentType *type = g_mime_object_get_content_type(object);
	struct leaf *leaf = leaf_new(out);
	char *text = g_mime_content_type_get_mime_type(type), *lower;

	lower = g_ascii_strdown(text, -1);
	leaf_text(leaf->type, sizeof(leaf->type), str_c(lower));
	g_free(lower);
	g_free(text);
	leaf_text(leaf->charset, sizeof(leaf->charset),
	    str_c(g_mime_content_type_get_parameter(type, "charset")));
	leaf_text(leaf->name, sizeof(leaf->name),
	    str_c(g_mime_part_get_filename(GMIME_PART(object))));
	leaf->octets = their_octets(GMIME_PART(object), arena);
}

static void
their_leaves(GMimeObject *object, struct arena *arena, struct leaves *out)
{
	GMimeMessage *inner;
	int i, count;

	if (GMIME_IS_MULTIPART(object)) {
		count = g_mime_multipart_get_count(GMIME_MULTIPART(object));
		for (i = 0; i < count; i++)
			their_leaves(g_mime_multipart_get_part(
					 GMIME_MULTIPART(object), i),
			    arena, out);
	} else if (GMIME_IS_MESSAGE_PART(object)) {
		inner =
		    g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
		if (inner)
			their_leaves(
			    g_mime_message_get_mime_part(inner), arena, out);
	} else if (GMIME_IS_PART(object)) {
		their_leaf(object, arena, out);
	}
}

static GMimeMessage *
their_message(struct str mail)
{
	GMimeStream *stream =
	    g_mime_stream_mem_new_with_buffer(mail.data, mail.len);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeMessage *message;

	g_mime_parser_set_format(parser, GMIME_FORMAT_MESSAGE);
	message = g_mime_parser_construct_message(parser, NULL);
	g_object_unref(parser);
	g_object_unref(stream);
	return message;
}

static bool
same(const char *path, const char *what, struct str ours, struct str theirs,
    size_t *count)
{
	bool equal = str_eq(ours, theirs);

	*count += equal;
	if (!equal)
		differ(path, what, ours, theirs);
	return equal;
}

/* Without white space before line ends and at the end. */
static struct str
trimmed(struct str text, struct arena *arena)
{
	char *out = arena_alloc(arena, text.len + 1);
	struct str line;
	size_t len = 0;

	while (text.len && str_cut_line(&text, &line)) {
		while (line.len && ascii_is_space(line.data[line.len - 1]))
			line.len--;
		memcpy(out + len, line.data, line.len);
		len += line.len;
		out[len++] = '\n';
	}
	while (len && ascii_is_space(out[len - 1]))
		len--;
	return str_of(out, len);
}

static bool
octets_compare(
    const char *path, const struct leaf *ours, const struct leaf *theirs)
{
	struct arena *arena = arena_new();
	bool equal = str_eq(ours->octets, theirs->octets);

	tally.octets += theirs->octets.len;
	tally.same_octets += equal;
	if (equal)
		tally.same_trimmed++;
	else
		same(path, "octets", trimmed(ours->octets, arena),
		    trimmed(theirs->octets, arena), &tally.same_trimmed);
	arena_free(arena);
	return equal;
}

static bool
leaves_compare(const char *path, struct leaves *ours, struct leaves *theirs)
{
	const struct leaf *a, *b;
	bool agree = ours->count == theirs->count;
	size_t i;

	if (!agree && verbose)
		printf("%s: %zu leaves, theirs %zu\n", path, ours->count,
		    theirs->count);
	tally.leaves += theirs->count;
	for (i = 0; i < ours->count && i < theirs->count; i++) {
		a = &ours->list[i];
		b = &theirs->list[i];
		agree &= same(path, "type", str_c(a->type), str_c(b->type),
		    &tally.same_type);
		agree &= octets_compare(path, a, b);
		agree &= same(path, "charset", str_c(a->charset),
		    str_c(b->charset), &tally.same_charset);
		agree &= same(path, "name", str_c(a->name), str_c(b->name),
		    &tally.same_name);
	}
	return agree;
}

static bool
subject_compare(const char *path, struct str mail, GMimeMessage *theirs,
    struct arena *arena)
{
	const char *subject = g_mime_message_get_subject(theirs);
	const struct field *f;
	struct message m;
	struct str ours = str_c("");

	message_parse(mail, arena, &m);
	f = message_find(&m, "Subject", 0);
	if (f)
		ours = str_trim(header_decode(f->value, arena));
	return same(path, "subject", ours, str_trim(str_c(subject)),
	    &tally.same_subject);
}

static int
file_compare(
    const char *path, const struct stat *st, int kind, struct FTW *where)
{
	struct leaves *ours, *theirs;
	struct arena *arena;
	GMimeMessage *message;
	struct str mail;

	(void)st;
	(void)where;
	if (kind != FTW_F || !str_ends(str_c(path), ".txt"))
		return 0;
	arena = arena_new();
	ours = arena_alloc(arena, sizeof(*ours));
	theirs = arena_alloc(arena, sizeof(*theirs));
	mail = mail_load(path, arena);
	message = their_message(mail);
	tally.messages++;
	our_leaves(mail, arena, ours);
	if (message) {
		their_leaves(
		    g_mime_message_get_mime_part(message), arena, theirs);
		tally.messages_agree += leaves_compare(path, ours, theirs);
		subject_compare(path, mail, message, arena);
		g_object_unref(message);
	}
	arena_free(arena);
	return 0;
}

int
main(int argc, char **argv)
{
	verbose = argc > 1 && strcmp(argv[1], "-v") == 0;
	if (argc < 2 + verbose) {
		printf("skipped: no folder of mail given (ORACLE_MAIL)\n");
		return 77;
	}
	g_mime_init();
	if (nftw(argv[1 + verbose], file_compare, 20, FTW_PHYS) < 0) {
		perror(argv[1 + verbose]);
		return 1;
	}
	g_mime_shutdown();
	printf("messages %zu, all leaves alike in %zu, subject in %zu\n",
	    tally.messages, tally.messages_agree, tally.same_subject);
	printf("leaves %zu: type %zu, octets %zu (but for white space at line "
	       "ends %zu), charset %zu, name %zu; %zu octets\n",
	    tally.leaves, tally.same_type, tally.same_octets,
	    tally.same_trimmed, tally.same_charset, tally.same_name,
	    tally.octets);
	return 0;
}
