/*
 * oracle_mime: our MIME parser against GMime's, over saved mails.
 *
 * Paths come on standard input, one a line.  Every leaf must have the same
 * type, charset, file name and decoded octets, with one normalisation (see
 * oracle_leaves.c); what differs is told and the test fails.  One class is
 * told apart and does not fail: a charset that no semicolon stands before,
 * which we read and GMime does not.
 *
 * --broken N: N mails made of those and broken at random (oracle_break.c)
 * instead, from a seed that is told.  GMime is no law there, but no text that
 * it shows may be missing from ours, or rules would not see what a reader
 * does; the test fails unless that is of one of the classes of `why_of`.
 *
 * usage: oracle_mime [-v] [--broken N [--seed S] [--show NUMBER]]
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdio.h>
#include <stdlib.h>

#include <gmime/gmime.h>

#include "postern/message.h"
#include "postern/strbuf.h"

#include "oracle_break.h"
#include "oracle_leaves.h"

struct tally {
	size_t mails;
	size_t leaves;
	size_t texts;   /* leaves of type text */
	size_t strict;  /* octets the same as they are */
	size_t normal;  /* after the normalisation */
	size_t charset; /* without a semicolon before it */
	size_t octets;
	size_t failures;
};

struct options {
	bool verbose;
	uint64_t broken;
	uint64_t seed;
	uint64_t show;
};

struct mails {
	struct arena *arena;
	char **paths;
	size_t count;
};

static void
fail(struct tally *tally, const char *mail, const char *what, struct str ours,
    struct str theirs)
{
	tally->failures++;
	printf("%s: %s: ours \"%.*s\" (%zu), theirs \"%.*s\" (%zu)\n", mail,
	    what, (int)str_head(ours, 200).len, ours.data, ours.len,
	    (int)str_head(theirs, 200).len, theirs.data, theirs.len);
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

static void
leaf_compare(const char *mail, const struct oracle_leaf *ours,
    const struct oracle_leaf *theirs, struct tally *tally)
{
	tally->leaves++;
	tally->texts += str_starts(theirs->type, "text/");
	tally->octets += theirs->octets.len;
	tally->strict += str_eq(ours->octets, theirs->octets);
	tally->normal += str_eq(ours->octets, theirs->normal);
	if (!str_eq(ours->octets, theirs->normal))
		fail(tally, mail, "octets", ours->octets, theirs->normal);
	if (!str_eq(ours->type, theirs->type))
		fail(tally, mail, "type", ours->type, theirs->type);
	if (!str_eq(ours->name, theirs->name))
		fail(tally, mail, "name", ours->name, theirs->name);
	if (theirs->charset.len == 0 && !theirs->semicolon)
		tally->charset += ours->charset.len > 0;
	else if (!str_eq(ours->charset, theirs->charset))
		fail(tally, mail, "charset", ours->charset, theirs->charset);
}

static void
mail_compare(const char *path, struct tally *tally)
{
	struct oracle_leaves ours = {0}, theirs = {0};
	struct arena *arena = arena_new();
	struct str mail = mail_load(path, arena);
	size_t i;

	tally->mails++;
	oracle_ours(mail, arena, &ours);
	oracle_theirs(mail, arena, &theirs);
	if (ours.count != theirs.count) {
		tally->failures++;
		printf("%s: %zu leaves, theirs %zu\n", path, ours.count,
		    theirs.count);
	}
	for (i = 0; i < ours.count && i < theirs.count; i++)
		leaf_compare(path, &ours.list[i], &theirs.list[i], tally);
	arena_free(arena);
}

static int
compare_all(const struct mails *mails)
{
	struct tally tally = {0};
	size_t i;

	for (i = 0; i < mails->count; i++)
		mail_compare(mails->paths[i], &tally);
	printf("%zu mails, %zu leaves (%zu of text, %zu others), %zu octets "
	       "decoded by GMime %u.%u.%u\n",
	    tally.mails, tally.leaves, tally.texts, tally.leaves - tally.texts,
	    tally.octets, gmime_major_version, gmime_minor_version,
	    gmime_micro_version);
	printf("the same octets: %zu strictly, %zu without white space at the "
	       "end of lines of quoted-printable\n",
	    tally.strict, tally.normal);
	printf("charsets without a semicolon before them: %zu; everything else "
	       "that differs: %zu\n",
	    tally.charset, tally.failures);
	return tally.failures > 0 || tally.leaves == 0;
}

static bool
same_leaves(
    const struct oracle_leaves *ours, const struct oracle_leaves *theirs)
{
	size_t i;

	if (ours->count != theirs->count)
		return false;
	for (i = 0; i < ours->count; i++)
		if (!str_eq(ours->list[i].type, theirs->list[i].type) ||
		    !str_eq(ours->list[i].octets, theirs->list[i].normal))
			return false;
	return true;
}

/* Without lines like boundaries at the end. */
static struct str
without_boundaries(struct str text)
{
	struct str last;

	for (;;) {
		text = str_trim(text);
		last = str_from(text, str_find_last(text, '\n') + 1);
		if (last.len == 0 || !str_starts(last, "--"))
			return text;
		text.len -= last.len;
	}
}

/* Whether GMime's text leaves are all within those of ours that rules read,
 * though perhaps not in the same ones: else readers would see what no rule
 * does. */
static bool
hides_nothing(
    const struct oracle_leaves *ours, const struct oracle_leaves *theirs)
{
	struct strbuf all;
	struct str text;
	size_t i;
	bool found = true;

	strbuf_init(&all);
	strbuf_add(&all, ours->unread);
	for (i = 0; i < ours->count; i++)
		if (str_starts(ours->list[i].type, "text/") ||
		    str_starts(ours->list[i].type, "message/"))
			strbuf_add(&all, ours->list[i].octets);
	for (i = 0; i < theirs->count && found; i++) {
		text = without_boundaries(theirs->list[i].normal);
		if (str_starts(theirs->list[i].type, "text/"))
			found = text.len == 0 ||
			    str_find_str(strbuf_str(&all), text) < all.len;
	}
	strbuf_clear(&all);
	return found;
}

static void
leaves_show(const char *whose, const struct oracle_leaves *leaves, bool normal)
{
	struct str octets;
	size_t i;

	for (i = 0; i < leaves->count; i++) {
		octets =
		    normal ? leaves->list[i].normal : leaves->list[i].octets;
		printf("--- %s %zu: %.*s, %zu octets\n%.*s\n", whose, i,
		    (int)leaves->list[i].type.len, leaves->list[i].type.data,
		    octets.len, (int)octets.len, octets.data);
	}
}

/* Where text that only GMime shows is its own choice; filters/rules/README.md
 * says why it is not ours. */
enum why {
	BARE_CR,
	OWN_HEADER,
	EMPTY_BOUNDARY,
	INNER_MESSAGE,
	ODD_ENCODING,
	UNKNOWN,
	WHYS
};

static const char *const whys[WHYS] = {"a bare CR",
    "a line in the mail's own header that is no field", "an empty boundary",
    "a message in a message whose header is shown or hidden",
    "more than an encoding's name", "UNKNOWN"};

struct broken_tally {
	uint64_t same;
	uint64_t hidden[WHYS]; /* GMime shows text that we do not */
};

static bool
has_bare_cr(struct str mail)
{
	size_t cr;

	while ((cr = str_find(mail, '\r')) < mail.len) {
		mail = str_from(mail, cr + 1);
		if (!str_starts(mail, "\n"))
			return true;
	}
	return false;
}

/* "base64;" and its kind, which one takes for an encoding, another not. */
static bool
has_odd_encoding(struct str mail)
{
	static const char name[] = "Content-Transfer-Encoding";
	struct str line;
	size_t i;

	while (str_cut_line(&mail, &line)) {
		if (!str_case_starts(line, name))
			continue;
		line = str_trim(str_from(line, str_find(line, ':') + 1));
		if (line.len == 0)
			return true;
		for (i = 0; i < line.len; i++)
			if (!ascii_is_alnum(line.data[i]) &&
			    line.data[i] != '-')
				return true;
	}
	return false;
}

static bool
has_empty_boundary(struct str mail)
{
	struct str line;

	while (str_cut_line(&mail, &line))
		if (str_case_find_str(line, str_c("boundary")) < line.len &&
		    str_find_str(line, str_c("=\"\"")) < line.len)
			return true;
	return false;
}

/* GMime shows one with its header, or one that begins with something else. */
static bool
has_odd_message(
    struct str mail, const struct oracle_leaves *theirs, struct arena *arena)
{
	static const char type[] = "message/rfc822\r\n\r\n";
	struct message m;
	size_t i;

	for (i = 0; i < theirs->count; i++) {
		message_parse(theirs->list[i].octets, arena, &m);
		if (m.field_count > 2)
			return true;
	}
	while ((i = str_find_str(mail, str_c(type))) < mail.len) {
		mail = str_from(mail, i + strlen(type));
		message_parse(mail, arena, &m);
		if (m.field_count == 0)
			return true;
	}
	return false;
}

static enum why
why_of(struct str mail, const struct oracle_leaves *theirs, struct arena *arena)
{
	struct message m;

	message_parse(mail, arena, &m);
	if (has_bare_cr(mail))
		return BARE_CR;
	if (m.head.data + m.head.len == m.body.data)
		return OWN_HEADER;
	if (has_empty_boundary(mail))
		return EMPTY_BOUNDARY;
	if (has_odd_message(mail, theirs, arena))
		return INNER_MESSAGE;
	return has_odd_encoding(mail) ? ODD_ENCODING : UNKNOWN;
}

static void
broken_compare(const struct mails *mails, const struct options *options,
    uint64_t number, struct broken_tally *tally)
{
	struct oracle_leaves ours = {0}, theirs = {0};
	struct arena *arena = arena_new();
	struct breaker b = {.arena = arena};
	struct str mail, other;
	bool same, hidden;

	break_seed(&b, options->seed, number);
	mail = mail_load(mails->paths[break_pick(&b, mails->count)], arena);
	other = mail_load(mails->paths[break_pick(&b, mails->count)], arena);
	mail = break_mail(&b, mail, other);
	oracle_ours(mail, arena, &ours);
	oracle_theirs(mail, arena, &theirs);
	same = same_leaves(&ours, &theirs);
	hidden = !same && !hides_nothing(&ours, &theirs);
	tally->same += same;
	if (hidden)
		tally->hidden[why_of(mail, &theirs, arena)]++;
	if (options->show) {
		printf("%.*s\n", (int)mail.len, mail.data);
		leaves_show("ours", &ours, false);
		leaves_show("theirs", &theirs, true);
	} else if (!same && options->verbose) {
		printf("%llu: %s%zu leaves, theirs %zu; %s\n",
		    (unsigned long long)number, b.done, ours.count,
		    theirs.count,
		    hidden ? whys[why_of(mail, &theirs, arena)] :
			     "nothing hidden");
	}
	arena_free(arena);
}

static int
compare_broken(const struct mails *mails, const struct options *options)
{
	struct broken_tally tally = {0};
	uint64_t i;

	if (options->show) {
		broken_compare(mails, options, options->show, &tally);
		return 0;
	}
	for (i = 1; i <= options->broken; i++)
		broken_compare(mails, options, i, &tally);
	printf("%llu broken mails of seed %llu, all leaves alike in %llu\n",
	    (unsigned long long)options->broken,
	    (unsigned long long)options->seed, (unsigned long long)tally.same);
	for (i = 0; i < WHYS; i++)
		printf("  text that only GMime shows, by %s: %llu\n", whys[i],
		    (unsigned long long)tally.hidden[i]);
	return tally.hidden[UNKNOWN] > 0;
}

static void
paths_read(struct mails *mails)
{
	char line[4096];

	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = '\0';
		mails->paths = arena_push(mails->arena, mails->paths,
		    mails->count, sizeof(*mails->paths));
		mails->paths[mails->count++] =
		    arena_text(mails->arena, str_c(line));
	}
}

static bool
options_read(char **argv, struct options *options)
{
	uint64_t *number;

	for (; *argv; argv++) {
		if (strcmp(*argv, "-v") == 0) {
			options->verbose = true;
			continue;
		}
		number = strcmp(*argv, "--broken") == 0 ? &options->broken :
		    strcmp(*argv, "--seed") == 0        ? &options->seed :
		    strcmp(*argv, "--show") == 0        ? &options->show :
							  NULL;
		if (!number || !argv[1] ||
		    !str_to_uint(str_c(*++argv), UINT32_MAX, number))
			return false;
	}
	return true;
}

int
main(int argc, char **argv)
{
	struct options options = {.seed = 1};
	struct mails mails = {0};
	int status;

	(void)argc;
	if (!options_read(argv + 1, &options)) {
		fprintf(stderr,
		    "usage: oracle_mime [-v] [--broken N "
		    "[--seed S] [--show NUMBER]] < PATHS\n");
		return 2;
	}
	mails.arena = arena_new();
	paths_read(&mails);
	g_mime_init();
	status = options.broken || options.show ?
	    compare_broken(&mails, &options) :
	    compare_all(&mails);
	g_mime_shutdown();
	arena_free(mails.arena);
	return status;
}
