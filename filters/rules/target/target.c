/*
 * target: what rules are matched against, made of one mail when first needed.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "target.h"

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

struct text_parts *
target_parts(struct targets *t)
{
	if (!t->parts)
		t->parts = text_parts_new(target_first_part(t), t->scan->arena);
	return t->parts;
}

struct str
target_to_lf(struct str text, struct arena *arena)
{
	return text_part_lf(text, arena);
}

struct str
target_full(struct targets *t)
{
	if (!t->have_full)
		t->full = text_part_lf(t->scan->message->bytes, t->scan->arena);
	t->have_full = true;
	return t->full;
}

struct str
target_cut(struct str text, size_t size, const char *marks)
{
	struct str window = str_head(str_from(text, size), TARGET_CUT_ROOM + 1);
	size_t at;

	for (; *marks; marks++) {
		at = str_find(window, *marks);
		if (at < window.len)
			return str_head(text, size + at + 1);
	}
	return str_head(text, size);
}
