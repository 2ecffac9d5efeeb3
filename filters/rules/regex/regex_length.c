/*
 * regex_length: which groups the calls of a regex mean, how long the strings
 * of each node are, and how likely in mail.
 *
 * A call is any string when the group calls itself, when two groups have its
 * name, and where calls of calls would make the tree too high to walk.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "regex_tree.h"

enum {
	COPIES = 12, /* of what is repeated; more are as unlikely */
	HEIGHT_MAX = 1000
};

struct measure {
	const struct regex_tree *tree;
	unsigned depth;
};

static void measure(struct measure *m, struct node *node);

static unsigned
add(unsigned a, unsigned b)
{
	return a + b < REGEX_UNLIMITED ? a + b : REGEX_UNLIMITED;
}

static unsigned
times(unsigned a, unsigned count)
{
	uint64_t product = (uint64_t)a * count;

	return product < REGEX_UNLIMITED ? (unsigned)product : REGEX_UNLIMITED;
}

/* What the call stands for; NULL: not known, or not without end. */
static struct node *
find_group(struct measure *m, const struct node *call)
{
	struct node *group = regex_tree_group(m->tree, call);

	if (!group || group->twin || m->depth > HEIGHT_MAX ||
	    group->lengths == LENGTHS_BEGUN)
		return NULL;
	measure(m, group);
	return group->recurses || group->height > HEIGHT_MAX ? NULL : group;
}

static void
measure_call(struct measure *m, struct node *call)
{
	struct node *group = find_group(m, call);

	call->def = group;
	call->shortest = group ? group->shortest : 0;
	call->longest = group ? group->longest : REGEX_UNLIMITED;
	call->size = group ? group->size : 0;
	call->height = group ? group->height : 0;
	call->likelihood = group ? group->likelihood : 1;
}

/* What a child adds to its parent. */
static void
add_child(struct node *node, const struct node *child)
{
	/* A group that was entered from inside: nothing is known of it. */
	bool begun = child->lengths == LENGTHS_BEGUN;
	unsigned shortest = begun ? 0 : child->shortest;
	unsigned longest = begun ? REGEX_UNLIMITED : child->longest;

	node->recurses |= begun || child->recurses;
	node->size = add(node->size, add(child->size, 1));
	if (child->height > node->height)
		node->height = child->height;
	if (node->kind != NODE_ALT) {
		node->shortest = add(node->shortest, shortest);
		node->longest = add(node->longest, longest);
		return;
	}
	if (child == node->first || shortest < node->shortest)
		node->shortest = shortest;
	if (longest > node->longest)
		node->longest = longest;
}

static void
measure_children(struct measure *m, struct node *node)
{
	double sum = 0, product = 1;
	struct node *child;

	for (child = node->first; child; child = child->next) {
		measure(m, child);
		add_child(node, child);
		sum += child->likelihood;
		product *= child->likelihood;
	}
	node->likelihood = node->kind != NODE_ALT ? product : sum < 1 ? sum : 1;
}

static void
repeat(struct node *node)
{
	double one = node->likelihood;
	unsigned i, copies = node->min;

	/* As nfa.c spells it. */
	copies += node->max - node->min < COPIES ? node->max - node->min : 1;
	node->size = times(node->size, copies < COPIES ? copies : COPIES);

	node->shortest = times(node->shortest, node->min);
	node->longest = times(node->longest, node->max);
	node->likelihood = 1;
	for (i = 0; i < node->min && i < COPIES; i++)
		node->likelihood *= one;
}

static void
measure_kind(struct measure *m, struct node *node)
{
	switch (node->kind) {
	case NODE_EMPTY:
		break;
	case NODE_ANY:
		node->longest = REGEX_UNLIMITED;
		break;
	case NODE_SET:
		node->shortest = node->longest = node->size = 1;
		node->likelihood = octets_share(&node->set);
		break;
	case NODE_CALL:
		measure_call(m, node);
		break;
	default:
		measure_children(m, node);
	}
	if (node->kind == NODE_REPEAT)
		repeat(node);
}

static void
measure(struct measure *m, struct node *node)
{
	if (node->lengths != LENGTHS_UNKNOWN)
		return;
	node->lengths = LENGTHS_BEGUN;
	node->likelihood = 1;
	m->depth++;
	measure_kind(m, node);
	m->depth--;
	node->height++;
	node->lengths = LENGTHS_KNOWN;
}

void
regex_tree_measure(const struct regex_tree *tree)
{
	struct measure m = {.tree = tree};

	measure(&m, tree->root);
}
