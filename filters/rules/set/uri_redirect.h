/*
 * uri_redirect: addresses that lead to others, by redirector_pattern.
 *
 * Immutable once made; shared by every worker.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_URI_REDIRECT_H
#define RULES_URI_REDIRECT_H

#include "lists.h"

struct redirectors;

/* Patterns that cannot be compiled are left out.  list may be NULL. */
struct redirectors *redirectors_new(const struct list *list);
void redirectors_free(struct redirectors *r);

/* Where the address leads to, a span of it; "" when nothing is known. */
struct str redirectors_find(const struct redirectors *r, struct str uri);

#endif
