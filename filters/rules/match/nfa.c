/*
 * nfa: what rare thing each of many regexes must contain, as one automaton.
 *
 * A sequence is cut where anything may stand, the least likely run between two
 * cuts is the part.  A part that would become too large ends earlier: it is
 * then found more often, never less.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "nfa_likelihood.h"

enum {
	STATES_MAX = 400000,
	PART_STATES = 3000, /* of one part, about */
	WHOLE_STATES = 8000,
	WHOLE_INSIDE = 20, /* of what is repeated */
	EMPTY_STEPS = 1000,
	LEAST_MAX = 1000,
	LOOKS_MAX = 20000, /* at nodes of one regex; calls may be of calls */
	EMITS_MAX = 1000000,
	DEPTH_MAX = 40
};

/* Rare enough: no need to look for a better place. */
static const double RARE = 3e-5;
/* Long enough: no need to go on.  As words are more frequent than their letters
 * tell, that is much less. */
static const double LONG_ENOUGH = 1e-8;

struct builder {
	struct nfa *nfa;
	uint32_t probe;
	size_t limit;    /* of states */
	double most;     /* likelihood of a part */
	uint32_t accept; /* of the part at hand */
	unsigned least;  /* times that it must be there */
	unsigned depth;
	unsigned looks, emits;
};

struct nfa *
nfa_new(struct arena *arena, bool loops)
{
	struct nfa *nfa = arena_alloc(arena, sizeof(*nfa));

	nfa->arena = arena;
	nfa->loops = loops;
	nfa->states = arena_push(arena, NULL, 0, sizeof(*nfa->states));
	nfa->count = 1;
	return nfa;
}

static uint32_t
state_new(struct builder *b, uint32_t set, uint32_t next, uint32_t other)
{
	struct nfa *nfa = b->nfa;

	nfa->states = arena_push(
	    nfa->arena, nfa->states, nfa->count, sizeof(*nfa->states));
	nfa->states[nfa->count] = (struct nfa_state) {set, next, other};
	return (uint32_t)nfa->count++;
}

/* Most sets are one of the last ones. */
static uint32_t
set_find(struct nfa *nfa, const struct octets *set)
{
	size_t i, back = nfa->set_count < 512 ? nfa->set_count : 512;

	for (i = 1; i <= back; i++)
		if (memcmp(&nfa->sets[nfa->set_count - i], set, sizeof(*set)) ==
		    0)
			return (uint32_t)(nfa->set_count - i);
	nfa->sets = arena_push(
	    nfa->arena, nfa->sets, nfa->set_count, sizeof(*nfa->sets));
	nfa->sets[nfa->set_count] = *set;
	return (uint32_t)nfa->set_count++;
}

/* The state to start from so that the node and then `next` is matched. */
static uint32_t emit(struct builder *b, const struct node *node, uint32_t next);

static uint32_t
emit_list(struct builder *b, const struct node *from, const struct node *end,
    uint32_t next)
{
	const struct node *list[NFA_CHILDREN_MAX];
	size_t count = 0;

	for (; from != end && count < NFA_CHILDREN_MAX; from = from->next)
		list[count++] = from;
	if (from != end)
		next = b->accept;
	while (count > 0)
		next = emit(b, list[--count], next);
	return next;
}

static uint32_t
emit_alt(struct builder *b, const struct node *alt, uint32_t next)
{
	const struct node *child = alt->first;
	uint32_t entry = emit(b, child, next);

	for (child = child->next; child; child = child->next)
		entry = state_new(b, NFA_BRANCH, entry, emit(b, child, next));
	return entry;
}

/* Around again, or on to `next`: the state to begin with. */
static uint32_t
emit_loop(struct builder *b, const struct node *inside, uint32_t next,
    bool at_least_once)
{
	uint32_t loop = state_new(b, NFA_BRANCH, next, next);
	uint32_t body = emit(b, inside, loop);

	b->nfa->states[loop].other = body;
	return at_least_once ? body : loop;
}

/* Copies of a large inside would leave no room for what stands before. */
static bool
is_loop(const struct builder *b, const struct node *repeat)
{
	unsigned more = repeat->max - repeat->min;

	return more > NFA_SPREAD ||
	    (b->nfa->whole && more > 0 && repeat->first->size > WHOLE_INSIDE);
}

static uint32_t
emit_repeat(struct builder *b, const struct node *repeat, uint32_t next)
{
	unsigned i, min = repeat->min, more = repeat->max - repeat->min;
	uint32_t entry = next;

	if (min > NFA_COPIES || nfa_is_cut(b->nfa, repeat)) {
		/* Anything may follow, or it is long enough. */
		entry = b->accept;
		min = min < NFA_COPIES ? min : NFA_COPIES;
	} else if (b->nfa->whole && min > 1 &&
	    repeat->first->size > WHOLE_INSIDE) {
		entry = b->accept;
		min = 1;
	} else if (is_loop(b, repeat)) {
		entry = emit_loop(b, repeat->first, next, min > 0);
		min -= min > 0;
	} else {
		for (i = 0; i < more; i++)
			entry = state_new(
			    b, NFA_BRANCH, next, emit(b, repeat->first, entry));
	}
	for (i = 0; i < min; i++)
		entry = emit(b, repeat->first, entry);
	return entry;
}

static uint32_t
emit_inside(struct builder *b, const struct node *node, uint32_t next)
{
	switch (node->kind) {
	case NODE_EMPTY:
		return next;
	case NODE_SET:
		return state_new(b, set_find(b->nfa, &node->set), next, 0);
	case NODE_CONCAT:
		return emit_list(b, node->first, NULL, next);
	case NODE_ALT:
		return emit_alt(b, node, next);
	case NODE_REPEAT:
		return emit_repeat(b, node, next);
	case NODE_ATOMIC:
		return emit(b, node->first, next);
	case NODE_CALL:
		return node->def ? emit(b, node->def, next) : b->accept;
	default:
		return b->accept;
	}
}

static uint32_t
emit(struct builder *b, const struct node *node, uint32_t next)
{
	uint32_t entry;

	if (b->nfa->count >= b->limit || b->depth >= DEPTH_MAX ||
	    ++b->emits > EMITS_MAX)
		return b->accept;
	b->depth++;
	entry = emit_inside(b, node, next);
	b->depth--;
	return entry;
}

static unsigned
sum(unsigned a, unsigned b)
{
	return a + b < REGEX_UNLIMITED ? a + b : REGEX_UNLIMITED;
}

/* Children of a sequence, from one up to another that is not of it. */
struct run {
	const struct node *from, *end;
	double likelihood;
	unsigned before_min, before_max, longest;
};

static void
run_from(const struct nfa *nfa, const struct node *from, struct run *run)
{
	const struct node *node = from;
	unsigned size = 0;
	bool ends = false;

	run->from = from;
	run->likelihood = 1;
	run->longest = 0;
	while (node && !ends && !nfa_is_cut(nfa, node) &&
	    run->likelihood > LONG_ENOUGH &&
	    (size += node->size) < PART_STATES) {
		run->likelihood *= nfa_likelihood(nfa, node, &ends);
		run->longest = sum(run->longest, node->longest);
		node = node->next;
	}
	run->end = node;
}

/* The least likely run; earlier ones are preferred as they are as good. */
static struct run
best_run(const struct nfa *nfa, const struct node *concat)
{
	struct run best = {.likelihood = 1}, one = {0};
	const struct node *child;
	unsigned min = 0, max = 0, count = 0;

	for (child = concat->first; child && count < NFA_CHILDREN_MAX;
	     child = child->next, count++) {
		run_from(nfa, child, &one);
		one.before_min = min;
		one.before_max = max;
		if (child->shortest > 0 &&
		    one.likelihood < best.likelihood * 0.5)
			best = one;
		if (best.likelihood <= RARE)
			break;
		min = sum(min, child->shortest);
		max = sum(max, child->longest);
	}
	return best;
}

/* May the part be the empty string, which is everywhere? */
static bool
may_be_empty(const struct nfa *nfa, uint32_t state, unsigned *steps)
{
	const struct nfa_state *s = &nfa->states[state];

	if (s->set == NFA_ACCEPT || ++*steps > EMPTY_STEPS)
		return true;
	return s->set == NFA_BRANCH &&
	    (may_be_empty(nfa, s->next, steps) ||
		may_be_empty(nfa, s->other, steps));
}

/* b->accept is where it ends. */
static struct nfa_part *
new_part(struct builder *b)
{
	struct nfa *nfa = b->nfa;
	struct nfa_part *part;

	b->accept = state_new(b, NFA_ACCEPT, (uint32_t)nfa->part_count, 0);
	nfa->parts = arena_push(
	    nfa->arena, nfa->parts, nfa->part_count, sizeof(*nfa->parts));
	part = &nfa->parts[nfa->part_count++];
	*part = (struct nfa_part) {.probe = b->probe, .least = b->least};
	return part;
}

/* The part that begins at `entry` and is told at b->accept. */
static bool
finish_part(struct builder *b, uint32_t entry)
{
	struct nfa *nfa = b->nfa;
	unsigned steps = 0;

	nfa->starts = arena_push(
	    nfa->arena, nfa->starts, nfa->start_count, sizeof(*nfa->starts));
	nfa->starts[nfa->start_count++] = entry;
	return !may_be_empty(nfa, entry, &steps);
}

static bool
add_part(struct builder *b, const struct run *run, unsigned before_min,
    unsigned before_max)
{
	struct nfa *nfa = b->nfa;
	struct nfa_part *part;

	b->limit = nfa->count + 2 * PART_STATES;
	part = new_part(b);
	part->reach_min = sum(before_min, run->before_min);
	part->reach_max = sum(sum(before_max, run->before_max), run->longest);
	return finish_part(b, emit_list(b, run->from, run->end, b->accept));
}

/* What was added since then is gone; the arrays may have moved. */
static void
roll_back(struct nfa *nfa, const struct nfa *old)
{
	nfa->count = old->count;
	nfa->part_count = old->part_count;
	nfa->start_count = old->start_count;
}

/* One of the parts must be in every match; false when that is likely. */
static bool find_parts(struct builder *b, const struct node *node,
    unsigned before_min, unsigned before_max);

static bool
find_in_alt(struct builder *b, const struct node *alt, unsigned before_min,
    unsigned before_max)
{
	const struct node *child;

	for (child = alt->first; child; child = child->next)
		if (!find_parts(b, child, before_min, before_max))
			return false;
	return true;
}

static bool
find_in_concat(struct builder *b, const struct node *concat,
    unsigned before_min, unsigned before_max)
{
	struct run run = best_run(b->nfa, concat);
	const struct nfa old = *b->nfa;
	const struct node *child;

	if (run.from && run.likelihood < b->most) {
		if (add_part(b, &run, before_min, before_max))
			return true;
		roll_back(b->nfa, &old);
	}
	for (child = concat->first; child; child = child->next) {
		if (child->kind != NODE_SET && child->kind != NODE_EMPTY &&
		    find_parts(b, child, before_min, before_max))
			return true;
		before_min = sum(before_min, child->shortest);
		before_max = sum(before_max, child->longest);
	}
	return false;
}

/* Each time round has one of its own. */
static bool
find_in_repeat(struct builder *b, const struct node *repeat,
    unsigned before_min, unsigned before_max)
{
	unsigned least = b->least;
	bool found;

	if (repeat->min == 0)
		return false;
	if (least * (uint64_t)repeat->min <= LEAST_MAX)
		b->least *= repeat->min;
	found = find_parts(b, repeat->first, before_min, before_max);
	b->least = least;
	return found;
}

static bool
find_inside(struct builder *b, const struct node *node, unsigned before_min,
    unsigned before_max)
{
	switch (node->kind) {
	case NODE_CONCAT:
		return find_in_concat(b, node, before_min, before_max);
	case NODE_ALT:
		return find_in_alt(b, node, before_min, before_max);
	case NODE_REPEAT:
		return find_in_repeat(b, node, before_min, before_max);
	case NODE_ATOMIC:
		return find_parts(b, node->first, before_min, before_max);
	case NODE_CALL:
		return node->def &&
		    find_parts(b, node->def, before_min, before_max);
	default:
		return false;
	}
}

static bool
find_parts(struct builder *b, const struct node *node, unsigned before_min,
    unsigned before_max)
{
	struct nfa *nfa = b->nfa;
	const struct nfa old = *nfa;
	bool found;

	if (b->depth >= DEPTH_MAX || ++b->looks > LOOKS_MAX)
		return false;
	b->depth++;
	found = find_inside(b, node, before_min, before_max);
	b->depth--;
	if (!found)
		roll_back(nfa, &old);
	return found;
}

bool
nfa_add(struct nfa *nfa, const struct node *tree, uint32_t probe, unsigned most)
{
	struct builder b = {
	    .nfa = nfa,
	    .probe = probe,
	    .most = most / 1e6,
	    .least = 1,
	};

	return nfa->count < STATES_MAX && find_parts(&b, tree, 0, 0);
}

bool
nfa_add_whole(struct nfa *nfa, const struct node *tree)
{
	struct builder b = {.nfa = nfa, .limit = WHOLE_STATES};

	nfa->whole = true;
	new_part(&b);
	return finish_part(&b, emit(&b, tree, b.accept));
}
