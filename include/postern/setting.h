/*
 * setting: one row for each thing an admin may set.
 *
 * The same row gives the default, parses and checks the value, prints it in
 * `postern conf` and documents it in postern.conf(5).  A struct and its table
 * stand side by side in the file of whoever owns them; a table ends with a
 * row whose name is NULL.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_SETTING_H
#define POSTERN_SETTING_H

#include "postern/conffile.h"
#include "postern/endpoint.h"
#include "postern/ip.h"
#include "postern/strbuf.h"

/* What a result may lead to, as in `on_fail = 3.0 | ignore | defer | reject`. */
enum reaction_kind {
	REACTION_IGNORE,
	REACTION_SCORE,
	REACTION_DEFER,
	REACTION_REJECT
};

struct reaction {
	enum reaction_kind kind;
	int score; /* thousandths of a point, for REACTION_SCORE */
};

enum setting_kind {        /* member type in the struct */
	SETTING_BOOL,      /* bool                 yes, no */
	SETTING_COUNT,     /* unsigned             42 */
	SETTING_SIZE,      /* size_t, octets       256K 30M */
	SETTING_DURATION,  /* int64_t, ms          500ms 10s 5m 1h 1d */
	SETTING_SCORE,     /* int, thousandths     -1.5 */
	SETTING_TEXT,      /* const char *         NULL when "" */
	SETTING_TEXTS,     /* struct texts         {a, b} */
	SETTING_NETS,      /* struct ip_nets       {10.0.0.0/8, ::1} */
	SETTING_ENDPOINT,  /* struct endpoint      inet:25@host, *:25 */
	SETTING_ENDPOINTS, /* struct endpoints    {host:25, [::1]:25} */
	SETTING_REACTION,  /* struct reaction      3.0, ignore, defer, reject */
	SETTING_WORD       /* int, index in words  one of the row's words */
};

struct setting {
	const char *name;
	enum setting_kind kind;
	size_t offset;
	const char *initial; /* the default as the user would write it, list
				members separated by ", "; NULL: must be set */
	const char *help;    /* one sentence, ends in a full stop */
	const char *const *words; /* SETTING_WORD: NULL-terminated */
};

/* The one function-like macro of the program: the settings row. */
#define SETTING(owner, member, kind, initial, help, words)                    \
	{                                                                     \
#member, kind, offsetof(struct owner, member), initial, help, \
		    words                                                     \
	}

/* Where a value was set; file is NULL while it is the default. */
struct origin {
	const char *file;
	unsigned line;
};

size_t settings_count(const struct setting *table);

/* Writes every default into config, whose text lives in arena. */
void settings_defaults(
    const struct setting *table, void *config, struct arena *arena);

/*
 * Applies the settings below `first` (siblings; sections are skipped, they
 * are the caller's).  Unknown names suggest the nearest, a name set twice is
 * a problem, and so is a required one (initial NULL) that is missing; that
 * one is blamed on `where` (may be NULL).  origins, one for each row, may be
 * NULL.
 */
void settings_apply(const struct setting *table, void *config,
    const struct conf_node *first, const struct conf_node *where,
    struct arena *arena, struct problems *problems, struct origin *origins);

/* Parses one value into its place. */
bool setting_parse(const struct setting *row, const struct texts *values,
    void *config, struct arena *arena, struct error *err);

/* Appends the value as the user would write it, quoted where needed. */
void setting_format(
    const struct setting *row, const void *config, struct strbuf *out);

/* The name of the table nearest to a misspelt one, or NULL. */
const char *setting_nearest(const struct setting *table, const char *name);

/* The nearest of `count` words, or NULL: for sections and filter names. */
const char *
word_nearest(const char *const *words, size_t count, const char *name);

/* "3.5", "-0.25", at most three decimals -> thousandths. */
bool score_parse(struct str text, int *out);

/* "8.4", "15": as few decimals as needed.  Returns out. */
const char *score_format(int score, char out[16]);

#endif
