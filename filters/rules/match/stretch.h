/*
 * stretch: many octets of one set, side by side, that a regex needs.
 *
 * Such as a line of 120 octets: most texts have none, and that is seen at a
 * glance.  Pure.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_STRETCH_H
#define RULES_STRETCH_H

#include "filters/rules/regex/regex_tree.h"

struct stretch {
	struct octets set;
	size_t least; /* octets of it; 0: none is needed */
	/* Octets of a match before it; REGEX_UNLIMITED. */
	unsigned before_min, before_max;
};

/* The longest that each match has, if it is worth to look for. */
void stretch_find(const struct node *tree, struct stretch *stretch);

/* The first offset from `from` on where a match may start; SIZE_MAX: none. */
size_t
stretch_start(const struct stretch *stretch, struct str text, size_t from);

#endif
