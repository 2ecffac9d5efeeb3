/*
 * literal: strings of which one must be in every text that a regex matches.
 *
 * Found on the tree of the regex: a choice of at most 64 literals of at most 8
 * octets each, folded to lower case, that are likely to be rare in mail, with
 * how far behind the start of a match they can be.  When in doubt there is
 * none.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_LITERAL_H
#define RULES_LITERAL_H

#include "filters/rules/regex/regex_tree.h"

enum { LITERALS_MAX = 64, LITERAL_LEN_MAX = 8 };

struct literal {
	unsigned char len; /* never 0 */
	unsigned char octets[LITERAL_LEN_MAX];
	/* Octets of a match that stand before it; REGEX_UNLIMITED. */
	unsigned before_min, before_max;
};

struct literals {
	size_t count; /* 0: none is required */
	struct literal at[LITERALS_MAX];
	/* How often one of them is expected in a million octets of mail. */
	unsigned frequency;
};

void literals_find(const struct node *root, struct literals *literals);

#endif
