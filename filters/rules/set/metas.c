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

enum { VALUE_MOST = 1000000 };

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
		e->room = e->room ? 2 * e->room : 1024;
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

void
metas_settle(struct ruleset *set, struct problems *problems)
{
	size_t i;

	for (i = 0; i < set->count; i++)
		if (set->rules[i].type == RULE_META)
			bind_names(set, &set->rules[i]);
	sort_metas(set, problems);
	withdraw_dependants(set, problems);
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

void
metas_run(const struct ruleset *set, double *values)
{
	size_t i;

	values[set->count] = 1;
	for (i = 0; i < set->meta_count; i++)
		values[set->metas[i]] =
		    metas_value(&set->rules[set->metas[i]], values);
}
