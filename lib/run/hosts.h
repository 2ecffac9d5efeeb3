/*
 * hosts: names of /etc/hosts, read anew each time.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RUN_HOSTS_H
#define RUN_HOSTS_H

#include "postern/ip.h"

/* Fills at most `most` addresses of the name and returns how many. */
size_t
hosts_find(const char *file, const char *name, struct ip *out, size_t most);

#endif
