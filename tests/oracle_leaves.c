/*
 * oracle_leaves: what GMime and our parser find in the same octets.
 *
 * GMime keeps white space at the end of lines of quoted-printable, which RFC
 * 2045 6.7(3) says must be deleted.  So its decoder is asked a second time
 * with the encoded text that such white space was taken from; nothing else is
 * changed.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <gmime/gmime.h>

#include "postern/mime.h"

#include "oracle_leaves.h"

static struct oracle_leaf *
leaf_new(struct oracle_leaves *leaves, struct arena *arena)
{
	leaves->list = arena_push(
	    arena, leaves->list, leaves->count, sizeof(*leaves->list));
	return &leaves->list[leaves->count++];
}

static struct str
keep(struct arena *arena, const char *text)
{
	return arena_copy(arena, str_c(text));
}

void
oracle_ours(struct str mail, struct arena *arena, struct oracle_leaves *out)
{
	const struct mime_part *p;
	struct oracle_leaf *leaf;
	struct mime_tree tree;
	struct message m;

	message_parse(mail, arena, &m);
	mime_parse(&m, arena, &tree);
	for (p = tree.root; p; p = mime_next(p)) {
		if (!p->child && str_is(p->type, "multipart"))
			out->unread = p->body;
		if (p->child || str_is(p->type, "multipart"))
			continue;
		leaf = leaf_new(out, arena);
		leaf->type = arena_printf(arena, "%.*s/%.*s", (int)p->type.len,
		    p->type.data, (int)p->subtype.len, p->subtype.data);
		leaf->octets = mime_decode(p, SIZE_MAX, arena);
		leaf->charset = p->charset;
		leaf->name = p->name;
	}
}

/* What the stream holds from its start; ends the stream. */
static struct str
stream_read(GMimeStream *memory, struct arena *arena)
{
	GByteArray *bytes =
	    g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory));
	struct str out =
	    arena_copy(arena, str_of((const char *)bytes->data, bytes->len));

	g_object_unref(memory);
	return out;
}

static struct str
decoded(GMimeDataWrapper *content, struct arena *arena)
{
	GMimeStream *memory = g_mime_stream_mem_new();

	g_mime_data_wrapper_write_to_stream(content, memory);
	return stream_read(memory, arena);
}

static struct str
encoded(GMimeDataWrapper *content, struct arena *arena)
{
	GMimeStream *memory = g_mime_stream_mem_new();
	GMimeStream *stream = g_mime_data_wrapper_get_stream(content);

	g_mime_stream_reset(stream);
	g_mime_stream_write_to_stream(stream, memory);
	g_mime_stream_reset(stream);
	return stream_read(memory, arena);
}

/* Without white space before line ends and before the end of the text. */
static struct str
without_line_blanks(struct str text, struct arena *arena)
{
	char *out = arena_alloc(arena, text.len + 1);
	size_t len = 0, i, at;

	for (i = 0; i < text.len; i++) {
		for (at = i;
		     at < text.len && ascii_is_one_of(text.data[at], " \t");
		     at++)
			continue;
		if (at < text.len && text.data[at] != '\n' &&
		    !str_starts(str_from(text, at), "\r\n")) {
			memcpy(out + len, text.data + i, at - i);
			len += at - i;
		}
		if (at < text.len)
			out[len++] = text.data[at];
		i = at;
	}
	return str_of(out, len);
}

static struct str
quoted_printable(struct str text, struct arena *arena)
{
	GMimeEncoding state;
	char *out;
	size_t len;

	g_mime_encoding_init_decode(
	    &state, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
	out = arena_alloc(arena, g_mime_encoding_outlen(&state, text.len) + 1);
	len = g_mime_encoding_step(&state, text.data, text.len, out);
	return str_of(out, len);
}

static bool
has_semicolon(GMimeObject *object)
{
	const char *value = g_mime_object_get_header(object, "Content-Type");

	return value && strchr(value, ';');
}

static void
their_leaf(GMimePart *part, struct arena *arena, struct oracle_leaves *out)
{
	GMimeContentType *type =
	    g_mime_object_get_content_type(GMIME_OBJECT(part));
	GMimeDataWrapper *content = g_mime_part_get_content(part);
	struct oracle_leaf *leaf = leaf_new(out, arena);
	char *text = g_mime_content_type_get_mime_type(type);
	char *lower = g_ascii_strdown(text, -1);

	leaf->type = keep(arena, lower);
	g_free(lower);
	g_free(text);
	leaf->charset =
	    keep(arena, g_mime_content_type_get_parameter(type, "charset"));
	leaf->name = keep(arena, g_mime_part_get_filename(part));
	leaf->semicolon = has_semicolon(GMIME_OBJECT(part));
	leaf->octets = content ? decoded(content, arena) : str_c("");
	leaf->normal = leaf->octets;
	if (content &&
	    g_mime_data_wrapper_get_encoding(content) ==
		GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE)
		leaf->normal = quoted_printable(
		    without_line_blanks(encoded(content, arena), arena), arena);
}

static void
their_leaves(
    GMimeObject *object, struct arena *arena, struct oracle_leaves *out)
{
	GMimeMultipart *multipart;
	GMimeMessage *inner;
	int i;

	if (GMIME_IS_MULTIPART(object)) {
		multipart = GMIME_MULTIPART(object);
		for (i = 0; i < g_mime_multipart_get_count(multipart); i++)
			their_leaves(g_mime_multipart_get_part(multipart, i),
			    arena, out);
	} else if (GMIME_IS_MESSAGE_PART(object)) {
		inner =
		    g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
		if (inner)
			their_leaves(
			    g_mime_message_get_mime_part(inner), arena, out);
	} else if (GMIME_IS_PART(object)) {
		their_leaf(GMIME_PART(object), arena, out);
	}
}

void
oracle_theirs(struct str mail, struct arena *arena, struct oracle_leaves *out)
{
	GMimeStream *stream =
	    g_mime_stream_mem_new_with_buffer(mail.data, mail.len);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeMessage *message;

	g_mime_parser_set_format(parser, GMIME_FORMAT_MESSAGE);
	message = g_mime_parser_construct_message(parser, NULL);
	g_object_unref(parser);
	g_object_unref(stream);
	if (!message)
		return;
	their_leaves(g_mime_message_get_mime_part(message), arena, out);
	g_object_unref(message);
}
