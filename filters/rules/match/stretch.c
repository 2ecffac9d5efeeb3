/*
 * stretch: many octets of one set, side by side, that a regex needs.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "stretch.h"

enum {
	WORTH = 60, /* octets; words and numbers are shorter */
	DEPTH_MAX = 40
};

static unsigned
sum(unsigned a, unsigned b)
{
	return a + b < REGEX_UNLIMITED ? a + b : REGEX_UNLIMITED;
}

/* Is what the node matches one octet?  Then it is one of the set. */
static bool
is_octet(const struct node *node, struct octets *set, unsigned depth)
{
	const struct node *child;

	if (depth > DEPTH_MAX || node->shortest != 1 || node->longest != 1)
		return false;
	switch (node->kind) {
	case NODE_SET:
		*set = node->set;
		return true;
	case NODE_ATOMIC:
		return is_octet(node->first, set, depth + 1);
	case NODE_CONCAT: /* and what is no octet, such as a look-ahead */
		for (child = node->first; child && child->longest == 0;)
			child = child->next;
		return child && is_octet(child, set, depth + 1);
	default:
		return false;
	}
}

static void
look(const struct node *node, struct stretch *best, unsigned before_min,
    unsigned before_max, unsigned depth)
{
	const struct node *child;
	struct octets set;

	if (depth > DEPTH_MAX)
		return;
	switch (node->kind) {
	case NODE_ATOMIC:
		look(node->first, best, before_min, before_max, depth + 1);
		break;
	case NODE_CONCAT:
		for (child = node->first; child; child = child->next) {
			look(child, best, before_min, before_max, depth + 1);
			before_min = sum(before_min, child->shortest);
			before_max = sum(before_max, child->longest);
		}
		break;
	case NODE_REPEAT:
		if (node->min > best->least && node->min >= WORTH &&
		    is_octet(node->first, &set, depth))
			*best = (struct stretch) {
			    set, node->min, before_min, before_max};
		break;
	default:
		break;
	}
}

void
stretch_find(const struct node *tree, struct stretch *stretch)
{
	*stretch = (struct stretch) {.least = 0};
	look(tree, stretch, 0, 0, 0);
}

/* From the end back, as a wrong octet there spares all before it. */
static size_t
find(const struct stretch *s, struct str text, size_t begin)
{
	size_t known = begin, end, i;

	while (begin <= text.len && text.len - begin >= s->least) {
		end = begin + s->least;
		for (i = end; i > known &&
		     octets_has(&s->set, (unsigned char)text.data[i - 1]);)
			i--;
		if (i <= known)
			return begin;
		begin = i;
		known = end; /* up to there all are of the set */
	}
	return SIZE_MAX;
}

size_t
stretch_start(const struct stretch *s, struct str text, size_t from)
{
	size_t begin = find(s, text, from + s->before_min);

	if (begin == SIZE_MAX || s->before_max >= REGEX_UNLIMITED ||
	    begin - from <= s->before_max)
		return begin == SIZE_MAX ? begin : from;
	return begin - s->before_max;
}
