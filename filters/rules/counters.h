/*
 * counters: how often each rule hit, when last, how long it took and how often
 * it failed, since the rules were loaded; in a file that other processes map.
 *
 * Each worker or thread adds to a column of its own, without locks; readers
 * sum the columns.  A file is never changed in shape: a reload makes a new
 * one under the same name, and old workers go on with theirs.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_COUNTERS_H
#define RULES_COUNTERS_H

#include <stdatomic.h>

#include "filters/rules/set/ruleset.h"

struct counters;

/* Of one rule in one column. */
struct counter {
	_Atomic uint64_t hits;
	_Atomic uint64_t last;   /* Unix time; 0: never */
	_Atomic uint64_t spent;  /* ns in its regex, an estimate */
	_Atomic uint64_t errors; /* times that it met a limit */
};

struct counter_sum {
	const char *name, *where;
	int score;
	uint64_t hits, last, spent, errors;
};

/* Asking for the time costs some: one mail of so many is measured, and counts
 * for the others. */
enum { COUNTERS_MEASURED = 16 };

/* Makes the file anew, for the rules of the set. */
struct counters *
counters_create(const char *path, const struct ruleset *set, struct error *err);

/* Opens a file for reading; anything in it is checked. */
struct counters *counters_open(const char *path, struct error *err);
void counters_close(struct counters *c);

/* A column for one writer: as many counters as there are rules. */
struct counter *counters_column(struct counters *c);

/* One more mail, and what a rule did in it (spent: ns, 0 if not measured). */
void counters_add_mail(struct counters *c);
void counters_add_hit(struct counter *column, size_t rule, int64_t time);
void counters_add_error(struct counter *column, size_t rule);
void counters_add_spent(struct counter *column, size_t rule, uint64_t ns);

size_t counters_rules(const struct counters *c);
uint64_t counters_mails(const struct counters *c);
int64_t counters_since(const struct counters *c); /* Unix time */

/* Sums the columns; the names live as long as c. */
void
counters_sum(const struct counters *c, size_t rule, struct counter_sum *out);

#endif
