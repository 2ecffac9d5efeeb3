/*
 * fuzz_rules: the readers of rule files.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "filters/rules/set/metas.h"
#include "filters/rules/set/ruleset.h"
#include "fuzz.h"

enum { LARGE = 1 << 12 }; /* octets of a regex, a share of the most */

static void
must(bool holds)
{
	if (!holds)
		abort();
}

/* What holds of every set, whatever it was read from. */
static void
check_set(const struct ruleset *set, const struct problems *problems)
{
	size_t i, sum = 0;

	for (i = 0; i < CF_FATES; i++)
		sum += set->counts[i];
	must(sum == set->lines);
	must(problems->survivable == problems->errors);
	must(set->counts[CF_ERROR] == 0 || problems->errors > 0);
	for (i = 0; i < set->count; i++) {
		const struct rule *r = &set->rules[i];

		must(ruleset_find(set, str_c(r->name)) == r);
		must(r->type != RULE_UNSUPPORTED || r->unsupported != NULL);
		must(r->type != RULE_META || r->meta != NULL);
		must(r->type != RULE_EVAL || r->eval != NULL);
		must(!r->regex || r->regex_index < set->regex_count);
		must(!r->regex || set->regexes[r->regex_index] == r->regex);
	}
	for (i = 0; i < set->meta_count; i++)
		must(set->rules[set->metas[i]].type == RULE_META);
}

/* Every so manieth rule hits; all metas are what one by one they would be. */
static void
compute(const struct ruleset *set, size_t step)
{
	double *values = calloc(set->count + 1, sizeof(*values));
	struct arena *arena = arena_new();
	size_t i, meta;

	must(values != NULL);
	for (i = 0; i < set->count; i++)
		values[i] = i % step == 1;
	metas_run(set, values, arena);
	for (i = 0; i < set->meta_count; i++) {
		meta = set->metas[i];
		must(values[meta] >= 0);
		must(values[meta] == metas_value(&set->rules[meta], values));
	}
	arena_free(arena);
	free(values);
}

static void
run_cf(struct str input)
{
	static const struct ruleset_options network = {.network_scores = true};
	struct arena *arena = arena_new();
	struct problems problems;
	struct ruleset *set;

	problems_init(&problems, arena);
	set = ruleset_parse(
	    input, "fuzz.cf", input.len % 2 ? &network : NULL, &problems);
	check_set(set, &problems);
	compute(set, 2);
	compute(set, 7);
	ruleset_free(set);
	arena_free(arena);
}

static void
run_perlre(struct str input)
{
	struct arena *arena = arena_new();
	struct perlre re;
	struct error error;

	if (perlre_split(input, &re, &error)) {
		must(re.pattern.len + 2 <= input.len);
		perlre_translate(&re, arena);
		must(re.pattern.len <= 2 * input.len);
	}
	arena_free(arena);
}

static void
run_replace(struct str input)
{
	struct arena *arena = arena_new();
	struct replace r = {.count = {0}};
	struct perlre plain, calls;
	struct str line, word;
	bool by_plain, by_calls;
	int i;

	/* the first lines are what the tags stand for, the last has them */
	for (i = 0; i < 6 && str_cut_line(&input, &line); i++)
		if (str_cut_word(&line, &word))
			replace_set(&r, arena,
			    (enum replace_kind)(i % REPLACE_KINDS), word,
			    str_trim(line));
	plain = calls = (struct perlre) {.pattern = input};
	by_plain = replace_expand(&r, REPLACE_PLAIN, arena, &plain);
	by_calls = replace_expand(&r, REPLACE_CALLS, arena, &calls);
	/* What is too large in one way may fit in the other. */
	if (by_plain != by_calls)
		must((by_plain ? plain : calls).pattern.len > LARGE);
	arena_free(arena);
}

const struct fuzz_target fuzz_targets[] = {
    {"cf", run_cf},
    {"perlre", run_perlre},
    {"replace", run_replace},
    {NULL, NULL},
};
