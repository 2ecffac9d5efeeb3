/*
 * check_evals: evals, family by family: a mail, rules, and which of them hit.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <check.h>
#include <stdlib.h>
#include <unistd.h>

#include "postern/strbuf.h"

#include "eval_cases.h"
#include "filters/rules/eval/eval.h"
#include "filters/rules/set/glob_match.h"
#include "filters/rules/text/mail_date.h"

static struct arena *arena;
static struct matcher *matcher;

static void
setup(void)
{
	arena = arena_new();
	matcher = matcher_new(100000, 8 << 20);
}

static void
teardown(void)
{
	matcher_free(matcher);
	arena_free(arena);
}

static struct ruleset *
load(const char *text)
{
	char path[] = "/tmp/postern-evals.XXXXXX";
	const char *list[] = {path};
	struct texts dirs = {list, 1};
	struct problems problems;
	struct ruleset *set;
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	ck_assert(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
	problems_init(&problems, arena);
	set = ruleset_load(&dirs, &problems);
	unlink(path);
	ck_assert_msg(problems.count == 0, "%s",
	    problems.count > 0 ? problems.list[0].text : "");
	return set;
}

static const struct property helo[] = {{"smtp", "helo", {"h.example", 9}}};
static const struct property sender[] = {
    {"smtp", "mailfrom", {"s@a.example", 11}}};
static const struct property signature[] = {
    {"header", "d", {"a.example", 9}}, {"header", "i", {"@a.example", 10}}};
static const struct detail policy[] = {{"policy", {"reject", 6}, 0}};

static struct finding findings[] = {
    {.method = "spf",
	.result = RESULT_SOFTFAIL,
	.properties = helo,
	.property_count = 1},
    {.method = "spf",
	.result = RESULT_PASS,
	.properties = sender,
	.property_count = 1},
    {.method = "dkim",
	.result = RESULT_PASS,
	.properties = signature,
	.property_count = 2},
    {.method = "dmarc",
	.result = RESULT_FAIL,
	.details = policy,
	.detail_count = 1},
    {.method = "arc", .result = RESULT_NONE},
};

/* Lines end in LF in the cases, in CRLF in mail. */
static struct str
with_crlf(const char *text)
{
	struct strbuf out;
	struct str mail;

	strbuf_init(&out);
	for (; *text; text++) {
		if (*text == '\n')
			strbuf_putc(&out, '\r');
		strbuf_putc(&out, *text);
	}
	mail = arena_copy(arena, strbuf_str(&out));
	strbuf_clear(&out);
	return mail;
}

/* The names of the rules that hit, a space behind each. */
static struct str
hits(const struct ruleset *set, struct str mail, bool authenticated)
{
	struct envelope envelope = {.helo = "",
	    .protocol = "ESMTP",
	    .receiver = "us.example",
	    .client_from_mail = true,
	    .sender_from_mail = true};
	struct message message;
	struct scan scan = {.arena = arena,
	    .envelope = &envelope,
	    .message = &message,
	    .time = 1772532000};
	struct targets targets = {.scan = &scan, .set = set};
	struct eval_context c = {
	    .scan = &scan, .targets = &targets, .set = set, .matcher = matcher};
	struct strbuf out;
	struct str names;
	size_t i;

	if (authenticated) {
		scan.findings = findings;
		scan.finding_count = sizeof(findings) / sizeof(*findings);
	}
	message_parse(mail, arena, &message);
	strbuf_init(&out);
	for (i = 0; i < set->count; i++) {
		c.rule = &set->rules[i];
		if (c.rule->type == RULE_EVAL && c.rule->eval->run(&c) > 0)
			strbuf_printf(&out, "%s ", c.rule->name);
	}
	names = arena_copy(arena, strbuf_str(&out));
	strbuf_clear(&out);
	return names;
}

START_TEST(test_case)
{
	const struct eval_case *k = &eval_cases[_i];
	struct ruleset *set = load(k->rules);
	struct str got = hits(set, with_crlf(k->mail), k->authenticated);

	ck_assert_msg(str_is(str_trim(got), k->want),
	    "%s: got \"%.*s\", want \"%s\"", k->what, (int)got.len, got.data,
	    k->want);
	ruleset_free(set);
}
END_TEST

/* A mail that is cut off anywhere is a mail. */
START_TEST(test_cut)
{
	const struct eval_case *k = &eval_cases[_i];
	struct ruleset *set = load(k->rules);
	struct str mail = with_crlf(k->mail);
	size_t i;
	char *exact;

	for (i = 0; i <= mail.len; i += 7) {
		exact = malloc(i + 1);
		memcpy(exact, mail.data, i);
		hits(set, str_of(exact, i), k->authenticated);
		free(exact);
		arena_reset(arena);
		mail = with_crlf(k->mail);
	}
	ruleset_free(set);
}
END_TEST

static const struct {
	const char *text;
	int64_t want; /* -1: no date */
} dates[] = {
    {"Tue, 3 Mar 2026 10:00:00 +0000", 1772532000},
    {"3 Mar 2026 12:00:00 +0200", 1772532000},
    {"Tue, 03 Mar 2026 05:00:00 EST (New York)", 1772532000},
    {"Tue Mar  3 10:00:00 2026 GMT", 1772496000},
    {"3 Mar 26 10:00 UT", 1772532000},
    {"31 Feb 2026 10:00:00 +0000", 1772359200},
    {"3 Mar 126 10:00:00", 1772532000},
    {"3 Mar 2099 25:61:61 +0000", 2119737599},
    {"3 Foo 2026 10:00:00", -1},
    {"yesterday", -1},
    {"", -1},
};

START_TEST(test_date)
{
	int64_t got = -1;
	bool found = mail_date_parse(str_c(dates[_i].text), &got);

	ck_assert_msg(found == (dates[_i].want >= 0), "%s", dates[_i].text);
	ck_assert_msg(!found || got == dates[_i].want, "%s: got %lld",
	    dates[_i].text, (long long)got);
}
END_TEST

START_TEST(test_glob)
{
	ck_assert(glob_match(str_c("*@a.example"), str_c("B@A.example"), 0));
	ck_assert(glob_match(str_c("?@*.b"), str_c("x@y.z.b"), 0));
	ck_assert(!glob_match(str_c("?@*.b"), str_c("x@y.z.b"), '.'));
	ck_assert(!glob_match(str_c("a"), str_c("ab"), 0));
	ck_assert(glob_match(str_c("**"), str_c(""), 0));
}
END_TEST

/* All kinds at once on large mails of one thing. */
START_TEST(test_hostile)
{
	static const char *const fillers[] = {"a@b.example ", "<a href=x>y</a>",
	    "Received: from a by b\n", "&#x1234;", "=41", "--\n", "word ",
	    "http://a.example/ ", "symbol: x\n", "<b><i>"};
	struct ruleset *set = load(eval_rules_all);
	struct strbuf mail;

	strbuf_init(&mail);
	strbuf_puts(&mail,
	    "From: a@free.example\r\nSubject: x y\r\nContent-Type: "
	    "text/html\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
	while (mail.len < 300000)
		strbuf_puts(&mail, fillers[_i]);
	hits(set, strbuf_str(&mail), true);
	strbuf_clear(&mail);
	ruleset_free(set);
}
END_TEST

/* The names of the tables are names once, and each has an answer or a reason. */
START_TEST(test_tables)
{
	const struct eval_mute *mute;

	for (mute = eval_mute_table; mute->name; mute++) {
		ck_assert_msg(
		    eval_find(str_c(mute->name)) == NULL, "%s", mute->name);
		ck_assert_str_eq(eval_unanswered(str_c(mute->name)), mute->why);
	}
	ck_assert(eval_find(str_c("check_for_mime")) != NULL);
	ck_assert(eval_find(str_c("check_for_nothing")) == NULL);
	ck_assert(eval_unanswered(str_c("check_for_nothing")) == NULL);
}
END_TEST

static Suite *
evals_suite(void)
{
	Suite *suite = suite_create("evals");
	TCase *tcase = tcase_create("evals");
	int count = sizeof(eval_cases) / sizeof(*eval_cases);

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 20);
	tcase_add_loop_test(tcase, test_case, 0, count);
	tcase_add_loop_test(tcase, test_cut, 0, count);
	tcase_add_loop_test(
	    tcase, test_date, 0, sizeof(dates) / sizeof(*dates));
	tcase_add_test(tcase, test_glob);
	tcase_add_loop_test(tcase, test_hostile, 0, 10);
	tcase_add_test(tcase, test_tables);
	suite_add_tcase(suite, tcase);
	return suite;
}

int
main(void)
{
	SRunner *runner = srunner_create(evals_suite());
	int failed;

	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
