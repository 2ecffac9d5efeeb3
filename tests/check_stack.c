/*
 * check_stack: what coroutines' stacks cost, and what guards them.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>

#include "check_run.h"

static int results[8];

static __attribute__((noinline)) int
use_stack(size_t octets)
{
	volatile char at[4096];
	size_t i;

	for (i = 0; i < sizeof(at); i += 512)
		at[i] = (char)octets;
	return octets > sizeof(at) ? use_stack(octets - sizeof(at)) + at[0] :
				     at[0];
}

/* How many of the 16 pages that end two pages below `at` are there. */
static int
pages_below(const volatile char *at)
{
	uintptr_t page = (uintptr_t)at / 4096 * 4096 - 18 * 4096;
	unsigned char there[16];
	int i, count = 0;

	ck_assert_int_eq(mincore((void *)page, 16 * 4096, there), 0);
	for (i = 0; i < 16; i++)
		count += there[i] & 1;
	return count;
}

static void
goes_deep_and_idles(void *arg)
{
	volatile char mine[256];
	int i;

	(void)arg;
	for (i = 0; i < 256; i++)
		mine[i] = (char)i;
	results[0] = use_stack(150000);
	results[1] = pages_below(mine);
	coro_sleep(in_ms(500));
	results[2] = pages_below(mine);
	coro_sleep(in_ms(2200));
	results[3] = pages_below(mine);
	for (i = 0; i < 256; i++)
		ck_assert_int_eq(mine[i], (char)i);
	results[4] = use_stack(150000);
}

START_TEST(an_idle_stack_is_given_back)
{
	run(goes_deep_and_idles, NULL);
	ck_assert_int_eq(results[4], results[0]);
	if (is_instrumented()) {
		puts("skipped: pages of a stack: locals may be elsewhere");
		return;
	}
	ck_assert_int_eq(results[1], 16);
	ck_assert_int_eq(results[2], 16);
	ck_assert_int_eq(results[3], 0);
}
END_TEST

static __attribute__((noinline)) int
touch_far_below(int frames)
{
	volatile char frame[15000];

	frame[0] = 1;
	return frames > 0 ? touch_far_below(frames - 1) + frame[0] : 0;
}

static void
overflows(void *arg)
{
	(void)arg;
	results[0] = touch_far_below(20); /* 300 KB */
}

START_TEST(a_stack_overflow_hits_the_guard)
{
	run(overflows, NULL);
}
END_TEST

TCase *
run_stack_case(void)
{
	TCase *tc = case_with_loop("stack");

	tcase_add_test(tc, an_idle_stack_is_given_back);
	if (!can_fork())
		puts("skipped: stack overflow: CK_FORK=no");
	else if (is_instrumented())
		puts("skipped: stack overflow: a sanitizer takes the signal");
	else
		tcase_add_test_raise_signal(
		    tc, a_stack_overflow_hits_the_guard, SIGSEGV);
	return tc;
}
