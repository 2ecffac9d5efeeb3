/*
 * budget: how much CPU time is left for the regexes of one mail or stage.
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

/* From now on; ms of CPU. */
void budget_begin(struct budget *budget, struct scan *scan, int64_t ms);

/* False when it is used up; *budget as regex_match() takes it.  WAITS. */
bool budget_left(void *budget) WAITS;

#endif
