/*
 * serve: master and workers.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <sysexits.h>
#include <unistd.h>

#include "postern/log.h"

#include "cmd.h"
#include "proxy/daemon/master.h"

static int
serve(int argc, char **argv)
{
	const char *path = NULL;
	bool foreground = false;
	struct config *config;
	int c;

	while ((c = getopt(argc, argv, "c:f")) != -1)
		if (c == 'c')
			path = optarg;
		else if (c == 'f')
			foreground = true;
		else
			return cmd_usage(&cmd_serve);
	if (optind < argc)
		return cmd_usage(&cmd_serve);
	config = cmd_load(path, CONFIG_SERVE, NULL, false);
	if (!config)
		return EX_CONFIG;
	if (!log_open(foreground ? "stderr" : config->log, config->log_ident))
		fatal(EX_CANTCREAT, "cannot open the log %s", config->log);
	return master_run(config, path, foreground);
}

const struct cmd cmd_serve = {
    "serve",
    "master and workers: every listener of the configuration",
    "[-c FILE] [-f]\n"
    "  -c FILE  configuration\n"
    "  -f       stay in the foreground and log to stderr",
    serve,
};
