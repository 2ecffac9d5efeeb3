/*
 * loop: the one event loop of a worker, on libevent.
 *
 * Made after fork.  Coroutines run only from the loop's ready list, never
 * inside a library's callback.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_LOOP_H
#define POSTERN_LOOP_H

#include <stdbool.h>
#include <stdint.h>

struct event_base;
struct loop;

struct loop *loop_new(void);
void loop_free(struct loop *loop);

/* Runs until loop_stop; what was ready when it was called still runs. */
void loop_run(struct loop *loop);
void loop_stop(struct loop *loop);

/* One turn: waits for events at most `timeout_ms`, runs what is ready. */
void loop_turn(struct loop *loop, int timeout_ms);

/* For libunbound and evhttp. */
struct event_base *loop_base(struct loop *loop);

/* Milliseconds on the monotonic clock, read once a turn. */
int64_t loop_now(const struct loop *loop);

/* The same clock, read now; for code that has no loop. */
int64_t clock_ms(void);

/* CPU microseconds this process used; for budgets and statistics. */
int64_t clock_cpu_us(void);

/*
 * Calls fn(arg) from the loop whenever fd can be read, until loop_unwatch.
 * For listeners, signalfd and libraries; sessions use stream.h.
 */
struct watch;
struct watch *
loop_watch(struct loop *loop, int fd, void (*fn)(void *arg), void *arg);
void loop_unwatch(struct watch *watch);

#endif
