/*
 * plan: how the regexes of a rule set are matched.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "postern/xalloc.h"

#include "literal.h"
#include "plan.h"

enum {
	/* In a million octets.  Words that are found more often say little, and
	 * above that a part of the regex may say more. */
	FREQUENT = 30000,
	RARE = 300,
	/* Below that, trying each is as quick as looking for words. */
	WORDS_WORTH = 4,
	/* A regex is asked where it may start when it is that dear: it has so
	 * many ways, and what is found of it may be so far from its start. */
	GATE_SIZE = 150,
	GATE_LONGEST = 400,
	/* In one automaton: with more it has too many states. */
	PARTS_MOST = 48
};

/* While a plan is made. */
struct planner {
	struct plan *plan;
	struct arena *scratch;
	struct matcher *matcher;
	bool prefilter;
	struct str *words; /* of the group at hand */
	size_t word_count;
};

static unsigned
most_hits(const struct rule *rule)
{
	if (!rule->multiple)
		return 1;
	return rule->max_hits ? rule->max_hits : HITS_MAX;
}

static bool
reads_same(const struct group *group, const struct rule *rule)
{
	if (group->type != rule->type)
		return false;
	if (rule->type != RULE_HEADER && rule->type != RULE_MIMEHEADER)
		return true;
	return group->like->part == rule->part &&
	    strcmp(group->like->field, rule->field) == 0;
}

static struct group *
find_group(struct plan *plan, const struct rule *rule)
{
	struct group *group;
	size_t i;

	for (i = 0; i < plan->group_count; i++)
		if (reads_same(&plan->groups[i], rule))
			return &plan->groups[i];
	plan->groups = arena_push(plan->arena, plan->groups, plan->group_count,
	    sizeof(*plan->groups));
	group = &plan->groups[plan->group_count++];
	group->type = rule->type;
	group->like = rule;
	return group;
}

static bool
is_same(const struct probe *probe, const struct rule *rule)
{
	return probe->most == most_hits(rule) &&
	    probe->nosubject == rule->nosubject &&
	    (probe->regex == rule->regex ||
		(regex_flags(probe->regex) == regex_flags(rule->regex) &&
		    str_eq(regex_pattern(probe->regex),
			regex_pattern(rule->regex))));
}

static struct probe *
find_probe(struct plan *plan, struct group *group, const struct rule *rule)
{
	struct probe *probe;
	size_t i;

	for (i = 0; i < group->count; i++)
		if (is_same(&group->probes[i], rule))
			return &group->probes[i];
	group->probes = arena_push(
	    plan->arena, group->probes, group->count, sizeof(*group->probes));
	probe = &group->probes[group->count++];
	probe->regex = rule->regex;
	probe->most = most_hits(rule);
	probe->nosubject = rule->nosubject;
	return probe;
}

static void
push(struct plan *plan, uint32_t **list, size_t *count, size_t value)
{
	*list = arena_push(plan->arena, *list, *count, sizeof(**list));
	(*list)[(*count)++] = (uint32_t)value;
}

static void
add_rule(struct plan *plan, const struct rule *rule)
{
	size_t index = (size_t)(rule - plan->set->rules);
	struct group *group;
	struct probe *probe;

	if (rule->type == RULE_EVAL) { /* whose regex is its argument */
		push(plan, &plan->evals, &plan->eval_count, index);
		return;
	}
	if (!rule->regex && !rule->exists)
		return;
	group = find_group(plan, rule);
	if (rule->exists) {
		push(plan, &group->exists, &group->exists_count, index);
		return;
	}
	probe = find_probe(plan, group, rule);
	probe->substituted |= rule->unset != NULL;
	if (rule->negated)
		push(plan, &group->negated, &group->negated_count, index);
	push(plan, &probe->rules, &probe->rule_count, index);
}

static bool
matches_empty(const struct planner *p, const struct regex *regex)
{
	struct search s = {.subject = str_of("", 0)};

	return regex_match(regex, p->matcher, &s, NULL, NULL) == MATCH_YES;
}

static void
add_words(struct planner *p, struct group *group, size_t probe,
    const struct literals *literals)
{
	struct arena *arena = p->plan->arena;
	const struct literal *one = literals->at;
	struct clue *clue;
	size_t i;

	for (i = 0; i < literals->count; i++, one++) {
		group->clues = arena_push(
		    arena, group->clues, p->word_count, sizeof(*clue));
		clue = &group->clues[p->word_count];
		clue->probe = (uint32_t)probe;
		clue->len = one->len;
		clue->before_min = one->before_min;
		clue->before_max = one->before_max;
		p->words = arena_push(
		    p->scratch, p->words, p->word_count, sizeof(*p->words));
		p->words[p->word_count++] = arena_copy(
		    p->scratch, str_of((const char *)one->octets, one->len));
	}
}

/* The last one of that kind; NULL: there is none with room. */
static struct nfa *
find_nfa(const struct group *group, bool loops)
{
	struct nfa *nfa;
	size_t i;

	for (i = group->nfa_count; i-- > 0;) {
		nfa = group->nfas[i];
		if (nfa->loops == loops)
			return nfa->part_count < PARTS_MOST ? nfa : NULL;
	}
	return NULL;
}

/* True when the probe is found by a part of its regex. */
static bool
add_part(struct planner *p, struct group *group, size_t index,
    const struct node *tree, unsigned most, bool loops)
{
	struct nfa *nfa = find_nfa(group, loops);

	if (!nfa) {
		nfa = nfa_new(p->scratch, loops);
		if (!nfa_add(nfa, tree, (uint32_t)index, most))
			return false;
		group->nfas = arena_push(p->plan->arena, group->nfas,
		    group->nfa_count, sizeof(struct nfa *));
		group->nfas[group->nfa_count++] = nfa;
		return true;
	}
	return nfa_add(nfa, tree, (uint32_t)index, most);
}

/* One octet that it starts with is found by PCRE2 more quickly. */
static void
add_gate(struct planner *p, struct probe *probe, const struct node *tree,
    struct arena *scratch)
{
	struct nfa *nfa;

	if (tree->size < GATE_SIZE || tree->longest < GATE_LONGEST ||
	    regex_has_first(probe->regex))
		return;
	nfa = nfa_new(scratch, true);
	if (!nfa_add_whole(nfa, tree))
		return;
	probe->gate = nfa_finish(nfa, p->plan->arena);
	probe->gate_dfa = p->plan->nfa_count++;
}

/* By parts or by words; false when neither is rare. */
static bool
add_signs(struct planner *p, struct group *group, size_t index,
    const struct node *tree)
{
	struct literals literals;
	unsigned most;

	literals_find(tree, &literals);
	if (literals.count == 0)
		literals.frequency = FREQUENT;
	most = literals.frequency / 2;
	if (group->type != RULE_FULL && literals.frequency > RARE &&
	    (add_part(p, group, index, tree, most, false) ||
		add_part(p, group, index, tree, most, true)))
		return true;
	if (literals.count == 0 || literals.frequency >= FREQUENT)
		return false;
	add_words(p, group, index, &literals);
	return true;
}

/* What its regex says of the texts that it can match. */
static void
study(struct planner *p, struct group *group, size_t index)
{
	struct probe *probe = &group->probes[index];
	struct arena *arena = arena_new();
	const struct node *tree = NULL;

	if (p->prefilter)
		tree = regex_tree(regex_pattern(probe->regex),
		    regex_flags(probe->regex), arena);
	if (tree) {
		probe->shortest = tree->shortest;
		stretch_find(tree, &probe->stretch);
		add_gate(p, probe, tree, arena);
	}
	if (!tree || group->count < WORDS_WORTH ||
	    !add_signs(p, group, index, tree))
		push(p->plan, &group->always, &group->always_count, index);
	arena_free(arena);
}

static void
make_group(struct planner *p, struct group *group)
{
	size_t i;

	p->words = NULL;
	p->word_count = 0;
	for (i = 0; i < group->count; i++) {
		group->probes[i].on_empty =
		    matches_empty(p, group->probes[i].regex);
		study(p, group, i);
	}
	group->first_dfa = p->plan->nfa_count;
	for (i = 0; i < group->nfa_count; i++)
		group->nfas[i] = nfa_finish(group->nfas[i], p->plan->arena);
	p->plan->nfa_count += group->nfa_count;
	if (p->word_count > 0)
		group->words = ahocorasick_new(p->words, p->word_count);
	if (group->count > p->plan->most_probes)
		p->plan->most_probes = group->count;
}

struct plan *
plan_new(const struct ruleset *set, bool prefilter)
{
	struct planner p = {.prefilter = prefilter};
	struct plan *plan = xcalloc(1, sizeof(*plan));
	size_t i;

	plan->arena = arena_new();
	plan->set = set;
	p.plan = plan;
	p.scratch = arena_new();
	p.matcher = matcher_new(100000, 8 << 20);
	for (i = 0; i < set->count; i++)
		if (!rule_is_off(&set->rules[i]))
			add_rule(plan, &set->rules[i]);
	for (i = 0; i < plan->group_count; i++)
		make_group(&p, &plan->groups[i]);
	matcher_free(p.matcher);
	arena_free(p.scratch);
	return plan;
}

void
plan_free(struct plan *plan)
{
	size_t i;

	if (!plan)
		return;
	for (i = 0; i < plan->group_count; i++)
		ahocorasick_free(plan->groups[i].words);
	arena_free(plan->arena);
	free(plan);
}
