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
};

/* From now on; ns of CPU, and with none of them it is spent. */
void budget_begin(struct budget *budget, struct scan *scan, int64_t ns);

/* ns of CPU that are left; less than none when more was used. */
int64_t budget_rest(const struct budget *budget);

/* False when it is used up; *budget as regex_match() takes it.  WAITS. */
bool budget_left(void *budget) WAITS;

/* The same, but nobody else runs meanwhile. */
bool budget_look(void *budget);

#endif
