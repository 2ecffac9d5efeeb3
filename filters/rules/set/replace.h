/*
 * replace: tags such as <A> in regexes, for words that spammers misspell.
 *
 * replace_tag A (?:[aA@]|...) names what <A> stands for in the rules of
 * replace_rules; <pre X>, <post X> and <inter X> put more around every tag or
 * between two.  What is long is written once, as a group that is called, and
 * not in every place: 223 KB of regex become 17 KB.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_REPLACE_H
#define RULES_REPLACE_H

#include "filters/rules/regex/perlre.h"

enum replace_kind { REPLACE_TAG, REPLACE_PRE, REPLACE_INTER, REPLACE_POST };
enum { REPLACE_KINDS = REPLACE_POST + 1 };

struct replace_entry {
	struct str name;
	struct str text;
};

struct replace {
	struct replace_entry *entries[REPLACE_KINDS];
	size_t count[REPLACE_KINDS];
	struct str start, end; /* "<" and ">" when empty */
};

/* A later one of the same name replaces the earlier. */
void replace_set(struct replace *r, struct arena *arena, enum replace_kind kind,
    struct str name, struct str text);

enum replace_way {
	REPLACE_PLAIN, /* every tag in its place */
	REPLACE_CALLS  /* long ones as (?(DEFINE)...) and calls */
};

/*
 * The pattern with its tags replaced; true when there were any.  False and
 * re->pattern as it was: none, or more than a regex can hold.
 */
bool replace_expand(const struct replace *r, enum replace_way way,
    struct arena *arena, struct perlre *re);

#endif
