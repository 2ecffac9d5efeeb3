/*
 * rules_audit: what may well be wrong with rules that could be read.
 *
 * What the reader of the files found is not repeated here.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_RULES_AUDIT_H
#define PROXY_RULES_AUDIT_H

#include "filters/rules/set/ruleset.h"

struct audit {
	const struct ruleset *set;
	struct problems *problems; /* errors and warnings */
	struct problems *notes;    /* true, but nobody need act */
};

/* Scores, descriptions, atoms of metas, rules that replace others. */
void audit_names(const struct audit *a);

/* Regexes that a text can make slow, as redos sees it and as the engine of
 * live mail confirms. */
void audit_regexes(const struct audit *a);

#endif
