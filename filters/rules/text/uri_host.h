/*
 * uri_host: the host of a web address, and what can be wrong with it.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_URI_HOST_H
#define RULES_URI_HOST_H

#include "postern/arena.h"

struct uri_host {
	struct str scheme; /* "http://" or "https://", as written */
	bool has_user;     /* "name@" stands before the host */
	struct str host;
	struct str port; /* "" when none */
	struct str rest; /* port and all behind it */
};

bool uri_host_parse(struct str uri, struct uri_host *out);

/* Each changes the host; false when there was nothing to change. */
bool uri_host_drop_controls(struct uri_host *h, struct arena *arena);
bool uri_host_drop_user(struct uri_host *h); /* up to the last "@" */
bool uri_host_drop_tail(struct uri_host *h); /* ends in a letter or digit */

/* A host that is a number, in any of its forms, as a dotted quad; else "". */
struct str uri_host_address(struct str host, struct arena *arena);

#endif
