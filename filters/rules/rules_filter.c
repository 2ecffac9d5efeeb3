/*
 * rules_filter: the link of the chain that matches rules.
 *
 * Matching is bounded: by PCRE2's limits for one regex, by the budget for one
 * mail.  What was not matched in time is told as unchecked, and the verdict
 * falls from what is known; an error of a rule never changes it.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>
#include <time.h>

#include "postern/xalloc.h"

#include "eval.h"
#include "metas.h"
#include "rules_filter.h"
#include "target.h"

enum { EVIDENCE_MAX = 80, HITS_MAX = 1000 };

struct rules_conf {
	struct texts directories;
	unsigned match_limit;
	size_t heap_limit;
	int64_t budget; /* ms of CPU */
};

struct rules_self {
	struct rules_conf conf;
	struct ruleset *set;
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
	    "CPU time of all rules for one mail.", NULL),
	{.name = NULL},
};
/* clang-format on */

/* One mail's passage. */
struct pass {
	const struct rules_self *self;
	struct matcher *matcher;
	struct scan *scan;
	struct targets targets;
	unsigned *hits; /* of each rule */
	struct str *evidence;
	clock_t end; /* when the budget is used up */
	bool spent;
	size_t limited; /* rules that met PCRE2's limits */
};

static void *
rules_open(const void *config, struct problems *problems)
{
	struct rules_self *self = xcalloc(1, sizeof(*self));
	size_t before = problems->errors;

	self->conf = *(const struct rules_conf *)config;
	self->set = ruleset_load(&self->conf.directories, problems);
	if (problems->errors == before)
		return self;
	ruleset_free(self->set);
	free(self);
	return NULL;
}

static void
rules_close(void *arg)
{
	struct rules_self *self = arg;

	ruleset_free(self->set);
	free(self);
}

static void *
lane_open(const void *arg)
{
	const struct rules_self *self = arg;

	return matcher_new(self->conf.match_limit, self->conf.heap_limit);
}

static void
lane_close(void *lane)
{
	matcher_free(lane);
}

static bool
has_budget(void *context)
{
	struct pass *p = context;

	if (!p->spent && clock() > p->end)
		p->spent = true;
	return !p->spent;
}

static unsigned
most_hits(const struct rule *rule)
{
	if (!rule->multiple)
		return 1;
	return rule->max_hits ? rule->max_hits : HITS_MAX;
}

/* Counts the hits of one subject; false when the rule is through. */
static bool
match_text(struct pass *p, const struct rule *rule, struct str text)
{
	size_t index = (size_t)(rule - p->self->set->rules);
	size_t start = 0, from, to;
	enum match_result result;

	while (start <= text.len) {
		result = regex_match(rule->regex, p->matcher, text, start,
		    has_budget, p, &from, &to);
		if (result == MATCH_LIMIT)
			p->limited++;
		if (result == MATCH_LIMIT || result == MATCH_BUDGET)
			return false;
		if (result == MATCH_NO)
			return true;
		if (p->hits[index]++ == 0)
			p->evidence[index] = str_head(
			    str_of(text.data + from, to - from), EVIDENCE_MAX);
		if (p->hits[index] >= most_hits(rule))
			return false;
		start = to > start ? to : start + 1;
	}
	return true;
}

static void
match_texts(struct pass *p, const struct rule *rule,
    const struct target_texts *texts, size_t first)
{
	size_t i;

	for (i = first; i < texts->count; i++)
		if (!match_text(p, rule, texts->at[i]))
			return;
}

static void
match_header(struct pass *p, const struct rule *rule)
{
	size_t index = (size_t)(rule - p->self->set->rules);
	bool absent;
	struct str value = target_header(&p->targets, rule, &absent);

	if (rule->exists) {
		p->hits[index] = !absent;
		return;
	}
	if (absent && rule->unset)
		value = str_c(rule->unset);
	match_text(p, rule, value);
	if (rule->negated)
		p->hits[index] = p->hits[index] == 0;
}

static void
match_mimeheader(struct pass *p, const struct rule *rule)
{
	size_t index = (size_t)(rule - p->self->set->rules);
	struct target_texts texts = target_mimeheader(&p->targets, rule);
	size_t i;

	if (texts.count == 0 && rule->unset)
		match_text(p, rule, str_c(rule->unset));
	for (i = 0; i < texts.count && p->hits[index] == 0; i++)
		match_text(p, rule, texts.at[i]);
	if (rule->negated)
		p->hits[index] = p->hits[index] == 0;
}

static void
match_eval(struct pass *p, const struct rule *rule)
{
	struct eval_context c = {
	    .scan = p->scan,
	    .targets = &p->targets,
	    .set = p->self->set,
	    .rule = rule,
	};

	p->hits[rule - p->self->set->rules] = rule->eval->run(&c);
}

static void
match_rule(struct pass *p, const struct rule *rule)
{
	switch (rule->type) {
	case RULE_HEADER:
		match_header(p, rule);
		break;
	case RULE_BODY:
		match_texts(
		    p, rule, target_body(&p->targets), rule->nosubject ? 1 : 0);
		break;
	case RULE_RAWBODY:
		match_texts(p, rule, target_rawbody(&p->targets), 0);
		break;
	case RULE_FULL:
		match_text(p, rule, target_full(&p->targets));
		break;
	case RULE_URI:
		match_texts(p, rule, target_uri(&p->targets), 0);
		break;
	case RULE_MIMEHEADER:
		match_mimeheader(p, rule);
		break;
	case RULE_EVAL:
		match_eval(p, rule);
		break;
	default:
		break;
	}
}

static void
match_all(struct pass *p)
{
	const struct ruleset *set = p->self->set;
	size_t i;

	for (i = 0; i < set->count && !p->spent; i++) {
		if (rule_is_off(&set->rules[i]))
			continue;
		match_rule(p, &set->rules[i]);
		if (i % 64 == 0)
			has_budget(p);
	}
	if (p->spent)
		scan_add_unchecked(p->scan, "rules",
		    "%zu of %zu rules: the CPU budget is used up",
		    set->count - i, set->count);
	if (p->limited)
		scan_add_unchecked(p->scan, "rules",
		    "%zu rules met the match limit", p->limited);
}

/* Fractions count as a hit. */
static void
compute_metas(struct pass *p)
{
	const struct ruleset *set = p->self->set;
	double *values;
	size_t i;

	values = arena_array(p->scan->arena, set->count + 1, sizeof(*values));
	for (i = 0; i < set->count; i++)
		values[i] = p->hits[i];
	metas_run(set, values);
	for (i = 0; i < set->meta_count; i++)
		p->hits[set->metas[i]] =
		    (unsigned)(values[set->metas[i]] + 0.999);
}

static void
ask_action(struct pass *p, const struct rule *rule)
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
	scan_add_wish(p->scan, &wish);
}

static void
report(struct pass *p, size_t index)
{
	const struct rule *rule = &p->self->set->rules[index];
	struct hit hit = {
	    .name = rule->name,
	    .score = rule->score,
	    .where = rule->where,
	    .hits = p->hits[index],
	    .evidence = p->evidence[index],
	    .describe = rule->describe,
	};

	ask_action(p, rule);
	if (!rule->subrule || p->scan->all_hits)
		scan_add_hit(p->scan, &hit);
}

static void
check(const void *self, void *lane, enum stage stage, struct scan *scan)
{
	struct pass p = {.self = self, .matcher = lane, .scan = scan};
	const struct ruleset *set = p.self->set;
	size_t i;

	(void)stage;
	p.targets.scan = scan;
	p.targets.set = set;
	p.hits = arena_array(scan->arena, set->count + 1, sizeof(*p.hits));
	p.evidence =
	    arena_array(scan->arena, set->count + 1, sizeof(*p.evidence));
	p.end =
	    clock() + (clock_t)(p.self->conf.budget * (CLOCKS_PER_SEC / 1000));
	match_all(&p);
	compute_metas(&p);
	for (i = 0; i < set->count; i++)
		if (!rule_is_off(&set->rules[i]) && p.hits[i] > 0)
			report(&p, i);
}

const struct filter rules_filter = {
    .name = "rules",
    .summary = "rules in the language of SpamAssassin",
    .stages = 1u << STAGE_MESSAGE,
    .settings = settings,
    .config_size = sizeof(struct rules_conf),
    .open = rules_open,
    .lane_open = lane_open,
    .check = check,
    .lane_close = lane_close,
    .close = rules_close,
};
