/*
 * lists: the values of list settings, as the rule files give them.
 *
 * welcomelist_from, trusted_networks, freemail_domains, util_rb_2tld and their
 * like.  The old words (whitelist_, blacklist_) are kept under the new ones.
 * enlist_addrlist (NAME) is the list "addrlist:NAME", enlist_uri_host (NAME)
 * the list "uri_host:NAME".
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_LISTS_H
#define RULES_LISTS_H

#include "postern/arena.h"

struct list_line {
	struct str text;   /* all of the value, without the name in brackets */
	const char *where; /* "rules/local.cf:3" */
};

struct list {
	const char *name;
	struct list_line *lines; /* in file order, removed ones left out */
	size_t line_count;
	struct str *words; /* of all lines */
	size_t word_count;
	size_t *globs; /* indexes of words with "*" or "?" */
	size_t glob_count;
	size_t *index; /* hash table of words: number + 1 */
	size_t index_room;
};

struct lists {
	struct list **at;
	size_t count;
};

/* NULL when no file has that setting. */
const struct list *lists_find(const struct lists *lists, const char *name);

/* Is it one of the list's words?  Letters of either case; NULL has none. */
bool list_has(const struct list *list, struct str word);

/* The same, or does one of its words with "*" or "?" fit?  "*" does not go
 * beyond `stop`, if that is not NUL. */
bool list_fits(const struct list *list, struct str word, char stop);

/* Appends a line; the list is made when it is new. */
void lists_add(struct lists *lists, struct arena *arena, const char *name,
    struct str text, const char *where);

/* Takes every word of text out of the list (unwelcomelist_from). */
void lists_remove(struct lists *lists, struct arena *arena, const char *name,
    struct str text);

/* Empties the list (clear_trusted_networks). */
void lists_clear(struct lists *lists, const char *name);

#endif
