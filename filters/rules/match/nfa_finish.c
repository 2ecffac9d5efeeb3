/*
 * nfa_finish: the classes of octets that an automaton tells apart.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "nfa.h"

/* Of mail, in which letters are mostly small. */
static double
share(unsigned octet)
{
	if (octet >= 'A' && octet <= 'Z')
		return octet_share((unsigned char)(octet - 'A' + 'a')) / 10;
	return octet_share((unsigned char)octet);
}

/* The most frequent first: what is asked for stands side by side in memory. */
static void
order_classes(struct nfa *nfa)
{
	double shares[256] = {0}, most;
	unsigned char place[256] = {0};
	unsigned c, class, best = 0, at;

	for (c = 0; c < 256; c++)
		shares[nfa->class[c]] += share(c);
	for (at = 0; at < nfa->classes; at++) {
		most = -1;
		for (class = 0; class < nfa->classes; class ++)
			if (shares[class] > most)
				most = shares[best = class];
		shares[best] = -2;
		place[best] = (unsigned char)at;
	}
	for (c = 0; c < 256; c++)
		nfa->class[c] = place[nfa->class[c]];
}

/* Octets are told apart set by set. */
static void
find_classes(struct nfa *nfa)
{
	unsigned char split[256], next[256];
	unsigned c, class;
	size_t i;

	memset(nfa->class, 0, sizeof(nfa->class));
	nfa->classes = 1;
	for (i = 0; i < nfa->set_count; i++) {
		memset(split, 0, sizeof(split));
		memset(next, 0, sizeof(next));
		for (c = 0; c < 256; c++)
			split[nfa->class[c]] |=
			    octets_has(&nfa->sets[i], (unsigned char)c) ? 1 : 2;
		for (class = 0, c = nfa->classes; class < c; class ++)
			if (split[class] == 3)
				next[class] = (unsigned char)nfa->classes++;
		for (c = 0; c < 256; c++)
			if (split[nfa->class[c]] == 3 &&
			    octets_has(&nfa->sets[i], (unsigned char)c))
				nfa->class[c] = next[nfa->class[c]];
	}
	order_classes(nfa);
	for (c = 0; c < 256; c++)
		nfa->octet[nfa->class[c]] = (unsigned char)c;
}

static void *
copy(struct arena *arena, const void *at, size_t count, size_t size)
{
	void *to = arena_array(arena, count + 1, size);

	if (count > 0)
		memcpy(to, at, count * size);
	return to;
}

struct nfa *
nfa_finish(const struct nfa *from, struct arena *arena)
{
	struct nfa *nfa = copy(arena, from, 1, sizeof(*nfa));

	nfa->arena = arena;
	nfa->states =
	    copy(arena, from->states, from->count, sizeof(*nfa->states));
	nfa->sets =
	    copy(arena, from->sets, from->set_count, sizeof(*nfa->sets));
	nfa->parts =
	    copy(arena, from->parts, from->part_count, sizeof(*nfa->parts));
	nfa->starts =
	    copy(arena, from->starts, from->start_count, sizeof(*nfa->starts));
	find_classes(nfa);
	return nfa;
}
