/*
 * regex_length: which groups the calls of a regex mean, how long the strings
 * of each node are, and how likely in mail.
 *
 * A group that calls itself, or a name that two groups have, is any string.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "regex_tree.h"

enum { COPIES = 12 }; /* of what is repeated; more are as unlikely */

struct groups {
	struct node **at;
	size_t count;
};

static void measure(struct node *node, const struct groups *groups);

double
octet_share(unsigned char octet)
{
	static const char common[] = " etaoinsrhldcumfpgwybv";
	static const unsigned char in_thousand[] = {160, 85, 65, 60, 58, 52, 52,
	    50, 45, 32, 31, 30, 25, 22, 22, 17, 17, 16, 14, 14, 13, 8};
	const char *found = octet ? strchr(common, octet) : NULL;

	if (found)
		return in_thousand[found - common] / 1000.0;
	if (ascii_is_digit((char)octet) || ascii_is_one_of((char)octet, ".,-/"))
		return 0.010;
	if (ascii_is_one_of((char)octet, "=<>:\"'\n"))
		return 0.008;
	return octet > 127 ? 0.002 : 0.003;
}

static double
share_of(const struct octets *set)
{
	static const double upper = 0.1; /* of its letter in lower case */
	double sum = 0;
	unsigned word, c;
	uint64_t bits;

	for (word = 0; word < 4; word++) {
		for (bits = set->bits[word]; bits; bits &= bits - 1) {
			c = word * 64 + (unsigned)__builtin_ctzll(bits);
			sum += c >= 'A' && c <= 'Z' ?
			    upper *
				octet_share((unsigned char)(c - 'A' + 'a')) :
			    octet_share((unsigned char)c);
		}
	}
	return sum < 1 ? sum : 1;
}

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
	node->likelihood = 1;
	if (!group || group->lengths == LENGTHS_BEGUN)
		return;
	measure(group, groups);
	node->def = group;
	node->shortest = group->shortest;
	node->longest = group->longest;
	node->size = group->size;
	node->likelihood = group->likelihood;
}

static void
measure_children(struct node *node, const struct groups *groups)
{
	double sum = 0, product = 1;
	struct node *child;

	for (child = node->first; child; child = child->next) {
		measure(child, groups);
		node->size = add(node->size, add(child->size, 1));
		sum += child->likelihood;
		product *= child->likelihood;
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
measure(struct node *node, const struct groups *groups)
{
	if (node->lengths != LENGTHS_UNKNOWN)
		return;
	node->lengths = LENGTHS_BEGUN;
	node->likelihood = 1;
	if (node->kind == NODE_SET) {
		node->shortest = node->longest = node->size = 1;
		node->likelihood = share_of(&node->set);
	} else if (node->kind == NODE_ANY)
		node->longest = REGEX_UNLIMITED;
	else if (node->kind == NODE_CALL)
		measure_call(node, groups);
	else
		measure_children(node, groups);
	if (node->kind == NODE_REPEAT)
		repeat(node);
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
