/*
 * check_mailbox: addresses in header fields (RFC 5322 3.4, 4.4, appendix A).
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "postern/mailbox.h"
#include "postern/strbuf.h"

#include "check_mail.h"

struct parse_case {
	const char *value;
	const char *want; /* "name|address|domain", one a line */
};

static const struct parse_case cases[] = {
    {"", ""},
    {" \r\n ", ""},
    {",,;,", ""},
    {"a@b.example", "|a@b.example|b.example\n"},
    {" <a@b>\r\n", "|a@b|b\n"},
    {"John Doe <a@b>", "John Doe|a@b|b\n"},
    {"John\r\n\tDoe\r\n <a@b>", "John Doe|a@b|b\n"},
    {"\"Doe, \\\"J\\\" John\" <a@b>", "Doe, \"J\" John|a@b|b\n"},
    {"\"a@b\" <c@d>", "a@b|c@d|d\n"},
    {"a@b <c@d>", "a@b|c@d|d\n"},
    {"a@b (John)", "John|a@b|b\n"},
    {"<a@b> (John)", "John|a@b|b\n"},
    {"<a@b> John", "John|a@b|b\n"},
    {"John (x) Doe <a@b>", "John Doe|a@b|b\n"},
    {"a@b, c@d", "|a@b|b\n|c@d|d\n"},
    {"A <a@b>; C <c@d>", "A|a@b|b\nC|c@d|d\n"},
    {"a@b c@d", "|a@b|b\n|c@d|d\n"},
    {"<a@b> <c@d>", "|a@b|b\n|c@d|d\n"},
    {"A <a@b> C <c@d>", "A|a@b|b\nC|c@d|d\n"},
    {"A <a@b <c@d>", "A|a@b|b\n|c@d|d\n"},
    {"A <a@b", "A|a@b|b\n"},
    {"A <a@b, C <c@d>", "A|a@b|b\nC|c@d|d\n"},
    {"<<a@b>>", "|a@b|b\n"},
    {"a@b>", "|a@b|b\n"},
    {"John Doe a@b", "John Doe|a@b|b\n"},
    {"John A. Doe a@b", "John A. Doe|a@b|b\n"},
    {"John Doe", "John Doe||\n"},
    {"John <>", "John||\n"},
    {"<>", ""},
    {"root", "|root|\n"},
    {"<root>", "|root|\n"},
    {"a@", "|a@|\n"},
    {"@b", "|@b|b\n"},
    {"a@b@c", "|a@b@c|c\n"},
    {"\"a b\"@c", "|\"a b\"@c|c\n"},
    {"<\"a@b\"@c>", "|\"a@b\"@c|c\n"},
    {"<\"a\\\"@b\"@c>", "|\"a\\\"@b\"@c|c\n"},
    {"<\"a\r\n b\"@c>", "|\"a b\"@c|c\n"},
    {"<@x,@y:a@b>", "|a@b|b\n"},
    {"<mailto:a@b>", "|a@b|b\n"},
    {"a@[192.0.2.1]", "|a@[192.0.2.1]|[192.0.2.1]\n"},
    {"<a@[IPv6:2001:db8::1]>", "|a@[IPv6:2001:db8::1]|[IPv6:2001:db8::1]\n"},
    {"[List] Bob <a@b>", "[List] Bob|a@b|b\n"},
    {"[a <a@b>", "[a|a@b|b\n"},
    {"Friends: a@b, C <c@d>;, e@f", "|a@b|b\nC|c@d|d\n|e@f|f\n"},
    {"undisclosed-recipients:;", ""},
    {"\"a\": ;", ""},
    {"(c (d) \\) e) a@b", "c (d) ) e|a@b|b\n"},
    {"A (c <a@b>", "A (c|a@b|b\n"},
    {"\"A <a@b>", "\"A|a@b|b\n"},
    {"a(x)@(y)b(z).c", "x|a@b.c|b.c\n"},
    {"a @ b", "|a@b|b\n"},
    {"\xc3\xa4@\xc3\xb6.example",
	"|\xc3\xa4@\xc3\xb6.example|\xc3\xb6.example\n"},
    {"=?utf-8?q?J=C3=BC?= <a@b>", "=?utf-8?q?J=C3=BC?=|a@b|b\n"},
    {"a\x01@b\x7f", "|a@b|b\n"},
    {"a\\", "|a\\|\n"},
    /* RFC 5322, appendix A, in other words where names do not matter */
    {"\"Joe Q. Public\" <john.q.public@example.com>",
	"Joe Q. Public|john.q.public@example.com|example.com\n"},
    {"Mary Smith <@node.test:mary@example.net>, , jdoe@test  . example",
	"Mary Smith|mary@example.net|example.net\n"
	"|jdoe@test.example|test.example\n"},
    {"Joe Q. Public <john.q. public@example.com>",
	"Joe Q. Public|john.q.public@example.com|example.com\n"},
    {"Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>",
	"Pete|pete@silly.test|silly.test\n"},
    {"A Group(Some people)\r\n :Chris <c@a.test>,\r\n joe@b.test;(end)",
	"Chris|c@a.test|a.test\n|joe@b.test|b.test\n"},
};

START_TEST(test_cases)
{
	const struct parse_case *c = &cases[_i];
	struct str value = exact(str_c(c->value));
	struct arena *arena = arena_new();
	struct mailboxes boxes;
	struct strbuf got;
	size_t i;

	strbuf_init(&got);
	mailbox_parse(value, arena, &boxes);
	free((void *)value.data);
	for (i = 0; i < boxes.count; i++) {
		strbuf_add(&got, boxes.at[i].name);
		strbuf_putc(&got, '|');
		strbuf_add(&got, boxes.at[i].address);
		strbuf_putc(&got, '|');
		strbuf_add(&got, boxes.at[i].domain);
		strbuf_putc(&got, '\n');
	}
	expect(c->value, strbuf_str(&got), str_c(c->want));
	strbuf_clear(&got);
	arena_free(arena);
}
END_TEST

static const char *const fillers[] = {"(", "\"", "<", ">", "(\\", "\"\\",
    "\\\"", "\\(", "a@b ", "a@b,", "a ", "[", "[x", "@", ". ", ":", "<a@b",
    "<\"", "(\"", "\"(", "a@b<", "()", "\"\" ", "<>", "x <a@b> ", "(\"<,",
    "\"a\"@b ", "<@", "a.", "a@b.[\"", "a <b> ("};

/* A megabyte of each must take no longer than reading it a few times: the
 * alarm is there for what is not linear. */
START_TEST(test_hostile)
{
	struct arena *arena = arena_new();
	struct mailboxes boxes;
	struct strbuf value;
	size_t i;

	strbuf_init(&value);
	while (value.len < 1 << 20)
		strbuf_puts(&value, fillers[_i]);
	mailbox_parse(strbuf_str(&value), arena, &boxes);
	ck_assert_uint_le(boxes.count, 10000);
	ck_assert_uint_lt(arena_size(arena), 8u << 20);
	for (i = 0; i < boxes.count; i++)
		ck_assert_uint_le(
		    boxes.at[i].domain.len, boxes.at[i].address.len);
	strbuf_clear(&value);
	arena_free(arena);
}
END_TEST

START_TEST(test_many)
{
	struct arena *arena = arena_new();
	struct mailboxes boxes;
	struct strbuf value;
	size_t i;

	strbuf_init(&value);
	for (i = 0; i < 12000; i++)
		strbuf_printf(&value, "n%zu <a%zu@b>,\r\n ", i, i);
	mailbox_parse(strbuf_str(&value), arena, &boxes);
	ck_assert_uint_eq(boxes.count, 10000);
	expect("last", boxes.at[9999].address, str_c("a9999@b"));
	expect("last", boxes.at[9999].name, str_c("n9999"));
	strbuf_clear(&value);
	arena_free(arena);
}
END_TEST

Suite *
mailbox_suite(void)
{
	Suite *suite = suite_create("mailbox");
	TCase *tcase = tcase_create("mailbox");
	TCase *hostile = tcase_create("hostile");

	tcase_add_loop_test(
	    tcase, test_cases, 0, sizeof(cases) / sizeof(*cases));
	tcase_add_test(tcase, test_many);
	suite_add_tcase(suite, tcase);
	tcase_set_timeout(hostile, 2);
	tcase_add_loop_test(
	    hostile, test_hostile, 0, sizeof(fillers) / sizeof(*fillers));
	suite_add_tcase(suite, hostile);
	return suite;
}
