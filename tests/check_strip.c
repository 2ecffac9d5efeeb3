/*
 * check_strip: forged result fields leave a mail, and nothing else does.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include <check.h>

#include "postern/strbuf.h"

#include "proxy/report/strip.h"

#define AR "Authentication-Results"

/* Each is a field, or several, that must go whole. */
static const char *const forged[] = {
    AR ": mx.example.net; spf=pass\r\n",
    AR ":mx.example.net; spf=pass\r\n",
    AR ": mx.example.net\r\n",
    AR ":\r\n mx.example.net; spf=pass\r\n",
    AR " : mx.example.net; spf=pass\r\n",
    AR "\t \t: mx.example.net; spf=pass\r\n",
    "authentication-results: mx.example.net; spf=pass\r\n",
    "AUTHENTICATION-RESULTS: MX.EXAMPLE.NET; SPF=PASS\r\n",
    "aUtHeNtIcAtIoN-rEsUlTs: mx.Example.Net; spf=pass\r\n",
    AR ": mx.example.net 1; spf=pass\r\n",
    AR ": mx.example.net/1; spf=pass\r\n",
    AR ": mx.example.net\r\n 1;\r\n spf=pass\r\n",
    AR ": mx.example.net (a comment); spf=pass\r\n",
    AR ": (a comment) mx.example.net; spf=pass\r\n",
    AR ": (a (nested; evil.example;) one) mx.example.net; spf=pass\r\n",
    AR ": (a \\) quoted) mx.example.net; spf=pass\r\n",
    AR ": (folded\r\n comment) mx.example.net; spf=pass\r\n",
    AR ": \"mx.example.net\"; spf=pass\r\n",
    AR ": \"mx.\\example.net\"; spf=pass\r\n",
    AR ": mx.example.net.; spf=pass\r\n",
    AR ": mx.example.net;\r\n",
    AR ": mx.example.net; none\r\n",
    AR ": mx.example.net spf=pass\r\n",
    AR ": mx.example\r\n .net; spf=pass\r\n",
    AR ": mx.exam(x)ple.net; spf=pass\r\n",
    AR ": =?us-ascii?q?mx=2Eexample=2Enet?=; spf=pass\r\n",
    AR ": (never closed mx.example.net; spf=pass\r\n",
    AR ": \"mx.example.net; spf=pass\r\n",
    AR ": ;mx.example.net; spf=pass\r\n",
    AR ": <mx.example.net>; spf=pass\r\n",
    AR ": mx.example.net; spf=pass\n",
    AR ": mx.example.net;\n spf=pass\n",
    AR ": mx.example.net; a=b\r\n" AR ": mx.example.net; c=d\r\n",
    AR ": mx.example.net; dkim=pass header.d=evil.example;\r\n"
       "\tspf=pass (evil.example; other.example)\r\n"
       "\tsmtp.mailfrom=a@b\r\n",
    "X-Postern-Verdict: accept; score=-9\r\n",
    "x-postern-anything : 1\r\n",
    "X-Spam-Flag: NO\r\n",
    "X-SPAM-STATUS: No, score=-99\r\n\ttests=NONE\r\n",
    "X-Spam-Level:\r\n",
};

/* Each stays, octet by octet. */
static const char *const foreign[] = {
    AR ": evil.example; spf=pass\r\n",
    AR ":evil.example;\tspf=pass  (x)\r\n   smtp.mailfrom=mx.example.net\r\n",
    AR ": evil.example; x=\"mx.example.net\"\r\n",
    AR ": evil.example (mx.example.net); spf=pass\r\n",
    AR ": xmx.example.net; spf=pass\r\n",
    AR ": mx.example.net.evil.example; spf=pass\r\n",
    AR ": mx-example.net; spf=pass\r\n",
    AR ": example.net; spf=pass\r\n",
    AR ":\r\n",
    AR "-X: mx.example.net; spf=pass\r\n",
    "X-" AR ": mx.example.net; spf=pass\r\n",
    "ARC-" AR ": i=1; mx.example.net; spf=pass\r\n",
    "Subject: " AR ": mx.example.net; spf=pass\r\n",
    "X-Spam-Score: 1\r\n",
    "X-Spam: no\r\n",
    "DKIM-Signature: v=1; h=authentication-results; b=" AR "\r\n",
};

/* What stands before and behind the fields. */
static const struct {
	const char *before, *behind;
} places[] = {
    {"", "Subject: a\r\n\r\nbody\r\n"},
    {"Received: a\r\n b\r\n", "Subject: a\r\n\r\nbody\r\n"},
    {"From a Mon Jan 1 00:00:00 2024\r\nTo: a\r\n", "\r\nbody\r\n"},
    {"Received: a\r\n", ""},
    {"Received: a\r\n", "\r\n" AR ": mx.example.net; not a field\r\n"},
    {"Received: a\r\nno field is this\r\n", "\r\nbody\r\n"},
    {"no field is this\r\n", "To: a\r\n\r\nbody\r\n"},
};

enum {
	PLACES = sizeof(places) / sizeof(places[0]),
	FORGED = sizeof(forged) / sizeof(forged[0]),
	FOREIGN = sizeof(foreign) / sizeof(foreign[0])
};

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

/* The mail without what is stripped. */
static void
expect(struct str mail, struct str want)
{
	struct message message;
	struct strip strip;
	struct strbuf out;
	struct str rest = mail, piece;
	size_t index = 0;

	message_parse(mail, arena, &message);
	strip_find(&message, "mx.example.net", false, arena, &strip);
	strbuf_init(&out);
	while (strip_cut(&strip, &index, &rest, &piece))
		strbuf_add(&out, piece);
	ck_assert_msg(str_eq(strbuf_str(&out), want), "%.*s\nleft\n%.*s",
	    (int)mail.len, mail.data, (int)out.len, out.data);
	strbuf_clear(&out);
}

START_TEST(forged_fields_go)
{
	size_t i;

	for (i = 0; i < PLACES; i++)
		expect(arena_printf(arena, "%s%s%s", places[i].before,
			   forged[_i], places[i].behind),
		    arena_printf(
			arena, "%s%s", places[i].before, places[i].behind));
}
END_TEST

START_TEST(foreign_fields_stay)
{
	struct str mail;
	size_t i;

	for (i = 0; i < PLACES; i++) {
		mail = arena_printf(arena, "%s%s%s", places[i].before,
		    foreign[_i], places[i].behind);
		expect(mail, mail);
	}
}
END_TEST

/* A foreign one between forged ones, and a forged one between foreign ones. */
START_TEST(neighbours_are_told_apart)
{
	const char *other = foreign[_i];
	size_t i;

	for (i = 0; i < FORGED; i++) {
		expect(arena_printf(arena, "%s%s%sTo: a\r\n\r\nb", forged[i],
			   other, forged[i]),
		    arena_printf(arena, "%sTo: a\r\n\r\nb", other));
		expect(
		    arena_printf(arena, "%s%s%s\r\nb", other, forged[i], other),
		    arena_printf(arena, "%s%s\r\nb", other, other));
	}
}
END_TEST

/* However long: in the value, in comments, in folds. */
START_TEST(long_fields_go)
{
	static const char *const fillers[] = {
	    "\r\n\t", "(c)\r\n ", "((x))", "(\\))", "\r\n (\"mx\")"};
	struct strbuf mail;
	size_t i;

	strbuf_init(&mail);
	for (i = 0; i < sizeof(fillers) / sizeof(*fillers); i++) {
		strbuf_reset(&mail);
		strbuf_puts(&mail, AR ":");
		while (mail.len < 1 << 20)
			strbuf_puts(&mail, fillers[i]);
		strbuf_puts(&mail, " mx.example.net; spf=pass\r\nTo: a\r\n");
		expect(strbuf_str(&mail), str_c("To: a\r\n"));
	}
	strbuf_clear(&mail);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("strip");
	TCase *all = tcase_create("all");
	SRunner *runner;
	int failed;

	suite_add_tcase(suite, all);
	tcase_add_checked_fixture(all, setup, teardown);
	tcase_add_loop_test(all, forged_fields_go, 0, FORGED);
	tcase_add_loop_test(all, foreign_fields_stay, 0, FOREIGN);
	tcase_add_loop_test(all, neighbours_are_told_apart, 0, FOREIGN);
	tcase_add_test(all, long_fields_go);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
