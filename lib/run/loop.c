/*
 * loop: the one event loop of a worker, on libevent.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>
#include <time.h>

#include <event2/event.h>

#include "postern/log.h"
#include "postern/xalloc.h"

#include "loop_private.h"

struct watch {
	struct loop *loop;
	struct event *event;
	void (*fn)(void *arg);
	void *arg;
};

int64_t
clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t
clock_cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void
tick(evutil_socket_t fd, short what, void *arg)
{
	struct loop *loop = arg;

	(void)fd;
	(void)what;
	loop->tick_at = 0;
}

/* That it came up is all there is to it: the turn is over. */
static void
end_turn(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
}

struct loop *
loop_new(void)
{
	struct loop *loop = xcalloc(1, sizeof(*loop));
	struct event_config *config = event_config_new();

	event_config_set_flag(
	    config, EVENT_BASE_FLAG_NOLOCK | EVENT_BASE_FLAG_IGNORE_ENV);
	event_config_require_features(
	    config, EV_FEATURE_ET | EV_FEATURE_EARLY_CLOSE);
	loop->base = event_base_new_with_config(config);
	event_config_free(config);
	if (!loop->base)
		panic("event_base_new failed");
	loop->tick = evtimer_new(loop->base, tick, loop);
	loop->limit = evtimer_new(loop->base, end_turn, NULL);
	loop->ready_end = &loop->ready;
	LIST_INIT(&loop->on_fd);
	TAILQ_INIT(&loop->recent);
	hosts_init(&loop->hosts, "/etc/hosts");
	loop->now = clock_ms();
	return loop;
}

void
loop_free(struct loop *loop)
{
	coro_free_pool(loop);
	timers_clear(&loop->timers);
	hosts_clear(&loop->hosts);
	event_free(loop->tick);
	event_free(loop->limit);
	event_base_free(loop->base);
	free(loop);
}

/* Lets the tick come up no later than the first deadline. */
static void
arm_tick(struct loop *loop)
{
	int64_t at = coro_next_expiry(loop), left;
	struct timeval tv;

	if (at == 0 || (loop->tick_at && loop->tick_at <= at))
		return;
	left = at > loop->now ? at - loop->now : 0;
	tv.tv_sec = left / 1000;
	tv.tv_usec = left % 1000 * 1000 + 500;
	event_add(loop->tick, &tv);
	loop->tick_at = at;
}

static void
poll_events(struct loop *loop, int flags)
{
	arm_tick(loop);
	if (loop->ready)
		flags |= EVLOOP_NONBLOCK;
	event_base_loop(
	    loop->base, EVLOOP_ONCE | EVLOOP_NO_EXIT_ON_EMPTY | flags);
	loop->turns++;
	loop->now = clock_ms();
	coro_expire(loop);
	coro_run_ready(loop);
}

void
loop_turn(struct loop *loop, int timeout_ms)
{
	struct timeval tv = {timeout_ms / 1000, timeout_ms % 1000 * 1000};

	if (timeout_ms <= 0) {
		poll_events(loop, EVLOOP_NONBLOCK);
		return;
	}
	event_add(loop->limit, &tv);
	poll_events(loop, 0);
	event_del(loop->limit);
}

void
loop_run(struct loop *loop)
{
	loop->stopped = false;
	coro_run_ready(loop);
	while (!loop->stopped)
		poll_events(loop, 0);
	coro_run_ready(loop);
}

void
loop_stop(struct loop *loop)
{
	loop->stopped = true;
	event_base_loopbreak(loop->base);
}

struct event_base *
loop_base(struct loop *loop)
{
	return loop->base;
}

int64_t
loop_now(const struct loop *loop)
{
	return loop->now;
}

static void
watch_call(evutil_socket_t fd, short what, void *arg)
{
	struct watch *watch = arg;

	(void)fd;
	(void)what;
	watch->loop->now = clock_ms(); /* the turn's clock is read later */
	watch->fn(watch->arg);
}

struct watch *
loop_watch(struct loop *loop, int fd, void (*fn)(void *arg), void *arg)
{
	struct watch *watch = xcalloc(1, sizeof(*watch));

	watch->loop = loop;
	watch->fn = fn;
	watch->arg = arg;
	watch->event =
	    event_new(loop->base, fd, EV_READ | EV_PERSIST, watch_call, watch);
	if (!watch->event || event_add(watch->event, NULL) != 0)
		panic("cannot watch descriptor %d", fd);
	return watch;
}

void
loop_unwatch(struct watch *watch)
{
	if (!watch)
		return;
	event_free(watch->event);
	free(watch);
}
