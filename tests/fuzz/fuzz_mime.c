/*
 * fuzz_mime: hostile mail content, and what must always hold of its parts.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "postern/charset.h"
#include "postern/header.h"
#include "postern/html.h"
#include "postern/mime.h"

#include "fuzz.h"

enum { LIMIT = 1000 };

static void
require(bool holds)
{
	if (!holds)
		abort();
}

static bool
is_within(struct str part, struct str whole)
{
	return part.data >= whole.data &&
	    part.data + part.len <= whole.data + whole.len;
}

static void
require_tiles(const struct message *m)
{
	const char *at = m->head.data;
	const struct field *f;
	size_t i;

	for (i = 0; i < m->field_count; i++) {
		f = &m->fields[i];
		require(f->raw.data == at && f->name.len > 0);
		require(is_within(f->name, f->raw));
		require(is_within(f->value, f->raw));
		require(f->name.data + f->name.len < f->value.data);
		at += f->raw.len;
	}
	require(at == m->head.data + m->head.len);
	require(is_within(m->head, m->bytes) && is_within(m->body, m->bytes));
	require(m->body.data + m->body.len == m->bytes.data + m->bytes.len);
}

static void
fuzz_message(struct str in)
{
	struct arena *arena = arena_new();
	struct message m;

	message_parse(in, arena, &m);
	require_tiles(&m);
	require(m.field_count == 0 ||
	    message_find(&m, "Subject", message_count(&m, "Subject")) == NULL);
	arena_free(arena);
}

static void
fuzz_header(struct str in)
{
	struct arena *arena = arena_new();
	struct str unfolded = header_unfold(in, arena);
	struct str decoded = header_decode(in, arena);

	require(unfolded.len <= in.len);
	require(str_find(unfolded, '\n') == unfolded.len);
	require(charset_is_utf8(decoded));
	require(decoded.len <= 4 * in.len);
	arena_free(arena);
}

/* The first line is the charset. */
static void
fuzz_charset(struct str in)
{
	struct arena *arena = arena_new();
	struct str charset = str_head(in, str_find(in, '\n'));
	struct str text = str_from(in, charset.len + 1);
	struct str out = charset_to_utf8(charset, text, arena);

	require(charset_is_utf8(out));
	require(out.len <= 4 * text.len);
	arena_free(arena);
}

static void
require_part(
    const struct mime_part *part, struct str whole, struct arena *arena)
{
	const struct mime_part *child;

	require(is_within(part->body, whole));
	require(part->type.len > 0 && part->subtype.len > 0);
	require(charset_is_utf8(part->name));
	require(mime_decode(part, LIMIT, arena).len <= LIMIT);
	require(mime_decode(part, whole.len, arena).len <= part->body.len);
	for (child = part->child; child; child = child->next)
		require(child->parent == part &&
		    is_within(child->body, part->body));
}

static void
fuzz_mime(struct str in)
{
	struct arena *arena = arena_new();
	const struct mime_part *part;
	struct mime_tree tree;
	struct message m;
	size_t count = 0;

	message_parse(in, arena, &m);
	mime_parse(&m, arena, &tree);
	for (part = tree.root; part; part = mime_next(part), count++)
		require_part(part, in, arena);
	require(count == tree.count && count <= MIME_PARTS_MAX);
	arena_free(arena);
}

/* The first octet chooses the encoding. */
static void
fuzz_decode(struct str in)
{
	struct arena *arena = arena_new();
	struct mime_part part = {.body = str_from(in, 1)};
	struct str all, some;

	part.encoding =
	    in.len ? (enum mime_encoding)(in.data[0] & 3) : MIME_IDENTITY;
	all = mime_decode(&part, SIZE_MAX, arena);
	some = mime_decode(&part, in.len / 3, arena);
	require(all.len <= in.len && some.len <= in.len / 3);
	require(str_eq(some, str_head(all, in.len / 3)));
	arena_free(arena);
}

static void
fuzz_html(struct str in)
{
	struct arena *arena = arena_new();
	struct str html = charset_to_utf8(str_c("utf-8"), in, arena);
	struct html_text out;
	size_t i;

	html_render(html, true, arena, &out);
	require(charset_is_utf8(out.text) && out.text.len <= html.len + 16);
	require(out.link_count <= HTML_LINKS_MAX);
	for (i = 0; i < out.link_count; i++)
		require(out.links[i].uri.len > 0);
	for (i = 0; i < out.titles.count; i++)
		require(out.titles.at[i].len <= html.len);
	for (i = 0; i < out.anchor_count; i++)
		require(out.anchors[i].href.len <= HTML_LINK_SIZE_MAX);
	require(out.facts.text_length <= out.text.len);
	arena_free(arena);
}

const struct fuzz_target fuzz_targets[] = {
    {"message", fuzz_message},
    {"header", fuzz_header},
    {"charset", fuzz_charset},
    {"mime", fuzz_mime},
    {"mime_decode", fuzz_decode},
    {"html", fuzz_html},
    {NULL, NULL},
};
