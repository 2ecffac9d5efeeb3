/*
 * loop_private: what loop, coro, stream and net know of each other.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RUN_LOOP_PRIVATE_H
#define RUN_LOOP_PRIVATE_H

#include <sys/queue.h>

#include "postern/loop.h"

#include "coro_timer.h"
#include "hosts.h"

struct coro;

LIST_HEAD(coro_list, coro);
TAILQ_HEAD(coro_queue, coro);

struct loop {
	struct event_base *base;
	struct event *tick; /* comes up with the first deadline */
	int64_t tick_at;
	struct event *limit; /* ends a turn of limited length */
	int64_t now;
	uint64_t turns;
	bool stopped;
	struct coro *ready, **ready_end; /* to be resumed, in order */
	struct timers timers;
	struct coro_list on_fd;   /* in coro_wait_fd */
	struct coro_queue recent; /* ran since their stack was last trimmed */
	struct coro *pool;        /* finished, with their stacks */
	size_t pooled;
	size_t alive;
	struct hosts hosts;
};

/* Resumes whatever is ready; coroutines made ready meanwhile wait a turn. */
void coro_run_ready(struct loop *loop);

/* Wakes those whose deadline has come, trims stacks of those long idle. */
void coro_expire(struct loop *loop);

/* When coro_expire has something to do next; 0 for never. */
int64_t coro_next_expiry(const struct loop *loop);

/* Frees the pool. */
void coro_free_pool(struct loop *loop);

/*
 * Sleeps until coro_event: 0, -ETIMEDOUT or -ECANCELED.  Unlike a wake, an
 * event that comes when nobody waits for it is forgotten.
 */
int coro_wait_event(int64_t deadline);
void coro_event(struct coro *co);

#endif
