/*
 * master: binds, forks, reaps, reloads.  It parses no mail and asks no DNS.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_MASTER_H
#define PROXY_MASTER_H

#include "config.h"

/*
 * Serves until TERM or INT and every worker is gone; returns an exit code of
 * sysexits.h.  Takes over config, which was loaded from path.
 */
int master_run(struct config *config, const char *path, bool foreground);

#endif
