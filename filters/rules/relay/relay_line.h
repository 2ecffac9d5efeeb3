/*
 * relay_line: a Received field as one line, and words in it.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_RELAY_LINE_H
#define RULES_RELAY_LINE_H

#include "postern/arena.h"

/* One white space for each run, none at the ends, no ";" at the end. */
struct str relay_line_straighten(struct str value, struct arena *arena);

/* Without "; Thu, 13 Mar 2003 15:23:15 -0500" at its end. */
struct str relay_line_without_date(struct str line);

/* ")by " is written by a few: with a space between. */
struct str relay_line_split_by(struct str line, struct arena *arena);

/* "from a.example by b.example ; date": nothing about the peer. */
bool relay_line_is_bare(struct str line);

/* What stands behind "helo=" or "HELO ", " id ", " by "; "" when absent. */
struct str relay_line_helo(struct str line);
struct str relay_line_id(struct str line);
struct str relay_line_by(struct str line);

/* Behind "envelope-from " and its like; false when it is not told. */
bool relay_line_sender(struct str line, struct str *out);

/* From `at` to the next space. */
struct str relay_line_word(struct str line, size_t at);

/* Back from `to` to where a word begins or ends; `from` if nowhere. */
size_t relay_line_word_edge(struct str line, size_t from, size_t to);

#endif
