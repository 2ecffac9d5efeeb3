/*
 * report: what a rule that hit leaves in the scan.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "report.h"

enum { EVIDENCE_MAX = 80 };

void
report_wish(struct scan *scan, const struct rule *rule)
{
	struct wish wish = {
	    .action = rule->action,
	    .text = rule->action_text,
	    .source = rule->name,
	};

	if (rule->action == ACTION_NONE)
		return;
	if (rule->action == ACTION_REJECT) {
		wish.code = 550;
		wish.enhanced = "5.7.1";
	} else if (rule->action == ACTION_DEFER) {
		wish.code = 451;
		wish.enhanced = "4.7.1";
	}
	scan_add_wish(scan, &wish);
}

void
report_rule(struct scan *scan, const struct rule *rule, unsigned hits,
    struct str evidence)
{
	struct hit hit = {
	    .name = rule->name,
	    .score = rule->score,
	    .where = rule->where,
	    .hits = hits,
	    .evidence = str_head(evidence, EVIDENCE_MAX),
	    .describe = rule->describe,
	};

	report_wish(scan, rule);
	if (!rule->subrule || scan->all_hits)
		scan_add_hit(scan, &hit);
}
