/*
 * rules: the tools for those who write rules; each is a file of its own.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "cmd.h"
#include "rules_tools.h"

static const struct tool {
	const char *name;
	int (*run)(int argc, char **argv);
} tools[] = {
    {"lint", rules_lint},
    {"list", rules_list},
    {"test", rules_test},
    {"import", rules_import},
    {"stats", rules_stats},
};

struct texts
rules_named(int argc, char **argv, struct arena *arena)
{
	struct texts dirs = {.count = (size_t)argc};
	int i;

	dirs.at = arena_array(arena, (size_t)argc + 1, sizeof(*dirs.at));
	for (i = 0; i < argc; i++)
		dirs.at[i] = argv[i];
	return dirs;
}

static int
rules(int argc, char **argv)
{
	int code = RULES_USAGE;
	size_t i;

	for (i = 0; argc > 1 && i < sizeof(tools) / sizeof(tools[0]); i++)
		if (strcmp(argv[1], tools[i].name) == 0)
			code = tools[i].run(argc - 1, argv + 1);
	return code == RULES_USAGE ? cmd_usage(&cmd_rules) : code;
}

const struct cmd cmd_rules = {
    "rules",
    "check, list and test rule files",
    "lint [options] DIR... | list [-v] DIR... | test [options] DIR...\n"
    "              | import [options] FILE... | stats [options]\n"
    "  lint            every problem, with file and line; 65 for errors, 78\n"
    "                  when there is nothing to read\n"
    "    --json        one JSON object a line, the sums last\n"
    "    --strict      65 for warnings too\n"
    "    -v            what nobody need act on as well\n"
    "  list            one rule a line: name, type, score, file:line\n"
    "  list -v         with its pattern, and why it is not supported\n"
    "  test            the test lines beside the rules; 65 when one fails\n"
    "    --ham D       and hit frequencies over folders of good mail\n"
    "    --spam D      ... and of spam\n"
    "    --match GLOB  only files of such names\n"
    "    --tag N       points from which mail is marked (5)\n"
    "    --against DIR tells which verdicts differ with these rules\n"
    "    -v            tells all false positives, and what was missed\n"
    "  import          what became of each line of another filter's rules\n"
    "    --json        one JSON object a line\n"
    "    -o, --output FILE  writes what was taken, the rest as comments\n"
    "    -v            blank lines and comments too\n"
    "  stats           hits, last hit, time and errors of each rule of the\n"
    "                  running server, since it read them\n"
    "    -c FILE       its configuration, which names the runtime directory\n"
    "    --file FILE   the counters themselves\n"
    "    --json        one JSON object a rule, the sums last\n"
    "    --metrics     in the text format of Prometheus\n"
    "    -v            rules that never hit as well",
    rules,
};
