/*
 * metas: all metas of a set, each behind those that it depends on.
 *
 * Sorted once by their dependencies, so that computing all of them is one walk
 * without recursion, however they are nested.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "postern/xalloc.h"

#include "metas.h"

enum { VALUE_MOST = 1000000, EDGES_FIRST = 1024 };

/* A rule that the files define, whether it can be matched or not. */
static bool
is_defined(const struct rule *rule)
{
	return rule->where != NULL;
}

static void
bind_glob(struct ruleset *set, struct rule *rule, size_t name)
{
	struct str glob = meta_name(rule->meta, name);
	size_t *rules = NULL;
	size_t i, count = 0;

	for (i = 0; i < set->count; i++) {
		if (&set->rules[i] == rule || !is_defined(&set->rules[i]) ||
		    !meta_glob_matches(glob, str_c(set->rules[i].name)))
			continue;
		rules = arena_push(set->arena, rules, count, sizeof(*rules));
		rules[count++] = i;
	}
	meta_bind(rule->meta, name, rules, count);
}

static void
bind_name(struct ruleset *set, struct rule *rule, size_t name)
{
	struct str text = meta_name(rule->meta, name);
	const struct rule *atom = ruleset_find(set, text);
	size_t *index;

	if (str_is(text, "local_tests_only")) {
		/* the place behind all rules is 1 without network tests */
		index = arena_array(set->arena, 1, sizeof(*index));
		*index = set->count;
		meta_bind(rule->meta, name, index, !set->network_scores);
	} else if (atom && is_defined(atom)) {
		index = arena_array(set->arena, 1, sizeof(*index));
		*index = (size_t)(atom - set->rules);
		meta_bind(rule->meta, name, index, 1);
	}
}

static void
bind_names(struct ruleset *set, struct rule *rule)
{
	size_t i;

	for (i = 0; i < meta_name_count(rule->meta); i++) {
		if (meta_name_is_glob(rule->meta, i))
			bind_glob(set, rule, i);
		else
			bind_name(set, rule, i);
	}
}

/* Who waits for whom: edges from a rule to the metas that name it. */
struct edges {
	size_t *first; /* of each rule, in next; 0: none, else number + 1 */
	size_t *next;
	size_t *meta;
	size_t count, room;
	size_t *waits; /* for how many metas each meta still waits */
};

static void
add_edge(struct edges *e, size_t from, size_t to)
{
	if (e->count == e->room) {
		e->room *= 2;
		e->next = xrealloc(e->next, e->room * sizeof(*e->next));
		e->meta = xrealloc(e->meta, e->room * sizeof(*e->meta));
	}
	e->meta[e->count] = to;
	e->next[e->count] = e->first[from];
	e->first[from] = ++e->count;
	e->waits[to]++;
}

static void
add_edges(const struct ruleset *set, struct edges *e, size_t to)
{
	const struct meta *meta = set->rules[to].meta;
	const size_t *atoms;
	size_t i, k, count;

	for (i = 0; i < meta_name_count(meta); i++) {
		atoms = meta_bound(meta, i, &count);
		for (k = 0; k < count; k++)
			if (atoms[k] < set->count &&
			    set->rules[atoms[k]].type == RULE_META)
				add_edge(e, atoms[k], to);
	}
}

/* Every meta whose last dependency has been sorted in is next. */
static void
sort(struct ruleset *set, struct edges *e)
{
	size_t i, k, done;

	set->metas = arena_array(set->arena, set->count + 1, sizeof(size_t));
	for (i = 0; i < set->count; i++)
		if (set->rules[i].type == RULE_META && e->waits[i] == 0)
			set->metas[set->meta_count++] = i;
	for (done = 0; done < set->meta_count; done++)
		for (k = e->first[set->metas[done]]; k; k = e->next[k - 1])
			if (--e->waits[e->meta[k - 1]] == 0)
				set->metas[set->meta_count++] = e->meta[k - 1];
}

static void
sort_metas(struct ruleset *set, struct problems *problems)
{
	struct edges e = {
	    .first = xcalloc(set->count + 1, sizeof(size_t)),
	    .next = xcalloc(EDGES_FIRST, sizeof(size_t)),
	    .meta = xcalloc(EDGES_FIRST, sizeof(size_t)),
	    .room = EDGES_FIRST,
	    .waits = xcalloc(set->count + 1, sizeof(size_t)),
	};
	size_t i;

	for (i = 0; i < set->count; i++)
		if (set->rules[i].type == RULE_META)
			add_edges(set, &e, i);
	sort(set, &e);
	for (i = 0; i < set->count; i++)
		if (e.waits[i] > 0)
			ruleset_withdraw(set, &set->rules[i], problems,
			    "depends on itself, or on a meta that does");
	free(e.first);
	free(e.waits);
	free(e.next);
	free(e.meta);
}

/* Off in this score set, or never asked without network: its value is 0, as
 * it is for SpamAssassin. */
static bool
is_missed(const struct ruleset *set, const struct rule *atom)
{
	if (atom->type != RULE_UNSUPPORTED || rule_is_off(atom))
		return false;
	return set->network_scores ||
	    !(atom->tflags & (TFLAG_NET | TFLAG_LEARN));
}

static const char *
missing_atom(const struct ruleset *set, const struct rule *rule)
{
	const size_t *atoms;
	size_t i, k, count;

	for (i = 0; i < meta_name_count(rule->meta); i++) {
		atoms = meta_bound(rule->meta, i, &count);
		if (meta_name_is_glob(rule->meta, i))
			continue; /* a sum of what there is */
		for (k = 0; k < count; k++)
			if (atoms[k] < set->count &&
			    is_missed(set, &set->rules[atoms[k]]))
				return set->rules[atoms[k]].name;
	}
	return NULL;
}

/* A negated unsupported rule would make its meta fire on every mail. */
static void
withdraw_dependants(struct ruleset *set, struct problems *problems)
{
	size_t i, kept = 0;
	const char *missing;
	struct rule *rule;

	for (i = 0; i < set->meta_count; i++) {
		rule = &set->rules[set->metas[i]];
		missing = missing_atom(set, rule);
		if (missing)
			ruleset_withdraw(set, rule, problems,
			    "depends on %s, which is not supported", missing);
		else
			set->metas[kept++] = set->metas[i];
	}
	set->meta_count = kept;
}

/* Every hit counts: what is not above 0 but true is 1. */
static double
hit_value(double value)
{
	if (value == 0)
		return 0;
	if (!(value > 0))
		return 1;
	return value < VALUE_MOST ? value : VALUE_MOST;
}

double
metas_value(const struct rule *rule, const double *values)
{
	return rule_is_off(rule) ? 0 : hit_value(meta_run(rule->meta, values));
}

/*
 * What makes metas_run() quick: few rules hit in a mail, and a meta of which
 * nothing hits that it needs has the value that it has when no rule hits.
 */
struct meta_web {
	uint32_t *first; /* of each rule, in places; count + 1 of them */
	uint32_t *users; /* places in set->metas of the metas that it calls */
	uint32_t *place; /* of each rule in set->metas, + 1; 0: it is none */
	double *idle;    /* values when nothing hits */
};

/* How many mails a rule hits: a guess.  A meta that hits when nothing does is
 * not heard of when it hits. */
static uint64_t
cost_of(const struct rule *rule)
{
	switch (rule->type) {
	case RULE_HEADER:
		return rule->exists || rule->negated ? 100 : 10;
	case RULE_EVAL:
		return 10;
	case RULE_META:
		return 5;
	case RULE_UNSUPPORTED:
		return 0;
	default:
		return 3;
	}
}

static uint64_t
cost_of_name(const struct ruleset *set, const struct meta *meta, size_t name)
{
	const size_t *atoms;
	size_t k, count;
	uint64_t cost = 0;

	atoms = meta_bound(meta, name, &count);
	for (k = 0; k < count; k++)
		cost += set->web->idle[atoms[k]] != 0 ?
		    META_NEVER_ZERO :
		    cost_of(&set->rules[atoms[k]]);
	return cost;
}

/* The names of a meta whose hits call it: all, or those that it needs. */
static const bool *
choose_names(
    const struct ruleset *set, const struct meta *meta, struct arena *arena)
{
	size_t count = meta_name_count(meta), i;
	uint64_t *costs = arena_array(arena, count + 1, sizeof(*costs));
	bool *chosen = arena_array(arena, count + 1, sizeof(*chosen));

	for (i = 0; i < count; i++)
		costs[i] = cost_of_name(set, meta, i);
	if (!meta_watch(meta, costs, chosen))
		memset(chosen, true, count);
	return chosen;
}

static void
each_atom(const struct ruleset *set, size_t place, const bool *chosen,
    void (*tell)(struct meta_web *web, size_t atom, size_t place))
{
	const struct meta *meta = set->rules[set->metas[place]].meta;
	const size_t *atoms;
	size_t i, k, count;

	for (i = 0; i < meta_name_count(meta); i++) {
		atoms = meta_bound(meta, i, &count);
		for (k = 0; chosen[i] && k < count; k++)
			if (atoms[k] < set->count)
				tell(set->web, atoms[k], place);
	}
}

static void
count_user(struct meta_web *web, size_t atom, size_t place)
{
	(void)place;
	web->first[atom]++;
}

/* From the last place of each rule down. */
static void
add_user(struct meta_web *web, size_t atom, size_t place)
{
	web->users[--web->first[atom]] = (uint32_t)place;
}

static void
weave(struct ruleset *set)
{
	struct arena *arena = set->arena, *scratch = arena_new();
	struct meta_web *web = arena_alloc(arena, sizeof(*web));
	const bool **chosen =
	    arena_array(scratch, set->meta_count + 1, sizeof(*chosen));
	size_t i;

	set->web = web;
	web->first = arena_array(arena, set->count + 1, sizeof(*web->first));
	web->place = arena_array(arena, set->count + 1, sizeof(*web->place));
	web->idle = arena_array(arena, set->count + 1, sizeof(*web->idle));
	web->idle[set->count] = 1;
	for (i = 0; i < set->meta_count; i++)
		web->idle[set->metas[i]] =
		    metas_value(&set->rules[set->metas[i]], web->idle);
	for (i = 0; i < set->meta_count; i++) {
		web->place[set->metas[i]] = (uint32_t)i + 1;
		chosen[i] =
		    choose_names(set, set->rules[set->metas[i]].meta, scratch);
		each_atom(set, i, chosen[i], count_user);
	}
	for (i = 0; i < set->count; i++)
		web->first[i + 1] += web->first[i];
	web->users =
	    arena_array(arena, web->first[set->count] + 1, sizeof(*web->users));
	for (i = 0; i < set->meta_count; i++)
		each_atom(set, i, chosen[i], add_user);
	arena_free(scratch);
}

void
metas_settle(struct ruleset *set, struct problems *problems)
{
	size_t i;

	for (i = 0; i < set->count; i++)
		if (set->rules[i].type == RULE_META)
			bind_names(set, &set->rules[i]);
	sort_metas(set, problems);
	withdraw_dependants(set, problems);
	weave(set);
}

static void
call_users(const struct meta_web *web, size_t rule, uint64_t *due)
{
	uint32_t i, place;

	for (i = web->first[rule]; i < web->first[rule + 1]; i++) {
		place = web->users[i];
		due[place / 64] |= (uint64_t)1 << place % 64;
	}
}

static void
compute(const struct ruleset *set, size_t place, double *values, uint64_t *due)
{
	const struct meta_web *web = set->web;
	size_t rule = set->metas[place];

	values[rule] = metas_value(&set->rules[rule], values);
	if (values[rule] != web->idle[rule])
		call_users(web, rule, due);
}

void
metas_run(const struct ruleset *set, double *values, struct arena *arena)
{
	const struct meta_web *web = set->web;
	size_t words = set->meta_count / 64 + 1, i;
	uint64_t *due = arena_array(arena, words, sizeof(*due)), bit;

	values[set->count] = 1;
	for (i = 0; i < set->count; i++) {
		if (web->place[i])
			values[i] = web->idle[i];
		else if (values[i] != 0)
			call_users(web, i, due);
	}
	/* Those that are called meanwhile stand further behind. */
	for (i = 0; i < words; i++) {
		while (due[i]) {
			bit = due[i] & -due[i];
			due[i] &= ~bit;
			compute(set, i * 64 + (size_t)__builtin_ctzll(bit),
			    values, due);
		}
	}
}
