/*
 * early: rules that are asked at connect, HELO, MAIL or RCPT.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_EARLY_H
#define RULES_EARLY_H

#include "ruleset.h"

/*
 * Asks the rules of that stage and adds their hits and wishes to the scan,
 * each hit once.  The message is not looked at.  values: set->count + 1 places
 * that the caller keeps for this use, all zero at first.
 */
void early_check(const struct ruleset *set, struct matcher *matcher,
    double *values, enum stage stage, struct scan *scan);

#endif
