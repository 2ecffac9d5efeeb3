/*
 * loop_private: what loop.c and coro.c know of each other.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RUN_LOOP_PRIVATE_H
#define RUN_LOOP_PRIVATE_H

#include "postern/loop.h"

#include "coro_timer.h"

struct coro;

struct loop {
	struct event_base *base;
	struct event *tick; /* comes up with the first deadline */
	int64_t tick_at;
	struct event *limit; /* ends a turn of limited length */
	int64_t now;
	bool stopped;
	struct coro *ready, **ready_end; /* to be resumed, in order */
	struct timers timers;
	struct coro *pool; /* finished, with their stacks */
	size_t pooled;
	size_t alive;
};

/* Resumes whatever is ready; coroutines made ready meanwhile wait a turn. */
void coro_run_ready(struct loop *loop);

/* Wakes those whose deadline has come. */
void coro_expire(struct loop *loop);

/* Frees the pool. */
void coro_free_pool(struct loop *loop);

#endif
