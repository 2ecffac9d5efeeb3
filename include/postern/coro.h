/*
 * coro: stackful coroutines, so that a session is one sequential function.
 *
 * A coroutine is never killed: cancelling makes its present wait, and each
 * later one, fail with -ECANCELED, and the code unwinds itself by its ordinary
 * error path.  No lock, static buffer, errno or OpenSSL error queue survives a
 * wait.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_CORO_H
#define POSTERN_CORO_H

#include <stddef.h>

#include "postern/dns.h" /* WAITS */
#include "postern/loop.h"

struct coro;

enum coro_wait { CORO_READ = 1, CORO_WRITE = 2 };

enum { CORO_NEVER = 0 }; /* as a deadline: none */

/*
 * Starts fn(arg) on a stack of its own at the next turn of the loop.  Gone
 * when fn returns.
 */
struct coro *coro_start(struct loop *loop, void (*fn)(void *arg), void *arg);

/* The running coroutine, or NULL on the main stack. */
struct coro *coro_self(void);
struct loop *coro_loop(void);

/* Makes the present and every later wait of co fail with -ECANCELED. */
void coro_cancel(struct coro *co);

/* The present wait of co, if it waits, fails with -ECANCELED; no later one. */
void coro_interrupt(struct coro *co);
bool coro_is_cancelled(const struct coro *co);

/*
 * Waits until fd is ready for any of `what` (coro_wait bits).  0, -ETIMEDOUT
 * at the deadline (loop_now clock), or -ECANCELED.
 */
int coro_wait_fd(int fd, unsigned what, int64_t deadline) WAITS;

/* 0 at the deadline, or -ECANCELED. */
int coro_sleep(int64_t deadline) WAITS;

/* Lets the others run once.  0 or -ECANCELED. */
int coro_yield(void) WAITS;

/*
 * Sleeps until coro_wake(self, result): returns that result, -ETIMEDOUT or
 * -ECANCELED.  A wake that comes before the sleep is kept; one at most.
 */
int coro_suspend(int64_t deadline) WAITS;
void coro_wake(struct coro *co, int result);

/* Coroutines alive, and stacks in use and pooled, for the statistics. */
size_t coro_count(const struct loop *loop);

#endif
