/*
 * grow: texts that regexes of a rule set may match, whole and broken.
 *
 * A string of the tree of a regex is mostly one that the regex matches.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef TESTS_GROW_H
#define TESTS_GROW_H

#include "postern/strbuf.h"

#include "filters/rules/regex/regex_tree.h"
#include "filters/rules/set/ruleset.h"

struct grower {
	struct ruleset *set;
	const struct node **trees;
	size_t tree_count;
	uint64_t random; /* not 0 */
};

/* Loads the rules; the set is the caller's to free. */
void grow_plant(
    struct grower *g, const char *rules, uint64_t seed, struct arena *arena);

uint32_t grow_pick(struct grower *g, uint32_t below);

/* Strings of regexes among words, some octets changed; at most `most`. */
void grow_text(struct grower *g, size_t most, struct strbuf *out);

#endif
