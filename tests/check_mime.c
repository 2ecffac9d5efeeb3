/*
 * check_mime: a mail's content, one suite a module.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>
#include <time.h>

#include "check_mime.h"

enum { GROWTH = 16, TIME_GROWTH = 50 };

struct str
exact(struct str s)
{
	char *data = malloc(s.len ? s.len : 1);

	if (!data)
		abort();
	if (s.len)
		memcpy(data, s.data, s.len);
	return str_of(data, s.len);
}

void
expect(const char *label, struct str got, struct str want)
{
	ck_assert_msg(str_eq(got, want), "%s: got \"%.*s\", want \"%.*s\"",
	    label, (int)got.len, got.data, (int)want.len, want.data);
}

struct str
repeated(const char *text, size_t count)
{
	size_t i, len = strlen(text);
	char *data = malloc(len * count + 1);

	if (!data)
		abort();
	for (i = 0; i < count; i++)
		memcpy(data + i * len, text, len);
	return str_of(data, len * count);
}

/* The best of three, in microseconds and never 0. */
static long
work_time(void (*work)(struct str in), struct str in)
{
	long best = 0, took;
	clock_t start;
	int i;

	for (i = 0; i < 3; i++) {
		start = clock();
		work(in);
		took = (long)(clock() - start) * 1000000 / CLOCKS_PER_SEC + 1;
		if (best == 0 || took < best)
			best = took;
	}
	return best;
}

void
expect_linear(const char *label, struct str (*make)(size_t count),
    void (*work)(struct str in), size_t count)
{
	struct str small = make(count), large = make(GROWTH * count);
	long small_time = work_time(work, small);
	long large_time = work_time(work, large);

	/* Below a few milliseconds page faults outweigh the work. */
	if (small_time < 2000)
		small_time = 2000;
	ck_assert_msg(large_time < TIME_GROWTH * small_time,
	    "%s: %ld us for %zu octets, %ld us for %zu", label, small_time,
	    small.len, large_time, large.len);
	free((void *)small.data);
	free((void *)large.data);
}

int
main(void)
{
	SRunner *runner = srunner_create(message_suite());
	int failed;

	srunner_add_suite(runner, header_suite());
	srunner_add_suite(runner, charset_suite());
	srunner_add_suite(runner, mime_suite());
	srunner_add_suite(runner, mime_part_suite());
	srunner_add_suite(runner, mime_decode_suite());
	srunner_add_suite(runner, html_suite());
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
