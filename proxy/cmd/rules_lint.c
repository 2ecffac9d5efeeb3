/*
 * rules_lint: what is wrong with rule files, or may well be.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdio.h>
#include <sysexits.h>

#include "rules_tools.h"

static size_t
count_unsupported(const struct ruleset *set)
{
	size_t i, count = 0;

	for (i = 0; i < set->count; i++)
		count += set->rules[i].type == RULE_UNSUPPORTED;
	return count;
}

/* Rules that score and that nobody gave a score or a description. */
static void
lint_scores(const struct ruleset *set, struct problems *problems)
{
	const struct rule *r;
	size_t i;

	for (i = 0; i < set->count; i++) {
		r = &set->rules[i];
		if (r->type == RULE_UNSUPPORTED || r->subrule ||
		    r->action != ACTION_NONE)
			continue;
		if (!r->scored)
			problem_warn(problems, r->file, r->line,
			    "%s has no score: it counts 1 point", r->name);
		if (r->describe[0] == '\0')
			problem_warn(problems, r->file, r->line,
			    "%s has no description", r->name);
	}
}

static int
lint(const struct texts *dirs, struct problems *problems)
{
	struct ruleset *set = ruleset_load(dirs, problems);

	lint_scores(set, problems);
	fflush(stdout);
	problems_print(problems, stderr);
	printf("%zu rules in %zu files, %zu not supported, %zu errors, "
	       "%zu warnings\n",
	    set->count, set->files, count_unsupported(set), problems->errors,
	    problems->count - problems->errors);
	ruleset_free(set);
	return problems->errors ? EX_DATAERR : EX_OK;
}

int
rules_lint(int argc, char **argv)
{
	struct arena *arena;
	struct problems problems;
	struct texts dirs;
	int code;

	if (argc < 2 || argv[1][0] == '-')
		return RULES_USAGE;
	arena = arena_new();
	problems_init(&problems, arena);
	dirs = rules_named(argc - 1, argv + 1, arena);
	code = lint(&dirs, &problems);
	arena_free(arena);
	return code;
}
