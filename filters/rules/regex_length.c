/*
 * regex_length: which groups the calls of a regex mean, and how long the
 * strings of each node are.
 *
 * A group that calls itself, or a name that two groups have, is any string.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "regex_tree.h"

struct groups {
	struct node **at;
	size_t count;
};

static void measure(struct node *node, const struct groups *groups);

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

static struct node *
find_group(const struct groups *groups, struct str name)
{
	struct node *found = NULL;
	size_t i;

	for (i = 0; i < groups->count; i++) {
		if (!str_eq(groups->at[i]->name, name))
			continue;
		if (found)
			return NULL;
		found = groups->at[i];
	}
	return found;
}

static void
measure_call(struct node *node, const struct groups *groups)
{
	struct node *group = find_group(groups, node->name);

	node->longest = REGEX_UNLIMITED;
	if (!group || group->lengths == LENGTHS_BEGUN)
		return;
	measure(group, groups);
	node->def = group;
	node->shortest = group->shortest;
	node->longest = group->longest;
}

static void
measure_children(struct node *node, const struct groups *groups)
{
	struct node *child;

	for (child = node->first; child; child = child->next) {
		measure(child, groups);
		if (node->kind != NODE_ALT) {
			node->shortest = add(node->shortest, child->shortest);
			node->longest = add(node->longest, child->longest);
			continue;
		}
		if (child == node->first || child->shortest < node->shortest)
			node->shortest = child->shortest;
		if (child->longest > node->longest)
			node->longest = child->longest;
	}
}

static void
measure(struct node *node, const struct groups *groups)
{
	if (node->lengths != LENGTHS_UNKNOWN)
		return;
	node->lengths = LENGTHS_BEGUN;
	if (node->kind == NODE_SET)
		node->shortest = node->longest = 1;
	else if (node->kind == NODE_ANY)
		node->longest = REGEX_UNLIMITED;
	else if (node->kind == NODE_CALL)
		measure_call(node, groups);
	else
		measure_children(node, groups);
	if (node->kind == NODE_REPEAT) {
		node->shortest = times(node->shortest, node->min);
		node->longest = times(node->longest, node->max);
	}
	node->lengths = LENGTHS_KNOWN;
}

void
regex_tree_finish(struct node *root, struct node **groups, size_t group_count)
{
	struct groups all = {groups, group_count};
	size_t i;

	for (i = 0; i < group_count; i++)
		measure(groups[i], &all);
	measure(root, &all);
}
