/*
 * ahocorasick: finds many words in a text in one pass.
 *
 * States are numbered by breadth, so that the children of one stand side by
 * side and the shallow ones come first.  Classes of octets are numbered by how
 * frequent they are in mail, so that what is asked for stands together, too.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "postern/xalloc.h"

#include "ahocorasick.h"
#include "filters/rules/regex/octets.h"

enum {
	ROOM = 128 * 1024, /* places in all rows together */
	/* In a row, with or instead of the next state. */
	TELLS = 1 << 15, /* words end at that state */
	FAR = TELLS - 1  /* it has too high a number */
};

struct state {
	uint32_t child; /* the first */
	uint32_t child_count;
	uint32_t fall; /* the longest suffix that is a state */
	uint32_t word; /* index in words of the first that ends here */
	uint32_t word_count;
	uint32_t more; /* the next suffix where words end; 0: none */
};

struct ahocorasick {
	unsigned char class[256]; /* 0: in no word */
	unsigned classes;
	struct state *states;
	unsigned char *by; /* the class that leads to each state */
	size_t state_count;
	size_t longest; /* octets of a word */
	uint16_t *rows; /* of the first states */
	size_t row_count;
	uint32_t *words; /* their indices, by state */
	size_t word_count;
};

/* While it is made: a tree of words. */
struct twig {
	uint32_t child, sibling; /* 0: none */
	uint32_t word;           /* index + 1 of the last; 0: none */
	uint32_t state;
	unsigned char class;
};

struct tree {
	struct twig *at;
	size_t count;
	uint32_t *next_word; /* of the same twig: index + 1 */
};

static bool
is_rarer(const bool used[256], unsigned a, unsigned b)
{
	if (used[a] != used[b])
		return used[b];
	return octet_share((unsigned char)a) < octet_share((unsigned char)b);
}

/* One for each octet of the words, the frequent ones first. */
static void
make_classes(struct ahocorasick *ac, const struct str *words, size_t count)
{
	bool used[256] = {false};
	unsigned best, c;
	size_t i, k;

	for (i = 0; i < count; i++)
		for (k = 0; k < words[i].len; k++)
			used[(unsigned char)ascii_lower(words[i].data[k])] =
			    true;
	for (ac->classes = 1; ac->classes < 256; ac->classes++) {
		for (best = 0, c = 1; c < 256; c++)
			if (is_rarer(used, best, c))
				best = c;
		if (!used[best])
			break;
		ac->class[best] = (unsigned char)ac->classes;
		used[best] = false;
	}
	for (c = 'A'; c <= 'Z'; c++)
		ac->class[c] = ac->class[(unsigned char)ascii_lower((char)c)];
}

static uint32_t
tree_step(struct tree *tree, uint32_t at, unsigned char class)
{
	uint32_t child = tree->at[at].child;

	for (; child; child = tree->at[child].sibling)
		if (tree->at[child].class == class)
			return child;
	child = (uint32_t)tree->count++;
	tree->at[child] = (struct twig) {
	    .sibling = tree->at[at].child,
	    .class = class,
	};
	tree->at[at].child = child;
	return child;
}

static void
make_tree(struct ahocorasick *ac, struct tree *tree, const struct str *words,
    size_t count)
{
	size_t i, k, octets = 1;
	uint32_t at;

	for (i = 0; i < count; i++) {
		octets += words[i].len;
		if (words[i].len > ac->longest)
			ac->longest = words[i].len;
	}
	tree->at = xcalloc(octets, sizeof(*tree->at));
	tree->next_word = xcalloc(count + 1, sizeof(*tree->next_word));
	tree->count = 1;
	for (i = 0; i < count; i++) {
		for (at = 0, k = 0; k < words[i].len; k++)
			at = tree_step(tree, at,
			    ac->class[(unsigned char)words[i].data[k]]);
		tree->next_word[i] = tree->at[at].word;
		tree->at[at].word = (uint32_t)i + 1;
	}
}

static void
take_words(struct ahocorasick *ac, struct state *state, const struct tree *tree,
    const struct twig *twig)
{
	uint32_t word;

	state->word = (uint32_t)ac->word_count;
	for (word = twig->word; word; word = tree->next_word[word - 1])
		ac->words[ac->word_count++] = word - 1;
	state->word_count = (uint32_t)ac->word_count - state->word;
}

/* Twigs become states, by breadth. */
static void
make_states(struct ahocorasick *ac, struct tree *tree)
{
	uint32_t *queue = xcalloc(tree->count, sizeof(*queue)), child;
	size_t head, tail = 1;
	struct state *state;
	struct twig *twig;

	ac->states = xcalloc(tree->count, sizeof(*ac->states));
	ac->by = xcalloc(tree->count, 1);
	ac->state_count = tree->count;
	for (head = 0; head < tail; head++) {
		twig = &tree->at[queue[head]];
		state = &ac->states[head];
		twig->state = (uint32_t)head;
		ac->by[head] = twig->class;
		take_words(ac, state, tree, twig);
		state->child = (uint32_t)tail;
		for (child = twig->child; child;
		     child = tree->at[child].sibling)
			queue[tail++] = child;
		state->child_count = (uint32_t)tail - state->child;
	}
	free(queue);
}

/* The child by that class; 0: there is none. */
static inline uint32_t
find_child(const struct ahocorasick *ac, const struct state *state,
    unsigned char class)
{
	uint32_t i;

	for (i = 0; i < state->child_count; i++)
		if (ac->by[state->child + i] == class)
			return state->child + i;
	return 0;
}

/* What the row says of it, if there is one that does. */
static inline uint32_t
look_up(const struct ahocorasick *ac, uint32_t at, unsigned char class)
{
	return at < ac->row_count ? ac->rows[at * ac->classes + class] : FAR;
}

static uint32_t
step(const struct ahocorasick *ac, uint32_t at, unsigned char class)
{
	uint32_t next, child;

	while ((next = look_up(ac, at, class)) == FAR) {
		child = find_child(ac, &ac->states[at], class);
		if (child || at == 0)
			return child;
		at = ac->states[at].fall;
	}
	return next & (TELLS - 1);
}

static void
fall_from(struct ahocorasick *ac, uint32_t parent, uint32_t child)
{
	struct state *state = &ac->states[child];
	const struct state *suffix;

	if (parent != 0)
		state->fall = step(ac, ac->states[parent].fall, ac->by[child]);
	suffix = &ac->states[state->fall];
	state->more = suffix->word_count ? state->fall : suffix->more;
}

static bool
tells(const struct ahocorasick *ac, uint32_t at)
{
	return ac->states[at].word_count || ac->states[at].more;
}

static void
make_row(struct ahocorasick *ac, uint32_t at)
{
	uint16_t *row = &ac->rows[at * ac->classes];
	uint32_t next;
	unsigned class;

	for (class = 1; class < ac->classes; class ++) {
		next = find_child(ac, &ac->states[at], (unsigned char)class);
		if (!next && at != 0)
			next =
			    step(ac, ac->states[at].fall, (unsigned char)class);
		row[class] = FAR;
		if (next < FAR)
			row[class] =
			    (uint16_t)(next | (tells(ac, next) ? TELLS : 0));
	}
}

/* Where each state falls to, parents first, and then the rows. */
static void
make_falls(struct ahocorasick *ac)
{
	size_t rows = ROOM / ac->classes;
	uint32_t at, i;

	for (at = 0; at < ac->state_count; at++)
		for (i = 0; i < ac->states[at].child_count; i++)
			fall_from(ac, at, ac->states[at].child + i);
	if (rows > ac->state_count)
		rows = ac->state_count;
	ac->rows = xcalloc(rows * ac->classes, sizeof(*ac->rows));
	for (at = 0; at < rows; at++) {
		make_row(ac, at);
		ac->row_count = at + 1;
	}
}

struct ahocorasick *
ahocorasick_new(const struct str *words, size_t count)
{
	struct ahocorasick *ac = xcalloc(1, sizeof(*ac));
	struct tree tree = {0};

	make_classes(ac, words, count);
	make_tree(ac, &tree, words, count);
	ac->words = xcalloc(count + 1, sizeof(*ac->words));
	make_states(ac, &tree);
	make_falls(ac);
	free(tree.at);
	free(tree.next_word);
	return ac;
}

void
ahocorasick_free(struct ahocorasick *ac)
{
	if (!ac)
		return;
	free(ac->states);
	free(ac->by);
	free(ac->rows);
	free(ac->words);
	free(ac);
}

static void
tell(const struct ahocorasick *ac, uint32_t at, size_t end,
    void (*found)(void *context, size_t word, size_t end), void *context)
{
	const struct state *state;
	uint32_t i;

	for (;;) {
		state = &ac->states[at];
		for (i = 0; i < state->word_count; i++)
			found(context, ac->words[state->word + i], end);
		if (!state->more)
			return;
		at = state->more;
	}
}

/* An octet on; true when words end there. */
static inline bool
go_on(const struct ahocorasick *ac, uint32_t *at, char octet)
{
	unsigned char class = ac->class[(unsigned char)octet];
	uint32_t next = look_up(ac, *at, class);

	if (next < FAR) {
		*at = next;
		return false;
	}
	*at = next == FAR ? step(ac, *at, class) : next & (TELLS - 1);
	return next != FAR || tells(ac, *at);
}

/* What it is at an offset: no more octets count than a word has. */
static uint32_t
state_at(const struct ahocorasick *ac, struct str piece, size_t offset)
{
	uint32_t at = 0;
	size_t i;

	for (i = offset - ac->longest; i < offset; i++)
		go_on(ac, &at, piece.data[i]);
	return at;
}

/* Both halves at once: while one waits for memory, the other works. */
void
ahocorasick_run(const struct ahocorasick *ac, uint32_t *state, struct str piece,
    void (*found)(void *context, size_t word, size_t end), void *context)
{
	size_t half = piece.len / 2 < ac->longest ? 0 : piece.len / 2, i;
	uint32_t at = *state, other = 0;

	if (half > 0)
		other = state_at(ac, piece, half);
	for (i = 0; i < half; i++) {
		if (go_on(ac, &at, piece.data[i]))
			tell(ac, at, i + 1, found, context);
		if (go_on(ac, &other, piece.data[half + i]))
			tell(ac, other, half + i + 1, found, context);
	}
	if (half > 0)
		at = other;
	for (i = 2 * half; i < piece.len; i++)
		if (go_on(ac, &at, piece.data[i]))
			tell(ac, at, i + 1, found, context);
	*state = at;
}

size_t
ahocorasick_size(const struct ahocorasick *ac)
{
	return sizeof(*ac) + ac->state_count * (sizeof(*ac->states) + 1) +
	    ac->row_count * ac->classes * sizeof(*ac->rows) +
	    ac->word_count * sizeof(*ac->words);
}
