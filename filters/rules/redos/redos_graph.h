/*
 * redos_graph: the places of a regex where an octet is read, and which place
 * may follow which.
 *
 * An edge that two quantifiers make is counted twice: a backtracking matcher
 * takes it twice.  Long counted repeats become loops, and their places are
 * marked.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_REDOS_GRAPH_H
#define RULES_REDOS_GRAPH_H

#include "filters/rules/regex/regex_tree.h"

enum { GRAPH_MAX = 800 };

struct redos_place {
	struct octets set;
	const struct node *alt; /* the innermost, with its branch */
	unsigned branch;
	bool counted;  /* in a counted repeat that became a loop */
	bool accept;   /* the regex may end here, whatever follows */
	bool final;    /* it may end here if an assertion holds */
	unsigned loop; /* number of the loop it is part of; 0: of none */
	unsigned *next;
	size_t next_count;
};

/* What searches in a graph use. */
struct redos_scratch {
	struct arena *arena; /* of one search at a time */
	size_t steps;        /* of all searches so far */
};

struct redos_graph {
	struct arena *arena;
	struct redos_scratch *scratch;
	const struct regex_tree *tree;
	struct redos_place *places; /* place 0 is before the first octet */
	unsigned count;
	unsigned char *edges; /* [from * GRAPH_MAX + to], how often */
	unsigned loops;       /* numbered from 1, the last ones first */
	bool full;            /* too large: not all of it is there */
	bool always;          /* matches every text */
	bool asserts;         /* between places */
	bool asserts_in_loop;
	bool backref; /* a back-reference under a quantifier without end */
	bool recursion;
	unsigned steps, depth, in_loop, in_endless;
	bool *open; /* groups that are being walked, by number; 0: the whole */
	const struct node *alt;
	unsigned branch;
};

/* Lives in arena, but for what redos_graph_clear() frees. */
void redos_graph_build(
    struct redos_graph *g, const struct regex_tree *tree, struct arena *arena);
void redos_graph_clear(struct redos_graph *g);

static inline unsigned
redos_edges(const struct redos_graph *g, unsigned from, unsigned to)
{
	return g->edges[(size_t)from * GRAPH_MAX + to];
}

#endif
