/*
 * check_base: spans, numbers, addresses, the configuration's grammar and the
 * settings table.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <check.h>
#include <stdlib.h>

#include "postern/setting.h"

START_TEST(cut_gives_every_token)
{
	struct str rest = str_c("a,,b"), token;

	ck_assert(str_cut(&rest, ',', &token) && str_is(token, "a"));
	ck_assert(str_cut(&rest, ',', &token) && token.len == 0);
	ck_assert(str_cut(&rest, ',', &token) && str_is(token, "b"));
	ck_assert(!str_cut(&rest, ',', &token));
}
END_TEST

START_TEST(numbers_are_bounded)
{
	uint64_t n;

	ck_assert(str_to_uint(str_c("65535"), 65535, &n) && n == 65535);
	ck_assert(!str_to_uint(str_c("65536"), 65535, &n));
	ck_assert(!str_to_uint(str_c(""), 10, &n));
	ck_assert(!str_to_uint(str_c("-1"), 10, &n));
	ck_assert(!str_to_uint(str_c("99999999999999999999"), UINT64_MAX, &n));
	ck_assert(str_to_uint(str_c("18446744073709551615"), UINT64_MAX, &n));
}
END_TEST

START_TEST(scores_round_trip)
{
	static const char *const same[] = {
	    "0", "8.4", "-0.25", "15", "1000", "0.001", "-3"};
	static const char *const bad[] = {
	    "", ".", "1.2345", "1,5", "x", "--1", "1e3"};
	char text[16];
	size_t i;
	int score;

	for (i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		ck_assert_msg(
		    score_parse(str_c(same[i]), &score), "%s", same[i]);
		ck_assert_str_eq(score_format(score, text), same[i]);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(
		    !score_parse(str_c(bad[i]), &score), "%s", bad[i]);
}
END_TEST

START_TEST(addresses_are_normal)
{
	static const struct {
		const char *text, *normal;
	} good[] = {
	    {"192.0.2.1", "192.0.2.1"},
	    {"::ffff:192.0.2.1", "192.0.2.1"},
	    {"2001:DB8:0:0::1", "2001:db8::1"},
	    {"::1", "::1"},
	};
	static const char *const bad[] = {"", "192.0.2", "192.0.2.256",
	    "192.0.2.1/24", "1.2.3.4.5", "[::1]", "::1%lo", "010.0.0.1x"};
	char text[IP_TEXT_MAX];
	struct ip ip;
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		ck_assert(ip_parse(str_c(good[i].text), &ip));
		ck_assert_str_eq(ip_format(&ip, text), good[i].normal);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!ip_parse(str_c(bad[i]), &ip), "%s", bad[i]);
}
END_TEST

START_TEST(networks_hold_what_they_should)
{
	static const struct {
		const char *net, *ip;
		bool has;
	} cases[] = {
	    {"10.0.0.0/8", "10.255.0.1", true},
	    {"10.0.0.0/8", "11.0.0.1", false},
	    {"10.0.0.0/8", "::ffff:10.1.1.1", true},
	    {"0.0.0.0/0", "192.0.2.1", true},
	    {"0.0.0.0/0", "::1", false},
	    {"::/0", "192.0.2.1", false},
	    {"192.0.2.128/25", "192.0.2.127", false},
	    {"192.0.2.128/25", "192.0.2.128", true},
	    {"2001:db8::/33", "2001:db8:7fff::1", true},
	    {"2001:db8::/33", "2001:db8:8000::1", false},
	};
	struct ip_net net;
	struct ip ip;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ck_assert(ip_net_parse(str_c(cases[i].net), &net));
		ck_assert(ip_parse(str_c(cases[i].ip), &ip));
		ck_assert_msg(ip_net_has(&net, &ip) == cases[i].has, "%s %s",
		    cases[i].net, cases[i].ip);
	}
	ck_assert(!ip_net_parse(str_c("10.0.0.1/8"), &net));
	ck_assert(!ip_net_parse(str_c("10.0.0.0/33"), &net));
}
END_TEST

START_TEST(endpoints_read_as_admins_write_them)
{
	static const struct {
		const char *text, *normal;
	} cases[] = {
	    {"inet:8897@127.0.0.1", "127.0.0.1:8897"},
	    {"inet:host.example:25", "host.example:25"},
	    {"inet6:25@::1", "[::1]:25"},
	    {"[::1]:25", "[::1]:25"},
	    {"*:25", "*:25"},
	    {"local:/run/x", "unix:/run/x"},
	    {"unix:/run/x", "unix:/run/x"},
	    {"::1:25", NULL},
	    {"host", NULL},
	    {"host:99999", NULL},
	    {"unix:run/x", NULL},
	    {"a b:25", NULL},
	};
	struct arena *arena = arena_new();
	struct endpoint ep;
	struct error error;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool ok =
		    endpoint_parse(str_c(cases[i].text), arena, &ep, &error);

		ck_assert_msg(
		    ok == (cases[i].normal != NULL), "%s", cases[i].text);
		if (ok)
			ck_assert_str_eq(
			    endpoint_format(&ep, arena).data, cases[i].normal);
	}
	arena_free(arena);
}
END_TEST

struct sample {
	bool flag;
	unsigned count;
	size_t size;
	int64_t time;
	const char *text;
	struct texts list;
	struct reaction reaction;
};

static const struct setting table[] = {
    SETTING(sample, flag, SETTING_BOOL, "yes", "A flag.", NULL),
    SETTING(sample, count, SETTING_COUNT, "3", "A count.", NULL),
    SETTING(sample, size, SETTING_SIZE, "256K", "A size.", NULL),
    SETTING(sample, time, SETTING_DURATION, "5m", "A time.", NULL),
    SETTING(sample, text, SETTING_TEXT, "", "A text.", NULL),
    SETTING(sample, list, SETTING_TEXTS, "a, b", "A list.", NULL),
    SETTING(sample, reaction, SETTING_REACTION, "3.0", "What.", NULL),
    {.name = NULL},
};

/* The problems of a text, one a line, "line: text". */
static char *
problems_of(const char *text, struct sample *config)
{
	struct arena *arena = arena_new();
	struct problems problems;
	struct conf_node *nodes;
	struct strbuf out;
	size_t i;

	problems_init(&problems, arena);
	settings_defaults(table, config, arena);
	nodes = conffile_parse(str_c(text), "f", arena, &problems);
	settings_apply(table, config, nodes, NULL, arena, &problems, NULL);
	strbuf_init(&out);
	for (i = 0; i < problems.count; i++)
		strbuf_printf(&out, "%u: %s\n", problems.list[i].line,
		    problems.list[i].text);
	config->text = NULL;
	config->list.count = 0;
	arena_free(arena);
	return out.room ? out.data : strdup("");
}

/* The same lines, in any order: grammar is told before meaning. */
static bool
same_lines(const char *got, const char *want)
{
	struct str rest = str_c(want), line;

	if (strlen(got) != strlen(want))
		return false;
	while (str_cut_line(&rest, &line))
		if (str_find_str(str_c(got), line) == strlen(got))
			return false;
	return true;
}

START_TEST(problems_are_told_all_at_once)
{
	static const struct {
		const char *text, *problems;
	} cases[] = {
	    {"", ""},
	    {"flag = no count = 7 # here\nsize=30M", ""},
	    {"flag = maybe\ncount = -1\nsiez = 3\n",
		"1: flag: \"maybe\" is neither yes nor no\n"
		"2: count: \"-1\" is not a whole number\n"
		"3: unknown setting \"siez\"; did you mean \"size\"?\n"},
	    {"count = 1\ncount = 2\n", "2: count is set already, at f:1\n"},
	    {"text = \"open\n", "1: a quoted value does not end on its line\n"},
	    {"list = {a, b\n", "2: , or } expected, but the file ends\n"},
	    {"section \"x\" {\n",
		"1: section \"section\" is not closed "
		"with }\n"},
	    {"time = 5 parsecs\n",
		"1: time: \"5\" is not a duration such as 10s, 5m or 1h\n"
		"1: \"parsecs\" is followed by neither = nor {\n"},
	    {"= 3\n",
		"1: the name of a setting expected before \"=\"\n"
		"1: \"3\" is followed by neither = nor {\n"},
	};
	struct sample config;
	char *got;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		got = problems_of(cases[i].text, &config);
		ck_assert_msg(same_lines(got, cases[i].problems), "%s gives %s",
		    cases[i].text, got);
		free(got);
	}
}
END_TEST

START_TEST(values_arrive)
{
	struct sample config;

	free(problems_of("flag = off count = 4000000000 size = 1G time = 90s "
			 "reaction = defer",
	    &config));
	ck_assert(!config.flag);
	ck_assert_uint_eq(config.count, 4000000000u);
	ck_assert_uint_eq(config.size, (size_t)1 << 30);
	ck_assert_int_eq(config.time, 90000);
	ck_assert_int_eq(config.reaction.kind, REACTION_DEFER);
}
END_TEST

START_TEST(arena_survives_growth)
{
	struct arena *arena = arena_new();
	unsigned *list = NULL, i;

	for (i = 0; i < 5000; i++) {
		list = arena_push(arena, list, i, sizeof(*list));
		ck_assert_uint_eq(list[i], 0);
		list[i] = i;
	}
	for (i = 0; i < 5000; i++)
		ck_assert_uint_eq(list[i], i);
	arena_reset(arena);
	ck_assert_int_eq(*(char *)arena_alloc(arena, 1000), 0);
	arena_free(arena);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("base");
	TCase *all = tcase_create("all");
	SRunner *runner;
	int failed;

	suite_add_tcase(suite, all);
	tcase_add_test(all, cut_gives_every_token);
	tcase_add_test(all, numbers_are_bounded);
	tcase_add_test(all, scores_round_trip);
	tcase_add_test(all, addresses_are_normal);
	tcase_add_test(all, networks_hold_what_they_should);
	tcase_add_test(all, endpoints_read_as_admins_write_them);
	tcase_add_test(all, problems_are_told_all_at_once);
	tcase_add_test(all, values_arrive);
	tcase_add_test(all, arena_survives_growth);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
