/*
 * redos_path: texts that lead from one place of a regex to another.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_REDOS_PATH_H
#define RULES_REDOS_PATH_H

#include "redos_graph.h"

/* A plain octet of a set that is not empty. */
char redos_pick(const struct octets *set);

/* The shortest text from one place to another, inside `loop` unless that is
 * 0; empty when they are the same. */
struct str redos_path(
    const struct redos_graph *g, unsigned from, unsigned to, unsigned loop);

/* The shortest text from a place to an end of the regex. */
struct str redos_tail(const struct redos_graph *g, unsigned from);

/*
 * Two ways that read the same text, from a place of the loop and back to it:
 * the text, and whether alternatives parted them.  False: there are none, or
 * the loop is too large (*full is then set).
 */
bool redos_pairs(const struct redos_graph *g, unsigned loop, struct str *pump,
    unsigned *at, bool *alternatives, bool *full);

/*
 * A text that leads from place p to p, from p to q and from q to q: a's loop
 * then shares with b's what it reads in as many ways as there are octets.
 */
bool redos_shared(const struct redos_graph *g, unsigned p, unsigned q,
    struct str *pump, bool *full);

#endif
