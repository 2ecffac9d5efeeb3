/*
 * uri: addresses of the web, taken apart and resolved (RFC 3986).
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_URI_H
#define POSTERN_URI_H

#include "postern/arena.h"

struct uri {
	struct str scheme;    /* without ":" */
	struct str authority; /* without "//" */
	struct str path;
	struct str query;    /* without "?" */
	struct str fragment; /* without "#" */
	bool has_scheme, has_authority, has_query, has_fragment;
};

/* Any text has a path, if nothing else.  The spans lie in text. */
void uri_parse(struct str text, struct uri *out);

/* The reference as seen from base, which may be "". */
struct str
uri_resolve(struct str base, struct str reference, struct arena *arena);

#endif
