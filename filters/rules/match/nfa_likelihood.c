/*
 * nfa_likelihood: how often the parts of regexes are found in mail.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "nfa_likelihood.h"

/* What is this likely and may be repeated stands anywhere; or, in an automaton
 * for such, words and what is between them are told apart. */
static const double LIKELY = 0.3, LIKELY_LOOP = 0.95;

bool
nfa_is_cut(const struct nfa *nfa, const struct node *node)
{
	if (node->kind == NODE_CALL)
		return !node->def || nfa_is_cut(nfa, node->def);
	if (node->kind == NODE_ATOMIC)
		return nfa_is_cut(nfa, node->first);
	if (node->kind == NODE_REPEAT)
		return node->max - node->min > NFA_SPREAD &&
		    node->first->likelihood >
		    (nfa->loops ? LIKELY_LOOP : LIKELY);
	return node->kind == NODE_ANY;
}

static double
likelihood_of_list(const struct nfa *nfa, const struct node *node, bool *ends)
{
	double product = 1;
	unsigned count = 0;

	for (; node && !*ends; node = node->next) {
		if (++count > NFA_CHILDREN_MAX)
			*ends = true;
		else
			product *= nfa_likelihood(nfa, node, ends);
	}
	return product;
}

static double
likelihood_of_alt(const struct nfa *nfa, const struct node *node, bool *ends)
{
	double all = 0;

	for (; node; node = node->next)
		all += nfa_likelihood(nfa, node, ends);
	return all < 1 ? all : 1;
}

static double
likelihood_of_repeat(
    const struct nfa *nfa, const struct node *repeat, bool *ends)
{
	unsigned copies = repeat->min < NFA_COPIES ? repeat->min : NFA_COPIES;
	double one, all = 1;
	bool inside = false;

	if (repeat->max == 0)
		return 1;
	one = nfa_likelihood(nfa, repeat->first, &inside);
	if (inside || repeat->min > NFA_COPIES || nfa_is_cut(nfa, repeat))
		*ends = true;
	if (inside && copies > 1)
		copies = 1;
	while (copies-- > 0)
		all *= one;
	return all;
}

double
nfa_likelihood(const struct nfa *nfa, const struct node *node, bool *ends)
{
	switch (node->kind) {
	case NODE_EMPTY:
	case NODE_SET:
		return node->likelihood;
	case NODE_CONCAT:
		return likelihood_of_list(nfa, node->first, ends);
	case NODE_ALT:
		return likelihood_of_alt(nfa, node->first, ends);
	case NODE_REPEAT:
		return likelihood_of_repeat(nfa, node, ends);
	case NODE_ATOMIC:
		return nfa_likelihood(nfa, node->first, ends);
	case NODE_CALL:
		if (node->def)
			return nfa_likelihood(nfa, node->def, ends);
		/* fall through */
	default:
		*ends = true;
		return 1;
	}
}
