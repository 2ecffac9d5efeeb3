/*
 * check_rules_captured: text that one rule catches and another looks for.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "filters/rules/eval/eval.h"

#include "check_rules.h"

static const struct ruleset_options options = {.captured_text = true};

/* Hits of rule X on a mail. */
static unsigned
ask(const char *rules, const char *mail)
{
	struct envelope envelope = {.sender = "", .helo = ""};
	struct message message;
	struct scan scan = {
	    .arena = arena, .envelope = &envelope, .message = &message};
	struct targets targets = {.scan = &scan};
	struct eval_context c = {.scan = &scan, .targets = &targets};
	struct ruleset *set;
	unsigned hits;

	set = rules_parse_sound(rules, &options);
	message_parse(str_c(mail), arena, &message);
	targets.set = c.set = set;
	c.rule = ruleset_find(set, str_c("X"));
	ck_assert_int_eq(c.rule->type, RULE_EVAL);
	c.matcher = matcher_new(100000, 8 << 20);
	hits = c.rule->eval->run(&c);
	matcher_free(c.matcher);
	ruleset_free(set);
	return hits;
}

#define TO "header __TO To:addr =~ /(?<TO>.*)/\n"
#define MAIL(subject, body)                                   \
	"To: <bob@b.example>\r\nSubject: " subject "\r\n\r\n" \
	"" body "\r\n"

START_TEST(caught_text_is_found)
{
	static const struct {
		const char *rules, *mail;
		unsigned hits;
	} cases[] = {
	    {TO "body X /for %{TO}!/", MAIL("x", "for bob@b.example!"), 1},
	    {TO "body X /for %{TO}!/", MAIL("x", "for rob@b.example!"), 0},
	    {TO "body X /for %{TO}!/", MAIL("x", "for Bob@b.example!"), 0},
	    {TO "body X /for %{TO}!/i", MAIL("x", "for BOB@b.example!"), 1},
	    /* a dot of the address is a dot and no regex */
	    {TO "body X /for %{TO}!/", MAIL("x", "for bob@b-example!"), 0},
	    {TO "header X Subject =~ /^%{TO}$/", MAIL("bob@b.example", ""), 1},
	    {TO "header X Subject =~ /^%{TO}$/", MAIL("-bob@b.example", ""), 0},
	    {TO "body X /^.+%{TO}.+$/", MAIL("x", "-bob@b.example-"), 1},
	    {TO "header X Subject =~ /%{TO}/", MAIL("bob@b.example", ""), 1},
	    {TO "header X Subject !~ /%{TO}/", MAIL("bob@b.example", ""), 0},
	    {TO "header X Subject !~ /%{TO}/", MAIL("x", ""), 1},
	    {TO "util_rb_tld example\nuri X m|^http://\\S+\\#%{TO}|i",
		MAIL("x", "http://a.example/#bob@b.example"), 1},
	    {TO "full X /%{TO}/", MAIL("x", ""), 1},
	    {TO "header __S Subject =~ /(?<S>\\w+)$/\n"
		"body X /%{S} of %{TO}/",
		MAIL("the house", "the house of bob@b.example"), 1},
	    {TO "header __S Subject =~ /(?<S>\\w+)$/\n"
		"body X /%{S} of %{TO}/",
		MAIL("the house", "the mouse of bob@b.example"), 0},
	    {TO "header __F From:addr =~ /(?<TO>.+)/\nbody X /%{TO}/",
		"From: a@x.example\r\nTo: b@x.example\r\n\r\na@x.example\r\n",
		1},
	    /* nothing caught, nothing found */
	    {TO "body X /for %{TO}!/", "Subject: x\r\n\r\nfor !\r\n", 0},
	    {TO "header X Subject !~ /%{TO}/", "Subject: x\r\n\r\n", 0},
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ck_assert_msg(
		    ask(cases[i].rules, cases[i].mail) == cases[i].hits,
		    "%zu: %s", i, cases[i].rules);
}
END_TEST

START_TEST(text_that_nobody_catches_is_told)
{
	struct problems p;
	struct ruleset *set;

	problems_init(&p, arena);
	set = ruleset_parse(
	    str_c("body X /%{NOBODY}/\nmeta Y !X\nbody Z /%{A}%{A}%{A}%{A}%{A}"
		  "%{A}%{A}%{A}%{A}/\n"),
	    "test.cf", &options, &p);
	ck_assert_int_eq(ruleset_find(set, str_c("X"))->type, RULE_UNSUPPORTED);
	ck_assert_int_eq(ruleset_find(set, str_c("Y"))->type, RULE_UNSUPPORTED);
	ck_assert_uint_eq(p.errors, 1);
	ck_assert_uint_eq(p.count, 3);
	ruleset_free(set);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
	    caught_text_is_found,
	    text_that_nobody_catches_is_told,
	};

	return rules_run(
	    "rules_captured", tests, sizeof(tests) / sizeof(tests[0]));
}
