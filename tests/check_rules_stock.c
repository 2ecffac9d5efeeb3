/*
 * check_rules_stock: the rules that Debian ships with SpamAssassin, if they
 * are installed.
 *
 * Nothing is dropped in silence, and the regexes compile: as they stand, and
 * those with tags with what the tags stand for.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "filters/rules/set/metas.h"
#include "filters/rules/set/ruleset.h"

enum { SKIP = 77 };

static const char directory[] = "/usr/share/spamassassin";
static int failures;

static void
check(bool good, const char *what)
{
	printf("%-4s %s\n", good ? "ok" : "FAIL", what);
	failures += !good;
}

struct tally {
	size_t told[CF_FATES];
	size_t unexplained;
};

static void
tell(void *context, const struct cf_told *told)
{
	struct tally *tally = context;

	tally->told[told->fate]++;
	tally->unexplained += told->fate >= CF_UNSUPPORTED && !told->reason;
	tally->unexplained += told->fate == CF_IGNORED && !told->reason;
}

static bool
is_told_of(const struct problems *problems, const struct rule *rule)
{
	size_t i;

	for (i = 0; i < problems->count; i++)
		if (problems->list[i].line == rule->line &&
		    problems->list[i].file &&
		    strcmp(problems->list[i].file, rule->file) == 0)
			return true;
	return false;
}

/* Every unsupported rule has a problem of its file and line. */
static size_t
count_silent(const struct ruleset *set, const struct problems *problems)
{
	size_t i, silent = 0;

	for (i = 0; i < set->count; i++)
		if (set->rules[i].type == RULE_UNSUPPORTED &&
		    !is_told_of(problems, &set->rules[i]))
			silent++;
	return silent;
}

static void
check_lines(const struct ruleset *set, const struct tally *tally,
    const struct problems *problems)
{
	size_t i, sum = 0, told = 0;

	for (i = 0; i < CF_FATES; i++) {
		printf("%-12s %6zu lines\n", cf_fate_word((enum cf_fate)i),
		    set->counts[i]);
		sum += set->counts[i];
		told += tally->told[i];
	}
	printf(
	    "%-12s %6zu lines in %zu files\n", "all", set->lines, set->files);
	check(sum == set->lines && told == set->lines,
	    "the fates of the lines add up to their number");
	check(tally->unexplained == 0,
	    "every line that is not obeyed has a reason");
	check(count_silent(set, problems) == 0,
	    "every unsupported rule is told with its file and line");
	check(set->counts[CF_ERROR] == 0 && problems->errors == 0,
	    "no line is an error");
}

/* Does it compile just as it stands? */
static bool
compiles_unchanged(const struct rule *rule, struct arena *arena)
{
	struct regex *regex = NULL;
	struct perlre re, before;
	struct error error;

	if (!rule->template &&
	    perlre_split(str_c(rule->literal), &re, &error)) {
		before = re;
		perlre_translate(&re, arena);
		if (str_eq(re.pattern, before.pattern))
			regex = regex_compile(&re, &error);
	}
	regex_free(regex);
	return regex != NULL;
}

static void
check_regexes(const struct ruleset *set, struct arena *arena)
{
	size_t i, all = 0, unchanged = 0, compiled = 0, octets = 0, calls = 0;

	for (i = 0; i < set->count; i++) {
		if (!set->rules[i].literal)
			continue;
		all++;
		unchanged += compiles_unchanged(&set->rules[i], arena);
		compiled += set->rules[i].regex || set->rules[i].template;
	}
	for (i = 0; i < set->regex_count; i++) {
		octets += set->patterns[i].pattern.len;
		calls +=
		    str_find_str(set->patterns[i].pattern,
			str_c("(?(DEFINE)")) < set->patterns[i].pattern.len;
	}
	printf("%zu rules with a regex, %zu compile unchanged (%.2f%%), %zu "
	       "compile in all; %zu different texts, %zu octets, %zu with "
	       "DEFINE\n",
	    all, unchanged, 100.0 * (double)unchanged / (double)all, compiled,
	    set->regex_count, octets, calls);
	check(1000 * unchanged >= 995 * all,
	    "at least 99.5% of the regexes compile unchanged");
	check(compiled == all,
	    "all of them compile with DEFINE and with caught text");
}

/* Whatever hits, metas_run() gives each meta what it is worth. */
static void
check_metas(const struct ruleset *set)
{
	enum { ROUNDS = 2000 };
	double *values = calloc(set->count + 1, sizeof(*values));
	struct arena *arena = arena_new();
	size_t round, i, meta, wrong = 0, hits = 0;

	srandom(20261125);
	for (round = 0; round < ROUNDS; round++) {
		for (i = 0; i < set->count; i++)
			values[i] = random() % 1000 < (long)round / 8;
		metas_run(set, values, arena);
		for (i = 0; i < set->meta_count; i++) {
			meta = set->metas[i];
			hits += values[meta] != 0;
			wrong += values[meta] !=
			    metas_value(&set->rules[meta], values);
		}
	}
	printf("%d times some rules hit: %zu hits of %zu metas, %zu wrong\n",
	    ROUNDS, hits, set->meta_count, wrong);
	check(wrong == 0 && hits > 0,
	    "metas that are not computed are what they would be");
	free(values);
	arena_free(arena);
}

int
main(void)
{
	const char *list[] = {directory};
	const struct texts dirs = {list, 1};
	struct tally tally = {.unexplained = 0};
	const struct ruleset_options options = {
	    .captured_text = true, .tell = tell, .context = &tally};
	struct arena *arena = arena_new();
	struct problems problems;
	struct ruleset *set;
	clock_t start;

	if (access(directory, R_OK) != 0) {
		printf("skipped: there is no %s (package spamassassin)\n",
		    directory);
		return SKIP;
	}
	problems_init(&problems, arena);
	start = clock();
	set = ruleset_load_with(&dirs, &options, &problems);
	printf("loaded %zu rules in %.3f s of CPU\n", set->count,
	    (double)(clock() - start) / CLOCKS_PER_SEC);
	check_lines(set, &tally, &problems);
	check_regexes(set, arena);
	check_metas(set);
	ruleset_free(set);
	arena_free(arena);
	return failures ? 1 : 0;
}
