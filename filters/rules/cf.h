/*
 * cf: rule files in the language of SpamAssassin, a line at a time.
 *
 * A line that is malformed is an error; a line that SpamAssassin knows and
 * this version does not is a warning, with its file and line, never silence.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_CF_H
#define RULES_CF_H

#include "ruleset.h"

enum { CF_NESTING_MAX = 32 };

struct cf {
	struct ruleset *set;
	struct problems *problems;
	const char *file;
	unsigned line;
	/* Conditions that are open; lines count when all are true. */
	bool conditions[CF_NESTING_MAX];
	unsigned depth;
};

/* Reads a whole file; conditions must be closed at its end. */
void cf_parse(struct cf *cf, const char *file, struct str text);

/* if and ifplugin: is the condition true here? */
bool cf_condition(struct cf *cf, struct str words);

/* Problems at the present line. */
void cf_error(struct cf *cf, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void cf_warn(struct cf *cf, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The directives that define rules: NAME and what follows it. */
void cf_header(struct cf *cf, struct str name, struct str rest);
void
cf_text(struct cf *cf, enum rule_type type, struct str name, struct str rest);
void cf_mimeheader(struct cf *cf, struct str name, struct str rest);
void cf_meta(struct cf *cf, struct str name, struct str rest);

#endif
