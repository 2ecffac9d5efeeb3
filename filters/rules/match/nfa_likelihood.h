/*
 * nfa_likelihood: how often the parts of regexes are found in mail.
 *
 * Of what nfa.c makes of a node, which may be less than the node: a part ends
 * where anything may stand, and has few copies of what is repeated.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_NFA_LIKELIHOOD_H
#define RULES_NFA_LIKELIHOOD_H

#include "nfa.h"

enum {
	NFA_COPIES = 12,      /* of what is repeated */
	NFA_SPREAD = 4,       /* optional copies; above, as many as you like */
	NFA_CHILDREN_MAX = 64 /* of a sequence that are looked at */
};

/* Is it anything, as far as a part goes? */
bool nfa_is_cut(const struct nfa *nfa, const struct node *node);

/* 0 to 1.  *ends is set when a part ends at that node. */
double
nfa_likelihood(const struct nfa *nfa, const struct node *node, bool *ends);

#endif
