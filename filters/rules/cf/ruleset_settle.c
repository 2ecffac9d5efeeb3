/*
 * ruleset_settle: what can be done only when all files have been read.
 *
 * Tags in regexes are replaced, scores chosen, metas sorted, regexes that no
 * rule uses any longer let go.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "postern/xalloc.h"

#include "filters/rules/match/captured.h"
#include "filters/rules/set/metas.h"
#include "filters/rules/set/uri_redirect.h"

enum { INLINE_MAX = 2048 }; /* octets, above which tags become calls */

/* Flags that hold in a part of the pattern only: a call would not know them. */
static bool
has_scoped_flags(struct str pattern)
{
	size_t i;
	char c;

	for (i = 1; i + 2 < pattern.len; i++) {
		c = pattern.data[i + 2];
		if (pattern.data[i] == '(' && pattern.data[i + 1] == '?' &&
		    (ascii_is_alpha(c) || c == '^' || c == '-'))
			return true;
	}
	return false;
}

/* Plainly when that stays short; where one way is not possible, the other. */
static bool
compile_replaced(
    struct ruleset *set, struct rule *rule, bool *replaced, struct error *err)
{
	struct arena *work = arena_new();
	struct perlre plain, calls, first;
	bool good = true;

	*replaced = false;
	if (perlre_split(str_c(rule->literal), &plain, err)) {
		calls = plain;
		*replaced =
		    replace_expand(&set->replace, REPLACE_PLAIN, work, &plain);
		first = plain;
		if (plain.pattern.len > INLINE_MAX &&
		    !has_scoped_flags(calls.pattern) &&
		    replace_expand(&set->replace, REPLACE_CALLS, work, &calls))
			first = calls;
		if (*replaced)
			good = ruleset_compile(set, rule, &first, err) ||
			    ruleset_compile(set, rule, &plain, err);
	}
	arena_free(work);
	return good;
}

static void
replace_rule(struct ruleset *set, struct str name, struct problems *problems)
{
	struct rule *rule = ruleset_find(set, name);
	struct error error;
	bool replaced;

	if (!rule || !rule->regex)
		return; /* no such rule here, or one without a regex */
	if (!compile_replaced(set, rule, &replaced, &error))
		ruleset_withdraw(
		    set, rule, problems, "with its tags: %s", error.text);
}

static void
replace_all(struct ruleset *set, struct problems *problems)
{
	const struct list *list = lists_find(&set->lists, "replace_rules");
	size_t i;

	for (i = 0; list && i < list->word_count; i++)
		replace_rule(set, list->words[i], problems);
}

static int
default_score(const struct rule *rule)
{
	int score = str_starts(str_c(rule->name), "T_") ? 10 : 1000;

	if (rule->subrule)
		return 0;
	return rule->tflags & TFLAG_NICE ? -score : score;
}

static void
choose_scores(struct ruleset *set)
{
	struct rule *rule;
	size_t i;

	for (i = 0; i < set->count; i++) {
		rule = &set->rules[i];
		rule->score = rule->scored ? rule->scores[set->network_scores] :
					     default_score(rule);
	}
}

/* Those that only definitions used that were replaced. */
static void
drop_unused(struct ruleset *set)
{
	size_t *place = xcalloc(set->regex_count + 1, sizeof(*place));
	size_t i, kept = 0;

	for (i = 0; i < set->count; i++)
		if (set->rules[i].regex)
			place[set->rules[i].regex_index] = 1;
	for (i = 0; i < set->regex_count; i++) {
		if (!place[i]) {
			regex_free(set->regexes[i]);
			continue;
		}
		set->regexes[kept] = set->regexes[i];
		set->patterns[kept] = set->patterns[i];
		place[i] = kept++;
	}
	for (i = 0; i < set->count; i++)
		if (set->rules[i].regex)
			set->rules[i].regex_index =
			    place[set->rules[i].regex_index];
	set->regex_count = kept;
	free(place);
	/* the table of texts is not asked again */
	free(set->regex_slots);
	set->regex_slots = NULL;
}

/* SpamAssassin can choose parts, or take all as one text, for mimeheader. */
static void
refuse_parts(struct ruleset *set, struct problems *problems)
{
	struct rule *rule;
	size_t i;

	for (i = 0; i < set->count; i++) {
		rule = &set->rules[i];
		if (rule->type != RULE_MIMEHEADER)
			continue;
		if (rule->tflags & TFLAG_CONCAT || rule->part_min > 0 ||
		    rule->part_max < RULE_PARTS_MOST)
			ruleset_withdraw(set, rule, problems,
			    "tflags range= and concat are not known here");
	}
}

static void
tell_undefined(const struct ruleset *set, struct problems *problems)
{
	const struct rule *rule;
	size_t i;

	for (i = 0; i < set->count; i++) {
		rule = &set->rules[i];
		if (!rule->where)
			problem_warn(problems, rule->file, rule->line,
			    "%s has a score, a description or an action, but "
			    "no definition",
			    rule->name);
	}
}

void
ruleset_settle(struct ruleset *set, struct problems *problems)
{
	replace_all(set, problems);
	refuse_parts(set, problems);
	captured_settle(set, problems);
	choose_scores(set);
	tell_undefined(set, problems);
	metas_settle(set, problems);
	ruleset_find_early(set, problems);
	drop_unused(set);
	set->redirectors =
	    redirectors_new(lists_find(&set->lists, "redirector_pattern"));
}
