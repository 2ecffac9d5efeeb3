/*
 * coro_timer: deadlines of coroutines, as a heap of lazy entries.
 *
 * A wait almost always ends before its deadline.  So an entry is not moved
 * when its deadline grows or goes away: it is looked at when it comes up, and
 * put back then.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RUN_CORO_TIMER_H
#define RUN_CORO_TIMER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct timer {
	int64_t key;      /* when the entry comes up; never after deadline */
	int64_t deadline; /* 0: none */
	size_t index;     /* in the heap, from 1; 0: not in it */
};

struct timers {
	struct timer **heap; /* heap[1] comes up first */
	size_t count;
	size_t room;
};

void timers_clear(struct timers *t);

/* Sets or (0) clears the deadline. */
void timer_set(struct timers *t, struct timer *timer, int64_t deadline);

/* Takes the entry out for good. */
void timer_remove(struct timers *t, struct timer *timer);

/* The next timer whose deadline is not after now, its deadline cleared, or
 * NULL. */
struct timer *timers_expire(struct timers *t, int64_t now);

/* When to call timers_expire next; 0 when there is nothing to wait for. */
int64_t timers_next(const struct timers *t);

#endif
