/*
 * rules: looks at rule files without running them.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "cmd.h"
#include "filters/rules/ruleset.h"

static struct ruleset *
load(int argc, char **argv, struct problems *problems)
{
	struct texts dirs = {.count = (size_t)argc};
	int i;

	dirs.at =
	    arena_array(problems->arena, (size_t)argc + 1, sizeof(*dirs.at));
	for (i = 0; i < argc; i++)
		dirs.at[i] = argv[i];
	return ruleset_load(&dirs, problems);
}

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
lint(int argc, char **argv, struct problems *problems)
{
	struct ruleset *set = load(argc, argv, problems);

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
list(int argc, char **argv, bool verbose, struct problems *problems)
{
	struct ruleset *set = load(argc, argv, problems);
	size_t i;

	for (i = 0; i < set->count; i++)
		print_rule(&set->rules[i], verbose);
	fflush(stdout);
	problems_print(problems, stderr);
	ruleset_free(set);
	return problems->errors ? EX_DATAERR : EX_OK;
}

static int
rules(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	bool verbose = false, is_list = strcmp(what, "list") == 0;
	struct problems problems;
	struct arena *arena;
	int c, code;

	if (!is_list && strcmp(what, "lint") != 0)
		return cmd_usage(&cmd_rules);
	argc--;
	argv++;
	while ((c = getopt(argc, argv, "v")) != -1) {
		if (c != 'v' || !is_list)
			return cmd_usage(&cmd_rules);
		verbose = true;
	}
	if (optind == argc)
		return cmd_usage(&cmd_rules);
	arena = arena_new();
	problems_init(&problems, arena);
	code = is_list ?
	    list(argc - optind, argv + optind, verbose, &problems) :
	    lint(argc - optind, argv + optind, &problems);
	arena_free(arena);
	return code;
}

const struct cmd cmd_rules = {
    "rules",
    "check and list rule files",
    "lint DIR... | list [-v] DIR...\n"
    "  lint     every problem, with file and line; 65 when there are errors\n"
    "  list     one rule a line: name, type, score, file:line\n"
    "  list -v  with its pattern, and why it is not supported",
    rules,
};
