/*
 * lazydfa: runs an nfa over texts, one look-up an octet.
 *
 * Sets of states of the automaton become states of a deterministic one when a
 * text first leads there, and are kept in a cache of bounded size, which
 * belongs to one worker or thread.  A text that needs too many new ones is
 * given up.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_LAZYDFA_H
#define RULES_LAZYDFA_H

#include "nfa.h"

struct lazydfa;

struct lazydfa *lazydfa_new(const struct nfa *nfa);
void lazydfa_free(struct lazydfa *dfa);

enum { LAZYDFA_MOST = 8 }; /* automata that run together */

/*
 * Runs some, at most LAZYDFA_MOST, over a text.  Tells each part of each of
 * them (which: dfas[which]) and where it ends, in order of the ends; the same
 * part may be told twice at a place.  A bit (1 << which) is set in the result
 * when that one was given up: anything may be behind what it told.
 */
unsigned lazydfa_run(struct lazydfa *const *dfas, size_t count, struct str text,
    void (*found)(void *context, size_t which, size_t part, size_t end),
    void *context);

/*
 * Of an automaton of one whole regex: the first offset from `first` to `last`
 * where the regex may match; SIZE_MAX: none.  *misses counts from 0 on for each
 * text, long ways from one offset among them; when lazydfa_is_given_up(), it
 * may match anywhere from the offset on.
 */
size_t lazydfa_start(struct lazydfa *dfa, struct str text, size_t first,
    size_t last, size_t *misses);
bool lazydfa_is_given_up(size_t misses);

#endif
