/*
 * target_raw: text parts decoded, but neither rendered nor in UTF-8.
 *
 * A part is cut at RAW_SIZE and goes in pieces of 2 to 4 KB, which end at a
 * line, else at ">", else at a space.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "target.h"

enum { RAW_SIZE = 500000, PIECE_MIN = 2048, PIECE_MAX = 4096 };

static const char marks[] = "\n> ";

/* How long the next piece is; text has more than PIECE_MAX octets. */
static size_t
piece_length(struct str text)
{
	struct str window =
	    str_of(text.data + PIECE_MIN, PIECE_MAX - PIECE_MIN);
	const char *mark;
	size_t at;

	for (mark = marks; *mark; mark++) {
		at = str_find(window, *mark);
		if (at < window.len)
			return PIECE_MIN + at + 1;
	}
	return PIECE_MIN + 1;
}

static void
push_pieces(struct targets *t, struct str text)
{
	struct arena *arena = t->scan->arena;
	size_t len;

	while (text.len > PIECE_MAX) {
		len = piece_length(text);
		target_push(arena, &t->rawbody, str_head(text, len));
		text = str_from(text, len);
	}
	target_push(arena, &t->rawbody, text);
}

const struct target_texts *
target_rawbody(struct targets *t)
{
	struct text_parts *parts;
	struct text_part *p;
	size_t i;

	if (t->have_rawbody)
		return &t->rawbody;
	t->have_rawbody = true;
	parts = target_parts(t);
	for (i = 0; i < parts->count; i++) {
		p = &parts->at[i];
		if (!p->raw)
			continue;
		text_part_decode(p, t->scan->arena);
		push_pieces(t,
		    p->octets.len > RAW_SIZE ?
			target_cut(p->octets, RAW_SIZE, marks) :
			p->octets);
	}
	return &t->rawbody;
}
