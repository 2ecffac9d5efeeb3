/*
 * check_run: the loop, and the program that runs the runtime's suites.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>
#include <unistd.h>

#include "check_run.h"
#include "lib/run/coro_sanitize.h"

#ifdef HAVE_VALGRIND_VALGRIND_H
#define ON_VALGRIND RUNNING_ON_VALGRIND
#else
#define ON_VALGRIND 0
#endif

enum { PATIENCE = 60000 };

static struct loop *loop;

static void
setup(void)
{
	loop = loop_new();
}

static void
teardown(void)
{
	loop_free(loop);
}

TCase *
case_with_loop(const char *name)
{
	TCase *tc = tcase_create(name);

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, PATIENCE / 1000);
	return tc;
}

struct loop *
test_loop(void)
{
	return loop;
}

void
run_all(void)
{
	int64_t end = clock_ms() + PATIENCE;

	while (coro_count(loop) > 0) {
		ck_assert_msg(clock_ms() < end, "a coroutine does not end");
		loop_turn(loop, 1000);
	}
}

void
run(void (*fn)(void *arg), void *arg)
{
	coro_start(loop, fn, arg);
	run_all();
}

int64_t
in_ms(int64_t ms)
{
	return loop_now(loop) + ms;
}

bool
is_instrumented(void)
{
#ifdef RUN_WITH_ASAN
	return true;
#else
	return ON_VALGRIND;
#endif
}

bool
can_fork(void)
{
	const char *fork = getenv("CK_FORK");

	return !fork || strcmp(fork, "no") != 0;
}

static int64_t seen_at;

static void
take_octet(void *arg)
{
	char octet;

	ck_assert_int_eq(read(*(int *)arg, &octet, 1), 1);
	seen_at = loop_now(loop);
}

/* A callback after a long silence sees the present time. */
START_TEST(a_watch_sees_the_time)
{
	int64_t before = clock_ms();
	struct watch *watch;
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	watch = loop_watch(loop, fds[0], take_octet, &fds[0]);
	usleep(60000);
	ck_assert_int_eq(write(fds[1], "x", 1), 1);
	loop_turn(loop, 1000);
	ck_assert_int_ge(seen_at, before + 60);
	loop_unwatch(watch);
	loop_unwatch(NULL);
	seen_at = 0;
	ck_assert_int_eq(write(fds[1], "x", 1), 1);
	loop_turn(loop, 0);
	ck_assert_int_eq(seen_at, 0);
	close(fds[0]);
	close(fds[1]);
}
END_TEST

START_TEST(a_turn_lasts_as_long_as_it_was_told)
{
	int64_t start = clock_ms();

	loop_turn(loop, 0);
	ck_assert_int_lt(clock_ms(), start + 1000);
	start = clock_ms();
	loop_turn(loop, 50);
	ck_assert_int_ge(clock_ms(), start + 49);
}
END_TEST

static void
stops(void *arg)
{
	(*(int *)arg)++;
	loop_stop(loop);
}

START_TEST(a_loop_stops_and_runs_again)
{
	int count = 0;

	coro_start(loop, stops, &count);
	loop_run(loop);
	ck_assert_int_eq(count, 1);
	coro_start(loop, stops, &count);
	coro_start(loop, stops, &count);
	loop_run(loop);
	ck_assert_int_eq(count, 3);
}
END_TEST

static void
naps(void *arg)
{
	coro_sleep(in_ms(20));
	stops(arg);
}

/* A turn that was cut short by something else leaves no timer behind. */
START_TEST(a_short_turn_does_not_end_a_later_one)
{
	int count = 0, fds[2];
	struct watch *watch;
	int64_t start;

	ck_assert_int_eq(pipe(fds), 0);
	watch = loop_watch(loop, fds[0], take_octet, &fds[0]);
	ck_assert_int_eq(write(fds[1], "x", 1), 1);
	loop_turn(loop, 30);
	start = clock_ms();
	loop_turn(loop, 200);
	ck_assert_int_ge(clock_ms(), start + 199);
	coro_start(loop, naps, &count);
	loop_run(loop);
	ck_assert_int_eq(count, 1);
	loop_unwatch(watch);
	close(fds[0]);
	close(fds[1]);
}
END_TEST

START_TEST(clocks_go_forward)
{
	int64_t cpu = clock_cpu_us(), ms = clock_ms();
	volatile int i;

	for (i = 0; clock_ms() < ms + 5; i++)
		;
	ck_assert_int_gt(clock_cpu_us(), cpu);
	ck_assert_int_gt(clock_ms(), ms);
	loop_turn(loop, 0);
	ck_assert_int_ge(loop_now(loop), ms + 5);
}
END_TEST

TCase *
run_loop_case(void)
{
	TCase *tc = case_with_loop("loop");

	tcase_add_test(tc, a_watch_sees_the_time);
	tcase_add_test(tc, a_turn_lasts_as_long_as_it_was_told);
	tcase_add_test(tc, a_loop_stops_and_runs_again);
	tcase_add_test(tc, a_short_turn_does_not_end_a_later_one);
	tcase_add_test(tc, clocks_go_forward);
	return tc;
}

int
main(void)
{
	Suite *suite = suite_create("run");
	SRunner *runner;
	int failed;

	suite_add_tcase(suite, run_loop_case());
	suite_add_tcase(suite, run_coro_case());
	suite_add_tcase(suite, run_stack_case());
	suite_add_tcase(suite, run_stream_case());
	suite_add_tcase(suite, run_peer_case());
	suite_add_tcase(suite, run_net_case());
	suite_add_tcase(suite, run_hosts_case());
	suite_add_tcase(suite, run_spool_case());
	suite_add_tcase(suite, run_tls_ticket_case());
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
