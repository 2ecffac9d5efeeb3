/*
 * problem: everything that is wrong with what the admin wrote, in one run.
 *
 * Configuration and rules are checked to the end: each problem is noted with
 * its file and line, and the caller looks at the count afterwards.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_PROBLEM_H
#define POSTERN_PROBLEM_H

#include <stdbool.h>
#include <stdio.h>

#include "postern/arena.h"

struct problem {
	const char *file; /* NULL when no file is to blame */
	unsigned line;    /* 0 when the whole file is meant */
	bool warning;
	const char *text;
};

struct problems {
	struct arena *arena; /* borrowed */
	struct problem *list;
	size_t count;
	size_t errors;     /* those that are not warnings */
	size_t survivable; /* of the errors: a server can start without what is
			      wrong, such as one line of a rule file */
};

void problems_init(struct problems *p, struct arena *arena);

void problem_add(struct problems *p, const char *file, unsigned line,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
void problem_warn(struct problems *p, const char *file, unsigned line,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* "file:line: error: text", one a line, in the order they were found. */
void problems_print(const struct problems *p, FILE *out);

/* The same, with at most so many warnings; the others are counted. */
void problems_print_some(const struct problems *p, FILE *out, size_t warnings);

/* The same into the log: all errors, and at most so many warnings. */
void problems_log(const struct problems *p, size_t warnings);

#endif
