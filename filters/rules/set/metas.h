/*
 * metas: all metas of a set, each behind those that it depends on.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_METAS_H
#define RULES_METAS_H

#include "ruleset.h"

/*
 * Once, when all rules are there: binds the names, sorts the metas, withdraws
 * those that depend on themselves or on a rule that is not supported.
 */
void metas_settle(struct ruleset *set, struct problems *problems);

/*
 * values has set->count + 1 places; those of other rules are filled (hits),
 * those of metas get what they compute, at least 1 when they hit.  One walk,
 * over the metas of which a rule hits.  arena: for its notes.
 */
void metas_run(const struct ruleset *set, double *values, struct arena *arena);

/* Of one meta, when all that it depends on is there. */
double metas_value(const struct rule *rule, const double *values);

#endif
