/*
 * worker: one process, one loop, every session that it accepted.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_WORKER_H
#define PROXY_WORKER_H

#include "config.h"

/*
 * Runs until TERM and the end of its sessions, then returns.  fds: one
 * listening socket for each listener of config.  Called after fork; drops
 * privileges first.
 */
void worker_run(const struct config *config, unsigned slot, const int *fds,
    struct limits *limits, unsigned column);

#endif
