/*
 * budget: how much CPU time is left for the regexes of one mail.
 *
 * The clock is looked at every 2 ms; others may run then, and their time does
 * not count.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_BUDGET_H
#define RULES_BUDGET_H

#include "postern/scan.h"

struct budget {
	struct scan *scan; /* who lets others run; NULL: nobody does */
	int64_t end;       /* ns of this thread's CPU */
	int64_t checked;   /* when it was looked at, ns */
	bool spent;

	int64_t share;  /* of one regex, ns of CPU */
	int64_t *meter; /* what the one at hand has had, about; NULL */
	int64_t seen;   /* the clock of this thread when it was looked at */
	bool over;      /* it has had its share */
};

/* From now on; ns of CPU, and with none of them it is spent. */
void budget_begin(struct budget *budget, struct scan *scan, int64_t ns);

/* ns of CPU that are left; less than none when more was used. */
int64_t budget_rest(const struct budget *budget);

/* False when it is used up; *budget as regex_match() takes it.  WAITS. */
bool budget_left(void *budget) WAITS;

/* One regex is asked from now on, whose meter says what it has had, 0 at first;
 * NULL: none is. */
void budget_next(struct budget *budget, int64_t *meter);

/* The same of the regex at hand, which may have a quarter of the whole: alone
 * it keeps no other from being asked.  WAITS. */
bool budget_share_left(void *budget) WAITS;

/* As budget_left(), but nobody else runs meanwhile. */
bool budget_look(void *budget);

#endif
