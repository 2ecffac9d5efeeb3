/*
 * privileges: who a worker is.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_PRIVILEGES_H
#define PROXY_PRIVILEGES_H

#include <sys/stat.h>

#include "postern/error.h"

/*
 * Becomes `user` for good when the process is root's; otherwise nothing.
 * net_admin: keeps CAP_NET_ADMIN, for IP_TRANSPARENT, and nothing else.
 */
bool privileges_drop(const char *user, bool net_admin, struct error *err);

/* Is there such a user?  True as well when it will not be needed. */
bool privileges_known(const char *user);

/* May the user that workers become write into this directory? */
bool privileges_may_write(const char *user, const struct stat *dir);

#endif
