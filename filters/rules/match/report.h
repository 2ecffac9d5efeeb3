/*
 * report: what a rule that hit leaves in the scan.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_REPORT_H
#define RULES_REPORT_H

#include "filters/rules/set/rule.h"

/* Its action as a wish, and unless it is a __subrule a hit with its score. */
void report_rule(struct scan *scan, const struct rule *rule, unsigned hits,
    struct str evidence);

/* The wish alone. */
void report_wish(struct scan *scan, const struct rule *rule);

#endif
