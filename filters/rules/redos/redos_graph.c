/*
 * redos_graph: the places of a regex and which may follow which.
 *
 * Glushkov's construction: no empty moves, one place for each set of octets.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "redos_graph.h"

enum {
	STEPS_MAX = 50000,
	DEPTH_MAX = 2000, /* of nodes, calls among them */
	COPIES = 8,       /* counted repeats up to this often are written out */
	COPIED = 48,      /* ... and up to so many places */
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

static struct part build(struct redos_graph *g, const struct node *node);

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
build_set(struct redos_graph *g, const struct octets *set)
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
build_row(struct redos_graph *g, const struct node *node)
{
	struct part part = empty(), next;
	const struct node *child;

	for (child = node->first; child && !g->full; child = child->next) {
		next = build(g, child);
		part = join(g, &part, &next);
	}
	return part;
}

static struct part
build_choice(struct redos_graph *g, const struct node *node)
{
	const struct node *alt = g->alt;
	unsigned branch = g->branch, number = 0;
	struct part part = {.nullable = false}, next;
	const struct node *child;

	for (child = node->first; child && !g->full; child = child->next) {
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
build_loop(struct redos_graph *g, const struct node *node, bool counted)
{
	unsigned from = g->count;
	struct part part;

	g->in_loop++;
	g->in_endless += !counted;
	part = build(g, node->first);
	g->in_endless -= !counted;
	g->in_loop--;
	connect(g, &part.last, &part.first);
	for (; counted && from < g->count; from++)
		g->places[from].counted = true;
	return part;
}

/* X, then X at most max - min times more, each only behind the one before. */
static struct part
build_copies(struct redos_graph *g, const struct node *node)
{
	struct part part = empty(), next, all = empty();
	struct list last = {NULL, 0}, accept = {NULL, 0};
	unsigned i;

	for (i = 1; i <= node->max && !g->full; i++) {
		next = build(g, node->first);
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
size_of(const struct node *node, unsigned most)
{
	const struct node *child;
	unsigned size = node->kind == NODE_SET;

	if (node->kind == NODE_ANY || node->kind == NODE_CALL)
		return most;
	for (child = node->first; child && size < most; child = child->next)
		size += size_of(child, most - size);
	if (node->kind == NODE_REPEAT && node->max > 1)
		size *= node->max < COPIES ? node->max : 2;
	return size < most ? size : most;
}

/* X{3,}: X X X*, as X X X+ */
static struct part
build_endless(struct redos_graph *g, const struct node *node)
{
	struct part part = empty(), next;
	unsigned i, before = node->min > 1 ? node->min - 1 : 0;

	if (before > COPIES ||
	    size_of(node->first, COPIED) * (before + 1) > COPIED)
		before = 0;
	for (i = 0; i < before; i++) {
		next = build(g, node->first);
		part = join(g, &part, &next);
	}
	next = build_loop(g, node, false);
	part = join(g, &part, &next);
	if (node->min == 0)
		part.nullable = part.free = true;
	return part;
}

static struct part
build_repeat(struct redos_graph *g, const struct node *node)
{
	struct part part;

	if (node->max == 0)
		return empty();
	if (node->max == REGEX_UNLIMITED)
		return build_endless(g, node);
	if (node->max == 1 ||
	    (node->max <= COPIES &&
		size_of(node->first, COPIED) * node->max <= COPIED))
		return build_copies(g, node);
	part = build_loop(g, node, true);
	if (node->min == 0)
		part.nullable = part.free = true;
	return part;
}

/* What is looked at ahead leads nowhere, but is read. */
static struct part
build_look(struct redos_graph *g, const struct node *node)
{
	struct part part = build(g, node->first);

	part.last = part.accept = (struct list) {NULL, 0};
	part.nullable = true;
	part.free = false;
	return part;
}

/* Its inside is a dead end; seen from outside it is one place. */
static struct part
build_atomic(struct redos_graph *g, const struct node *node)
{
	unsigned from = g->count;
	struct part inside = build(g, node->first), part;
	struct octets all = {{0}};

	for (; from < g->count; from++)
		octets_add_all(&all, &g->places[from].set);
	if (octets_is_empty(&all))
		return empty();
	part = build_set(g, &all);
	push_all(g, &part.first, &inside.first);
	part.nullable = inside.nullable;
	part.free = inside.free;
	return part;
}

/* A group again, or a text that it has matched. */
static struct part
build_group(struct redos_graph *g, const struct node *node)
{
	const struct node *group = regex_tree_group(g->tree, node);
	bool open = group && g->open[group->group];

	if (node->kind == NODE_CALL)
		g->recursion |= open;
	else
		g->backref |= g->in_endless > 0;
	return group && !open ? build(g, group) : empty();
}

static struct part
build_any(struct redos_graph *g, const struct node *node)
{
	struct octets all;

	if (node->detail == DETAIL_BACK)
		return build_group(g, node);
	octets_fill(&all);
	return build_set(g, &all);
}

static struct part
build_empty(struct redos_graph *g, const struct node *node)
{
	struct part part = empty();

	if (node->detail == DETAIL_AHEAD)
		return build_look(g, node);
	if (node->detail == DETAIL_NONE)
		return part;
	g->asserts |= g->count > 1;
	g->asserts_in_loop |= g->in_loop > 0;
	part.free = node->detail == DETAIL_START;
	return part;
}

static struct part
build_kind(struct redos_graph *g, const struct node *node)
{
	switch (node->kind) {
	case NODE_EMPTY:
		return build_empty(g, node);
	case NODE_ANY:
		return build_any(g, node);
	case NODE_SET:
		return build_set(g, &node->set);
	case NODE_CONCAT:
		return build_row(g, node);
	case NODE_ALT:
		return build_choice(g, node);
	case NODE_REPEAT:
		return build_repeat(g, node);
	case NODE_ATOMIC:
		return build_atomic(g, node);
	default:
		return build_group(g, node);
	}
}

static struct part
build(struct redos_graph *g, const struct node *node)
{
	bool names = node->kind == NODE_CALL || node->kind == NODE_ANY;
	bool *open = !names && node->group <= g->tree->group_count ?
	    &g->open[node->group] :
	    NULL;
	bool was_open = open && *open;
	struct part part;

	if (g->full || ++g->steps > STEPS_MAX || g->depth > DEPTH_MAX) {
		g->full = true;
		return empty();
	}
	if (open)
		*open = true;
	g->depth++;
	part = build_kind(g, node);
	g->depth--;
	if (open)
		*open = was_open;
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
    struct redos_graph *g, const struct regex_tree *tree, struct arena *arena)
{
	struct walk walk = {.g = g};
	struct part part;
	size_t i;

	*g = (struct redos_graph) {.arena = arena, .tree = tree, .count = 1};
	g->scratch = arena_alloc(arena, sizeof(*g->scratch));
	g->scratch->arena = arena_new();
	g->places = arena_array(arena, GRAPH_MAX, sizeof(*g->places));
	g->edges = arena_array(arena, (size_t)GRAPH_MAX * GRAPH_MAX, 1);
	g->open = arena_array(arena, tree->group_count + 1, sizeof(bool));
	g->open[0] = true;
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

void
redos_graph_clear(struct redos_graph *g)
{
	arena_free(g->scratch->arena);
	g->scratch = NULL;
}
