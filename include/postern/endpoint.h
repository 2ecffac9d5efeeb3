/*
 * endpoint: a socket address as mail admins write it.
 *
 * inet:port@host  inet6:port@host  inet:host:port  host:port  [v6]:port
 * *:port (both families)  unix:/path  local:/path
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_ENDPOINT_H
#define POSTERN_ENDPOINT_H

#include "postern/arena.h"
#include "postern/error.h"

enum endpoint_family {
	ENDPOINT_ANY, /* IPv4 and IPv6, as the name resolves */
	ENDPOINT_INET,
	ENDPOINT_INET6,
	ENDPOINT_UNIX
};

struct endpoint {
	enum endpoint_family family;
	const char *host; /* name or address without brackets; NULL is "*" */
	unsigned port;
	const char *path; /* ENDPOINT_UNIX only */
};

struct endpoints {
	struct endpoint *at;
	size_t count;
};

/* Text lives in arena.  Port 0 is allowed (the kernel chooses; tests). */
bool endpoint_parse(struct str text, struct arena *arena, struct endpoint *out,
    struct error *err);

/* As host:port, [v6]:port, *:port or unix:/path. */
struct str endpoint_format(const struct endpoint *ep, struct arena *arena);

#endif
