/*
 * resolver: the DNS that a command asks.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_RESOLVER_H
#define PROXY_RESOLVER_H

#include "postern/dns.h"
#include "postern/loop.h"

#include "proxy/daemon/config.h"

struct resolver {
	struct loop *loop;
	struct dns *dns;
	struct dns *live; /* to be freed; NULL when a zone answers */
};

/*
 * zone: a file or NULL; offline: nothing is asked; otherwise what the
 * configuration says.  False after telling stderr why not.
 */
bool resolver_open(struct resolver *r, const struct config *config,
    const char *zone, bool offline);
void resolver_close(struct resolver *r);

/* Runs fn(arg) in a coroutine of the loop, to its end. */
void resolver_run(struct resolver *r, void (*fn)(void *arg), void *arg);

#endif
