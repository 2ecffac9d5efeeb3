/*
 * uri_forms: the forms that one address may take: as written, decoded,
 * repaired, with another port or host, and what it redirects to.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_URI_FORMS_H
#define RULES_URI_FORMS_H

#include "filters/rules/set/lists.h"
#include "filters/rules/set/uri_redirect.h"

enum { URI_FORMS_MAX = 50, URI_SIZE_MAX = 8192 };

struct uri_forms {
	struct str at[URI_FORMS_MAX]; /* different ones */
	size_t count;
};

/* The forms that SpamAssassin gives to uri rules; lists tell what is a
 * top-level domain.  redirectors may be NULL. */
void uri_forms_find(struct str uri, const struct lists *lists,
    const struct redirectors *redirectors, struct arena *arena,
    struct uri_forms *out);

/* Is there any %XX? */
bool uri_forms_is_encoded(struct str uri);

/* %XX of what needs no encoding is decoded, and what needs it is encoded. */
struct str uri_forms_decode(struct str uri, struct arena *arena);

#endif
