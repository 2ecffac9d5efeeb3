/*
 * nfa: what rare thing each of many regexes must contain, as one automaton.
 *
 * For regexes without good literals, such as those with a choice of letters
 * and gaps between them.  Of each a part is taken that every match contains,
 * that is short and unlikely in mail; the parts together are a
 * nondeterministic automaton over octets, which lazydfa runs.  Read-only once
 * finished.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_NFA_H
#define RULES_NFA_H

#include "filters/rules/regex/regex_tree.h"

enum { NFA_NONE = 0, NFA_BRANCH = 1 << 30, NFA_ACCEPT };

struct nfa_state {
	uint32_t set;         /* of octets; or NFA_BRANCH, NFA_ACCEPT */
	uint32_t next, other; /* of an accepting state: which part */
};

/* A part that was found, by its accepting state. */
struct nfa_part {
	uint32_t probe; /* of the caller */
	/* A match that contains the part, which ends at offset e, starts from
	 * e - reach_max to e - reach_min; REGEX_UNLIMITED: from 0. */
	unsigned reach_min, reach_max;
	/* Parts of the probe, with ends of their own, that a match contains. */
	unsigned least;
};

struct nfa {
	struct arena *arena;
	bool loops;
	bool whole;               /* one regex, from its start */
	struct nfa_state *states; /* 0 is not used */
	size_t count;
	struct octets *sets;
	size_t set_count;
	struct nfa_part *parts;
	size_t part_count;
	uint32_t *starts;
	size_t start_count;

	/* When finished: octets that no set tells apart are one class. */
	unsigned char class[256];
	unsigned char octet[256]; /* one of each class */
	unsigned classes;
};

/*
 * Memory is the arena's.  loops: for regexes of words of any length, which
 * would multiply the states of others.
 */
struct nfa *nfa_new(struct arena *arena, bool loops);

/*
 * Adds the regex; false when no part of it is found less often than `most`
 * times in a million octets of mail, and nothing was added then.
 */
bool nfa_add(
    struct nfa *nfa, const struct node *tree, uint32_t probe, unsigned most);

/*
 * Makes it one of a regex from its start, as far as there is room.  False when
 * that may start anywhere.
 */
bool nfa_add_whole(struct nfa *nfa, const struct node *tree);

/* nfa_finish.c: a copy without the waste of growing, to be run.  Memory is the
 * arena's. */
struct nfa *nfa_finish(const struct nfa *nfa, struct arena *arena);

#endif
