/*
 * check_authres: Authentication-Results (RFC 8601), ours and forged.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "postern/authres.h"
#include "postern/strbuf.h"
#include "postern/verdict.h"

#include "check_mail.h"

static const char *const ours[] = {
    "mx.example.net; spf=pass",
    " mx.example.net; none",
    "\r\n\tmx.example.net\r\n ;\r\n spf=pass",
    "MX.Example.NET; none",
    "mx.example.net",
    " mx.example.net\r\n",
    "mx.example.net;",
    "mx.example.net 1; spf=pass",
    "mx.example.net/1; spf=pass",
    "mx.example.net 99 junk; spf=pass",
    "mx.example.net spf=pass smtp.mailfrom=a",
    "mx.example.net.; spf=pass",
    "mx.example.net..; spf=pass",
    "mx.example.net,spf=pass",
    "\"mx.example.net\"; spf=pass",
    "\"mx\\.example.net\"; spf=pass",
    "\"mx.exa\"mple.net; spf=pass",
    "\"mx.example.net",
    "\" mx.example.net \"; spf=pass",
    "mx\xe3\x80\x82"
    "example.net; spf=pass",
    "mx.example\xef\xbc\x8enet; spf=pass",
    "mx.example.net\xef\xbd\xa1; spf=pass",
    "[mx.example.net]; spf=pass",
    "mx.example.net@evil.example; spf=pass",
    "(a) mx.example.net; spf=pass",
    "(a (b) \\) c) mx.example.net (d) 1 (e); spf=pass",
    "(a)(b)\r\n (c)mx.example.net(d); spf=pass",
    "(evil.example;) mx.example.net; spf=pass",
    "mx.example.net(x)y; spf=pass",
    "mx.exa(x)mple.net; spf=pass",
    "mx.exa\r\n mple.net; spf=pass",
    "mx . example . net; spf=pass",
    "; mx.example.net; spf=pass",
    "<mx.example.net>; spf=pass",
    "(mx.example.net; spf=pass",
    "((a) mx.example.net; spf=pass",
    "(a (b) mx.example.net; spf=pass) evil.example; none",
    "(a \\) mx.example.net; spf=pass) evil.example; none",
    "=?utf-8?q?mx.example.net?=; spf=pass",
    "\x01mx.example.net\x02; spf=pass",
};

static const char *const foreign[] = {
    "",
    " ",
    "\r\n ",
    ";",
    "; spf=pass",
    "()",
    "(",
    "\"",
    "evil.example; spf=pass",
    "evil.example; x=mx.example.net",
    "evil.example; mx.example.net; spf=pass",
    "evil.example (mx.example.net); spf=pass",
    "(mx.example.net) evil.example; spf=pass",
    "evil.example (a (b)) 1; spf=pass (mx.example.net)",
    "mx.example.net.evil.example; spf=pass",
    "xmx.example.net; spf=pass",
    "mx.example.netx; spf=pass",
    "mx-example.net; spf=pass",
    "example.net; spf=pass",
    "mx.example; spf=pass",
    "\"mx.example.net evil\"; spf=pass",
    "evil@mx.example.net; spf=pass",
    "mx\xe3\x80\x83"
    "example.net; spf=pass",
    "mx.example.net-2; spf=pass",
    ".mx.example.net; spf=pass",
};

static bool
is_from(struct str value, const char *id)
{
	struct str copy = exact(value);
	bool yes = authres_is_from(copy, id);

	free((void *)copy.data);
	return yes;
}

START_TEST(test_ours)
{
	ck_assert_msg(
	    is_from(str_c(ours[_i]), "mx.example.net"), "%s", ours[_i]);
	ck_assert_msg(
	    is_from(str_c(ours[_i]), "MX.example.net."), "%s", ours[_i]);
}
END_TEST

START_TEST(test_foreign)
{
	ck_assert_msg(
	    !is_from(str_c(foreign[_i]), "mx.example.net"), "%s", foreign[_i]);
}
END_TEST

START_TEST(test_nul)
{
	ck_assert(
	    is_from(str_of("mx.example.net\0x; a", 19), "mx.example.net"));
	ck_assert(is_from(str_of("mx.exam\0ple.net; a", 18), "mx.example.net"));
	ck_assert(
	    !is_from(str_of("evil\0mx.example.net", 19), "mx.example.net"));
}
END_TEST

START_TEST(test_international_ids)
{
	const char *utf8 = "mx.b\xc3\xbc"
			   "cher.example";
	const char *ascii = "mx.xn--bcher-kva.example";

	ck_assert(is_from(str_c(utf8), utf8));
	ck_assert(is_from(str_c(utf8), ascii));
	ck_assert(is_from(str_c(ascii), utf8));
	ck_assert(is_from(str_c("MX.XN--BCHER-KVA.EXAMPLE; a"), ascii));
	ck_assert(!is_from(str_c("mx.xn--fsq.example"), ascii));
	ck_assert(!is_from(str_c("mx.bucher.example"), utf8));
	ck_assert(!is_from(str_c("a.b\xc3\xbc"
				 "cher.example"),
	    utf8));
	ck_assert(!is_from(str_c(utf8), "mx.example"));
}
END_TEST

/* The id behind 10 KB of folds and comments, and a megabyte of worse. */
START_TEST(test_long_values)
{
	static const char *const fillers[] = {"\r\n ", "(c)\r\n\t", "(", "\"",
	    "\\", "=", "x.", "(\\)", "\"\"", "((()))"};
	struct strbuf value;
	size_t i;

	strbuf_init(&value);
	while (value.len < 10240)
		strbuf_puts(&value, "\r\n (comment (nested))\r\n\t");
	strbuf_puts(&value, "mx.example.net; spf=pass");
	ck_assert(is_from(strbuf_str(&value), "mx.example.net"));
	for (i = 0; i < sizeof(fillers) / sizeof(*fillers); i++) {
		strbuf_reset(&value);
		while (value.len < 1 << 20)
			strbuf_puts(&value, fillers[i]);
		ck_assert(!is_from(strbuf_str(&value), "mx.example.net"));
	}
	strbuf_clear(&value);
}
END_TEST

struct value_case {
	struct str in;
	const char *want;
};

static const struct value_case values[] = {
    {{"example.org", 11}, "example.org"},
    {{"a@example.org", 13}, "a@example.org"},
    {{"@example.org", 12}, "@example.org"},
    {{"rsa-sha256", 10}, "rsa-sha256"},
    {{"", 0}, "\"\""},
    {{"a@", 2}, "\"a@\""},
    {{"a@b@c", 5}, "\"a@b@c\""},
    {{"a b", 3}, "\"a b\""},
    {{"\"a b\"@c", 7}, "\"\\\"a b\\\"@c\""},
    {{"a\\b", 3}, "\"a\\\\b\""},
    {{"a;b=c", 5}, "\"a;b=c\""},
    {{"AbCd/+=", 7}, "\"AbCd/+=\""},
    {{"2001:db8::1", 11}, "\"2001:db8::1\""},
    {{"a(b)", 4}, "\"a(b)\""},
    {{"a\r\n b", 5}, "\"a?? b\""},
    {{"a\0b", 3}, "\"a?b\""},
    {{"a\x7f", 2}, "\"a?\""},
    {{"\xc3\xa4@b", 4}, "\"\xc3\xa4@b\""},
    {{"\xe4@b", 3}, "\"?@b\""},
    {{"\xc2\x85", 2}, "\"\?\?\""},
};

START_TEST(test_values)
{
	const struct value_case *c = &values[_i];
	struct arena *arena = arena_new();
	struct str in = exact(c->in);

	expect(c->want, authres_value(in, arena), str_c(c->want));
	arena_free(arena);
	free((void *)in.data);
}
END_TEST

START_TEST(test_value_bounds)
{
	struct arena *arena = arena_new();
	char long_value[600];

	memset(long_value, 'a', sizeof(long_value));
	ck_assert_uint_eq(
	    authres_value(str_of(long_value, 256), arena).len, 256);
	ck_assert_uint_eq(
	    authres_value(str_of(long_value, 600), arena).len, 258);
	memset(long_value, '"', sizeof(long_value));
	ck_assert_uint_eq(
	    authres_value(str_of(long_value, 600), arena).len, 514);
	memset(long_value, 'a', sizeof(long_value));
	memcpy(long_value + 255, "\xc3\xa4", 2);
	ck_assert_uint_eq(
	    authres_value(str_of(long_value, 600), arena).len, 257);
	arena_free(arena);
}
END_TEST

static const struct property spf_properties[] = {
    {"smtp", "mailfrom", {"x@example.org", 13}},
    {"smtp", "helo", {"h", 1}},
};
static const struct property dkim_properties[] = {
    {"header", "d", {"example.org", 11}},
    {"header", "i", {"@example.org", 12}},
    {"header", "a", {"rsa-sha256", 10}},
    {"header", "s", {"sel", 3}},
    {"header", "b", {"AbCd/f12", 8}},
};
static const struct finding findings[] = {
    {.method = "spf",
	.result = RESULT_PASS,
	.properties = spf_properties,
	.property_count = 2},
    {.method = "dkim",
	.result = RESULT_PASS,
	.comment = {"2048-bit key", 12},
	.properties = dkim_properties,
	.property_count = 5},
    {.method = "dmarc",
	.result = RESULT_FAIL,
	.comment = {"p=reject (odd\\)", 15},
	.reason = {"no \"aligned\" id", 15}},
};

START_TEST(test_format)
{
	struct arena *arena = arena_new();
	struct str value = authres_format("mx.example.net", findings, 3, arena);

	expect("three", value,
	    str_c("mx.example.net;\r\n"
		  " spf=pass smtp.mailfrom=x@example.org smtp.helo=h;\r\n"
		  " dkim=pass (2048-bit key) header.d=example.org "
		  "header.i=@example.org\r\n"
		  " header.a=rsa-sha256 header.s=sel header.b=\"AbCd/f12\";\r\n"
		  " dmarc=fail (p=reject \\(odd\\\\\\)) "
		  "reason=\"no \\\"aligned\\\" id\""));
	ck_assert(authres_is_from(value, "mx.example.net"));
	expect("none", authres_format("mx.example.net", NULL, 0, arena),
	    str_c("mx.example.net; none"));
	arena_free(arena);
}
END_TEST

START_TEST(test_format_lines)
{
	struct arena *arena = arena_new();
	struct property properties[20];
	struct finding finding = findings[1];
	struct str value, line;
	char long_value[300];
	size_t i;

	memset(long_value, '\\', sizeof(long_value));
	for (i = 0; i < 20; i++)
		properties[i] = dkim_properties[i % 5];
	properties[7].value = str_of(long_value, sizeof(long_value));
	finding.properties = properties;
	finding.property_count = 20;
	value = authres_format("mx.example.net", &finding, 1, arena);
	for (i = 0; str_cut_line(&value, &line); i++) {
		ck_assert_uint_lt(line.len, 998);
		ck_assert(i == 0 || (line.len > 1 && *line.data == ' '));
		ck_assert(line.len < 78 ||
		    str_find_str(line, str_c("\\\\")) < line.len);
	}
	ck_assert_uint_gt(i, 5);
	arena_free(arena);
}
END_TEST

START_TEST(test_words)
{
	ck_assert_str_eq(result_word(RESULT_NONE), "none");
	ck_assert_str_eq(result_word(RESULT_SOFTFAIL), "softfail");
	ck_assert_str_eq(result_word(RESULT_PERMERROR), "permerror");
	ck_assert_str_eq(result_word((enum result)99), "none");
	ck_assert_str_eq(action_word(ACTION_NONE), "accept");
	ck_assert_str_eq(action_word(ACTION_DISCARD), "discard");
	ck_assert_str_eq(action_word(ACTION_REJECT), "reject");
}
END_TEST

Suite *
authres_suite(void)
{
	Suite *suite = suite_create("authres");
	TCase *tcase = tcase_create("authres");

	tcase_add_loop_test(tcase, test_ours, 0, sizeof(ours) / sizeof(*ours));
	tcase_add_loop_test(
	    tcase, test_foreign, 0, sizeof(foreign) / sizeof(*foreign));
	tcase_add_test(tcase, test_nul);
	tcase_add_test(tcase, test_international_ids);
	tcase_add_test(tcase, test_long_values);
	tcase_add_loop_test(
	    tcase, test_values, 0, sizeof(values) / sizeof(*values));
	tcase_add_test(tcase, test_value_bounds);
	tcase_add_test(tcase, test_format);
	tcase_add_test(tcase, test_format_lines);
	tcase_add_test(tcase, test_words);
	suite_add_tcase(suite, tcase);
	return suite;
}
