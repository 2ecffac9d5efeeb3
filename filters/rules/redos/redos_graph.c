/*
 * redos_graph: the places of a regex and which may follow which.
 *
 * Glushkov's construction: no empty moves, one place for each set of octets.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "redos_graph.h"

enum {
	STEPS_MAX = 50000,
	COPIES = 8,  /* counted repeats up to this often are written out */
	COPIED = 48, /* ... and up to so many places */
};

struct list {
	unsigned *at;
	size_t count;
};

/* A piece of the regex. */
struct part {
	struct list first, last;
	struct list accept; /* as last, but not before an assertion */
	bool nullable;
	bool free; /* nullable without an assertion */
};

static struct part build(struct redos_graph *g, struct redos_node *node);

static void
push(struct redos_graph *g, struct list *list, unsigned place)
{
	list->at =
	    arena_push(g->arena, list->at, list->count, sizeof(*list->at));
	list->at[list->count++] = place;
}

static void
push_all(struct redos_graph *g, struct list *list, const struct list *more)
{
	size_t i;

	for (i = 0; i < more->count; i++)
		push(g, list, more->at[i]);
}

static void
connect(struct redos_graph *g, const struct list *from, const struct list *to)
{
	unsigned char *edge;
	size_t i, k;

	for (i = 0; i < from->count; i++)
		for (k = 0; k < to->count; k++) {
			edge = &g->edges[(size_t)from->at[i] * GRAPH_MAX +
			    to->at[k]];
			*edge += *edge < 2;
		}
}

static struct part
empty(void)
{
	return (struct part) {.nullable = true, .free = true};
}

static struct part
build_set(struct redos_graph *g, const struct redos_set *set)
{
	struct part part = {.nullable = false};
	struct redos_place *place;

	if (g->count >= GRAPH_MAX) {
		g->full = true;
		return empty();
	}
	place = &g->places[g->count];
	place->set = *set;
	place->alt = g->alt;
	place->branch = g->branch;
	push(g, &part.first, g->count);
	push(g, &part.last, g->count);
	push(g, &part.accept, g->count++);
	return part;
}

/* a then b. */
static struct part
join(struct redos_graph *g, struct part *a, struct part *b)
{
	struct part part = *a;

	connect(g, &a->last, &b->first);
	if (a->nullable)
		push_all(g, &part.first, &b->first);
	part.last = b->last;
	if (b->nullable)
		push_all(g, &part.last, &a->last);
	part.accept = b->accept;
	if (b->free)
		push_all(g, &part.accept, &a->accept);
	part.nullable = a->nullable && b->nullable;
	part.free = a->free && b->free;
	return part;
}

static struct part
build_row(struct redos_graph *g, struct redos_node *node)
{
	struct part part = empty(), next;
	struct redos_node *child;

	for (child = node->child; child && !g->full; child = child->next) {
		next = build(g, child);
		part = join(g, &part, &next);
	}
	return part;
}

static struct part
build_choice(struct redos_graph *g, struct redos_node *node)
{
	const struct redos_node *alt = g->alt;
	unsigned branch = g->branch, number = 0;
	struct part part = {.nullable = false}, next;
	struct redos_node *child;

	for (child = node->child; child && !g->full; child = child->next) {
		g->alt = node;
		g->branch = ++number;
		next = build(g, child);
		push_all(g, &part.first, &next.first);
		push_all(g, &part.last, &next.last);
		push_all(g, &part.accept, &next.accept);
		part.nullable |= next.nullable;
		part.free |= next.free;
	}
	g->alt = alt;
	g->branch = branch;
	return part;
}

/* One copy that may be read again and again. */
static struct part
build_loop(struct redos_graph *g, struct redos_node *node, bool counted)
{
	unsigned from = g->count;
	struct part part;

	g->in_loop++;
	g->in_endless += !counted;
	part = build(g, node->child);
	g->in_endless -= !counted;
	g->in_loop--;
	connect(g, &part.last, &part.first);
	for (; counted && from < g->count; from++)
		g->places[from].counted = true;
	return part;
}

/* X, then X at most max - min times more, each only behind the one before. */
static struct part
build_copies(struct redos_graph *g, struct redos_node *node)
{
	struct part part = empty(), next, all = empty();
	struct list last = {NULL, 0}, accept = {NULL, 0};
	unsigned i;

	for (i = 1; i <= node->max && !g->full; i++) {
		next = build(g, node->child);
		part = join(g, &part, &next);
		if (i == 1)
			all = part;
		if (i < node->min)
			continue;
		push_all(g, &last, &next.last);
		push_all(g, &accept, &next.accept);
	}
	all.last = last;
	all.accept = accept;
	all.first = part.first;
	if (node->min == 0)
		all.nullable = all.free = true;
	return all;
}

static unsigned
size_of(const struct redos_node *node, unsigned most)
{
	const struct redos_node *child;
	unsigned size = node->op == REDOS_SET;

	if (node->op == REDOS_BACK || node->op == REDOS_CALL)
		return most;
	for (child = node->child; child && size < most; child = child->next)
		size += size_of(child, most - size);
	if (node->op == REDOS_REPEAT && node->max > 1)
		size *= node->max < COPIES ? node->max : 2;
	return size < most ? size : most;
}

/* X{3,}: X X X*, as X X X+ */
static struct part
build_endless(struct redos_graph *g, struct redos_node *node)
{
	struct part part = empty(), next;
	unsigned i, before = node->min > 1 ? node->min - 1 : 0;

	if (before > COPIES ||
	    size_of(node->child, COPIED) * (before + 1) > COPIED)
		before = 0;
	for (i = 0; i < before; i++) {
		next = build(g, node->child);
		part = join(g, &part, &next);
	}
	next = build_loop(g, node, false);
	part = join(g, &part, &next);
	if (node->min == 0)
		part.nullable = part.free = true;
	return part;
}

static struct part
build_repeat(struct redos_graph *g, struct redos_node *node)
{
	struct part part;

	if (node->max == 0)
		return empty();
	if (node->max == REDOS_MANY)
		return build_endless(g, node);
	if (node->max == 1 ||
	    (node->max <= COPIES &&
		size_of(node->child, COPIED) * node->max <= COPIED))
		return build_copies(g, node);
	part = build_loop(g, node, true);
	if (node->min == 0)
		part.nullable = part.free = true;
	return part;
}

/* What is looked at ahead leads nowhere, but is read. */
static struct part
build_look(struct redos_graph *g, struct redos_node *node)
{
	struct part part = build(g, node->child);

	part.last = part.accept = (struct list) {NULL, 0};
	part.nullable = true;
	part.free = false;
	return part;
}

/* Its inside is a dead end; seen from outside it is one place. */
static struct part
build_atomic(struct redos_graph *g, struct redos_node *node)
{
	unsigned from = g->count;
	struct part inside = build(g, node->child), part;
	struct redos_set all = {{0}};
	size_t i;

	for (; from < g->count; from++)
		for (i = 0; i < 4; i++)
			all.bits[i] |= g->places[from].set.bits[i];
	if (redos_set_empty(&all))
		return empty();
	part = build_set(g, &all);
	push_all(g, &part.first, &inside.first);
	part.nullable = inside.nullable;
	part.free = inside.free;
	return part;
}

static struct part
build_group(struct redos_graph *g, struct redos_node *node)
{
	struct redos_node *group = redos_group(g->tree, node);

	if (node->op == REDOS_BACK && g->in_endless)
		g->backref = true;
	if (group && group->open && node->op == REDOS_CALL)
		g->recursion = true;
	return group && !group->open ? build(g, group) : empty();
}

static struct part
build_op(struct redos_graph *g, struct redos_node *node)
{
	struct part part = empty();

	switch (node->op) {
	case REDOS_SET:
		return build_set(g, &node->set);
	case REDOS_CAT:
		return build_row(g, node);
	case REDOS_ALT:
		return build_choice(g, node);
	case REDOS_REPEAT:
		return build_repeat(g, node);
	case REDOS_ATOMIC:
		return build_atomic(g, node);
	case REDOS_LOOK:
		return build_look(g, node);
	case REDOS_ASSERT:
		g->asserts |= g->count > 1;
		g->asserts_in_loop |= g->in_loop > 0;
		part.free = node->start;
		return part;
	case REDOS_BACK:
	case REDOS_CALL:
		return build_group(g, node);
	default:
		return part;
	}
}

static struct part
build(struct redos_graph *g, struct redos_node *node)
{
	bool was_open = node->open;
	struct part part;

	if (g->full || ++g->steps > STEPS_MAX) {
		g->full = true;
		return empty();
	}
	node->open = true;
	part = build_op(g, node);
	node->open = was_open;
	return part;
}

static void
list_next(struct redos_graph *g)
{
	struct list next;
	unsigned from, to;

	for (from = 0; from < g->count; from++) {
		next = (struct list) {NULL, 0};
		for (to = 1; to < g->count; to++)
			if (redos_edges(g, from, to))
				push(g, &next, to);
		g->places[from].next = next.at;
		g->places[from].next_count = next.count;
	}
}

/* Tarjan's strongly connected components. */
struct walk {
	struct redos_graph *g;
	unsigned *order, *low, *stack;
	bool *stacked;
	unsigned count, depth;
};

static void
close_loop(struct walk *w, unsigned root)
{
	bool loop =
	    w->stack[w->depth - 1] != root || redos_edges(w->g, root, root) > 0;
	unsigned place;

	w->g->loops += loop;
	do {
		place = w->stack[--w->depth];
		w->stacked[place] = false;
		w->g->places[place].loop = loop ? w->g->loops : 0;
	} while (place != root);
}

static void
visit(struct walk *w, unsigned at)
{
	const struct redos_place *place = &w->g->places[at];
	unsigned next;
	size_t i;

	w->order[at] = w->low[at] = ++w->count;
	w->stack[w->depth++] = at;
	w->stacked[at] = true;
	for (i = 0; i < place->next_count; i++) {
		next = place->next[i];
		if (w->order[next] == 0) {
			visit(w, next);
			if (w->low[next] < w->low[at])
				w->low[at] = w->low[next];
		} else if (w->stacked[next] && w->order[next] < w->low[at]) {
			w->low[at] = w->order[next];
		}
	}
	if (w->low[at] == w->order[at])
		close_loop(w, at);
}

void
redos_graph_build(
    struct redos_graph *g, const struct redos_tree *tree, struct arena *arena)
{
	struct walk walk = {.g = g};
	struct part part;
	size_t i;

	*g = (struct redos_graph) {.arena = arena, .tree = tree, .count = 1};
	g->places = arena_array(arena, GRAPH_MAX, sizeof(*g->places));
	g->edges = arena_array(arena, (size_t)GRAPH_MAX * GRAPH_MAX, 1);
	part = build(g, tree->root);
	for (i = 0; i < part.first.count; i++)
		g->edges[part.first.at[i]] = 1;
	for (i = 0; i < part.last.count; i++)
		g->places[part.last.at[i]].final = true;
	for (i = 0; i < part.accept.count; i++)
		g->places[part.accept.at[i]].accept = true;
	g->always = part.free;
	list_next(g);
	walk.order = arena_array(arena, g->count, sizeof(unsigned));
	walk.low = arena_array(arena, g->count, sizeof(unsigned));
	walk.stack = arena_array(arena, g->count, sizeof(unsigned));
	walk.stacked = arena_array(arena, g->count, sizeof(bool));
	visit(&walk, 0);
}
