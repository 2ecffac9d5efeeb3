/*
 * target_uri: the addresses that a mail leads to, from text and from HTML.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/charset.h"
#include "postern/html.h"

#include "target.h"

enum { URI_PART_MAX = 500000, URIS_MAX = 10000 };

static bool
ends_uri(char c)
{
	return (unsigned char)c <= ' ' ||
	    ascii_is_one_of(c, "<>\"'()[]{}|\\^`");
}

static const char *const schemes[] = {
    "http://", "https://", "ftp://", "mailto:", "www."};

/* Where in text the next address begins; text.len when there is none. */
static size_t
find_start(struct str text)
{
	size_t i, k;

	for (i = 0; i < text.len; i++)
		for (k = 0; k < sizeof(schemes) / sizeof(schemes[0]); k++)
			if (str_case_starts(str_from(text, i), schemes[k]))
				return i;
	return text.len;
}

static void
add_from_text(struct targets *t, struct str text)
{
	struct arena *arena = t->scan->arena;
	size_t end;

	while (t->uri.count < URIS_MAX) {
		text = str_from(text, find_start(text));
		if (text.len == 0)
			return;
		for (end = 0; end < text.len && !ends_uri(text.data[end]);)
			end++;
		if (str_case_starts(text, "www."))
			target_push(arena, &t->uri,
			    arena_printf(
				arena, "http://%.*s", (int)end, text.data));
		else
			target_push(arena, &t->uri, str_head(text, end));
		text = str_from(text, end);
	}
}

static void
add_from_part(struct targets *t, const struct mime_part *part)
{
	struct arena *arena = t->scan->arena;
	struct html_text html;
	struct str text;
	size_t i;

	text = charset_to_utf8(
	    part->charset, mime_decode(part, URI_PART_MAX, arena), arena);
	if (str_is(part->subtype, "html")) {
		html_render(text, arena, &html);
		for (i = 0; i < html.link_count; i++)
			target_push(arena, &t->uri, html.links[i]);
		text = html.text;
	}
	add_from_text(t, text);
}

const struct target_texts *
target_uri(struct targets *t)
{
	const struct mime_part *part;

	if (t->have_uri)
		return &t->uri;
	t->have_uri = true;
	for (part = target_first_part(t); part; part = mime_next(part))
		if (!part->child && str_is(part->type, "text"))
			add_from_part(t, part);
	return &t->uri;
}
