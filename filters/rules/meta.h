/*
 * meta: arithmetic over the hits of other rules.
 *
 * && || ! == != < <= > >= + - * / and parentheses over names and numbers, with
 * the precedence of Perl.  Numbers are thousandths, so that fractions count.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_META_H
#define RULES_META_H

#include "postern/arena.h"
#include "postern/error.h"

struct meta;

/* Parsed into arena; NULL with the reason on error.  At most 2,000 atoms. */
struct meta *
meta_parse(struct str text, struct arena *arena, struct error *err);

/* The names it depends on. */
size_t meta_name_count(const struct meta *meta);
struct str meta_name(const struct meta *meta, size_t index);

/* value(context, index): how often the rule of that name hit. */
int64_t meta_value(const struct meta *meta,
    int64_t (*value)(void *context, size_t index), void *context);

#endif
