/*
 * cmd: the subcommands of the program.
 *
 * Each takes its own arguments (argv[0] is its name) and returns an exit code
 * of sysexits.h.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_CMD_H
#define PROXY_CMD_H

#include "proxy/daemon/config.h"

struct cmd {
	const char *name;
	const char *summary;
	const char *usage; /* arguments, and options one a line */
	int (*run)(int argc, char **argv);
};

extern const struct cmd cmd_serve;
extern const struct cmd cmd_check;
extern const struct cmd cmd_doctor;
extern const struct cmd cmd_conf;
extern const struct cmd cmd_scan;
extern const struct cmd cmd_spf;
extern const struct cmd cmd_rules;
extern const struct cmd cmd_sink;

/* "usage: postern NAME ..." to stderr; returns EX_USAGE. */
int cmd_usage(const struct cmd *cmd);

/*
 * Loads the configuration and prints what is wrong with it to stderr.  NULL
 * when there were errors; the caller then returns EX_CONFIG.
 */
struct config *
cmd_load(const char *path, enum config_use use, const char *rules, bool strict);

#endif
