/*
 * regex_split: a regex that is too large for PCRE2, in parts that are not.
 *
 * PCRE2 compiles to 64 KB at most; admins write lists of ten thousand names as
 * one regex.  Such a list is an alternation, and "a(b|c|d)e" finds what
 * "a(?:b|c)e" and "a(?:d)e" find: the first match is the leftmost one of
 * theirs, and of two at one place that of the earlier part.  Where what stands
 * before the list can match in more than one way, the whole may find a longer
 * or shorter match there; whether and where one begins is the same.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_REGEX_SPLIT_H
#define RULES_REGEX_SPLIT_H

#include "postern/arena.h"

#include "perlre.h"

/*
 * The parts in order, each with at most `most` octets of alternatives, or one
 * alternative that is longer; in the arena.  0 when the regex is no list: no
 * alternation that is not repeated, or something in it counts groups, sets
 * flags or moves the start of the match.
 */
size_t regex_split(const struct perlre *re, size_t most, struct arena *arena,
    struct str **parts);

#endif
