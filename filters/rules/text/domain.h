/*
 * domain: host names, and the domains that people register.
 *
 * What is a top-level domain, and below which names people register, the rule
 * files say: util_rb_tld, util_rb_2tld, util_rb_3tld.  Files that have no
 * util_rb_tld leave it to the Public Suffix List (libpsl).
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_DOMAIN_H
#define RULES_DOMAIN_H

#include "filters/rules/set/lists.h"

/* Two labels or more, of letters, digits and hyphens ("_" below the second). */
bool domain_is_host(struct str host);

/* Does it end in a top-level domain, behind a dot? */
bool domain_has_tld(const struct lists *lists, struct str host);

/* "a.example" of "www.a.example", lower case; without dots at the ends. */
struct str domain_registered(
    const struct lists *lists, struct str host, struct arena *arena);

/* The first host in a text; one behind "@" is preferred.  "": none. */
struct str domain_find_host(const struct lists *lists, struct str text);

/* The host of a URI or address, lower case; "" when it has no valid one. */
struct str
domain_uri_host(const struct lists *lists, struct str uri, struct arena *arena);

/* Lower case, in arena. */
struct str domain_lower(struct str text, struct arena *arena);

#endif
