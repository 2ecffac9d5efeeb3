/*
 * check_relays: hops, addresses, domains and header targets of rules.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <check.h>
#include <stdlib.h>

#include "postern/strbuf.h"

#include "filters/rules/text/address.h"
#include "filters/rules/text/domain.h"
#include "filters/rules/relay/relay.h"
#include "filters/rules/text/shape.h"
#include "filters/rules/target/target_header.h"
#include "relay_cases.h"

static struct arena *arena;

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

static void
expect(const char *what, struct str got, const char *want)
{
	ck_assert_msg(str_is(got, want), "%s: got \"%.*s\", want \"%s\"", what,
	    (int)got.len, got.data, want);
}

static struct str
relay_told(struct str value)
{
	struct str handed = str_c("");
	struct relay relay;

	switch (relay_read(value, arena, &relay, &handed)) {
	case RELAY_READ:
		return arena_printf(arena, "%.*s%s",
		    (int)relay_format(&relay, arena).len,
		    relay_format(&relay, arena).data,
		    relay.no_reverse_dns ? " +nordns" : "");
	case RELAY_UNREADABLE:
		return str_c("unreadable");
	default:
		return str_c("ignored");
	}
}

START_TEST(test_relay)
{
	const struct relay_case *c = &relay_cases[_i];
	struct strbuf folded;
	const char *at;

	expect(c->line, relay_told(str_c(c->line)), c->want);
	/* Folded at every space, it says the same. */
	strbuf_init(&folded);
	for (at = c->line; *at; at++) {
		if (*at == ' ')
			strbuf_puts(&folded, "\r\n\t");
		else
			strbuf_putc(&folded, *at);
	}
	expect(c->line, relay_told(strbuf_str(&folded)), c->want);
	strbuf_clear(&folded);
}
END_TEST

/* Whatever is cut off, nothing is read beyond it. */
START_TEST(test_relay_cut)
{
	size_t len = strlen(relay_cases[_i].line), i;
	char *exact;

	for (i = 0; i <= len; i++) {
		exact = malloc(i + 1);
		memcpy(exact, relay_cases[_i].line, i);
		ck_assert(relay_told(str_of(exact, i)).len > 0);
		free(exact);
	}
}
END_TEST

static const char *const fillers[] = {"(", ")", "[", "]", "[192.0.2.1]",
    "a[192.0.2.1]", " (a [192.0.2.1])", " by ", " by a (", "@", " (HELO a)",
    "x", " ", "::", "helo=", " id ", "with local", ") by a", "\"", "%"};

static const char *const starts[] = {"from ", "from a (", "from a (b[",
    "from a (b [192.0.2.1]", "(from ", "FROM a ("};

/* Long lines of one thing: time grows with their length, not faster. */
START_TEST(test_relay_hostile)
{
	struct strbuf line;
	size_t s, k;

	for (s = 0; s < sizeof(starts) / sizeof(*starts); s++) {
		strbuf_init(&line);
		strbuf_puts(&line, starts[s]);
		for (k = 0; line.len < RELAY_LINE_MAX; k++)
			strbuf_puts(&line, fillers[_i]);
		for (k = 0; k < 4; k++)
			ck_assert(relay_told(strbuf_str(&line)).len > 0);
		strbuf_clear(&line);
	}
}
END_TEST

static const struct {
	const char *value;
	const char *want; /* "name|address" one a line; no "|": no name */
} addresses[] = {
    {"", ""},
    {" \r\n", ""},
    {"a@b.example", "a@b.example\n"},
    {"<a@b.example>\n", "a@b.example\n"},
    {"A B <a@b.example>", "A B |a@b.example\n"},
    {"\"A, B\" <a@b.example>", "A, B |a@b.example\n"},
    {"\"A \\\"x\\\" B\" <a@b.example>, c@d.example",
	"A \"x\" B |a@b.example\nc@d.example\n"},
    {"a@b.example (A B)", "A B|a@b.example\n"},
    {"group: a@b.example, c@d.example;", "a@b.example\nc@d.example\n"},
    {"group:;", ""},
    {"A <>", "A |\n"},
    {"A B", "A B|\n"},
    {"\"a@b.example\"", "a@b.example\n"},
    {"a@b.example <a@b.example>", "a@b.example |a@b.example\n"},
    {"a@b.example <c@d.example>", "a@b.example |c@d.example\n"},
    {"A <a@b.example> <c@d.example>", "A |a@b.example\n"},
    {"A <a b>", "A |\n"},
    {"<a(x)@b.example>", "a@b.example\n"},
    {"a@b.example; c@d.example", "a@b.example\nc@d.example\n"},
    {"A <a@b@c.example>", "A |a@b\n"},
    {"\"\"@b.example", "\n"},
    {"a@[192.0.2.1]", "a@[192.0.2.1]\n"},
    {"A \"<a@b.example>", "a@b.example\n"},
    {"a@b.example c <d@e.example>", "a@b.example c |d@e.example\n"},
};

START_TEST(test_address)
{
	struct addresses found;
	struct strbuf got;
	size_t i;

	strbuf_init(&got);
	address_parse(str_c(addresses[_i].value), arena, &found);
	for (i = 0; i < found.count; i++) {
		if (found.at[i].name.data) {
			strbuf_add(&got, found.at[i].name);
			strbuf_putc(&got, '|');
		}
		strbuf_add(&got, found.at[i].address);
		strbuf_putc(&got, '\n');
	}
	expect(addresses[_i].value, strbuf_str(&got), addresses[_i].want);
	strbuf_clear(&got);
}
END_TEST

START_TEST(test_domain)
{
	static const char *const cases[][2] = {
	    {"www.a.example", "a.example"},
	    {"A.EXAMPLE.", "a.example"},
	    {"x.www.a.co.example", "a.co.example"},
	    {"co.example", "co.example"},
	    {"example", "example"},
	    {"a..b.example", "b.example"},
	    {"s.k12.ca.us", "s.k12.ca.us"},
	    {"x.ci.la.ca.us", "x.ci.la.ca.us"},
	    {"a.b.three.co.example", "b.three.co.example"},
	};
	struct lists lists = {.count = 0};
	size_t i;

	lists_add(&lists, arena, "util_rb_tld", str_c("example us"), "x:1");
	lists_add(&lists, arena, "util_rb_2tld", str_c("co.example"), "x:2");
	lists_add(
	    &lists, arena, "util_rb_3tld", str_c("three.co.example"), "x:3");
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		expect(cases[i][0],
		    domain_registered(&lists, str_c(cases[i][0]), arena),
		    cases[i][1]);
	expect("host", domain_find_host(&lists, str_c("<1@mx.a.example>")),
	    "mx.a.example");
	expect("no host", domain_find_host(&lists, str_c("<1@mx.a.none>")), "");
	expect("uri",
	    domain_uri_host(&lists,
		str_c("http://u:p@WWW.a.example:80/x@y.example?z"), arena),
	    "www.a.example");
	expect("mailto",
	    domain_uri_host(
		&lists, str_c("mailto:u@a.example?subject=b@c"), arena),
	    "a.example");
	ck_assert(!domain_is_host(str_c("a")));
	ck_assert(!domain_is_host(str_c("a.-b")));
	ck_assert(!domain_is_host(str_c("a_b.example")));
	ck_assert(domain_is_host(str_c("a_b.c.example")));
}
END_TEST

/* --- targets of a whole mail --- */

static struct targets targets;
static struct scan scan;
static struct envelope envelope;
static struct message message;
static struct ruleset set;

static void
take_mail(const char *mail, bool live)
{
	targets = (struct targets) {.scan = &scan, .set = &set};
	scan = (struct scan) {
	    .arena = arena, .envelope = &envelope, .message = &message};
	envelope = (struct envelope) {.helo = "",
	    .protocol = "ESMTP",
	    .receiver = "us.example",
	    .client_from_mail = true,
	    .sender_from_mail = true};
	set = (struct ruleset) {.arena = arena};
	if (live) {
		ck_assert(ip_parse(str_c("192.0.2.9"), &envelope.client));
		envelope.client_from_mail = false;
		envelope.sender_from_mail = false;
		envelope.sender = "s@a.example";
		envelope.helo = "[192.0.2.9]";
		envelope.client_name = "mx9.a.example";
	}
	message_parse(str_c(mail), arena, &message);
}

static const char mail[] =
    "Return-Path: <r@a.example>\r\n"
    "Received: from in.b.example (in.b.example [10.0.0.1])\r\n"
    "\tby us.example (Postfix) with ESMTP id AAA111; 1 Mar 2026 10:00:00 +0\r\n"
    "X-Trusted: 1\r\n"
    "Received: from mx.a.example (mx.a.example [192.0.2.1])\r\n"
    "\tby in.b.example (Postfix) with ESMTP id BBB222\r\n"
    "X-Foreign: 1\r\n"
    "From: =?utf-8?q?J=C3=B6?= \"'x'\" <J@a.example>,\r\n o@b.example\r\n"
    "To: one@b.example\r\n"
    "TO: two@b.example (Two)\r\n"
    "Cc: three@b.example\r\n"
    "Subject: =?utf-8?b?SGk=?=\r\n =?utf-8?b?IQ==?=   there \r\n"
    "X-Message-Id: <x@a.example>\r\n"
    "Message-Id: <m@mx.a.example>\r\n"
    "\r\n"
    "body\r\n";

struct field_case {
	const char *field;
	unsigned part;
	const char *want; /* NULL: absent */
};

static const struct field_case fields[] = {
    {"Subject", 0, "Hi!   there\n"},
    {"Subject", PART_RAW, " =?utf-8?b?SGk=?=\n =?utf-8?b?IQ==?=   there \n"},
    {"subject", PART_FIRST, "Hi!   there\n"},
    {"To", 0, "one@b.example\ntwo@b.example (Two)\n"},
    {"To", PART_FIRST, "one@b.example\n"},
    {"To", PART_LAST, "two@b.example (Two)\n"},
    {"To", PART_ADDR, "one@b.example\ntwo@b.example"},
    {"To", PART_NAME, "Two"},
    {"From", PART_ADDR, "J@a.example\no@b.example"},
    {"From", PART_ADDR | PART_HOST | PART_DOMAIN, "a.example\nb.example"},
    {"From", PART_NAME, "J\xc3\xb6 'x'"},
    {"ToCc", 0, "one@b.example\ntwo@b.example (Two)\nthree@b.example\n"},
    {"MESSAGEID", 0, "<x@a.example>\n<m@mx.a.example>\n"},
    {"Message-Id", PART_HOST, "mx.a.example"},
    {"EnvelopeFrom", 0, "r@a.example"},
    {"X-Absent", 0, NULL},
    {"X-Spam-Relays-Trusted", 0,
	"[ ip=10.0.0.1 rdns=in.b.example helo=in.b.example by=us.example "
	"ident= envfrom= intl=1 id=AAA111 auth= msa=0 ]"},
    {"X-Spam-Relays-Untrusted", 0,
	"[ ip=192.0.2.1 rdns=mx.a.example helo=mx.a.example by=in.b.example "
	"ident= envfrom= intl=0 id=BBB222 auth= msa=0 ]"},
    {"Received", PART_IP, "10.0.0.1\n192.0.2.1"},
    {"Received", PART_IP | PART_REVIP | PART_FIRST, "1.0.0.10"},
};

static void
expect_field(const struct field_case *c)
{
	bool absent;
	struct str got = target_field(&targets, c->field, c->part, &absent);

	ck_assert_msg(absent == (c->want == NULL), "%s %u", c->field, c->part);
	if (c->want)
		expect(c->field, got, c->want);
}

START_TEST(test_fields)
{
	take_mail(mail, false);
	lists_add(&set.lists, arena, "util_rb_tld", str_c("example"), "x:1");
	expect_field(&fields[_i]);
	expect_field(&fields[_i]);
}
END_TEST

static bool
field_has(const char *field, const char *text)
{
	struct str got = target_field(&targets, field, PART_DECODED, NULL);

	return str_find_str(got, str_c(text)) < got.len;
}

START_TEST(test_all)
{
	take_mail(mail, false);
	ck_assert(field_has("ALL", "\nTO: two@b.example (Two)\nCc: "));
	ck_assert(field_has("ALL", "with ESMTP id BBB222\nX-Foreign: 1\n"));
	ck_assert(field_has("ALL-TRUSTED", "X-Trusted"));
	ck_assert(field_has("ALL-TRUSTED", "BBB222"));
	ck_assert(!field_has("ALL-TRUSTED", "X-Foreign"));
	ck_assert(!field_has("ALL-EXTERNAL", "X-Trusted"));
	ck_assert(field_has("ALL-EXTERNAL", "BBB222"));
	ck_assert(field_has("ALL-UNTRUSTED", "X-Foreign"));
}
END_TEST

/* The session is the nearest hop, before any line of the mail. */
START_TEST(test_live)
{
	static const struct field_case live[] = {
	    {"X-Spam-Relays-External", 0,
		"[ ip=192.0.2.9 rdns=mx9.a.example helo=!192.0.2.9! "
		"by=us.example ident= envfrom=s@a.example intl=0 id= auth= "
		"msa=0 ] "
		"[ ip=10.0.0.1 rdns=in.b.example helo=in.b.example "
		"by=us.example ident= envfrom= intl=0 id=AAA111 auth= msa=0 ] "
		"[ ip=192.0.2.1 rdns=mx.a.example helo=mx.a.example "
		"by=in.b.example ident= envfrom= intl=0 id=BBB222 auth= msa=0 "
		"]"},
	    {"X-Spam-Relays-Trusted", 0, ""},
	    {"EnvelopeFrom", 0, "s@a.example"},
	};
	size_t i;

	take_mail(mail, true);
	for (i = 0; i < 3; i++)
		expect_field(&live[i]);
	ck_assert(!field_has("ALL-TRUSTED", "X-Trusted"));
	ck_assert(field_has("ALL-UNTRUSTED", "X-Trusted"));
}
END_TEST

START_TEST(test_live_login)
{
	const struct relays *relays;

	take_mail(mail, true);
	envelope.login = "bob";
	envelope.protocol = "ESMTPSA";
	relays = targets_relays(&targets);
	expect("auth", relays->at[0].auth, "ESMTPSA");
	ck_assert_uint_eq(relays->trusted.count, 2);
	ck_assert_uint_eq(relays->untrusted.count, 1);
	ck_assert(field_has("ALL-TRUSTED", "BBB222"));
	ck_assert(!field_has("ALL-TRUSTED", "X-Foreign"));
}
END_TEST

START_TEST(test_networks)
{
	const struct relays *relays;

	take_mail(mail, true);
	lists_add(&set.lists, arena, "trusted_networks",
	    str_c("!192.0.2.7 192.0.2/24 10."), "x:1");
	lists_add(
	    &set.lists, arena, "internal_networks", str_c("192.0.2.8/31"), "");
	relays = targets_relays(&targets);
	ck_assert_uint_eq(relays->trusted.count, 3);
	ck_assert_uint_eq(relays->internal.count, 1);
	ck_assert_uint_eq(relays->external.count, 2);
}
END_TEST

START_TEST(test_ip_find)
{
	expect("v4", shape_ip_find(str_c("x1.2.3.4 (10.1.2.3)")), "10.1.2.3");
	expect("v6", shape_ip_find(str_c("[2001:db8::1]")), "2001:db8::1");
	expect("none", shape_ip_find(str_c("1.2.3 256.1.1.1 01.2.3.4")), "");
}
END_TEST

static Suite *
relays_suite(void)
{
	Suite *suite = suite_create("relays");
	TCase *tcase = tcase_create("relays"), *hostile = tcase_create("slow");
	int lines = sizeof(relay_cases) / sizeof(*relay_cases);

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, test_relay, 0, lines);
	tcase_add_loop_test(tcase, test_relay_cut, 0, lines);
	tcase_add_loop_test(
	    tcase, test_address, 0, sizeof(addresses) / sizeof(*addresses));
	tcase_add_loop_test(
	    tcase, test_fields, 0, sizeof(fields) / sizeof(*fields));
	tcase_add_test(tcase, test_domain);
	tcase_add_test(tcase, test_all);
	tcase_add_test(tcase, test_live);
	tcase_add_test(tcase, test_live_login);
	tcase_add_test(tcase, test_networks);
	tcase_add_test(tcase, test_ip_find);
	suite_add_tcase(suite, tcase);
	tcase_add_checked_fixture(hostile, setup, teardown);
	tcase_set_timeout(hostile, 10);
	tcase_add_loop_test(
	    hostile, test_relay_hostile, 0, sizeof(fillers) / sizeof(*fillers));
	suite_add_tcase(suite, hostile);
	return suite;
}

int
main(void)
{
	SRunner *runner = srunner_create(relays_suite());
	int failed;

	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
