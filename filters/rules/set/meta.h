/*
 * meta: arithmetic over the hits of other rules.
 *
 * The operators of Perl that SpamAssassin allows, with Perl's precedence:
 *	! - +   * /   + -   < > <= >=   == !=   ^   &&   ||   ?:
 * over rule names, numbers, rules_matching(GLOB*) and local_tests_only.
 * Numbers are doubles, as in Perl: 0.1 + 0.2 > 0.3 must be as true here as
 * there.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_META_H
#define RULES_META_H

#include "postern/arena.h"
#include "postern/error.h"

struct meta;

/*
 * Parsed into arena; NULL with the reason on error.  At most 4,000 steps.
 * What would divide by zero while no rule hits is an error.
 */
struct meta *
meta_parse(struct str text, struct arena *arena, struct error *err);

/* The names it depends on; a glob stands for the sum of the rules it names. */
size_t meta_name_count(const struct meta *meta);
struct str meta_name(const struct meta *meta, size_t index);
bool meta_name_is_glob(const struct meta *meta, size_t index);

/* "FOO_*" and "FOO_?" as in rules_matching(). */
bool meta_glob_matches(struct str glob, struct str name);

/* That name is the sum of the values of these rules; they must live on.  A
 * name that was never bound is 0. */
void
meta_bind(struct meta *meta, size_t index, const size_t *rules, size_t count);

/* The rules that a name was bound to. */
const size_t *meta_bound(const struct meta *meta, size_t index, size_t *count);

/* As Perl would say it, values being those of the rules.  Linear. */
double meta_run(const struct meta *meta, const double *values);

/*
 * meta_watch.c: names of which one must not be 0 for the meta not to be 0, the
 * cheapest such; false: there are none.  costs and watched are by name; a cost
 * of META_NEVER_ZERO is of one that is not.
 */
static const uint64_t META_NEVER_ZERO = 1000000000;
bool meta_watch(const struct meta *meta, const uint64_t *costs, bool *watched);

#endif
