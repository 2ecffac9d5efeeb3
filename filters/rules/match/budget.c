/*
 * budget: how much CPU time is left for the regexes of one mail.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <time.h>

#include "budget.h"

/* How often it is looked at: asking for CPU time is a system call. */
static const int64_t LOOK = 2000000; /* ns */

enum { SHARES = 4 }; /* of the whole; a regex has one */

static int64_t
now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Others may run; their time is not ours. */
static void
breathe(struct budget *b)
{
	int64_t before = now(CLOCK_THREAD_CPUTIME_ID), others;

	if (!b->scan || !b->scan->breathe)
		return;
	scan_breathe(b->scan);
	others = now(CLOCK_THREAD_CPUTIME_ID) - before;
	b->end += others;
	b->seen += others;
}

void
budget_begin(struct budget *b, struct scan *scan, int64_t ns)
{
	*b = (struct budget) {
	    .scan = scan,
	    .seen = now(CLOCK_THREAD_CPUTIME_ID),
	    .checked = now(CLOCK_MONOTONIC),
	    .spent = ns <= 0,
	    .share = ns / SHARES,
	};
	b->end = b->seen + ns;
}

void
budget_next(struct budget *b, int64_t *meter)
{
	b->meter = meter;
	b->over = meter && *meter > b->share;
}

int64_t
budget_rest(const struct budget *b)
{
	return b->end - now(CLOCK_THREAD_CPUTIME_ID);
}

/* False when it is not time for it. */
static bool
look(struct budget *b)
{
	int64_t cpu;

	if (b->spent || now(CLOCK_MONOTONIC) - b->checked < LOOK)
		return false;
	cpu = now(CLOCK_THREAD_CPUTIME_ID);
	b->spent = cpu >= b->end;
	if (b->meter) {
		*b->meter += cpu - b->seen;
		b->over = *b->meter > b->share;
	}
	b->seen = cpu;
	b->checked = now(CLOCK_MONOTONIC);
	return true;
}

bool
budget_left(void *budget)
{
	struct budget *b = budget;

	if (look(b)) {
		breathe(b);
		b->checked = now(CLOCK_MONOTONIC);
	}
	return !b->spent;
}

bool
budget_share_left(void *budget)
{
	struct budget *b = budget;

	return budget_left(b) && !b->over;
}

bool
budget_look(void *budget)
{
	struct budget *b = budget;

	look(b);
	return !b->spent;
}
