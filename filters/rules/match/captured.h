/*
 * captured: rules whose regex holds text that another rule has caught.
 *
 * header __TO To:addr =~ /(?<TO>.*)/ catches, uri X /#%{TO}/ looks for it.
 * Without what it needs such a rule does not hit.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_CAPTURED_H
#define RULES_CAPTURED_H

#include "filters/rules/set/ruleset.h"

/* Makes an eval of the rule; re is its regex, with at least one %{NAME}. */
bool captured_define(struct ruleset *set, struct rule *rule,
    const struct perlre *re, struct error *err);

/* Once, when all rules are there: who catches what. */
void captured_settle(struct ruleset *set, struct problems *problems);

#endif
