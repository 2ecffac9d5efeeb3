#undef _FORTIFY_SOURCE /* its longjmp refuses to leave a stack for another */
/*
 * coro: stackful coroutines; the one file that switches stacks.
 *
 * makecontext enters a new stack, sigsetjmp and siglongjmp without the signal
 * mask do every switch after that (no system call).  Finished coroutines keep
 * their stacks in a pool.  Pages that a message needed and an idle session
 * does not are given back a second or two later.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <errno.h>
#include <setjmp.h>
#include <stdlib.h>
#include <ucontext.h>

#include <event2/event.h>
#include <event2/event_struct.h>

#include "postern/coro.h"
#include "postern/log.h"
#include "postern/xalloc.h"

#include "coro_sanitize.h"
#include "coro_stack.h"
#include "loop_private.h"

enum {
	POOL_MAX = 256,
	IDLE = 1000,        /* milliseconds until a stack is trimmed */
	TRIMS_PER_TURN = 64 /* a system call each */
};

enum wait {
	WAIT_NONE,
	WAIT_EVENT, /* for a descriptor */
	WAIT_SLEEP,
	WAIT_WAKE
};

struct coro {
	struct timer timer; /* first: timers_expire gives it back */
	struct loop *loop;
	struct coro *next; /* in the ready list or the pool */
	void (*fn)(void *arg);
	void *arg;
	struct coro_stack stack;
	const char *frame; /* the lowest in use while it does not run */
	void *fake;        /* of the sanitizer */
	int64_t ran_at;
	int64_t trim_at;
	TAILQ_ENTRY(coro) recent;
	LIST_ENTRY(coro) on_fd;
	int fd;           /* in coro_wait_fd */
	enum wait wait;   /* it sleeps */
	enum wait ending; /* that wait is over, it was not resumed yet */
	int result;       /* of the wait that ends */
	int early;        /* of a wake that came before its wait */
	bool woken;       /* `early` holds a wake */
	bool fresh;       /* its stack was not entered yet */
	bool queued;
	bool listed; /* in the loop's `recent` */
	bool cancelled;
	bool finished;
	sigjmp_buf env;
};

/* Where this thread's loop stands while a coroutine runs. */
static _Thread_local struct {
	struct coro *running;
	struct sanitize_stack stack;
	void *fake;
	sigjmp_buf env;
	ucontext_t first; /* here because nobody leaves enter() orderly */
} here;

struct coro *
coro_self(void)
{
	return here.running;
}

struct loop *
coro_loop(void)
{
	if (!here.running)
		panic("coro_loop outside a coroutine");
	return here.running->loop;
}

/* Leaves the coroutine for the loop; returns when it is resumed. */
static __attribute__((noinline)) void
switch_out(struct coro *co)
{
	co->frame = __builtin_frame_address(0);
	if (sigsetjmp(co->env, 0) == 0) {
		sanitize_leave(co->finished ? NULL : &co->fake, &here.stack);
		siglongjmp(here.env, 1);
	}
	sanitize_enter(co->fake, &here.stack);
}

/* The first frame of a stack, which runs function after function, one for
 * each use of it. */
static void
trampoline(void)
{
	struct coro *co = here.running;

	sanitize_enter(NULL, &here.stack);
	for (;;) {
		co->fn(co->arg);
		co->finished = true;
		co->fake = NULL;
		switch_out(co);
	}
}

static _Noreturn void
enter(struct coro *co)
{
	getcontext(&here.first);
	here.first.uc_link = NULL;
	here.first.uc_stack.ss_sp = co->stack.bottom;
	here.first.uc_stack.ss_size = CORO_STACK_SIZE;
	makecontext(&here.first, trampoline, 0);
	co->fresh = false;
	setcontext(&here.first);
	panic("setcontext came back");
}

/* Leaves the loop for a coroutine; returns when that waits or finishes. */
static __attribute__((noinline)) void
switch_in(struct coro *co)
{
	struct sanitize_stack to = {co->stack.bottom, CORO_STACK_SIZE};

	here.running = co;
	if (sigsetjmp(here.env, 0) == 0) {
		sanitize_leave(&here.fake, &to);
		if (co->fresh)
			enter(co);
		siglongjmp(co->env, 1);
	}
	sanitize_enter(here.fake, NULL);
	here.running = NULL;
}

static struct coro *
coro_new(struct loop *loop)
{
	struct coro *co = xcalloc(1, sizeof(*co));

	co->loop = loop;
	co->fresh = true;
	coro_stack_open(&co->stack);
	return co;
}

static void
coro_delete(struct coro *co)
{
	if (co->listed)
		TAILQ_REMOVE(&co->loop->recent, co, recent);
	coro_stack_close(&co->stack);
	free(co);
}

static void
make_ready(struct coro *co)
{
	if (co->queued)
		return;
	co->queued = true;
	co->next = NULL;
	*co->loop->ready_end = co;
	co->loop->ready_end = &co->next;
}

struct coro *
coro_start(struct loop *loop, void (*fn)(void *arg), void *arg)
{
	struct coro *co = loop->pool;

	if (co) {
		loop->pool = co->next;
		loop->pooled--;
	} else {
		co = coro_new(loop);
	}
	co->fn = fn;
	co->arg = arg;
	co->woken = co->cancelled = co->finished = false;
	loop->alive++;
	make_ready(co);
	return co;
}

static void
retire(struct coro *co)
{
	struct loop *loop = co->loop;

	timer_remove(&loop->timers, &co->timer);
	loop->alive--;
	if (loop->pooled >= POOL_MAX) {
		coro_delete(co);
		return;
	}
	co->next = loop->pool;
	loop->pool = co;
	loop->pooled++;
}

void
coro_free_pool(struct loop *loop)
{
	struct coro *co;

	while ((co = loop->pool) != NULL) {
		loop->pool = co->next;
		coro_delete(co);
	}
}

/* It stands in the list until it is trimmed, however often it runs. */
static void
list_recent(struct coro *co)
{
	co->ran_at = co->loop->now;
	if (co->listed)
		return;
	co->listed = true;
	co->trim_at = co->ran_at + IDLE;
	TAILQ_INSERT_TAIL(&co->loop->recent, co, recent);
}

void
coro_run_ready(struct loop *loop)
{
	struct coro *co = loop->ready, *next;

	loop->ready = NULL;
	loop->ready_end = &loop->ready;
	for (; co; co = next) {
		next = co->next;
		co->queued = false;
		co->ending = WAIT_NONE;
		list_recent(co);
		switch_in(co);
		if (co->finished)
			retire(co);
	}
}

static void
trim_idle(struct loop *loop)
{
	struct coro *co;
	int i;

	for (i = 0; i < TRIMS_PER_TURN; i++) {
		co = TAILQ_FIRST(&loop->recent);
		if (!co || co->trim_at > loop->now)
			return;
		TAILQ_REMOVE(&loop->recent, co, recent);
		co->listed = co->ran_at + IDLE > loop->now;
		if (co->listed) {
			co->trim_at = loop->now + IDLE;
			TAILQ_INSERT_TAIL(&loop->recent, co, recent);
		} else {
			coro_stack_trim(&co->stack, co->frame);
		}
	}
}

static void
end_wait(struct coro *co, int result)
{
	co->ending = co->wait;
	co->wait = WAIT_NONE;
	co->result = result;
	timer_set(&co->loop->timers, &co->timer, CORO_NEVER);
	make_ready(co);
}

void
coro_expire(struct loop *loop)
{
	struct timer *timer;

	while ((timer = timers_expire(&loop->timers, loop->now)) != NULL) {
		struct coro *co = (struct coro *)timer;

		if (co->wait)
			end_wait(co, -ETIMEDOUT);
	}
	trim_idle(loop);
}

int64_t
coro_next_expiry(const struct loop *loop)
{
	const struct coro *idle = TAILQ_FIRST(&loop->recent);
	int64_t next = timers_next(&loop->timers);

	return idle && (next == 0 || idle->trim_at < next) ? idle->trim_at :
							     next;
}

void
coro_cancel(struct coro *co)
{
	co->cancelled = true;
	if (co->wait)
		end_wait(co, -ECANCELED);
}

void
coro_interrupt(struct coro *co)
{
	if (co->wait)
		end_wait(co, -ECANCELED);
}

bool
coro_is_cancelled(const struct coro *co)
{
	return co->cancelled;
}

static int
wait_for(enum wait what, int64_t deadline)
{
	struct coro *co = here.running;

	if (!co)
		panic("a wait outside a coroutine");
	if (co->cancelled)
		return -ECANCELED;
	if (deadline != CORO_NEVER && deadline <= co->loop->now)
		return -ETIMEDOUT;
	co->wait = what;
	timer_set(&co->loop->timers, &co->timer, deadline);
	switch_out(co);
	return co->result;
}

int
coro_wait_event(int64_t deadline)
{
	return wait_for(WAIT_EVENT, deadline);
}

void
coro_event(struct coro *co)
{
	if (co->wait == WAIT_EVENT)
		end_wait(co, 0);
}

int
coro_suspend(int64_t deadline)
{
	struct coro *co = here.running;

	if (!co || !co->woken || co->cancelled)
		return wait_for(WAIT_WAKE, deadline);
	co->woken = false;
	return co->early;
}

/* A wake that comes between the deadline and the sleeper's waking up still
 * reaches that sleeper, not its next one. */
void
coro_wake(struct coro *co, int result)
{
	if (co->wait == WAIT_WAKE) {
		end_wait(co, result);
	} else if (co->ending == WAIT_WAKE) {
		if (co->result == -ETIMEDOUT)
			co->result = result;
	} else if (!co->woken) {
		co->woken = true;
		co->early = result;
	}
}

int
coro_yield(void)
{
	struct coro *co = here.running;

	if (!co)
		panic("coro_yield outside a coroutine");
	if (co->cancelled)
		return -ECANCELED;
	make_ready(co);
	switch_out(co);
	return co->cancelled ? -ECANCELED : 0;
}

int
coro_sleep(int64_t deadline)
{
	int result = wait_for(WAIT_SLEEP, deadline);

	return result == -ETIMEDOUT ? 0 : result;
}

static void
fd_ready(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	coro_event(arg);
}

static void
claim_fd(struct coro *co, int fd)
{
	struct coro *other;

	LIST_FOREACH(other, &co->loop->on_fd, on_fd)
	if (other->fd == fd)
		panic("two coroutines wait for descriptor %d", fd);
	co->fd = fd;
	LIST_INSERT_HEAD(&co->loop->on_fd, co, on_fd);
}

int
coro_wait_fd(int fd, unsigned what, int64_t deadline)
{
	short events = (what & CORO_READ ? EV_READ : 0) |
	    (what & CORO_WRITE ? EV_WRITE : 0);
	struct coro *co = here.running;
	struct event event;
	int result;

	if (!co)
		panic("coro_wait_fd outside a coroutine");
	claim_fd(co, fd);
	event_assign(&event, co->loop->base, fd, events, fd_ready, co);
	if (event_add(&event, NULL) != 0)
		panic("cannot wait for descriptor %d", fd);
	result = wait_for(WAIT_EVENT, deadline);
	event_del(&event);
	LIST_REMOVE(co, on_fd);
	return result;
}

size_t
coro_count(const struct loop *loop)
{
	return loop->alive;
}
