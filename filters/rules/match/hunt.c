/*
 * hunt: where in a text the probes of a group may match.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "hunt.h"

enum { PIECE = 65536 };

static void
mark_probe(struct hunt *hunt, uint32_t probe, size_t first, size_t last)
{
	struct mark *mark = &hunt->marks[probe];

	if (hunt->is_subject && hunt->group->probes[probe].nosubject)
		return;
	if (!mark->set) {
		*mark =
		    (struct mark) {.first = first, .last = last, .set = true};
		hunt->marked[hunt->marked_count++] = probe;
		return;
	}
	mark->first = first < mark->first ? first : mark->first;
	mark->last = last > mark->last ? last : mark->last;
}

static void
on_word(void *context, size_t word, size_t end)
{
	struct hunt *hunt = context;
	const struct clue *clue = &hunt->group->clues[word];
	size_t begin = hunt->offset + end - clue->len, first = 0;

	if (hunt->through[clue->probe] || begin < clue->before_min)
		return;
	if (clue->before_max < REGEX_UNLIMITED && begin > clue->before_max)
		first = begin - clue->before_max;
	mark_probe(hunt, clue->probe, first, begin - clue->before_min);
}

static void
on_part(void *context, size_t which, size_t index, size_t end)
{
	struct hunt *hunt = context;
	const struct nfa_part *part = &hunt->nfas[which]->parts[index];
	struct mark *mark;
	size_t first = 0;

	if (hunt->through[part->probe] || end < part->reach_min)
		return;
	if (part->reach_max < REGEX_UNLIMITED && end > part->reach_max)
		first = end - part->reach_max;
	mark_probe(hunt, part->probe, first, end - part->reach_min);
	mark = &hunt->marks[part->probe];
	if (mark->count == 0 || mark->end != end)
		mark->count++;
	if (mark->count == 1 || part->least < mark->need)
		mark->need = part->least;
	mark->end = end;
}

static bool
find_words(struct hunt *hunt, struct str text, bool (*go_on)(void *context),
    void *context)
{
	struct str piece;
	uint32_t at = 0;

	for (hunt->offset = 0; hunt->offset < text.len;
	     hunt->offset += piece.len) {
		if (hunt->offset > 0 && go_on && !go_on(context))
			return false;
		piece = str_head(str_from(text, hunt->offset), PIECE);
		ahocorasick_run(hunt->group->words, &at, piece, on_word, hunt);
	}
	return true;
}

static void
give_up_part(struct hunt *hunt, const struct nfa_part *part, size_t len)
{
	if (hunt->through[part->probe])
		return;
	mark_probe(hunt, part->probe, 0, len);
	hunt->marks[part->probe].need = 0;
}

/* A text that leads to too many new states may have any part. */
static void
give_up(struct hunt *hunt, const struct nfa *nfa, struct str text)
{
	size_t i;

	for (i = 0; i < nfa->part_count; i++)
		give_up_part(hunt, &nfa->parts[i], text.len);
}

static void
find_parts(struct hunt *hunt, struct str text)
{
	const struct group *group = hunt->group;
	size_t first, count, i;
	unsigned given_up;

	for (first = 0; first < group->nfa_count; first += count) {
		count = group->nfa_count - first;
		count = count < LAZYDFA_MOST ? count : LAZYDFA_MOST;
		hunt->nfas = group->nfas + first;
		given_up = lazydfa_run(hunt->dfas + group->first_dfa + first,
		    count, text, on_part, hunt);
		for (i = 0; given_up >> i; i++)
			if (given_up >> i & 1)
				give_up(hunt, hunt->nfas[i], text);
	}
}

/* Where there are fewer parts than a match has. */
static void
drop_scarce(struct hunt *hunt)
{
	struct mark *mark;
	size_t i, kept = 0;

	for (i = 0; i < hunt->marked_count; i++) {
		mark = &hunt->marks[hunt->marked[i]];
		if (mark->count >= mark->need)
			hunt->marked[kept++] = hunt->marked[i];
		else
			mark->set = false;
	}
	hunt->marked_count = kept;
}

void
hunt_text(struct hunt *hunt, struct str text, bool is_subject,
    bool (*go_on)(void *context), void *context)
{
	hunt->is_subject = is_subject;
	hunt->marked_count = 0;
	if (hunt->group->words && !find_words(hunt, text, go_on, context))
		return;
	find_parts(hunt, text);
	drop_scarce(hunt);
}
