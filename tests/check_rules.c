/*
 * check_rules: an arena for each test, rule sets of a text.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "check_rules.h"

enum { TIMEOUT = 120 };

struct arena *arena;

static void
setup(void)
{
	arena = arena_new();
}

static void
teardown(void)
{
	arena_free(arena);
}

struct ruleset *
rules_parse(const char *text, struct problems *problems)
{
	struct ruleset *set;
	size_t i, sum = 0;

	problems_init(problems, arena);
	set = ruleset_parse(str_c(text), "test.cf", NULL, problems);
	for (i = 0; i < CF_FATES; i++)
		sum += set->counts[i];
	ck_assert_uint_eq(sum, set->lines);
	return set;
}

struct ruleset *
rules_parse_sound(const char *text, const struct ruleset_options *options)
{
	struct problems problems;
	struct ruleset *set;

	problems_init(&problems, arena);
	set = ruleset_parse(str_c(text), "test.cf", options, &problems);
	ck_assert_msg(problems.count == 0, "%s: %s", text,
	    problems.count ? problems.list[0].text : "");
	return set;
}

int
rules_run(const char *name, const TTest *const *tests, size_t count)
{
	Suite *suite = suite_create(name);
	TCase *all = tcase_create("all");
	SRunner *runner;
	size_t i;
	int failed;

	suite_add_tcase(suite, all);
	tcase_add_checked_fixture(all, setup, teardown);
	tcase_set_timeout(all, TIMEOUT);
	for (i = 0; i < count; i++)
		tcase_add_test(all, tests[i]);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
