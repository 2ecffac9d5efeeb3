/*
 * early: rules that are asked at connect, HELO, MAIL or RCPT.
 *
 * There are few of them and their texts are short: they are matched one by
 * one, in the order in which metas can be computed.  One budget bounds all of
 * them that a mail meets: a sender may fill a command line, and name a thousand
 * recipients.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "budget.h"
#include "early.h"
#include "filters/rules/eval/eval.h"
#include "filters/rules/set/metas.h"
#include "report.h"

/* CPU time of a mail after which each stage lets others run first, ns. */
static const int64_t LONG = 2000000;

struct passage {
	const struct ruleset *set;
	struct matcher *matcher;
	struct scan *scan;
	struct targets targets;
	double *values;      /* of every rule, as metas read them */
	struct str evidence; /* of the rule at hand */
	struct budget budget;
	size_t unknown; /* rules that could not be asked */
};

static enum match_result
match(struct passage *p, const struct rule *rule, struct str text)
{
	struct search search = {.subject = text, .last = text.len};
	enum match_result result = regex_match(
	    rule->regex, p->matcher, &search, budget_left, &p->budget);

	budget_left(&p->budget); /* one match may not have asked */
	if (result == MATCH_YES)
		p->evidence =
		    str_of(text.data + search.from, search.to - search.from);
	return result;
}

/* What could not be found out is no hit, negated or not. */
static double
ask_header(struct passage *p, const struct rule *rule)
{
	bool absent;
	struct str value = target_header(&p->targets, rule, &absent);
	enum match_result result;

	if (rule->exists)
		return !absent;
	if (absent && rule->unset)
		value = str_c(rule->unset);
	result = match(p, rule, value);
	if (result == MATCH_YES || result == MATCH_NO)
		return (result == MATCH_YES) != rule->negated;
	p->unknown++;
	return 0;
}

static double
ask_eval(struct passage *p, const struct rule *rule)
{
	struct eval_context context = {
	    .scan = p->scan,
	    .targets = &p->targets,
	    .set = p->set,
	    .rule = rule,
	    .matcher = p->matcher,
	    .budget = budget_left,
	    .budget_context = &p->budget,
	};
	double value = rule->eval->run(&context);

	budget_left(&p->budget);
	if (!context.unknown)
		return value;
	p->unknown++;
	return 0;
}

static double
ask(struct passage *p, const struct rule *rule)
{
	if (rule_is_off(rule))
		return 0;
	if (p->budget.spent) {
		p->unknown++;
		return 0;
	}
	switch (rule->type) {
	case RULE_HEADER:
		return ask_header(p, rule);
	case RULE_EVAL:
		return ask_eval(p, rule);
	case RULE_META:
		return p->unknown ? 0 : metas_value(rule, p->values);
	default:
		return 0;
	}
}

/* At RCPT a rule is asked once for each recipient, but scores once. */
static bool
is_told(const struct scan *scan, const struct rule *rule)
{
	size_t i;

	for (i = 0; i < scan->hit_count; i++)
		if (strcmp(scan->hits[i].name, rule->name) == 0)
			return true;
	return false;
}

static void
tell(struct passage *p, size_t index)
{
	const struct rule *rule = &p->set->rules[index];
	unsigned hits = (unsigned)(p->values[index] + 0.999);

	if (is_told(p->scan, rule))
		report_wish(p->scan, rule);
	else
		report_rule(p->scan, rule, hits, p->evidence);
}

/* Once a mail: a recipient after the other would say the same. */
static void
tell_gaps(const struct passage *p)
{
	if (p->unknown == 0 || p->scan->early_gaps)
		return;
	p->scan->early_gaps = true;
	scan_add_unchecked(p->scan, "rules",
	    "%zu rules of an early stage met the match limit or the CPU "
	    "budget",
	    p->unknown);
}

void
early_check(const struct ruleset *set, struct matcher *matcher, double *values,
    int64_t budget, enum stage stage, struct scan *scan)
{
	struct passage p = {
	    .set = set, .matcher = matcher, .scan = scan, .values = values};
	int64_t left = budget * 1000000 - scan->early_spent;
	const struct rule *rule;
	size_t i, index;

	if (!(set->stages & 1u << stage))
		return;
	if (scan->early_spent > LONG)
		scan_breathe(scan); /* nothing of the lane is in use yet */
	p.targets.scan = scan;
	p.targets.set = set;
	values[set->count] = 1;
	budget_begin(&p.budget, NULL, left);
	for (i = 0; i < set->early_count; i++) {
		index = set->early[i];
		rule = &set->rules[index];
		p.evidence = str_c("");
		values[index] = ask(&p, rule);
		if (rule->stage == stage && values[index] != 0)
			tell(&p, index);
	}
	scan->early_spent += left - budget_rest(&p.budget);
	tell_gaps(&p);
}
