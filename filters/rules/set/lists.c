/*
 * lists: the values of list settings, as the rule files give them.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "glob_match.h"
#include "lists.h"

enum { INDEX_FIRST = 64 };

/* Where the word stands in the index, or would. */
static size_t
slot_of(const struct list *list, struct str word)
{
	size_t i = str_case_hash(word) & (list->index_room - 1);

	while (list->index[i] &&
	    !str_case_eq(list->words[list->index[i] - 1], word))
		i = (i + 1) & (list->index_room - 1);
	return i;
}

static void
rebuild_index(struct list *list, struct arena *arena, size_t room)
{
	size_t i, slot;

	list->index = arena_array(arena, room, sizeof(*list->index));
	list->index_room = room;
	for (i = 0; i < list->word_count; i++) {
		slot = slot_of(list, list->words[i]);
		if (!list->index[slot])
			list->index[slot] = i + 1;
	}
}

static void
add_word(struct list *list, struct arena *arena, struct str word)
{
	size_t slot;

	if (2 * (list->word_count + 1) > list->index_room)
		rebuild_index(list, arena,
		    list->index_room ? 2 * list->index_room : INDEX_FIRST);
	list->words = arena_push(
	    arena, list->words, list->word_count, sizeof(*list->words));
	if (str_find(word, '*') < word.len || str_find(word, '?') < word.len) {
		list->globs = arena_push(
		    arena, list->globs, list->glob_count, sizeof(*list->globs));
		list->globs[list->glob_count++] = list->word_count;
	}
	list->words[list->word_count++] = word;
	slot = slot_of(list, word);
	if (!list->index[slot])
		list->index[slot] = list->word_count;
}

static struct list *
find(const struct lists *lists, const char *name)
{
	size_t i;

	for (i = 0; i < lists->count; i++)
		if (strcmp(lists->at[i]->name, name) == 0)
			return lists->at[i];
	return NULL;
}

const struct list *
lists_find(const struct lists *lists, const char *name)
{
	return find(lists, name);
}

bool
list_has(const struct list *list, struct str word)
{
	return list && list->word_count > 0 &&
	    list->index[slot_of(list, word)] != 0;
}

bool
list_fits(const struct list *list, struct str word, char stop)
{
	size_t i;

	if (!list)
		return false;
	if (list_has(list, word))
		return true;
	for (i = 0; i < list->glob_count; i++)
		if (glob_match(list->words[list->globs[i]], word, stop))
			return true;
	return false;
}

static struct list *
need(struct lists *lists, struct arena *arena, const char *name)
{
	struct list *list = find(lists, name);

	if (list)
		return list;
	list = arena_alloc(arena, sizeof(*list));
	list->name = arena_text(arena, str_c(name));
	lists->at =
	    arena_push(arena, lists->at, lists->count, sizeof(*lists->at));
	lists->at[lists->count++] = list;
	return list;
}

void
lists_add(struct lists *lists, struct arena *arena, const char *name,
    struct str text, const char *where)
{
	struct list *list = need(lists, arena, name);
	struct str word;

	text = arena_copy(arena, str_trim(text));
	list->lines = arena_push(
	    arena, list->lines, list->line_count, sizeof(*list->lines));
	list->lines[list->line_count++] = (struct list_line) {text, where};
	while (str_cut_word(&text, &word))
		add_word(list, arena, word);
}

static bool
is_among(struct str word, struct str words)
{
	struct str one;

	while (str_cut_word(&words, &one))
		if (str_case_eq(one, word))
			return true;
	return false;
}

/* The line without the words that go. */
static struct str
without(struct str line, struct str gone, struct arena *arena)
{
	char *out = arena_alloc(arena, line.len + 2);
	struct str word;
	size_t len = 0;

	while (str_cut_word(&line, &word)) {
		if (is_among(word, gone))
			continue;
		if (len)
			out[len++] = ' ';
		memcpy(out + len, word.data, word.len);
		len += word.len;
	}
	return str_of(out, len);
}

void
lists_remove(
    struct lists *lists, struct arena *arena, const char *name, struct str text)
{
	struct list *list = find(lists, name);
	struct str line, word;
	size_t i, kept = 0;

	if (!list)
		return;
	list->word_count = 0;
	list->words = NULL;
	list->glob_count = 0;
	list->globs = NULL;
	list->index = NULL;
	list->index_room = 0;
	for (i = 0; i < list->line_count; i++) {
		line = without(list->lines[i].text, text, arena);
		if (line.len == 0)
			continue;
		list->lines[kept] = list->lines[i];
		list->lines[kept++].text = line;
		while (str_cut_word(&line, &word))
			add_word(list, arena, word);
	}
	list->line_count = kept;
}

void
lists_clear(struct lists *lists, const char *name)
{
	struct list *list = find(lists, name);

	if (list)
		*list = (struct list) {.name = list->name};
}
