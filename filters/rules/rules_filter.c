/*
 * rules_filter: the link of the chain that matches rules.
 *
 * Matching is bounded: by PCRE2's limits for one regex, by the budget for one
 * mail.  What was not matched in time is told as unchecked, and the verdict
 * falls from what is known; an error of a rule never changes it.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdio.h>
#include <stdlib.h>

#include "postern/log.h"
#include "postern/xalloc.h"

#include "counters.h"
#include "filters/rules/match/early.h"
#include "filters/rules/set/metas.h"
#include "filters/rules/match/pass.h"
#include "filters/rules/match/report.h"
#include "rules_filter.h"

struct rules_conf {
	struct texts directories;
	unsigned match_limit;
	size_t heap_limit;
	int64_t budget; /* ms of CPU */
	bool prefilter;
	bool network_scores;
	bool captured_text;
};

struct rules_self {
	struct rules_conf conf;
	struct ruleset *set;
	struct plan *plan;
	struct counters *counters; /* NULL: none are kept */
};

struct lane {
	struct pass_lane *pass;
	const struct plan *plan;
	double *early; /* what early_check computes with */
	bool *told;    /* rules whose errors are in the log */
	unsigned long errors;
	struct counter *column; /* ours alone; NULL: nothing is counted */
	unsigned mails;
};

/* clang-format off */
static const struct setting settings[] = {
	SETTING(rules_conf, directories, SETTING_TEXTS,
	    PKGDATADIR "/rules, " SYSCONFDIR "/rules",
	    "Directories whose *.cf files are read, in this order.", NULL),
	SETTING(rules_conf, match_limit, SETTING_COUNT, "100000",
	    "Steps of one regex at one place, after which it is given up.",
	    NULL),
	SETTING(rules_conf, heap_limit, SETTING_SIZE, "8M",
	    "Memory of one regex.", NULL),
	SETTING(rules_conf, budget, SETTING_DURATION, "250ms",
	    "CPU time of all rules for one mail, and of those of its early "
	    "stages together.",
	    NULL),
	SETTING(rules_conf, prefilter, SETTING_BOOL, "yes",
	    "Try a regex only where one of its literals stands.", NULL),
	SETTING(rules_conf, network_scores, SETTING_BOOL, "no",
	    "Whether to use the scores that presume network tests (the second "
	    "of four); rules that make them are not asked otherwise.",
	    NULL),
	SETTING(rules_conf, captured_text, SETTING_BOOL, "no",
	    "Whether %{NAME} in a regex is what (?<NAME>) of another rule has "
	    "caught; SpamAssassin does so for the first mail of a process.",
	    NULL),
	{.name = NULL},
};
/* clang-format on */

static void *
rules_open(const void *config, struct problems *problems)
{
	struct rules_self *self = xcalloc(1, sizeof(*self));
	size_t before = problems->errors - problems->survivable;
	struct ruleset_options options;

	self->conf = *(const struct rules_conf *)config;
	options = (struct ruleset_options) {
	    .network_scores = self->conf.network_scores,
	    .captured_text = self->conf.captured_text};
	self->set =
	    ruleset_load_with(&self->conf.directories, &options, problems);
	self->plan = plan_new(self->set, self->conf.prefilter);
	xtrim(); /* what was needed to read and to plan: some megabytes */
	if (problems->errors - problems->survivable == before)
		return self;
	plan_free(self->plan);
	ruleset_free(self->set);
	free(self);
	return NULL;
}

static void
rules_close(void *arg)
{
	struct rules_self *self = arg;

	counters_close(self->counters);
	plan_free(self->plan);
	ruleset_free(self->set);
	free(self);
}

static bool
publish(void *arg, const char *directory, struct error *err)
{
	struct rules_self *self = arg;
	char path[4096];

	snprintf(path, sizeof(path), "%s/rules.stats", directory);
	self->counters = counters_create(path, self->set, err);
	return self->counters != NULL;
}

static void *
lane_open(const void *arg)
{
	const struct rules_self *self = arg;
	struct lane *lane = xcalloc(1, sizeof(*lane));

	lane->plan = self->plan;
	if (self->counters)
		lane->column = counters_column(self->counters);
	lane->pass = pass_lane_new(
	    self->plan, self->conf.match_limit, self->conf.heap_limit);
	lane->early = xcalloc(self->set->count + 1, sizeof(*lane->early));
	lane->told = xcalloc(self->set->count + 1, sizeof(*lane->told));
	return lane;
}

static void
lane_close(void *arg)
{
	struct lane *lane = arg;

	pass_lane_free(lane->pass, lane->plan);
	free(lane->early);
	free(lane->told);
	free(lane);
}

/* What was left out is told; an error of a rule once in the log. */
static void
tell_gaps(const struct pass *p, struct lane *lane)
{
	const struct ruleset *set = p->plan->set;
	size_t i;

	if (p->budget.spent)
		scan_add_unchecked(p->scan, "rules",
		    "RULES_TIMEOUT: the CPU budget is used up, %zu of %zu "
		    "rules were not asked",
		    p->unmatched, set->count);
	if (p->limited_count == 0)
		return;
	scan_add_unchecked(p->scan, "rules", "%zu rules met the match limit",
	    p->limited_count);
	lane->errors += p->limited_count;
	for (i = 0; i < set->count; i++) {
		if (!p->limited[i] || lane->told[i])
			continue;
		lane->told[i] = true;
		log_warning("rules: %s (%s) met the match limit; it is off "
			    "for such a mail",
		    set->rules[i].name, set->rules[i].where);
	}
}

/* With what is not known taken as no hit, or as one. */
static double *
meta_values(const struct pass *p, unsigned unknown)
{
	const struct ruleset *set = p->plan->set;
	double *values =
	    arena_array(p->scan->arena, set->count + 1, sizeof(*values));
	size_t i;

	for (i = 0; i < set->count; i++)
		values[i] = p->unknown[i] ? unknown : p->hits[i];
	metas_run(set, values, p->scan->arena);
	return values;
}

/*
 * Fractions count as a hit.  What could not be found out must not make a meta
 * hit, so it has to hit either way.
 */
static void
compute_metas(struct pass *p)
{
	const struct ruleset *set = p->plan->set;
	const double *values = meta_values(p, 0), *others = values;
	double value;
	size_t i;

	if (p->budget.spent || p->limited_count)
		others = meta_values(p, 1);
	for (i = 0; i < set->meta_count; i++) {
		value = values[set->metas[i]];
		if (others[set->metas[i]] < value)
			value = others[set->metas[i]];
		p->hits[set->metas[i]] = (unsigned)(value + 0.999);
	}
}

/* Those of an earlier stage have been told. */
static void
tell_hit(const struct pass *p, size_t index)
{
	const struct rule *rule = &p->plan->set->rules[index];

	if (p->hits[index] > 0 && !rule_is_off(rule) &&
	    rule->stage == STAGE_MESSAGE)
		report_rule(p->scan, rule, p->hits[index], p->evidence[index]);
}

/* The hits of an early stage. */
static void
count_early(const struct rules_self *self, const struct lane *lane,
    enum stage stage, const struct scan *scan)
{
	size_t i, rule;

	for (i = 0; lane->column && i < self->set->early_count; i++) {
		rule = self->set->early[i];
		if (self->set->rules[rule].stage == stage &&
		    lane->early[rule] > 0)
			counters_add_hit(lane->column, rule, scan->time);
	}
}

static void
count(const struct rules_self *self, const struct lane *lane,
    const struct pass *p)
{
	size_t i;

	counters_add_mail(self->counters);
	for (i = 0; i < self->set->count; i++) {
		if (p->hits[i] > 0 &&
		    self->set->rules[i].stage == STAGE_MESSAGE)
			counters_add_hit(lane->column, i, p->scan->time);
		if (p->limited[i])
			counters_add_error(lane->column, i);
		if (p->spent_ns && p->spent_ns[i])
			counters_add_spent(lane->column, i, p->spent_ns[i]);
	}
}

static void
check(const void *arg, void *lane_arg, enum stage stage, struct scan *scan)
{
	const struct rules_self *self = arg;
	struct lane *lane = lane_arg;
	struct pass p;
	size_t i;

	if (stage != STAGE_MESSAGE) {
		early_check(self->set, lane->pass->matcher, lane->early,
		    self->conf.budget, stage, scan);
		count_early(self, lane, stage, scan);
		return;
	}
	lane->pass->measured =
	    lane->column && lane->mails++ % COUNTERS_MEASURED == 0;
	pass_run(&p, self->plan, lane->pass, scan, self->conf.budget);
	tell_gaps(&p, lane);
	compute_metas(&p);
	for (i = 0; i < self->set->count; i++)
		tell_hit(&p, i);
	if (lane->column)
		count(self, lane, &p);
}

static int
tag_score(const void *arg)
{
	const struct rules_self *self = arg;

	return self->set->required_score;
}

static void
compare(const void *arg, const void *replaced)
{
	const struct rules_self *self = arg, *old = replaced;

	ruleset_log_difference(old->set, self->set);
}

const struct filter rules_filter = {
    .name = "rules",
    .summary = "rules in the language of SpamAssassin",
    .stages = 1u << STAGE_CONNECT | 1u << STAGE_HELO | 1u << STAGE_MAIL |
	1u << STAGE_RCPT | 1u << STAGE_MESSAGE,
    .settings = settings,
    .config_size = sizeof(struct rules_conf),
    .open = rules_open,
    .publish = publish,
    .lane_open = lane_open,
    .check = check,
    .tag_score = tag_score,
    .compare = compare,
    .lane_close = lane_close,
    .close = rules_close,
};
