/*
 * milter: the process of one milter section.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_MILTER_H
#define PROXY_MILTER_H

#include "proxy/daemon/config.h"

/* One octet each, over the pipe from the master; its end means stop. */
enum milter_command {
	MILTER_RETIRE = 'r', /* accept no more, go when all sessions are over */
	MILTER_STOP = 's',   /* accept no more, go when no mail is under way */
	MILTER_REOPEN = 'l'  /* open the log anew */
};

struct milter_start {
	const struct config *config;
	const struct milter_conf *conf;
	const char *log; /* where, instead of the configuration's log */
	unsigned slot;   /* for report_id_worker */
	int socket;      /* listening; the master keeps it too */
	int control;     /* commands */
};

/* Runs until it is told to go, then returns a code of sysexits.h.  Called
 * after fork; drops privileges first.  Not for a process with coroutines. */
int milter_run(const struct milter_start *start);

#endif
