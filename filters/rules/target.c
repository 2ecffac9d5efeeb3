/*
 * target: what rules are matched against, made of one mail when first needed.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/charset.h"
#include "postern/header.h"
#include "postern/html.h"
#include "postern/strbuf.h"

#include "target.h"

enum {
	BODY_PART_MAX = 50000,
	RAW_PART_MAX = 500000,
	LINE_MAX_OCTETS = 2048,
	PIECE_MIN = 2048,
	PIECE_MAX = 4096
};

void
target_push(struct arena *arena, struct target_texts *texts, struct str text)
{
	texts->at =
	    arena_push(arena, texts->at, texts->count, sizeof(*texts->at));
	texts->at[texts->count++] = text;
}

const struct mime_part *
target_first_part(struct targets *t)
{
	if (!t->have_tree)
		mime_parse(t->scan->message, t->scan->arena, &t->tree);
	t->have_tree = true;
	return t->tree.root;
}

static bool
is_text(const struct mime_part *part)
{
	return !part->child && str_is(part->type, "text") &&
	    !str_is(part->subtype, "calendar");
}

static struct str
render(struct targets *t, const struct mime_part *part)
{
	struct arena *arena = t->scan->arena;
	struct str octets = mime_decode(part, BODY_PART_MAX, arena), text;
	struct html_text html;

	text = charset_to_utf8(part->charset, octets, arena);
	if (!str_is(part->subtype, "html"))
		return text;
	html_render(text, arena, &html);
	return html.text;
}

/* A line above the limit goes in pieces, cut at a space. */
static void
push_line(struct arena *arena, struct target_texts *texts, struct str line)
{
	size_t cut;

	while (line.len > LINE_MAX_OCTETS) {
		cut = str_find_last(str_head(line, LINE_MAX_OCTETS), ' ');
		if (cut == 0 || cut >= LINE_MAX_OCTETS)
			cut = LINE_MAX_OCTETS;
		target_push(arena, texts, str_head(line, cut));
		line = str_from(line, cut);
	}
	target_push(arena, texts, line);
}

/*
 * Paragraphs end at blank lines; within one, every run of white space is one
 * space.
 */
static void
push_paragraphs(
    struct arena *arena, struct target_texts *texts, struct str text)
{
	struct strbuf one;
	size_t i, newlines = 0;
	bool space = false;

	strbuf_init(&one);
	for (i = 0; i <= text.len; i++) {
		if (i < text.len && ascii_is_space(text.data[i])) {
			newlines += text.data[i] == '\n';
			space = true;
			continue;
		}
		if (one.len > 0 && (newlines > 1 || i == text.len)) {
			push_line(
			    arena, texts, arena_copy(arena, strbuf_str(&one)));
			strbuf_reset(&one);
		} else if (space && one.len > 0) {
			strbuf_putc(&one, ' ');
		}
		space = false;
		newlines = 0;
		if (i < text.len)
			strbuf_putc(&one, text.data[i]);
	}
	strbuf_clear(&one);
}

const struct target_texts *
target_body(struct targets *t)
{
	struct arena *arena = t->scan->arena;
	const struct field *subject;
	const struct mime_part *part;
	struct strbuf all;

	if (t->have_body)
		return &t->body;
	t->have_body = true;
	subject = message_find(t->scan->message, "Subject", 0);
	push_line(arena, &t->body,
	    subject ? str_trim(header_decode(subject->value, arena)) :
		      str_c(""));
	strbuf_init(&all);
	for (part = target_first_part(t); part; part = mime_next(part)) {
		if (!is_text(part))
			continue;
		if (all.len)
			strbuf_putc(&all, '\n');
		strbuf_add(&all, render(t, part));
	}
	push_paragraphs(arena, &t->body, arena_copy(arena, strbuf_str(&all)));
	strbuf_clear(&all);
	return &t->body;
}

/* Line ends of mail are CRLF, those of rules are LF. */
struct str
target_to_lf(struct str text, struct arena *arena)
{
	char *out = arena_alloc(arena, text.len + 1);
	size_t i, len = 0;

	for (i = 0; i < text.len; i++)
		if (text.data[i] != '\r' || i + 1 == text.len ||
		    text.data[i + 1] != '\n')
			out[len++] = text.data[i];
	return str_of(out, len);
}

/* Where a piece of rawbody ends: at a newline, ">" or space if there is one. */
static size_t
piece_end(struct str text)
{
	static const char marks[] = {'\n', '>', ' '};
	struct str window;
	size_t i, at;

	if (text.len <= PIECE_MAX)
		return text.len;
	window = str_of(text.data + PIECE_MIN, PIECE_MAX - PIECE_MIN);
	for (i = 0; i < sizeof(marks); i++) {
		at = str_find(window, marks[i]);
		if (at < window.len)
			return PIECE_MIN + at + 1;
	}
	return PIECE_MAX;
}

const struct target_texts *
target_rawbody(struct targets *t)
{
	struct arena *arena = t->scan->arena;
	const struct mime_part *part;
	struct str text;
	size_t end;

	if (t->have_rawbody)
		return &t->rawbody;
	t->have_rawbody = true;
	for (part = target_first_part(t); part; part = mime_next(part)) {
		if (!is_text(part))
			continue;
		text =
		    target_to_lf(mime_decode(part, RAW_PART_MAX, arena), arena);
		while (text.len > 0) {
			end = piece_end(text);
			target_push(arena, &t->rawbody, str_head(text, end));
			text = str_from(text, end);
		}
	}
	return &t->rawbody;
}

struct str
target_full(struct targets *t)
{
	if (!t->have_full)
		t->full = target_to_lf(t->scan->message->bytes, t->scan->arena);
	t->have_full = true;
	return t->full;
}
