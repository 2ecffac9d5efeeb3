/*
 * check_coro: coroutines, their waits and deadlines.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "postern/strbuf.h"

#include "check_run.h"
#include "lib/run/loop_private.h"

static int done;

static void
counts(void *arg)
{
	(void)arg;
	done++;
}

/* Stacks are used again, and the pool has a bound. */
START_TEST(ten_thousand_start_and_finish)
{
	int i, k;

	done = 0;
	for (i = 0; i < 20; i++) {
		for (k = 0; k < 500; k++)
			coro_start(test_loop(), counts, NULL);
		run_all();
	}
	ck_assert_int_eq(done, 10000);
	ck_assert_uint_eq(coro_count(test_loop()), 0);
	ck_assert_uint_eq(test_loop()->pooled, 256);
}
END_TEST

static void
sleeper(void *arg)
{
	int64_t start = loop_now(test_loop());

	ck_assert_int_eq(coro_sleep(start + (intptr_t)arg), 0);
	ck_assert_int_ge(loop_now(test_loop()), start + (intptr_t)arg);
	done++;
}

static void
nursery(void *arg)
{
	intptr_t i;

	(void)arg;
	for (i = 0; i < 3000; i++)
		coro_start(test_loop(), sleeper, (void *)(i * 7 % 60 + 1));
}

START_TEST(thousands_sleep_and_wake)
{
	done = 0;
	run(nursery, NULL);
	ck_assert_int_eq(done, 3000);
}
END_TEST

static struct strbuf trace;

static void
nested(void *arg)
{
	intptr_t depth = (intptr_t)arg;

	ck_assert_ptr_nonnull(coro_self());
	ck_assert_ptr_eq(coro_loop(), test_loop());
	strbuf_printf(&trace, "(%d", (int)depth);
	if (depth < 3)
		coro_start(test_loop(), nested, (void *)(depth + 1));
	ck_assert_int_eq(coro_yield(), 0);
	strbuf_printf(&trace, " %d", (int)depth);
	ck_assert_int_eq(coro_yield(), 0);
	strbuf_printf(&trace, " %d)", (int)depth);
}

/* In the order in which they became ready, a turn each. */
START_TEST(yields_take_turns)
{
	strbuf_init(&trace);
	run(nested, (void *)1);
	ck_assert_str_eq(trace.data, "(1(2 1(3 2 1) 3 2) 3)");
	ck_assert_ptr_null(coro_self());
	strbuf_clear(&trace);
}
END_TEST

static int pair[2];
static struct coro *victim;
static int results[8];

static void
open_pair(void)
{
	ck_assert_int_eq(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
	memset(results, 0, sizeof(results));
}

static void
close_pair(void)
{
	close(pair[0]);
	close(pair[1]);
}

static void
fill_up(int fd)
{
	static char block[65536];

	while (send(fd, block, sizeof(block), 0) > 0)
		;
}

static int
wait_in_way(int way)
{
	switch (way) {
	case 0:
		return coro_wait_fd(pair[0], CORO_READ, CORO_NEVER);
	case 1:
		return coro_wait_fd(pair[0], CORO_WRITE, in_ms(100000));
	case 2:
		return coro_sleep(in_ms(100000));
	case 3:
		return coro_suspend(CORO_NEVER);
	default:
		return coro_yield();
	}
}

static void
waits_in_each_way(void *arg)
{
	int first = *(int *)arg, i;

	for (i = 0; i < 5; i++)
		results[i] = wait_in_way((first + i) % 5);
	results[5] = coro_is_cancelled(coro_self());
}

static void
cancels(void *arg)
{
	(void)arg;
	coro_cancel(victim);
	coro_cancel(victim);
}

/* The first wait, each kind once, ends; so do the later ones. */
START_TEST(cancelling_fails_every_wait)
{
	int i;

	open_pair();
	fill_up(pair[0]);
	victim = coro_start(test_loop(), waits_in_each_way, &_i);
	run(cancels, NULL);
	for (i = 0; i < 5; i++)
		ck_assert_int_eq(results[i], -ECANCELED);
	ck_assert_int_eq(results[5], 1);
	close_pair();
}
END_TEST

static void
sleeps_twice(void *results_of)
{
	((int *)results_of)[0] = coro_sleep(in_ms(100000));
	((int *)results_of)[1] = coro_sleep(in_ms(1));
}

static void
interrupts(void *arg)
{
	coro_interrupt(arg);
}

START_TEST(interrupting_fails_one_wait)
{
	victim = coro_start(test_loop(), sleeps_twice, results);
	run(interrupts, victim);
	ck_assert(results[0] == -ECANCELED && results[1] == 0);
}
END_TEST

START_TEST(cancelled_before_it_ran)
{
	int first = 0;

	open_pair();
	victim = coro_start(test_loop(), waits_in_each_way, &first);
	ck_assert(!coro_is_cancelled(victim));
	coro_cancel(victim);
	run_all();
	ck_assert_int_eq(results[0], -ECANCELED);
	coro_start(test_loop(), counts, NULL); /* on the same stack */
	run_all();
	close_pair();
}
END_TEST

/* Each wait that comes to its deadline, and one that is long past. */
static void
times_out(void *arg)
{
	int64_t start = loop_now(test_loop());

	(void)arg;
	results[0] = coro_wait_fd(pair[0], CORO_READ, in_ms(20));
	ck_assert_int_ge(loop_now(test_loop()), start + 20);
	results[1] = coro_suspend(in_ms(20));
	ck_assert_int_ge(loop_now(test_loop()), start + 40);
	results[2] = coro_suspend(start);
	results[3] = coro_wait_fd(pair[0], CORO_READ, start);
	results[4] = coro_sleep(start);
	results[5] = coro_wait_fd(pair[0], CORO_READ | CORO_WRITE, in_ms(9000));
	ck_assert_int_lt(loop_now(test_loop()), start + 5000);
}

START_TEST(waits_end_at_their_deadline)
{
	open_pair();
	run(times_out, NULL);
	ck_assert_int_eq(results[0], -ETIMEDOUT);
	ck_assert_int_eq(results[1], -ETIMEDOUT);
	ck_assert_int_eq(results[2], -ETIMEDOUT);
	ck_assert_int_eq(results[3], -ETIMEDOUT);
	ck_assert_int_eq(results[4], 0);
	ck_assert_int_eq(results[5], 0);
	close_pair();
}
END_TEST

static void
wakes_victim(void *arg)
{
	coro_sleep(in_ms(10));
	coro_wake(victim, (int)(intptr_t)arg);
}

static void
waits_twice(void *arg)
{
	int64_t start = loop_now(test_loop());

	(void)arg;
	victim = coro_self();
	coro_start(test_loop(), wakes_victim, (void *)7);
	results[0] = coro_suspend(start + 30);
	results[1] = coro_suspend(start + 90);
	ck_assert_int_ge(loop_now(test_loop()), start + 90);
	results[2] = coro_suspend(loop_now(test_loop()) + 5);
	ck_assert_int_lt(loop_now(test_loop()), start + 5000);
}

/* The deadline of a wait that was woken does not end the next one; a shorter
 * deadline than the last is not missed. */
START_TEST(an_old_deadline_is_forgotten)
{
	open_pair();
	run(waits_twice, NULL);
	ck_assert_int_eq(results[0], 7);
	ck_assert_int_eq(results[1], -ETIMEDOUT);
	ck_assert_int_eq(results[2], -ETIMEDOUT);
	close_pair();
}
END_TEST

static void
is_woken_early(void *arg)
{
	(void)arg;
	coro_wake(coro_self(), 42);
	coro_wake(coro_self(), 43);
	results[0] = coro_suspend(CORO_NEVER);
	results[1] = coro_suspend(in_ms(10));
}

START_TEST(a_wake_before_the_wait_is_kept_once)
{
	open_pair();
	run(is_woken_early, NULL);
	ck_assert_int_eq(results[0], 42);
	ck_assert_int_eq(results[1], -ETIMEDOUT);
	victim = coro_start(test_loop(), is_woken_early, NULL);
	coro_wake(victim, 41);
	run_all();
	ck_assert_int_eq(results[0], 41);
	close_pair();
}
END_TEST

/* Meant for a later wait of another kind: it ends only that. */
static void
is_woken_elsewhere(void *arg)
{
	int64_t start = loop_now(test_loop());

	(void)arg;
	victim = coro_self();
	coro_start(test_loop(), wakes_victim, (void *)5);
	results[0] = coro_sleep(start + 40);
	ck_assert_int_ge(loop_now(test_loop()), start + 40);
	results[1] = coro_suspend(CORO_NEVER);
	coro_start(test_loop(), wakes_victim, (void *)6);
	results[2] = coro_wait_fd(pair[0], CORO_READ, in_ms(40));
	results[3] = coro_suspend(CORO_NEVER);
	results[4] = coro_suspend(in_ms(5));
}

START_TEST(a_wake_ends_no_other_wait)
{
	open_pair();
	run(is_woken_elsewhere, NULL);
	ck_assert_int_eq(results[0], 0);
	ck_assert_int_eq(results[1], 5);
	ck_assert_int_eq(results[2], -ETIMEDOUT);
	ck_assert_int_eq(results[3], 6);
	ck_assert_int_eq(results[4], -ETIMEDOUT);
	close_pair();
}
END_TEST

static void
busy_then_wakes(void *arg)
{
	(void)arg;
	coro_sleep(in_ms(20));
	coro_wake(victim, 9);
}

static void
suspends_as_long(void *arg)
{
	(void)arg;
	results[0] = coro_suspend(in_ms(20));
	results[1] = coro_suspend(in_ms(5));
}

/* Deadline and wake in one turn: the wake reaches that wait or is kept, and
 * is not given twice. */
START_TEST(a_wake_at_the_deadline_is_given_once)
{
	open_pair();
	victim = coro_start(test_loop(), suspends_as_long, NULL);
	coro_start(test_loop(), busy_then_wakes, NULL);
	run_all();
	ck_assert_int_eq((results[0] == 9) + (results[1] == 9), 1);
	coro_start(test_loop(), busy_then_wakes, NULL);
	victim = coro_start(test_loop(), suspends_as_long, NULL);
	run_all();
	ck_assert_int_eq(results[0], 9);
	ck_assert_int_eq(results[1], -ETIMEDOUT);
	close_pair();
}
END_TEST

static void
waits_to_read(void *arg)
{
	results[(intptr_t)arg] = coro_wait_fd(pair[0], CORO_READ, in_ms(5000));
}

START_TEST(a_descriptor_wakes_its_waiter)
{
	open_pair();
	coro_start(test_loop(), waits_to_read, (void *)0);
	results[0] = 1;
	loop_turn(test_loop(), 0);
	ck_assert_int_eq(results[0], 1);
	ck_assert_int_eq(write(pair[1], "x", 1), 1);
	run_all();
	ck_assert_int_eq(results[0], 0);
	close_pair();
}
END_TEST

START_TEST(two_may_not_wait_for_one_descriptor)
{
	open_pair();
	coro_start(test_loop(), waits_to_read, (void *)0);
	run(waits_to_read, (void *)1);
}
END_TEST

START_TEST(a_wait_needs_a_coroutine)
{
	coro_sleep(in_ms(1));
}
END_TEST

enum { TIMERS = 200 };

struct timer_model {
	struct timers heap;
	struct timer timers[TIMERS];
	int64_t deadlines[TIMERS]; /* what they should be */
	unsigned seed;
	int64_t now;
};

static void
change_one(struct timer_model *m)
{
	int k = rand_r(&m->seed) % TIMERS;
	int64_t deadline = m->now + rand_r(&m->seed) % 500 + 1;

	m->deadlines[k] = rand_r(&m->seed) % 4 ? deadline : 0;
	if (rand_r(&m->seed) % 16 == 0) {
		m->deadlines[k] = 0;
		timer_remove(&m->heap, &m->timers[k]);
	} else {
		timer_set(&m->heap, &m->timers[k], m->deadlines[k]);
	}
}

/* All that are due come, once, and not before timers_next said. */
static bool
expire_like_the_model(struct timer_model *m)
{
	int64_t next = timers_next(&m->heap), *deadline;
	struct timer *due;
	int k;

	while ((due = timers_expire(&m->heap, m->now)) != NULL) {
		deadline = &m->deadlines[due - m->timers];
		if (*deadline == 0 || *deadline > m->now || *deadline < next)
			return false;
		*deadline = 0;
	}
	for (k = 0; k < TIMERS; k++)
		if (m->deadlines[k] != 0 && m->deadlines[k] <= m->now)
			return false;
	return true;
}

/* Against a plain array, whatever was set, moved or removed. */
START_TEST(timers_against_a_model)
{
	struct timer_model m = {.seed = (unsigned)_i + 1, .now = 1};
	int i;

	for (i = 0; i < 20000; i++) {
		change_one(&m);
		m.now += rand_r(&m.seed) % 8;
		if (!expire_like_the_model(&m))
			ck_abort_msg("step %d", i);
	}
	timers_clear(&m.heap);
}
END_TEST

static void
add_deadly(TCase *tc)
{
	if (!can_fork()) {
		puts("skipped: tests of panics: CK_FORK=no");
		return;
	}
	tcase_add_test_raise_signal(
	    tc, two_may_not_wait_for_one_descriptor, SIGABRT);
	tcase_add_test_raise_signal(tc, a_wait_needs_a_coroutine, SIGABRT);
}

TCase *
run_coro_case(void)
{
	TCase *tc = case_with_loop("coro");

	tcase_add_test(tc, ten_thousand_start_and_finish);
	tcase_add_test(tc, thousands_sleep_and_wake);
	tcase_add_test(tc, yields_take_turns);
	tcase_add_loop_test(tc, cancelling_fails_every_wait, 0, 5);
	tcase_add_test(tc, cancelled_before_it_ran);
	tcase_add_test(tc, interrupting_fails_one_wait);
	tcase_add_test(tc, waits_end_at_their_deadline);
	tcase_add_test(tc, an_old_deadline_is_forgotten);
	tcase_add_test(tc, a_wake_before_the_wait_is_kept_once);
	tcase_add_test(tc, a_wake_ends_no_other_wait);
	tcase_add_test(tc, a_wake_at_the_deadline_is_given_once);
	tcase_add_test(tc, a_descriptor_wakes_its_waiter);
	tcase_add_loop_test(tc, timers_against_a_model, 0, 5);
	add_deadly(tc);
	return tc;
}
