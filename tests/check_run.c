/*
 * check_run: coroutines, deadlines, streams and the spool.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "postern/spool.h"
#include "postern/stream.h"

static struct loop *loop;
static int done;
static int results[8];
static int pair[2];

static void
setup(void)
{
	loop = loop_new();
	done = 0;
	ck_assert(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
}

static void
teardown(void)
{
	loop_free(loop);
}

static void
close_pair(void)
{
	close(pair[0]);
	close(pair[1]);
}

static void
finish(int wanted)
{
	if (++done == wanted)
		loop_stop(loop);
}

static void
sleeper(void *arg)
{
	int64_t start = loop_now(loop);

	ck_assert_int_eq(coro_sleep(start + (intptr_t)arg), 0);
	ck_assert_int_ge(loop_now(loop), start + (intptr_t)arg);
	finish(3000);
}

static void
nursery(void *arg)
{
	intptr_t i;

	(void)arg;
	for (i = 0; i < 3000; i++)
		coro_start(loop, sleeper, (void *)(i * 7 % 60));
}

START_TEST(thousands_sleep_and_wake)
{
	coro_start(loop, nursery, NULL);
	loop_run(loop);
	loop_turn(loop, 0);
	ck_assert_int_eq(done, 3000);
	ck_assert_uint_eq(coro_count(loop), 0);
	close_pair();
}
END_TEST

static struct coro *victim;

static void
waits_in_each_way(void *arg)
{
	(void)arg;
	results[0] = coro_wait_fd(pair[0], CORO_READ, CORO_NEVER);
	results[1] = coro_sleep(loop_now(loop) + 1000000);
	results[2] = coro_suspend(CORO_NEVER);
	results[3] = coro_yield();
	finish(1);
}

static void
cancels(void *arg)
{
	(void)arg;
	coro_sleep(loop_now(loop) + 20);
	coro_cancel(victim);
}

START_TEST(cancelling_fails_every_wait)
{
	int i;

	victim = coro_start(loop, waits_in_each_way, NULL);
	coro_start(loop, cancels, NULL);
	loop_run(loop);
	for (i = 0; i < 4; i++)
		ck_assert_int_eq(results[i], -ECANCELED);
	close_pair();
}
END_TEST

static void
is_woken_early(void *arg)
{
	(void)arg;
	coro_wake(coro_self(), 42);
	results[0] = coro_suspend(CORO_NEVER);
	results[1] = coro_suspend(loop_now(loop) + 10);
	finish(1);
}

START_TEST(a_wake_before_the_wait_is_kept_once)
{
	coro_start(loop, is_woken_early, NULL);
	loop_run(loop);
	ck_assert_int_eq(results[0], 42);
	ck_assert_int_eq(results[1], -ETIMEDOUT);
	close_pair();
}
END_TEST

static void
reads_lines(void *arg)
{
	struct stream *s = stream_new(pair[1]);
	struct str line;
	int result;

	(void)arg;
	for (;;) {
		result = stream_read_line(s, 10, loop_now(loop) + 5000, &line);
		if (result == STREAM_LINE_TOO_LONG)
			results[0]++;
		else if (result == 0)
			results[1] += line.len == 11 || line.len == 3;
		else
			break;
	}
	results[2] = result;
	stream_free(s);
	finish(2);
}

/* One octet a turn: ten octets with CR are allowed, eleven are too long. */
static void
writes_octets(void *arg)
{
	static const char text[] = "ab\r\n0123456789\r\n0123456789x\r\n"
				   "0123456789012345678901234567890\r\ncd\r\n";
	struct stream *s = stream_new(pair[0]);
	size_t i;

	(void)arg;
	for (i = 0; i + 1 < sizeof(text); i++) {
		stream_owe(s, str_of(text + i, 1));
		ck_assert_int_eq(stream_flush(s, loop_now(loop) + 5000), 0);
		coro_yield();
	}
	stream_free(s);
	finish(2);
}

START_TEST(lines_are_cut_and_bounded)
{
	memset(results, 0, sizeof(results));
	coro_start(loop, reads_lines, NULL);
	coro_start(loop, writes_octets, NULL);
	loop_run(loop);
	ck_assert_int_eq(results[0], 2);
	ck_assert_int_eq(results[1], 3);
	ck_assert_int_eq(results[2], -ECONNRESET);
}
END_TEST

static void
writes_to_the_deaf(void *arg)
{
	struct stream *s = stream_new(pair[0]);
	static char block[65536];
	int i, result = 0;

	(void)arg;
	for (i = 0; i < 1000 && result >= 0; i++)
		result = stream_write(
		    s, str_of(block, sizeof(block)), loop_now(loop) + 100);
	results[0] = result;
	results[1] = i;
	stream_free(s);
	finish(1);
}

START_TEST(back_pressure_ends_in_a_timeout)
{
	coro_start(loop, writes_to_the_deaf, NULL);
	loop_run(loop);
	ck_assert_int_eq(results[0], -ETIMEDOUT);
	ck_assert_int_lt(results[1], 100);
	close(pair[1]);
}
END_TEST

static void
looks(void *arg)
{
	struct stream *s = stream_new(pair[0]);

	(void)arg;
	results[0] = stream_is_readable(s);
	ck_assert(write(pair[1], "x", 1) == 1);
	results[1] = stream_is_readable(s);
	close(pair[1]);
	results[2] = stream_is_readable(s);
	stream_free(s);
	finish(1);
}

START_TEST(unasked_octets_are_seen)
{
	coro_start(loop, looks, NULL);
	loop_run(loop);
	ck_assert_int_eq(results[0], 0);
	ck_assert_int_eq(results[1], 1);
	ck_assert_int_eq(results[2], 1);
}
END_TEST

START_TEST(spool_is_exact_on_both_sides_of_its_limit)
{
	static const size_t sizes[] = {0, 1, 999, 1000, 1001, 70000, 300000};
	char *octets = malloc(300000);
	struct spool spool;
	struct error error;
	struct str all;
	size_t i, k, n;

	for (i = 0; i < 300000; i++)
		octets[i] = (char)(i * 31 % 251);
	spool_init(&spool, "/tmp", 1000);
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		for (k = 0; k < sizes[i]; k += n) {
			n = sizes[i] - k < 777 ? sizes[i] - k : 777;
			ck_assert(
			    spool_add(&spool, str_of(octets + k, n), &error));
		}
		ck_assert_uint_eq(spool_size(&spool), sizes[i]);
		ck_assert(spool_read(&spool, &all, &error));
		ck_assert_uint_eq(all.len, sizes[i]);
		ck_assert(
		    all.len == 0 || memcmp(all.data, octets, all.len) == 0);
		spool_clear(&spool);
	}
	free(octets);
	close_pair();
}
END_TEST

START_TEST(spool_says_when_it_cannot_hold)
{
	struct spool spool;
	struct error error;

	spool_init(&spool, "/nonexistent/folder", 10);
	ck_assert(spool_add(&spool, str_c("0123456789"), &error));
	ck_assert(!spool_add(&spool, str_c("x"), &error));
	ck_assert_ptr_nonnull(strstr(error.text, "No such file"));
	spool_clear(&spool);
	close_pair();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("run");
	TCase *all = tcase_create("all");
	SRunner *runner;
	int failed;

	suite_add_tcase(suite, all);
	tcase_add_checked_fixture(all, setup, teardown);
	tcase_set_timeout(all, 30);
	tcase_add_test(all, thousands_sleep_and_wake);
	tcase_add_test(all, cancelling_fails_every_wait);
	tcase_add_test(all, a_wake_before_the_wait_is_kept_once);
	tcase_add_test(all, lines_are_cut_and_bounded);
	tcase_add_test(all, back_pressure_ends_in_a_timeout);
	tcase_add_test(all, unasked_octets_are_seen);
	tcase_add_test(all, spool_is_exact_on_both_sides_of_its_limit);
	tcase_add_test(all, spool_says_when_it_cannot_hold);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
