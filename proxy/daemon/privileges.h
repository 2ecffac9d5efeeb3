/*
 * privileges: who a worker is.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_PRIVILEGES_H
#define PROXY_PRIVILEGES_H

#include <sys/stat.h>

#include "postern/error.h"

/* Becomes `user` for good when the process is root's; otherwise nothing. */
bool privileges_drop(const char *user, struct error *err);

/* Is there such a user?  True as well when it will not be needed. */
bool privileges_known(const char *user);

/* May the user that workers become write into this directory? */
bool privileges_may_write(const char *user, const struct stat *dir);

#endif
