/*
 * rules_list: one rule a line.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <getopt.h>
#include <stdio.h>
#include <sysexits.h>

#include "postern/setting.h"

#include "rules_tools.h"

static void
print_rule(const struct rule *r, bool verbose)
{
	char score[16];

	printf("%-32s %-11s %7s %s", r->name, rule_type_word(r->type),
	    score_format(r->score, score), r->where ? r->where : "-");
	if (verbose && r->pattern)
		printf("  %s", r->pattern);
	if (verbose && r->type == RULE_UNSUPPORTED)
		printf("  unsupported: %s", r->unsupported);
	putchar('\n');
}

static int
list(const struct texts *dirs, bool verbose, struct problems *problems)
{
	struct ruleset *set = ruleset_load(dirs, problems);
	size_t i;

	for (i = 0; i < set->count; i++)
		print_rule(&set->rules[i], verbose);
	fflush(stdout);
	problems_print(problems, stderr);
	ruleset_free(set);
	return problems->errors ? EX_DATAERR : EX_OK;
}

int
rules_list(int argc, char **argv)
{
	struct arena *arena;
	struct problems problems;
	struct texts dirs;
	bool verbose = false;
	int c, code;

	while ((c = getopt(argc, argv, "v")) != -1) {
		if (c != 'v')
			return RULES_USAGE;
		verbose = true;
	}
	if (optind == argc)
		return RULES_USAGE;
	arena = arena_new();
	problems_init(&problems, arena);
	dirs = rules_named(argc - optind, argv + optind, arena);
	code =
	    rules_readable(&dirs) ? list(&dirs, verbose, &problems) : EX_CONFIG;
	arena_free(arena);
	return code;
}
