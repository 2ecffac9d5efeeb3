/*
 * lazydfa: runs an nfa over texts, one look-up an octet.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "postern/xalloc.h"

#include "lazydfa.h"

enum {
	MISSES_MAX = 200, /* of one text, after which it is given up */
	WALK = 256,       /* octets from one start, as dear as a miss */
	TELLS = 1 << 15   /* in a row: parts end at that state */
};

/* What there is room for. */
struct room {
	size_t states;
	size_t members; /* of all states together */
	size_t places;  /* in all rows */
};

static const struct room parts_room = {16384, 1 << 19, 1 << 20}; /* 4 MB */
/* One regex leads to few, and there are many: they begin small. */
static const struct room whole_room = {2048, 1 << 15, 1 << 16};
enum { FIRST_STATES = 16, FIRST_MEMBERS = 128, HASH_FIRST = 64 };

/* A set of states of the nfa. */
struct set {
	uint32_t first; /* in members */
	uint32_t count;
	bool tells;
};

struct lazydfa {
	const struct nfa *nfa;
	uint32_t *starts;      /* states reached by each class from the start */
	uint32_t *start_first; /* classes + 1 places */
	struct set *sets;      /* 0: nothing begun; of a whole regex, 1: here */
	size_t count, room, most;
	size_t kept, kept_members; /* when all others are forgotten */
	uint32_t *members;
	size_t member_count, member_room, members_most;
	uint16_t *rows; /* next state + 1, by class; 0: not known yet */
	uint32_t *hash; /* state + 1 */
	size_t hash_room;
	/* While a set is made. */
	uint32_t *list;
	size_t list_count;
	uint32_t *stamp; /* of each state of the nfa */
	uint32_t now;
	uint32_t *stack;
};

static inline void
list_state(struct lazydfa *dfa, uint32_t state)
{
	if (dfa->stamp[state] != dfa->now)
		dfa->list[dfa->list_count++] = state;
	dfa->stamp[state] = dfa->now;
}

/* Adds what can be read or accepted next at `state`, through branches. */
static void
reach(struct lazydfa *dfa, uint32_t state)
{
	const struct nfa_state *states = dfa->nfa->states;
	size_t depth = 0;

	dfa->stack[depth++] = state;
	while (depth > 0) {
		state = dfa->stack[--depth];
		if (states[state].set != NFA_BRANCH) {
			list_state(dfa, state);
			continue;
		}
		if (dfa->stamp[state] == dfa->now)
			continue;
		dfa->stamp[state] = dfa->now;
		dfa->stack[depth++] = states[state].other;
		dfa->stack[depth++] = states[state].next;
	}
}

static void
begin_list(struct lazydfa *dfa)
{
	dfa->list_count = 0;
	if (++dfa->now == 0) { /* after 2^32 of them */
		memset(dfa->stamp, 0, dfa->nfa->count * sizeof(*dfa->stamp));
		dfa->now = 1;
	}
}

static bool
reads(const struct nfa *nfa, uint32_t state, unsigned char octet)
{
	uint32_t set = nfa->states[state].set;

	return set < NFA_BRANCH && octets_has(&nfa->sets[set], octet);
}

/* What the first octet of a part leads to, for each class of octets. */
static void
make_starts(struct lazydfa *dfa)
{
	const struct nfa *nfa = dfa->nfa;
	uint32_t *begin = xcalloc(nfa->count, sizeof(*begin));
	size_t begin_count, i, count = 0;
	unsigned class;

	begin_list(dfa);
	for (i = 0; i < nfa->start_count; i++)
		reach(dfa, nfa->starts[i]);
	begin_count = dfa->list_count;
	memcpy(begin, dfa->list, begin_count * sizeof(*begin));
	dfa->start_first = xcalloc(nfa->classes + 1, sizeof(*dfa->starts));
	for (class = 0; class < nfa->classes; class ++) {
		begin_list(dfa);
		for (i = 0; i < begin_count; i++)
			if (reads(nfa, begin[i], nfa->octet[class]))
				reach(dfa, nfa->states[begin[i]].next);
		dfa->start_first[class] = (uint32_t)count;
		dfa->starts = xrealloc(dfa->starts,
		    (count + dfa->list_count + 1) * sizeof(*dfa->starts));
		memcpy(dfa->starts + count, dfa->list,
		    dfa->list_count * sizeof(*dfa->starts));
		count += dfa->list_count;
	}
	dfa->start_first[nfa->classes] = (uint32_t)count;
	free(begin);
}

static void
forget(struct lazydfa *dfa)
{
	memset(
	    dfa->rows, 0, dfa->count * dfa->nfa->classes * sizeof(*dfa->rows));
	memset(dfa->hash, 0, dfa->hash_room * sizeof(*dfa->hash));
	dfa->count = dfa->kept;
	dfa->member_count = dfa->kept_members;
}

/* A whole regex starts nowhere but where it is asked for. */
static void
make_start(struct lazydfa *dfa)
{
	const struct nfa *nfa = dfa->nfa;
	size_t i;

	dfa->start_first = xcalloc(nfa->classes + 1, sizeof(*dfa->starts));
	begin_list(dfa);
	for (i = 0; i < nfa->start_count; i++)
		reach(dfa, nfa->starts[i]);
	dfa->kept_members = dfa->list_count;
	memcpy(dfa->members, dfa->list, dfa->list_count * sizeof(*dfa->list));
	dfa->sets[1] = (struct set) {.count = (uint32_t)dfa->list_count};
	dfa->kept = 2;
}

struct lazydfa *
lazydfa_new(const struct nfa *nfa)
{
	const struct room *room = nfa->whole ? &whole_room : &parts_room;
	struct lazydfa *dfa = xcalloc(1, sizeof(*dfa));

	dfa->nfa = nfa;
	dfa->most = room->places / nfa->classes;
	if (dfa->most > room->states)
		dfa->most = room->states;
	dfa->hash_room = HASH_FIRST;
	dfa->members_most = room->members + nfa->count;
	/* rows do not move while many run */
	dfa->room =
	    nfa->whole && dfa->most > FIRST_STATES ? FIRST_STATES : dfa->most;
	dfa->member_room =
	    nfa->whole ? FIRST_MEMBERS + nfa->count : dfa->members_most;
	dfa->sets = xcalloc(dfa->room, sizeof(*dfa->sets));
	dfa->members = xcalloc(dfa->member_room, sizeof(*dfa->members));
	dfa->rows = xcalloc(dfa->room * nfa->classes, sizeof(*dfa->rows));
	dfa->hash = xcalloc(dfa->hash_room, sizeof(*dfa->hash));
	dfa->list = xcalloc(nfa->count + 1, sizeof(*dfa->list));
	dfa->stamp = xcalloc(nfa->count + 1, sizeof(*dfa->stamp));
	dfa->stack = xcalloc(2 * nfa->count + 2, sizeof(*dfa->stack));
	dfa->kept = 1;
	if (nfa->whole)
		make_start(dfa);
	else
		make_starts(dfa);
	dfa->count = dfa->kept;
	dfa->member_count = dfa->kept_members;
	return dfa;
}

void
lazydfa_free(struct lazydfa *dfa)
{
	if (!dfa)
		return;
	free(dfa->starts);
	free(dfa->start_first);
	free(dfa->sets);
	free(dfa->members);
	free(dfa->rows);
	free(dfa->hash);
	free(dfa->list);
	free(dfa->stamp);
	free(dfa->stack);
	free(dfa);
}

/* The order of the list does not count. */
static size_t
hash_of(const struct lazydfa *dfa, const uint32_t *list, size_t count)
{
	uint64_t hash = count;
	size_t i;

	for (i = 0; i < count; i++)
		hash += (list[i] + 1) * 0x9e3779b97f4a7c15u >> 7;
	hash *= 0x9e3779b97f4a7c15u;
	return (size_t)(hash >> 40) & (dfa->hash_room - 1);
}

/* Whether the set is what is in the list, of which every state is stamped. */
static bool
is_listed(const struct lazydfa *dfa, const struct set *set)
{
	const uint32_t *members = dfa->members + set->first;
	size_t i;

	if (set->count != dfa->list_count)
		return false;
	for (i = 0; i < set->count; i++)
		if (dfa->stamp[members[i]] != dfa->now)
			return false;
	return true;
}

static void
grow_states(struct lazydfa *dfa)
{
	size_t places = dfa->room * dfa->nfa->classes;

	dfa->room = 2 * dfa->room < dfa->most ? 2 * dfa->room : dfa->most;
	dfa->sets = xrealloc(dfa->sets, dfa->room * sizeof(*dfa->sets));
	dfa->rows = xrealloc(
	    dfa->rows, dfa->room * dfa->nfa->classes * sizeof(*dfa->rows));
	memset(dfa->rows + places, 0,
	    (dfa->room * dfa->nfa->classes - places) * sizeof(*dfa->rows));
}

static void
grow_members(struct lazydfa *dfa)
{
	dfa->member_room = 2 * dfa->member_room < dfa->members_most ?
	    2 * dfa->member_room :
	    dfa->members_most;
	dfa->members =
	    xrealloc(dfa->members, dfa->member_room * sizeof(*dfa->members));
}

static void
grow_hash(struct lazydfa *dfa)
{
	const struct set *set;
	size_t i, slot;

	free(dfa->hash);
	dfa->hash_room *= 4;
	dfa->hash = xcalloc(dfa->hash_room, sizeof(*dfa->hash));
	for (i = dfa->kept; i < dfa->count; i++) {
		set = &dfa->sets[i];
		slot = hash_of(dfa, dfa->members + set->first, set->count);
		while (dfa->hash[slot])
			slot = (slot + 1) & (dfa->hash_room - 1);
		dfa->hash[slot] = (uint32_t)i + 1;
	}
}

/* For one more state, the one that is listed; false: all must be forgotten. */
static bool
make_room(struct lazydfa *dfa)
{
	size_t members = dfa->member_count + dfa->list_count;

	if (dfa->count == dfa->most || members > dfa->members_most)
		return false;
	if (dfa->count == dfa->room)
		grow_states(dfa);
	while (members > dfa->member_room)
		grow_members(dfa);
	return true;
}

/* The state that the list is, known or new; 0 is the empty one.  SIZE_MAX:
 * there is no room. */
static size_t
find_state(struct lazydfa *dfa)
{
	size_t slot, i, bytes = dfa->list_count * sizeof(*dfa->list);
	struct set *set;

	if (dfa->list_count == 0)
		return 0;
	slot = hash_of(dfa, dfa->list, dfa->list_count);
	for (; dfa->hash[slot]; slot = (slot + 1) & (dfa->hash_room - 1))
		if (is_listed(dfa, &dfa->sets[dfa->hash[slot] - 1]))
			return dfa->hash[slot] - 1;
	if (!make_room(dfa))
		return SIZE_MAX;
	set = &dfa->sets[dfa->count];
	*set = (struct set) {
	    (uint32_t)dfa->member_count, (uint32_t)dfa->list_count, false};
	memcpy(dfa->members + set->first, dfa->list, bytes);
	dfa->member_count += dfa->list_count;
	for (i = 0; i < dfa->list_count; i++)
		set->tells |= dfa->nfa->states[dfa->list[i]].set == NFA_ACCEPT;
	dfa->hash[slot] = (uint32_t)++dfa->count;
	if (2 * dfa->count >= dfa->hash_room)
		grow_hash(dfa);
	return dfa->count - 1;
}

/* Where a class leads to from a state, put in its row. */
static uint32_t
step(struct lazydfa *dfa, size_t at, unsigned class)
{
	const struct nfa *nfa = dfa->nfa;
	const struct set *set = &dfa->sets[at];
	uint32_t i, state, entry;
	size_t next;

	begin_list(dfa);
	for (i = 0; i < set->count; i++) {
		state = dfa->members[set->first + i];
		if (reads(nfa, state, nfa->octet[class]))
			reach(dfa, nfa->states[state].next);
	}
	for (i = dfa->start_first[class]; i < dfa->start_first[class + 1]; i++)
		list_state(dfa, dfa->starts[i]);
	next = find_state(dfa);
	if (next == SIZE_MAX) {
		forget(dfa);
		at = SIZE_MAX; /* which was forgotten, too */
		next = find_state(dfa);
	}
	entry = (uint32_t)next + 1;
	if (dfa->sets[next].tells)
		entry |= TELLS;
	if (at != SIZE_MAX)
		dfa->rows[at * nfa->classes + class] = (uint16_t)entry;
	return entry;
}

/* One automaton at work on a text. */
struct walk {
	struct lazydfa *dfa;
	const uint16_t *row; /* of its state */
	const uint16_t *rows;
	const unsigned char *classes;
	size_t width;
	size_t misses;
	size_t number; /* of the caller */
};

static void
tell(const struct walk *walk, size_t at, size_t end,
    void (*found)(void *context, size_t which, size_t part, size_t end),
    void *context)
{
	const struct lazydfa *dfa = walk->dfa;
	const struct set *set = &dfa->sets[at];
	const struct nfa_state *state;
	uint32_t i;

	for (i = 0; i < set->count; i++) {
		state = &dfa->nfa->states[dfa->members[set->first + i]];
		if (state->set == NFA_ACCEPT)
			found(context, walk->number, state->next, end);
	}
}

static void
begin_walk(struct walk *walk, struct lazydfa *dfa, size_t number)
{
	*walk = (struct walk) {
	    .dfa = dfa,
	    .row = dfa->rows,
	    .rows = dfa->rows,
	    .classes = dfa->nfa->class,
	    .width = dfa->nfa->classes,
	    .number = number,
	};
}

/* A place in a row that is not just the next state; false: given up. */
static bool
turn(struct walk *walk, uint32_t entry, unsigned char octet, size_t end,
    void (*found)(void *context, size_t which, size_t part, size_t end),
    void *context)
{
	size_t at;

	if (entry == 0) {
		if (++walk->misses > MISSES_MAX)
			return false;
		entry = step(walk->dfa,
		    (size_t)(walk->row - walk->rows) / walk->width,
		    walk->classes[octet]);
	}
	at = (entry & (TELLS - 1)) - 1;
	walk->row = walk->rows + at * walk->width;
	if (entry & TELLS)
		tell(walk, at, end, found, context);
	return true;
}

/*
 * An octet at a time through all of them: what one waits for memory, the others
 * work.
 */
unsigned
lazydfa_run(struct lazydfa *const *dfas, size_t count, struct str text,
    void (*found)(void *context, size_t which, size_t part, size_t end),
    void *context)
{
	struct walk walks[LAZYDFA_MOST], *walk;
	unsigned given_up = 0;
	unsigned char octet;
	uint32_t entry;
	size_t i, k;

	for (k = 0; k < count; k++)
		begin_walk(&walks[k], dfas[k], k);
	for (i = 0; i < text.len; i++) {
		octet = (unsigned char)text.data[i];
		for (walk = walks; walk < walks + count; walk++) {
			entry = walk->row[walk->classes[octet]];
			if (entry - 1 < TELLS - 1) {
				walk->row =
				    walk->rows + (entry - 1) * walk->width;
				continue;
			}
			if (turn(walk, entry, octet, i + 1, found, context))
				continue;
			given_up |= 1u << walk->number;
			*walk-- = walks[--count];
		}
	}
	return given_up;
}

bool
lazydfa_is_given_up(size_t misses)
{
	return misses > MISSES_MAX;
}

/* May the regex match at that offset?  True, too, when it is given up. */
static bool
may_match(struct lazydfa *dfa, struct str text, size_t offset, size_t *misses)
{
	size_t at = 1, i;
	unsigned class;
	uint32_t entry;

	for (i = offset; i < text.len && at > 0; i++) {
		class = dfa->nfa->class[(unsigned char)text.data[i]];
		entry = dfa->rows[at * dfa->nfa->classes + class];
		if (entry == 0) {
			if (++*misses > MISSES_MAX)
				return true;
			entry = step(dfa, at, class);
		}
		if (entry & TELLS)
			return true;
		at = entry - 1;
	}
	*misses += (i - offset) / WALK;
	return lazydfa_is_given_up(*misses);
}

/* Most octets begin nothing: state 1 leads to 0 with them. */
size_t
lazydfa_start(struct lazydfa *dfa, struct str text, size_t first, size_t last,
    size_t *misses)
{
	const struct nfa *nfa = dfa->nfa;
	unsigned class;

	for (; first <= last && first < text.len; first++) {
		class = nfa->class[(unsigned char)text.data[first]];
		if (dfa->rows[nfa->classes + class] != 1 &&
		    may_match(dfa, text, first, misses))
			return first;
	}
	return SIZE_MAX;
}
