/*
 * redos_path: texts that lead from one place of a regex to another.
 *
 * Breadth first, so that the texts are short; bounded by the number of steps.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "redos_path.h"

enum {
	STEPS_MAX = 2000000, /* of one search */
	ALL_STEPS_MAX = 10 * STEPS_MAX,
	STATES_MAX = 1000000,
	LOOP_MAX = 250
};

/* A search over numbered states; prev 0: not seen, else the state + 1. */
struct search {
	const struct redos_graph *g;
	uint32_t *prev;
	char *octet;
	uint32_t *queue;
	size_t head, tail;
};

/* For the next search; what the one before it used is gone. */
static struct arena *
scratch(const struct redos_graph *g)
{
	arena_reset(g->scratch->arena);
	return g->scratch->arena;
}

static void
search_init(struct search *s, const struct redos_graph *g, size_t states)
{
	struct arena *arena = g->scratch->arena;

	s->g = g;
	s->prev = arena_array(arena, states, sizeof(*s->prev));
	s->octet = arena_array(arena, states, 1);
	s->queue = arena_array(arena, states, sizeof(*s->queue));
	s->head = s->tail = 0;
}

/* So many steps were taken: were they too many? */
static bool
ended_early(const struct search *s, size_t steps)
{
	s->g->scratch->steps += steps + s->tail + s->g->count;
	return steps >= STEPS_MAX;
}

/* After all searches so far there are no more. */
static bool
is_tired(const struct redos_graph *g)
{
	return g->scratch->steps >= ALL_STEPS_MAX;
}

static void
reach(struct search *s, uint32_t state, uint32_t from, char octet)
{
	if (s->prev[state])
		return;
	s->prev[state] = from + 1;
	s->octet[state] = octet;
	s->queue[s->tail++] = state;
}

/* The octets from where the search began to `state`. */
static struct str
trace(const struct search *s, uint32_t state)
{
	size_t len = 0, i;
	uint32_t at;
	char *text;

	for (at = state; s->prev[at] != at + 1; at = s->prev[at] - 1)
		len++;
	text = arena_alloc(s->g->arena, len + 1);
	for (i = len, at = state; i > 0; at = s->prev[at] - 1)
		text[--i] = s->octet[at];
	return str_of(text, len);
}

/* The first octet of the set from `from` on; 256: there is none. */
static unsigned
first_from(const struct octets *set, unsigned from)
{
	uint64_t bits = set->bits[from >> 6] >> (from & 63) << (from & 63);
	unsigned word = from >> 6;

	while (bits == 0 && ++word < 4)
		bits = set->bits[word];
	return bits ? word * 64 + (unsigned)__builtin_ctzll(bits) : 256;
}

char
redos_pick(const struct octets *set)
{
	static const char liked[] = "a1 A.-_=/";
	const char *c;
	unsigned octet;

	for (c = liked; *c; c++)
		if (octets_has(set, (unsigned char)*c))
			return *c;
	octet = first_from(set, 33);
	if (octet > 255)
		octet = first_from(set, 0);
	return octet > 255 ? 'a' : (char)octet;
}

static struct str
walk(const struct redos_graph *g, unsigned from, unsigned to, unsigned loop)
{
	const struct redos_place *place;
	struct search s;
	unsigned at, next;
	size_t i;

	scratch(g);
	search_init(&s, g, g->count);
	reach(&s, from, from, 0);
	while (s.head < s.tail) {
		at = s.queue[s.head++];
		place = &g->places[at];
		if (to ? at == to : place->final)
			return trace(&s, at);
		for (i = 0; i < place->next_count; i++) {
			next = place->next[i];
			if (loop == 0 || g->places[next].loop == loop)
				reach(&s, next, at,
				    redos_pick(&g->places[next].set));
		}
	}
	return str_c("");
}

struct str
redos_path(
    const struct redos_graph *g, unsigned from, unsigned to, unsigned loop)
{
	return walk(g, from, to, loop);
}

struct str
redos_tail(const struct redos_graph *g, unsigned from)
{
	return walk(g, from, 0, 0);
}

/* Do these two read an octet in common? */
static bool
both(const struct redos_graph *g, unsigned a, unsigned b, char *octet)
{
	struct octets set = octets_and(&g->places[a].set, &g->places[b].set);

	if (octets_is_empty(&set))
		return false;
	*octet = redos_pick(&set);
	return true;
}

/* A search over pairs of places in one loop that read the same text. */
struct pairs {
	const struct redos_graph *g;
	struct search s;
	unsigned loop;
	size_t steps;
	uint32_t last; /* two different places ... */
	unsigned met;  /* ... from which this one follows */
	char octet;
};

/* What follows the pair `at`; true when two ways that parted meet again. */
static bool
spread(struct pairs *p, uint32_t at)
{
	const struct redos_graph *g = p->g;
	const struct redos_place *a = &g->places[at / g->count];
	const struct redos_place *b = &g->places[at % g->count];
	size_t i, k;

	p->steps += a->next_count * b->next_count;
	for (i = 0; i < a->next_count; i++) {
		if (g->places[a->next[i]].loop != p->loop)
			continue;
		for (k = 0; k < b->next_count; k++) {
			if (g->places[b->next[k]].loop != p->loop ||
			    !both(g, a->next[i], b->next[k], &p->octet))
				continue;
			if (a != b && a->next[i] == b->next[k]) {
				p->last = at;
				p->met = a->next[i];
				return true;
			}
			reach(&p->s, a->next[i] * g->count + b->next[k], at,
			    p->octet);
		}
	}
	return false;
}

/* Where the ways parted: in two branches of the same alternatives? */
static bool
parted_by_alternatives(const struct pairs *p)
{
	const struct redos_graph *g = p->g;
	const struct redos_place *a, *b;
	uint32_t at = p->last, from;

	for (;;) {
		from = p->s.prev[at] - 1;
		if (from == at || from / g->count == from % g->count)
			break;
		at = from;
	}
	a = &g->places[at / g->count];
	b = &g->places[at % g->count];
	return a->alt && a->alt == b->alt && a->branch != b->branch;
}

static uint32_t
first_of(const struct search *s, uint32_t at)
{
	while (s->prev[at] != at + 1)
		at = s->prev[at] - 1;
	return at;
}

static bool
too_large(const struct redos_graph *g, unsigned loop)
{
	size_t count = 0;
	unsigned i;

	for (i = 0; i < g->count; i++)
		count += g->places[i].loop == loop;
	return count > LOOP_MAX;
}

bool
redos_pairs(const struct redos_graph *g, unsigned loop, struct str *pump,
    unsigned *at, bool *alternatives, bool *full)
{
	struct pairs p = {.g = g, .loop = loop};
	struct str there, back;
	bool found = false;
	unsigned i;

	if (too_large(g, loop) || is_tired(g)) {
		*full = true;
		return false;
	}
	scratch(g);
	search_init(&p.s, g, (size_t)g->count * g->count);
	for (i = 0; i < g->count; i++)
		if (g->places[i].loop == loop)
			reach(&p.s, i * g->count + i, i * g->count + i, 0);
	while (!found && p.s.head < p.s.tail && p.steps < STEPS_MAX)
		found = spread(&p, p.s.queue[p.s.head++]);
	*full |= ended_early(&p.s, p.steps);
	if (!found)
		return false;
	*at = first_of(&p.s, p.last) / g->count;
	*alternatives = parted_by_alternatives(&p);
	there = trace(&p.s, p.last);
	back = redos_path(g, p.met, *at, loop);
	*pump = arena_printf(g->arena, "%.*s%c%.*s", (int)there.len, there.data,
	    p.octet, (int)back.len, back.data);
	return true;
}

/* Three readers of the same text: in p's loop, on the way, in q's loop. */
struct triple {
	const struct redos_graph *g;
	struct search s;
	unsigned p, q;
	unsigned *column; /* of a place in q's loop */
	unsigned columns;
	unsigned *row; /* of a place in p's loop */
	unsigned *row_place, *column_place;
	size_t steps;
};

static uint32_t
state_of(const struct triple *t, unsigned a, unsigned b, unsigned c)
{
	return (t->row[a] * t->g->count + b) * t->columns + t->column[c];
}

/* c goes on in q's loop with what a and b have read, too. */
static void
step_third(struct triple *t, uint32_t at, unsigned a, unsigned b,
    const struct redos_place *c)
{
	const struct redos_graph *g = t->g;
	struct octets ab = octets_and(&g->places[a].set, &g->places[b].set);
	struct octets abc;
	uint32_t state;
	size_t i;

	t->steps++;
	if (octets_is_empty(&ab))
		return;
	t->steps += c->next_count;
	for (i = 0; i < c->next_count; i++) {
		if (g->places[c->next[i]].loop != g->places[t->q].loop)
			continue;
		state = state_of(t, a, b, c->next[i]);
		if (t->s.prev[state])
			continue;
		abc = octets_and(&ab, &g->places[c->next[i]].set);
		if (!octets_is_empty(&abc))
			reach(&t->s, state, at, redos_pick(&abc));
	}
}

/* All that a, b and c may read next together. */
static void
step_together(struct triple *t, uint32_t at, const struct redos_place *a,
    const struct redos_place *b, const struct redos_place *c)
{
	const struct redos_graph *g = t->g;
	size_t i, k;

	for (i = 0; i < a->next_count; i++)
		if (g->places[a->next[i]].loop == g->places[t->p].loop)
			for (k = 0; k < b->next_count; k++)
				step_third(t, at, a->next[i], b->next[k], c);
}

/* Numbers the places of a loop. */
static unsigned
number(const struct redos_graph *g, unsigned loop, unsigned *numbers,
    unsigned *places)
{
	unsigned i, count = 0;

	for (i = 0; i < g->count; i++)
		if (g->places[i].loop == loop) {
			places[count] = i;
			numbers[i] = count++;
		}
	return count;
}

bool
redos_shared(const struct redos_graph *g, unsigned p, unsigned q,
    struct str *pump, bool *full)
{
	struct triple t = {.g = g, .p = p, .q = q};
	unsigned rows;
	uint32_t at, goal;

	t.row = arena_array(scratch(g), g->count * 4, sizeof(unsigned));
	t.column = t.row + g->count;
	t.row_place = t.column + g->count;
	t.column_place = t.row_place + g->count;
	rows = number(g, g->places[p].loop, t.row, t.row_place);
	t.columns = number(g, g->places[q].loop, t.column, t.column_place);
	if ((size_t)rows * g->count * t.columns > STATES_MAX || is_tired(g)) {
		*full = true;
		return false;
	}
	search_init(&t.s, g, (size_t)rows * g->count * t.columns);
	goal = state_of(&t, p, q, q);
	at = state_of(&t, p, p, q);
	reach(&t.s, at, at, 0);
	while (t.s.head < t.s.tail && !t.s.prev[goal] && t.steps < STEPS_MAX) {
		at = t.s.queue[t.s.head++];
		step_together(&t, at,
		    &g->places[t.row_place[at / t.columns / g->count]],
		    &g->places[at / t.columns % g->count],
		    &g->places[t.column_place[at % t.columns]]);
	}
	*full |= ended_early(&t.s, t.steps);
	if (t.s.prev[goal])
		*pump = trace(&t.s, goal);
	return t.s.prev[goal] != 0;
}
