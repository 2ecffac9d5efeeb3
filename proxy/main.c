/*
 * main: finds the subcommand and runs it.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "config.h"

#include <stdio.h>
#include <sysexits.h>

#include "proxy/cmd/cmd.h"

enum { WARNINGS_MAX = 20 }; /* told of rule files by those who use them */

static const struct cmd *const cmds[] = {
    &cmd_serve,
    &cmd_check,
    &cmd_doctor,
    &cmd_conf,
    &cmd_scan,
    &cmd_spf,
    &cmd_rules,
    &cmd_sink,
    NULL,
};

static const struct cmd *
cmd_find(const char *name)
{
	size_t i;

	if (strcmp(name, "-t") == 0)
		return &cmd_check;
	for (i = 0; cmds[i]; i++)
		if (strcmp(cmds[i]->name, name) == 0)
			return cmds[i];
	return NULL;
}

static int
version(void)
{
	printf("postern %s\n", POSTERN_VERSION);
	return EX_OK;
}

static int
help(const char *name)
{
	const struct cmd *cmd = name ? cmd_find(name) : NULL;
	size_t i;

	if (cmd) {
		printf("postern %s %s\n\n%s.\n", cmd->name, cmd->usage,
		    cmd->summary);
		return EX_OK;
	}
	printf("postern: an SMTP filtering proxy\n\n");
	for (i = 0; cmds[i]; i++)
		printf("  postern %-6s %s\n", cmds[i]->name, cmds[i]->summary);
	printf("\npostern help COMMAND tells its options; see postern(8) and "
	       "postern.conf(5).\n");
	return name ? EX_USAGE : EX_OK;
}

int
cmd_usage(const struct cmd *cmd)
{
	fprintf(stderr, "usage: postern %s %s\n", cmd->name, cmd->usage);
	return EX_USAGE;
}

struct config *
cmd_load(const char *path, enum config_use use, const char *rules, bool strict)
{
	struct arena *arena = arena_new();
	struct problems problems;
	struct config *config;

	problems_init(&problems, arena);
	config = config_load(path, use, rules, &problems);
	fflush(stdout);
	problems_print_some(
	    &problems, stderr, strict ? SIZE_MAX : WARNINGS_MAX);
	if (problems.errors > (strict ? 0 : problems.survivable)) {
		config_free(config);
		config = NULL;
	}
	arena_free(arena);
	return config;
}

int
main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "help";
	const struct cmd *cmd = cmd_find(name);

	if (cmd)
		return cmd->run(argc - 1, argv + 1);
	if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0)
		return version();
	if (strcmp(name, "help") == 0 || strcmp(name, "--help") == 0 ||
	    strcmp(name, "-h") == 0)
		return help(argc > 2 ? argv[2] : NULL);
	fprintf(stderr,
	    "postern: there is no command \"%s\"; see postern help\n", name);
	return EX_USAGE;
}
