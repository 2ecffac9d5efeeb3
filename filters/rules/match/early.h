/*
 * early: rules that are asked at connect, HELO, MAIL or RCPT.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_EARLY_H
#define RULES_EARLY_H

#include "filters/rules/set/ruleset.h"

/*
 * Asks the rules of that stage and adds their hits and wishes to the scan,
 * each hit once.  The message is not looked at.  values: set->count + 1 places
 * that the caller keeps for this use, all zero at first.  budget: ms of CPU
 * for all early stages of a mail; what cannot be asked within it, or meets the
 * matcher's limits, is told as unchecked, and no meta hits then.  Lets others
 * run before a stage, where the mail took long before.
 */
void early_check(const struct ruleset *set, struct matcher *matcher,
    double *values, int64_t budget, enum stage stage, struct scan *scan) WAITS;

#endif
