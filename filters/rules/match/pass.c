/*
 * pass: one mail against all rules.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>
#include <time.h>

#include "postern/xalloc.h"

#include "filters/rules/eval/eval.h"
#include "lazydfa.h"
#include "pass.h"

enum {
	EVIDENCE_MAX = 80,
	STARTS = 4096 /* that are looked at before the budget is */
};

static int64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void
tell_rules(struct pass *p, const struct probe *probe, struct str evidence)
{
	unsigned hits = p->found[probe - p->group->probes];
	size_t i;

	for (i = 0; i < probe->rule_count; i++) {
		p->hits[probe->rules[i]] = hits;
		if (hits == 1)
			p->evidence[probe->rules[i]] =
			    str_head(evidence, EVIDENCE_MAX);
	}
}

static void
note_limit(struct pass *p, const struct probe *probe)
{
	size_t i;

	for (i = 0; i < probe->rule_count; i++) {
		p->limited[probe->rules[i]] = true;
		p->unknown[probe->rules[i]] |= p->hits[probe->rules[i]] == 0;
		p->limited_count++;
	}
}

/* The budget is used up: these were not all asked. */
static void
give_up(struct pass *p, const struct group *group)
{
	const struct probe *probe;
	size_t i;

	for (probe = group->probes; probe < group->probes + group->count;
	     probe++) {
		for (i = 0; i < probe->rule_count; i++) {
			if (p->hits[probe->rules[i]] > 0)
				continue;
			p->unknown[probe->rules[i]] = true;
			p->unmatched++;
		}
	}
}

/* The next offset where the regex may start; SIZE_MAX: there is none, or the
 * budget is used up. */
static size_t
next_start(struct pass *p, struct lazydfa *gate, const struct search *s,
    size_t *misses)
{
	size_t first, last, found;

	for (first = s->first;; first = last + 1) {
		last = s->last - first < STARTS ? s->last : first + STARTS - 1;
		found = lazydfa_start(gate, s->subject, first, last, misses);
		if (found != SIZE_MAX || last == s->last ||
		    !budget_share_left(&p->budget))
			return found;
	}
}

/* One match, or none: where the regex can start, if that is known. */
static enum match_result
find_match(
    struct pass *p, const struct probe *probe, struct search *s, size_t *misses)
{
	struct lazydfa *gate =
	    probe->gate ? p->lane->dfas[probe->gate_dfa] : NULL;
	struct search one = *s;
	enum match_result result = MATCH_NO;

	while (gate && !lazydfa_is_given_up(*misses)) {
		one.last = s->last;
		one.first = next_start(p, gate, &one, misses);
		if (p->budget.spent || p->budget.over)
			return MATCH_BUDGET;
		if (one.first == SIZE_MAX)
			return MATCH_NO;
		if (lazydfa_is_given_up(*misses))
			break;
		one.last = one.first;
		result = regex_match(probe->regex, p->lane->matcher, &one,
		    budget_share_left, &p->budget);
		if (result != MATCH_NO || one.first == s->last)
			goto out;
		one.first++;
		/* one start does not ask for it */
		if (!budget_share_left(&p->budget))
			return MATCH_BUDGET;
	}
	one.last = s->last;
	result = regex_match(probe->regex, p->lane->matcher, &one,
	    budget_share_left, &p->budget);
out:
	s->from = one.from;
	s->to = one.to;
	return result;
}

/* Counts the hits that start within the mark. */
static void
count_hits(
    struct pass *p, size_t index, struct str text, const struct mark *mark)
{
	const struct probe *probe = &p->group->probes[index];
	struct search s = {text, mark->first, mark->last, 0, 0};
	enum match_result result;
	size_t misses = 0;

	if (probe->stretch.least > 0)
		s.first = stretch_start(&probe->stretch, text, s.first);
	while (s.first <= s.last && !p->through[index]) {
		result = find_match(p, probe, &s, &misses);
		if (result == MATCH_NO)
			return;
		if (result > MATCH_YES && !p->budget.spent)
			note_limit(p, probe);
		if (result != MATCH_YES) {
			p->through[index] = true;
			return;
		}
		p->through[index] = ++p->found[index] >= probe->most;
		tell_rules(p, probe, str_of(text.data + s.from, s.to - s.from));
		s.first = s.to > s.first ? s.to : s.first + 1;
	}
}

static void
measure_hits(
    struct pass *p, size_t index, struct str text, const struct mark *mark)
{
	const struct probe *probe = &p->group->probes[index];
	int64_t begin = now();
	size_t i;

	count_hits(p, index, text, mark);
	for (i = 0; i < probe->rule_count; i++)
		p->spent_ns[probe->rules[i]] +=
		    (uint64_t)(now() - begin) / probe->rule_count;
}

/* One call of PCRE2 does not ask for the budget, and many may be dear. */
static void
match(struct pass *p, size_t index, struct str text, const struct mark *mark)
{
	budget_next(&p->budget, &p->had[index]);
	if (p->budget.over) {
		note_limit(p, &p->group->probes[index]);
		p->through[index] = true;
	} else if (p->spent_ns) {
		measure_hits(p, index, text, mark);
	} else {
		count_hits(p, index, text, mark);
	}
	budget_left(&p->budget);
	budget_next(&p->budget, NULL);
}

static void
try_marked(struct pass *p, struct str text)
{
	struct mark *mark;
	size_t i;

	for (i = 0; i < p->hunt.marked_count; i++) {
		mark = &p->hunt.marks[p->hunt.marked[i]];
		if (text.len >= p->group->probes[p->hunt.marked[i]].shortest &&
		    !p->budget.spent)
			match(p, p->hunt.marked[i], text, mark);
		mark->set = false;
	}
}

static void
try_always(struct pass *p, struct str text, bool is_subject)
{
	const struct group *group = p->group;
	struct mark all = {.last = text.len, .set = true};
	const struct probe *probe;
	size_t i, index;

	for (i = 0; i < group->always_count && !p->budget.spent; i++) {
		index = group->always[i];
		probe = &group->probes[index];
		if (text.len >= probe->shortest && !p->through[index] &&
		    !(is_subject && probe->nosubject))
			match(p, index, text, &all);
	}
}

static void
match_text(struct pass *p, struct str text, bool is_subject)
{
	hunt_text(&p->hunt, text, is_subject, budget_left, &p->budget);
	try_marked(p, text);
	try_always(p, text, is_subject);
	budget_left(&p->budget);
}

static void
match_texts(struct pass *p, const struct target_texts *texts, bool has_subject)
{
	size_t i;

	for (i = 0; i < texts->count && !p->budget.spent; i++)
		match_text(p, texts->at[i], has_subject && i == 0);
}

/* What stands for a header that is not there, for each rule by itself. */
static void
match_absent(struct pass *p, size_t index)
{
	const struct probe *probe = &p->group->probes[index];
	const struct rule *rule;
	struct search s = {0};
	size_t i;

	for (i = 0; i < probe->rule_count; i++) {
		p->hits[probe->rules[i]] = probe->on_empty;
		if (!probe->substituted)
			continue;
		rule = &p->plan->set->rules[probe->rules[i]];
		if (!rule->unset)
			continue;
		s.subject = str_c(rule->unset);
		s.first = 0;
		s.last = s.subject.len;
		p->hits[probe->rules[i]] =
		    regex_match(probe->regex, p->lane->matcher, &s, budget_left,
			&p->budget) == MATCH_YES;
	}
}

static void
negate(struct pass *p)
{
	const struct group *group = p->group;
	uint32_t rule;
	size_t i;

	for (i = 0; i < group->negated_count && !p->budget.spent; i++) {
		rule = group->negated[i];
		if (!p->unknown[rule])
			p->hits[rule] = p->hits[rule] == 0;
	}
}

static void
match_header(struct pass *p)
{
	const struct group *group = p->group;
	struct str value;
	bool absent;
	size_t i;

	value = target_header(&p->targets, group->like, &absent);
	for (i = 0; i < group->exists_count; i++)
		p->hits[group->exists[i]] = !absent;
	for (i = 0; absent && i < group->count; i++)
		match_absent(p, i);
	if (!absent)
		match_text(p, value, false);
	negate(p);
}

/* With `multiple`, too, only the first part that matches counts. */
static void
match_mimeheader(struct pass *p)
{
	const struct group *group = p->group;
	struct target_texts texts = target_mimeheader(&p->targets, group->like);
	size_t i, k;

	for (i = 0; i < group->exists_count; i++)
		p->hits[group->exists[i]] = texts.count > 0;
	for (i = 0; texts.count == 0 && i < group->count; i++)
		match_absent(p, i);
	for (i = 0; i < texts.count && !p->budget.spent; i++) {
		match_text(p, texts.at[i], false);
		for (k = 0; k < group->count; k++)
			p->through[k] |= p->found[k] > 0;
	}
	negate(p);
}

static void
match_group(struct pass *p, const struct group *group)
{
	struct target_texts full;

	p->group = p->hunt.group = group;
	memset(p->found, 0, group->count * sizeof(*p->found));
	memset(p->through, 0, group->count * sizeof(*p->through));
	memset(p->had, 0, group->count * sizeof(*p->had));
	switch (group->type) {
	case RULE_HEADER:
		match_header(p);
		break;
	case RULE_MIMEHEADER:
		match_mimeheader(p);
		break;
	case RULE_BODY:
		match_texts(p, target_body(&p->targets), true);
		break;
	case RULE_RAWBODY:
		match_texts(p, target_rawbody(&p->targets), false);
		break;
	case RULE_URI:
		match_texts(p, target_uri(&p->targets), false);
		break;
	default:
		full.at = arena_alloc(p->scan->arena, sizeof(*full.at));
		full.at[0] = target_full(&p->targets);
		full.count = 1;
		match_texts(p, &full, false);
		break;
	}
}

/* What it says is worth nothing: its regex needed too much. */
static void
note_unknown(struct pass *p, uint32_t index)
{
	p->hits[index] = 0;
	p->unknown[index] = true;
	if (p->budget.spent) {
		p->unmatched++;
	} else {
		p->limited[index] = true;
		p->limited_count++;
	}
}

/* Evals wait for nothing, so the budget that they ask lets nobody run. */
static void
run_eval(struct pass *p, uint32_t index)
{
	struct eval_context c = {
	    .scan = p->scan,
	    .targets = &p->targets,
	    .set = p->plan->set,
	    .rule = &p->plan->set->rules[index],
	    .matcher = p->lane->matcher,
	    .budget = budget_look,
	    .budget_context = &p->budget,
	};

	p->hits[index] = c.rule->eval->run(&c);
	if (c.unknown)
		note_unknown(p, index);
	budget_left(&p->budget);
}

static void
prepare(struct pass *p, struct arena *arena)
{
	size_t rules = p->plan->set->count + 1;
	size_t probes = p->plan->most_probes + 1;

	p->hits = arena_array(arena, rules, sizeof(*p->hits));
	p->evidence = arena_array(arena, rules, sizeof(*p->evidence));
	p->limited = arena_array(arena, rules, sizeof(*p->limited));
	p->unknown = arena_array(arena, rules, sizeof(*p->unknown));
	if (p->lane->measured)
		p->spent_ns = arena_array(arena, rules, sizeof(*p->spent_ns));
	p->found = arena_array(arena, probes, sizeof(*p->found));
	p->had = arena_array(arena, probes, sizeof(*p->had));
	p->hunt.through = p->through =
	    arena_array(arena, probes, sizeof(*p->through));
	p->hunt.marks = arena_array(arena, probes, sizeof(*p->hunt.marks));
	p->hunt.marked = arena_array(arena, probes, sizeof(*p->hunt.marked));
}

struct pass_lane *
pass_lane_new(const struct plan *plan, unsigned match_limit, size_t heap_limit)
{
	struct pass_lane *lane = xcalloc(1, sizeof(*lane));
	const struct group *group;
	size_t i, k;

	lane->matcher = matcher_new(match_limit, heap_limit);
	lane->dfas = xcalloc(plan->nfa_count + 1, sizeof(struct lazydfa *));
	for (i = 0; i < plan->group_count; i++) {
		group = &plan->groups[i];
		for (k = 0; k < group->nfa_count; k++)
			lane->dfas[group->first_dfa + k] =
			    lazydfa_new(group->nfas[k]);
		for (k = 0; k < group->count; k++)
			if (group->probes[k].gate)
				lane->dfas[group->probes[k].gate_dfa] =
				    lazydfa_new(group->probes[k].gate);
	}
	return lane;
}

void
pass_lane_free(struct pass_lane *lane, const struct plan *plan)
{
	size_t i;

	for (i = 0; i < plan->nfa_count; i++)
		lazydfa_free(lane->dfas[i]);
	free(lane->dfas);
	matcher_free(lane->matcher);
	free(lane);
}

void
pass_run(struct pass *p, const struct plan *plan, struct pass_lane *lane,
    struct scan *scan, int64_t budget)
{
	size_t i;

	memset(p, 0, sizeof(*p));
	p->plan = plan;
	p->lane = lane;
	p->hunt.dfas = lane->dfas;
	p->scan = scan;
	p->targets.scan = scan;
	p->targets.set = plan->set;
	budget_begin(&p->budget, scan, budget * 1000000);
	prepare(p, scan->arena);
	for (i = 0; i < plan->group_count; i++) {
		if (!p->budget.spent)
			match_group(p, &plan->groups[i]);
		if (p->budget.spent)
			give_up(p, &plan->groups[i]);
	}
	for (i = 0; i < plan->eval_count; i++) {
		if (!p->budget.spent) {
			run_eval(p, plan->evals[i]);
			continue;
		}
		p->unknown[plan->evals[i]] = true;
		p->unmatched++;
	}
}
