/*
 * redos: can a text make this regex run for ever?
 *
 * A loop with two ways through it that read the same text grows exponentially;
 * loops in a row that read the same text grow as a power of its length.  A
 * loop after which the regex has matched is left in peace.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/arena.h"

#include "redos.h"
#include "redos_path.h"

enum {
	LOOPS_MAX = 64,
	PLACES_MAX = 4 /* of one loop that are tried against another's */
};

struct check {
	struct redos_graph g;
	struct arena *arena; /* for what is handed out */
	struct redos *out;
	bool full;
	bool anchored;
	unsigned degree[LOOPS_MAX + 1];
};

const char *
redos_kind_text(enum redos_kind kind)
{
	static const char *const texts[] = {
	    [REDOS_NESTED] = "quantifiers stand inside each other",
	    [REDOS_ALTERNATIVES] =
		"alternatives under a quantifier match the same text",
	    [REDOS_PARTS] = "parts under a quantifier match the same text",
	    [REDOS_ADJACENT] =
		"quantifiers after each other match the same text",
	    [REDOS_BACKREF] = "a back-reference stands under a quantifier",
	    [REDOS_RECURSION] = "the regex calls itself",
	    [REDOS_COUNT] = "counted repeats stand inside each other",
	    [REDOS_START] = "a run is read again from each of its octets",
	    [REDOS_LEADING] = "a leading .* or .+ only costs time",
	};

	return texts[kind];
}

static struct redos_attack *
attack(struct check *c, enum redos_kind kind, unsigned degree)
{
	struct redos_attack *a;

	if (c->out->count == REDOS_ATTACKS)
		return NULL;
	a = &c->out->attacks[c->out->count++];
	*a = (struct redos_attack) {.kind = kind,
	    .degree = degree,
	    .prefix = str_c(""),
	    .pump = str_c("a"),
	    .tail = str_c("")};
	return a;
}

static void
fill(struct check *c, struct redos_attack *a, unsigned at, struct str pump)
{
	const struct redos_graph *g = &c->g;

	a->prefix = arena_copy(c->arena, redos_path(g, 0, at, 0));
	a->pump = arena_copy(c->arena, pump);
	a->tail = arena_copy(c->arena, redos_tail(g, at));
}

/* Can the regex still fail after the loop? */
static bool
can_fail(const struct redos_graph *g, unsigned loop)
{
	unsigned i;

	for (i = 0; i < g->count; i++)
		if (g->places[i].loop == loop && g->places[i].accept)
			return false;
	return true;
}

static bool
is_counted(const struct redos_graph *g, unsigned loop)
{
	unsigned i;

	for (i = 0; i < g->count; i++)
		if (g->places[i].loop == loop && g->places[i].counted)
			return true;
	return false;
}

/* An edge of the loop that two quantifiers make. */
static bool
find_twice(
    const struct redos_graph *g, unsigned loop, unsigned *from, unsigned *to)
{
	const struct redos_place *place;
	size_t i;

	for (*from = 1; *from < g->count; (*from)++) {
		place = &g->places[*from];
		for (i = 0; place->loop == loop && i < place->next_count; i++) {
			*to = place->next[i];
			if (g->places[*to].loop == loop &&
			    redos_edges(g, *from, *to) > 1)
				return true;
		}
	}
	return false;
}

static void
check_loop(struct check *c, unsigned loop)
{
	const struct redos_graph *g = &c->g;
	bool counted = is_counted(g, loop), alternatives = false;
	enum redos_kind kind = REDOS_NESTED;
	struct redos_attack *a;
	struct str pump, back;
	unsigned at, to;
	struct octets *set;

	if (find_twice(g, loop, &at, &to)) {
		set = &c->g.places[to].set;
		back = redos_path(g, to, at, loop);
		pump = arena_printf(g->arena, "%c%.*s", redos_pick(set),
		    (int)back.len, back.data);
	} else if (redos_pairs(g, loop, &pump, &at, &alternatives, &c->full)) {
		kind = alternatives ? REDOS_ALTERNATIVES : REDOS_PARTS;
	} else {
		return;
	}
	a = attack(c, counted ? REDOS_COUNT : kind, 0);
	if (!a)
		return;
	a->exact = !counted && !g->asserts_in_loop && !g->tree->inexact;
	fill(c, a, at, pump);
}

/* A few places of a loop. */
static size_t
some_places(const struct redos_graph *g, unsigned loop, unsigned *out)
{
	size_t count = 0;
	unsigned i;

	for (i = 1; i < g->count && count < PLACES_MAX; i++)
		if (g->places[i].loop == loop)
			out[count++] = i;
	return count;
}

/* All that is read in a loop. */
static struct octets
octets_of(const struct redos_graph *g, unsigned loop)
{
	struct octets all = {{0}};
	unsigned i;

	for (i = 0; i < g->count; i++)
		if (g->places[i].loop == loop)
			octets_add_all(&all, &g->places[i].set);
	return all;
}

static bool
loops_share(
    struct check *c, unsigned a, unsigned b, struct str *pump, unsigned *at)
{
	unsigned from[PLACES_MAX], to[PLACES_MAX];
	size_t m = some_places(&c->g, a, from);
	size_t n = some_places(&c->g, b, to), i, k;
	struct octets read = octets_of(&c->g, a), other = octets_of(&c->g, b);

	read = octets_and(&read, &other);
	if (octets_is_empty(&read))
		return false;
	for (i = 0; i < m; i++)
		for (k = 0; k < n; k++)
			if (redos_shared(
				&c->g, from[i], to[k], pump, &c->full)) {
				*at = to[k];
				return true;
			}
	return false;
}

/* How many loops in a row, ending in this one, share what they read. */
static void
check_row(struct check *c, unsigned loop)
{
	const struct redos_graph *g = &c->g;
	unsigned other, at = 0, found = 0, degree = 1;
	struct str pump = str_c(""), shared;
	struct redos_attack *a;
	bool counted = is_counted(g, loop);

	for (other = g->loops; other > loop; other--) {
		if (c->degree[other] < degree ||
		    !loops_share(c, other, loop, &shared, &found))
			continue;
		degree = c->degree[other] + 1;
		pump = shared;
		at = found;
		counted |= is_counted(g, other);
	}
	c->degree[loop] = degree;
	if (degree < 2 || !can_fail(g, loop))
		return;
	a = attack(c, REDOS_ADJACENT, degree);
	if (!a)
		return;
	a->exact = !counted && !g->asserts && !g->tree->inexact;
	fill(c, a, at, pump);
}

/* A run of the first loop's text is read anew from each of its octets. */
static void
check_start(struct check *c, unsigned loop)
{
	const struct redos_graph *g = &c->g;
	const struct redos_place *start = &g->places[0];
	struct redos_attack *a;
	unsigned place;
	size_t i;

	for (i = 0; i < start->next_count; i++) {
		place = start->next[i];
		if (g->places[place].loop != loop ||
		    !redos_edges(g, place, place))
			continue;
		a = attack(c, REDOS_START, 2);
		if (!a)
			return;
		a->exact = !g->places[place].counted && !g->tree->inexact;
		fill(c, a, place,
		    str_of(arena_text(c->arena,
			       str_of((char[1]) {redos_pick(
					  &g->places[place].set)},
				   1)),
			1));
		return;
	}
}

static bool
is_wide(const struct node *node)
{
	return node->kind == NODE_SET && octets_count(&node->set) >= 255;
}

/* The first thing of a row that is no row itself. */
static const struct node *
leading(const struct node *node)
{
	while (node && node->kind == NODE_CONCAT)
		node = node->first;
	return node;
}

static void
check_leading(struct check *c, const struct regex_tree *tree)
{
	const struct node *first = leading(tree->root), *read;
	struct redos_attack *a;

	c->anchored = first && first->detail == DETAIL_START;
	if (!first || first->kind != NODE_REPEAT ||
	    first->max != REGEX_UNLIMITED)
		return;
	read = leading(first->first);
	if (!read || !is_wide(read))
		return;
	a = attack(c, REDOS_LEADING, 2);
	if (a)
		a->exact = true;
}

static void
check_marks(struct check *c)
{
	if (c->g.recursion)
		attack(c, REDOS_RECURSION, 0);
	if (c->g.backref)
		attack(c, REDOS_BACKREF, 2);
}

static void
check_graph(struct check *c)
{
	const struct redos_graph *g = &c->g;
	unsigned loop, loops = g->loops < LOOPS_MAX ? g->loops : LOOPS_MAX;

	c->full |= g->loops > LOOPS_MAX;
	for (loop = 1; loop <= loops; loop++)
		if (can_fail(g, loop))
			check_loop(c, loop);
	for (loop = loops; loop > 0 && !c->full; loop--)
		check_row(c, loop);
	for (loop = 1; loop <= loops && !c->anchored; loop++)
		if (can_fail(g, loop))
			check_start(c, loop);
}

static int
weight(const struct redos_attack *a)
{
	return (a->degree == 0 ? 100 : (int)a->degree) * 2 + a->exact;
}

static void
worst_first(struct redos *out)
{
	struct redos_attack one;
	size_t i, k;

	for (i = 1; i < out->count; i++) {
		one = out->attacks[i];
		for (k = i;
		     k > 0 && weight(&out->attacks[k - 1]) < weight(&one); k--)
			out->attacks[k] = out->attacks[k - 1];
		out->attacks[k] = one;
	}
}

void
redos_check(
    struct str pattern, unsigned flags, struct arena *arena, struct redos *out)
{
	struct arena *scratch = arena_new();
	struct check c = {.arena = arena, .out = out};
	struct regex_tree *tree = regex_parse(pattern, flags, scratch);

	*out = (struct redos) {.count = 0};
	if (tree) {
		check_leading(&c, tree);
		redos_graph_build(&c.g, tree, scratch);
		if (!c.g.always) {
			check_graph(&c);
			check_marks(&c);
		}
		out->judged = !c.g.full && !c.full;
		redos_graph_clear(&c.g);
	}
	worst_first(out);
	arena_free(scratch);
}
