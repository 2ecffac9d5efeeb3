/*
 * taglist: tag=value lists (RFC 6376 3.2).
 *
 * Strict: one duplicate tag or one octet out of place and the whole list is
 * invalid.  Pure and linear.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef DKIM_TAGLIST_H
#define DKIM_TAGLIST_H

#include "postern/arena.h"
#include "postern/error.h"

enum { TAGLIST_MAX = 64 }; /* tags */

struct tag {
	struct str name;
	struct str value; /* without white space around it; folding inside */
	struct str whole; /* all between "=" and ";" */
};

struct taglist {
	struct tag tags[TAGLIST_MAX];
	size_t count;
};

bool taglist_parse(struct str text, struct taglist *out, struct error *err);

/* The tag of that name (case counts), or NULL. */
const struct tag *taglist_find(const struct taglist *list, const char *name);

/* The value of a tag, or `otherwise` when there is none. */
struct str taglist_get(
    const struct taglist *list, const char *name, const char *otherwise);

/* Takes the next member of a colon-separated value off *rest, without white
 * space around it. */
bool taglist_cut(struct str *rest, struct str *member);

/* Strict base64 with any white space in it; false otherwise. */
bool taglist_base64(struct str value, struct arena *arena, struct str *out);

#endif
