/*
 * check_rules_budget: what a mail may cost, whatever it holds and whatever the
 * rules are.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdio.h>
#include <stdlib.h>

#include "postern/strbuf.h"

#include "filters/rules/match/early.h"
#include "filters/rules/match/pass.h"

#include "check_rules.h"

/* One mail against rules, with a budget in ms. */
static struct pass
run_mail(const char *rules, struct str mail, int64_t budget)
{
	static struct envelope envelope = {
	    .helo = "", .sender = "", .protocol = "SMTP", .receiver = ""};
	struct message message;
	struct scan scan = {.arena = arena, .envelope = &envelope};
	struct ruleset *set;
	struct pass_lane *lane;
	struct plan *plan;
	struct pass p;

	set = rules_parse_sound(rules, NULL);
	message_parse(mail, arena, &message);
	scan.message = &message;
	plan = plan_new(set, true);
	lane = pass_lane_new(plan, 100000, 8 << 20);
	pass_run(&p, plan, lane, &scan, budget);
	pass_lane_free(lane, plan);
	plan_free(plan);
	ruleset_free(set);
	return p;
}

static struct pass
run_rules(const char *rules, struct str body, int64_t budget)
{
	struct strbuf mail;
	struct pass p;

	strbuf_init(&mail);
	strbuf_puts(&mail, "Subject: needle\r\nFrom: a@example.org\r\n\r\n");
	strbuf_add(&mail, body);
	p = run_mail(rules, strbuf_str(&mail), budget);
	strbuf_clear(&mail);
	return p;
}

static struct str
repeat(const char *text, size_t count)
{
	size_t len = strlen(text), i;
	char *all = arena_alloc(arena, len * count + 1);

	for (i = 0; i < count; i++)
		memcpy(all + i * len, text, len);
	return str_of(all, len * count);
}

/* Texts and regexes that backtrack without end.  A limit takes the second and
 * third rules out, the others are asked before and after. */
START_TEST(slow_regexes_meet_the_limit)
{
	static const char rules[] = "header BEFORE Subject =~ /needle/\n"
				    "body SLOW /(?:[ab]+)+$/\n"
				    "rawbody SLOWER /(?:\\w|ab|a)+$/\n"
				    "full AFTER /Subject: needle/\n";
	struct str body =
	    arena_printf(arena, "%s!\r\n", repeat("abababababababab", 60).data);
	struct pass p = run_rules(rules, body, 600000);

	ck_assert_uint_eq(p.hits[0], 1);
	ck_assert(p.limited[1] && p.unknown[1] && p.hits[1] == 0);
	ck_assert(p.limited[2] && p.unknown[2] && p.hits[2] == 0);
	ck_assert_uint_eq(p.hits[3], 1);
	ck_assert(!p.budget.spent && p.limited_count == 2 && p.unmatched == 0);
}
END_TEST

/* Each place is cheap, there are too many; or each is dear. */
START_TEST(long_texts_use_up_the_budget)
{
	static const struct {
		const char *rule, *text;
		size_t count;
	} cases[] = {
	    {"/(?:[a-z]+\\s+){2,900}[a-z]*[!?]/s", "abc de ", 32000},
	    {"/\\w[^!]*\\w[^!]*\\w[^!]*[!?](?=x)/", "word\r\n", 37000},
	    {"/\\s*\\n\\s*\\n\\s*[!?]/", "\r\n", 500000},
	    {"/(?:.*\\n)*x[!?]/", "\r\n", 1000000},
	    /* whose start is looked for by an automaton */
	    {"/[ab]?(?:[a-m][ac]){12}(?:[a-m][ac]){12}(?:[a-m][ac]){12}"
	     "(?:[a-m][ac]){12}[a-z]{0,900}z9[!]x/",
		"aaaaaaaaaa", 100000},
	};
	struct str body;
	char rules[400];
	struct pass p;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(rules, sizeof(rules),
		    "header BEFORE Subject =~ /needle/\nfull SLOW %s\n"
		    "full AFTER /^X-Later: [!]$/m\n",
		    cases[i].rule);
		body = arena_printf(arena, "%s9!\r\n",
		    repeat(cases[i].text, cases[i].count).data);
		p = run_rules(rules, body, 50);
		ck_assert_uint_eq(p.hits[0], 1);
		ck_assert_uint_eq(p.hits[1], 0);
		ck_assert_msg(p.unknown[1], "%s", cases[i].rule);
		ck_assert_msg(
		    p.budget.spent || p.limited[1], "%s", cases[i].rule);
		ck_assert(!p.budget.spent || p.unmatched > 0);
		ck_assert_uint_eq(p.hits[2], 0);
	}
}
END_TEST

/* A regex whose groups call each other, and all of what it stands for would
 * take for ever to read. */
START_TEST(calls_of_calls_are_read)
{
	struct strbuf rules;
	unsigned times, i;
	struct pass p;
	struct str call;

	for (times = 0; times < 2; times++) {
		strbuf_init(&rules);
		strbuf_puts(&rules,
		    "header A Subject =~ /a1/\nheader B Subject =~ /b2/\n"
		    "header C Subject =~ /c3/\n"
		    "header D Subject =~ /(?(DEFINE)(?<a0>.)");
		for (i = 1; i < 20; i++) {
			call = arena_printf(
			    arena, "(?&a%u)%s", i - 1, times ? "{0}" : "");
			strbuf_printf(
			    &rules, "(?<a%u>%s)", i, repeat(call.data, 8).data);
		}
		strbuf_puts(&rules, ")(?&a19)needle/\n");
		p = run_rules(rules.data, str_c("text"), 60000);
		ck_assert_uint_eq(p.hits[3], times);
		strbuf_clear(&rules);
	}
}
END_TEST

/* Hits are counted, also in a long subject, and no more than wanted. */
START_TEST(hits_are_counted)
{
	static const char rules[] =
	    "full TEN /needle\\d/\n"
	    "tflags TEN multiple maxhits=10\n"
	    "body ONCE /straw/\n"
	    "rawbody ALL /straw/\ntflags ALL multiple\n"
	    "body NOSUBJECT /needle/\n"
	    "tflags NOSUBJECT nosubject\n"
	    "header NOT Subject !~ /needle/\n"
	    "header NONE X-None =~ /^$/\n"
	    "header UNSET X-None =~ /un/ [if-unset: un]\n";
	struct pass p =
	    run_rules(rules, repeat("straw needl needle1\r\n", 12000), 60000);

	ck_assert_uint_eq(p.hits[0], 10);
	ck_assert_uint_eq(p.hits[1], 1);
	ck_assert_uint_eq(p.hits[2], HITS_MAX);
	ck_assert_uint_eq(p.hits[3], 1);
	ck_assert_uint_eq(p.hits[4], 0);
	ck_assert_uint_eq(p.hits[5], 1);
	ck_assert_uint_eq(p.hits[6], 1);
	ck_assert(str_is(p.evidence[0], "needle1"));
}
END_TEST

/* None of them meets a limit, nor takes long enough to ask by itself. */
START_TEST(many_dear_rules_use_up_the_budget)
{
	static const char rules[] =
	    "body DEAR /[ab]{1,40}[ab]{1,40}[ab]{1,40}[cd]/\n"
	    "body LATER /ab/\n";
	struct pass p = run_rules(rules, repeat("abababab", 250), 0);

	ck_assert(p.budget.spent && p.limited_count == 0);
	ck_assert(p.unknown[1] && p.hits[1] == 0);
}
END_TEST

/* A regex that is dear everywhere is off when it has had its share, and those
 * behind it are asked. */
START_TEST(one_regex_leaves_time_for_others)
{
	static const char rules[] =
	    "rawbody DEAR /<a\\s[^>]{0,2048}\\bhref=[^>]{0,2048}[>!]/\n"
	    "full AFTER /Subject: needle/\n";
	struct pass p = run_rules(
	    rules, repeat("<a href=\"http://x.example/?", 30000), 1600);

	ck_assert(!p.budget.spent && p.unmatched == 0);
	ck_assert(p.limited[0] && p.unknown[0] && p.limited_count == 1);
	ck_assert_uint_eq(p.hits[1], 1);
}
END_TEST

/* A regex that is the argument of an eval asks for the budget, too; negated or
 * not, it is no hit then. */
START_TEST(evals_use_up_the_budget)
{
	static const char rules[] =
	    "body NOT eval:html_text_not_match('title', "
	    "'[ab]{1,40}[ab]{1,40}[ab]{1,40}[cd]')\n"
	    "body LIMIT eval:html_text_not_match('title', '(?:[ab]+)+$')\n";
	struct str mail = arena_printf(arena,
	    "Content-Type: text/html\r\n\r\n<title>%s!</title>\r\n",
	    repeat("abababab", 10000).data);
	struct pass p = run_mail(rules, mail, 20);

	ck_assert(p.budget.spent && p.unmatched == 2);
	ck_assert(p.unknown[0] && p.hits[0] == 0);
	ck_assert(p.unknown[1] && p.hits[1] == 0);
	p = run_mail(strchr(rules, '\n') + 1, mail, 600000);
	ck_assert(!p.budget.spent && p.limited_count == 1);
	ck_assert(p.unknown[0] && p.hits[0] == 0);
}
END_TEST

/* At MAIL a sender fills a line.  What is not known is no hit, nor what hangs
 * on it; rules before it keep theirs. */
START_TEST(early_rules_are_bounded)
{
	static const char rules[] =
	    "header BEFORE EnvelopeFrom =~ /^ab/\nstage BEFORE mail\n"
	    "header SLOW EnvelopeFrom !~ /(?:[ab]+)+$/\nstage SLOW mail\n"
	    "header __S EnvelopeFrom =~ /(?:\\w|ab|a)+$/\n"
	    "meta NOT !__S\nstage NOT mail\n";
	struct envelope envelope = {
	    .helo = "", .protocol = "SMTP", .receiver = ""};
	struct matcher *matcher = matcher_new(100000, 8 << 20);
	struct ruleset *set;
	struct scan scan = {.arena = arena, .envelope = &envelope};
	double *values;

	set = rules_parse_sound(rules, NULL);
	values = arena_array(arena, set->count + 1, sizeof(*values));
	envelope.sender =
	    arena_printf(arena, "%s!", repeat("abababab", 500).data).data;
	early_check(set, matcher, values, 600000, STAGE_MAIL, &scan);
	ck_assert_uint_eq(scan.hit_count, 1);
	ck_assert_str_eq(scan.hits[0].name, "BEFORE");
	ck_assert_uint_eq(scan.unchecked_count, 1);
	ruleset_free(set);
	matcher_free(matcher);
}
END_TEST

static void
count_breath(struct scan *scan)
{
	++*(unsigned *)scan->door;
}

/* A thousand recipients have the CPU time of one, and let others run. */
START_TEST(early_budget_is_one_for_a_mail)
{
	static const char rules[] =
	    "header TO EnvelopeFrom =~ /^ab/\nstage TO rcpt\n";
	struct envelope envelope = {.helo = "",
	    .protocol = "SMTP",
	    .receiver = "",
	    .sender = "ab@example.org"};
	struct matcher *matcher = matcher_new(100000, 8 << 20);
	unsigned breaths = 0;
	struct ruleset *set;
	struct scan scan = {.arena = arena,
	    .envelope = &envelope,
	    .breathe = count_breath,
	    .door = &breaths};
	double *values;

	set = rules_parse_sound(rules, NULL);
	values = arena_array(arena, set->count + 1, sizeof(*values));
	early_check(set, matcher, values, 600000, STAGE_RCPT, &scan);
	ck_assert_uint_eq(scan.hit_count, 1);
	ck_assert_int_gt(scan.early_spent, 0);
	ck_assert_uint_eq(breaths, 0);
	scan.hit_count = 0;
	scan.early_spent = 600000 * INT64_C(1000000);
	early_check(set, matcher, values, 600000, STAGE_RCPT, &scan);
	early_check(set, matcher, values, 600000, STAGE_RCPT, &scan);
	ck_assert_uint_eq(scan.hit_count, 0);
	ck_assert_uint_eq(scan.unchecked_count, 1);
	ck_assert_uint_eq(breaths, 2);
	ruleset_free(set);
	matcher_free(matcher);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
	    slow_regexes_meet_the_limit,
	    long_texts_use_up_the_budget,
	    calls_of_calls_are_read,
	    hits_are_counted,
	    many_dear_rules_use_up_the_budget,
	    one_regex_leaves_time_for_others,
	    evals_use_up_the_budget,
	    early_rules_are_bounded,
	    early_budget_is_one_for_a_mail,
	};

	return rules_run(
	    "rules_budget", tests, sizeof(tests) / sizeof(tests[0]));
}
