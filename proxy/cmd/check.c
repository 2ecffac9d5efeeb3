/*
 * check: every problem of the configuration and the rules, in one run.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <sysexits.h>
#include <unistd.h>

#include "cmd.h"

static int
check(int argc, char **argv)
{
	const char *path = NULL;
	struct config *config;
	int c;

	while ((c = getopt(argc, argv, "c:")) != -1)
		if (c == 'c')
			path = optarg;
		else
			return cmd_usage(&cmd_check);
	if (optind < argc)
		return cmd_usage(&cmd_check);
	config = cmd_load(path, CONFIG_SERVE, NULL, true);
	if (!config)
		return EX_CONFIG;
	printf("%s: ok: %zu listener(s), %zu milter(s), %zu filter(s)\n",
	    path ? path : config_default_path, config->listener_count,
	    config->milter_count, config->filters.count);
	config_free(config);
	return EX_OK;
}

const struct cmd cmd_check = {
    "check",
    "parse configuration and rules and report every problem",
    "[-c FILE]\n"
    "  -c FILE  configuration",
    check,
};
