#undef _FORTIFY_SOURCE /* its longjmp refuses to leave a stack for another */
/*
 * coro: stackful coroutines; the one file that switches stacks.
 *
 * makecontext builds a coroutine's first frame, sigsetjmp and siglongjmp
 * without the signal mask do every switch after that (no system call).
 * Finished coroutines keep their stacks in a pool.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <errno.h>
#include <setjmp.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>

#include <event2/event.h>
#include <event2/event_struct.h>

#include "postern/coro.h"
#include "postern/log.h"
#include "postern/xalloc.h"

#include "coro_sanitize.h"
#include "loop_private.h"

enum {
	STACK_SIZE = 256 * 1024,
	GUARD_SIZE = 256 * 1024, /* a 4 KB guard was jumped by a large frame */
	POOL_MAX = 256
};

struct coro {
	struct timer timer; /* first: timers_expire gives it back */
	struct loop *loop;
	struct coro *next; /* in the ready list or the pool */
	void (*fn)(void *arg);
	void *arg;
	char *stack; /* the lowest octet of the guard */
	void *fake;  /* of the sanitizer */
	unsigned valgrind_id;
	int result; /* of the wait that ends */
	int early;  /* of a wake that came before its wait */
	bool queued;
	bool waiting;
	bool ending; /* its wait ended, it was not resumed yet */
	bool woken;  /* `early` holds a wake */
	bool cancelled;
	bool finished;
	sigjmp_buf env;
};

/* Where the loop stands while a coroutine runs; one loop runs at a time. */
static struct coro *running;
static sigjmp_buf loop_env;
static sigjmp_buf *back = &loop_env; /* where switch_out goes */
static struct sanitize_stack back_stack;

struct coro *
coro_self(void)
{
	return running;
}

struct loop *
coro_loop(void)
{
	if (!running)
		panic("coro_loop outside a coroutine");
	return running->loop;
}

/* Leaves the coroutine for the loop; returns when it is resumed. */
static void
switch_out(struct coro *co)
{
	if (sigsetjmp(co->env, 0) == 0) {
		sanitize_leave(co->finished ? NULL : &co->fake, &back_stack);
		siglongjmp(*back, 1);
	}
	sanitize_enter(co->fake, &back_stack);
}

/* Leaves the loop for a coroutine; returns when that waits or finishes. */
static void
switch_in(struct coro *co)
{
	struct sanitize_stack to = {co->stack + GUARD_SIZE, STACK_SIZE};
	void *fake = NULL;

	running = co;
	if (sigsetjmp(loop_env, 0) == 0) {
		sanitize_leave(&fake, &to);
		siglongjmp(co->env, 1);
	}
	sanitize_enter(fake, NULL);
	running = NULL;
}

/* The first frame: makes env, goes back to coro_new, then runs function after
 * function, one for each use of the stack. */
static void
trampoline(unsigned low, unsigned high)
{
	struct coro *co = (struct coro *)(((uintptr_t)high << 32) | low);

	sanitize_enter(co->fake, &back_stack);
	switch_out(co);
	for (;;) {
		co->fn(co->arg);
		co->finished = true;
		switch_out(co);
	}
}

static void
make_first_frame(struct coro *co)
{
	struct sanitize_stack to = {co->stack + GUARD_SIZE, STACK_SIZE};
	struct sanitize_stack saved = back_stack;
	uintptr_t self = (uintptr_t)co;
	ucontext_t here, there;
	sigjmp_buf here_env;
	void *fake = NULL;

	getcontext(&there);
	there.uc_link = NULL;
	there.uc_stack.ss_sp = co->stack + GUARD_SIZE;
	there.uc_stack.ss_size = STACK_SIZE;
	makecontext(&there, (void (*)(void))trampoline, 2,
	    (unsigned)(self & 0xffffffffu), (unsigned)(self >> 32));
	back = &here_env;
	if (sigsetjmp(here_env, 0) == 0) {
		sanitize_leave(&fake, &to);
		swapcontext(&here, &there);
	}
	sanitize_enter(fake, NULL);
	back = &loop_env;
	back_stack = saved;
}

static struct coro *
coro_new(struct loop *loop)
{
	struct coro *co = xcalloc(1, sizeof(*co));

	co->loop = loop;
	co->stack = mmap(NULL, GUARD_SIZE + STACK_SIZE, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
	if (co->stack == MAP_FAILED)
		panic("no memory for a stack");
	if (mprotect(co->stack, GUARD_SIZE, PROT_NONE) != 0)
		panic("no guard for a stack (vm.max_map_count?)");
	co->valgrind_id = sanitize_register(co->stack + GUARD_SIZE, STACK_SIZE);
	make_first_frame(co);
	return co;
}

static void
coro_delete(struct coro *co)
{
	sanitize_deregister(co->valgrind_id);
	munmap(co->stack, GUARD_SIZE + STACK_SIZE);
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
	co->result = 0;
	co->woken = co->cancelled = co->finished = false;
	co->waiting = co->ending = false;
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
coro_run_ready(struct loop *loop)
{
	struct coro *co = loop->ready, *next;

	loop->ready = NULL;
	loop->ready_end = &loop->ready;
	for (; co; co = next) {
		next = co->next;
		co->queued = co->ending = false;
		switch_in(co);
		if (co->finished)
			retire(co);
	}
}

static void
end_wait(struct coro *co, int result)
{
	co->waiting = false;
	co->ending = true;
	co->result = result;
	timer_set(&co->loop->timers, &co->timer, 0);
	make_ready(co);
}

void
coro_expire(struct loop *loop)
{
	struct timer *timer;

	while ((timer = timers_expire(&loop->timers, loop->now)) != NULL) {
		struct coro *co = (struct coro *)timer;

		if (co->waiting)
			end_wait(co, -ETIMEDOUT);
	}
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

void
coro_cancel(struct coro *co)
{
	co->cancelled = true;
	if (co->waiting)
		end_wait(co, -ECANCELED);
}

bool
coro_is_cancelled(const struct coro *co)
{
	return co->cancelled;
}

void
coro_wake(struct coro *co, int result)
{
	if (co->waiting) {
		end_wait(co, result);
		return;
	}
	if (co->ending)
		return;
	co->woken = true;
	co->early = result;
}

int
coro_suspend(int64_t deadline)
{
	struct coro *co = running;

	if (!co)
		panic("coro_suspend outside a coroutine");
	if (co->cancelled)
		return -ECANCELED;
	if (co->woken) {
		co->woken = false;
		return co->early;
	}
	if (deadline != CORO_NEVER && deadline <= co->loop->now)
		return -ETIMEDOUT;
	co->waiting = true;
	timer_set(&co->loop->timers, &co->timer, deadline);
	switch_out(co);
	return co->result;
}

int
coro_yield(void)
{
	struct coro *co = running;

	if (co->cancelled)
		return -ECANCELED;
	make_ready(co);
	switch_out(co);
	return co->cancelled ? -ECANCELED : 0;
}

int
coro_sleep(int64_t deadline)
{
	int result = coro_suspend(deadline);

	return result == -ETIMEDOUT ? 0 : result;
}

static void
fd_ready(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	coro_wake(arg, 0);
}

int
coro_wait_fd(int fd, unsigned what, int64_t deadline)
{
	short events = (what & CORO_READ ? EV_READ : 0) |
	    (what & CORO_WRITE ? EV_WRITE : 0);
	struct event event;
	int result;

	event_assign(
	    &event, running->loop->base, fd, events, fd_ready, running);
	event_add(&event, NULL);
	result = coro_suspend(deadline);
	event_del(&event);
	return result;
}

size_t
coro_count(const struct loop *loop)
{
	return loop->alive;
}
