/*
 * pass: one mail against all rules.
 *
 * Bounded by PCRE2's limits for one regex and by a budget of CPU time for the
 * mail.  A regex that meets its limit is off for the rest of the mail, and
 * counted.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_PASS_H
#define RULES_PASS_H

#include "budget.h"
#include "hunt.h"
#include "filters/rules/target/target.h"

/* What one worker or thread needs to match. */
struct pass_lane {
	struct matcher *matcher;
	bool measured;         /* the time of each regex, of the mail at hand */
	struct lazydfa **dfas; /* of each nfa of the plan */
};

struct pass {
	const struct plan *plan;
	struct pass_lane *lane;
	struct scan *scan;
	struct targets targets;

	unsigned *hits;       /* of each rule */
	struct str *evidence; /* of each rule, bounded */
	struct budget budget;
	size_t unmatched; /* rules that were left out then */
	bool *limited; /* rules whose regex met PCRE2's limits, or its share */
	size_t limited_count;
	uint64_t *spent_ns; /* in each rule's regex; NULL: not measured */
	bool *unknown; /* rules of which it cannot be said whether they hit */

	/* Of the group at hand. */
	const struct group *group;
	unsigned *found; /* hits of each probe */
	bool *through;   /* nothing more to find */
	int64_t *had;    /* ns of the budget, of each probe */
	struct hunt hunt;
};

struct pass_lane *
pass_lane_new(const struct plan *plan, unsigned match_limit, size_t heap_limit);
void pass_lane_free(struct pass_lane *lane, const struct plan *plan);

/* All but metas.  budget: ms of CPU.  WAITS: lets others run. */
void pass_run(struct pass *p, const struct plan *plan, struct pass_lane *lane,
    struct scan *scan, int64_t budget) WAITS;

#endif
