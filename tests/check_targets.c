/*
 * check_targets: what rules see of a mail: paragraphs, pieces, addresses.
 *
 * The tables hold what SpamAssassin gives for the same mail.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <check.h>
#include <stdlib.h>
#include <time.h>

#include "filters/rules/set/ruleset.h"
#include "filters/rules/target/target.h"
#include "filters/rules/set/uri_redirect.h"
#include "filters/rules/text/uri_text.h"
#include "postern/strbuf.h"
#include "postern/uri.h"

#include "check_targets.h"

/* One mail and the targets of it. */
struct mail {
	struct arena *arena;
	struct envelope envelope;
	struct message message;
	struct scan scan;
	struct ruleset set;
	struct targets targets;
};

static void
mail_open(struct mail *m, struct str text)
{
	struct strbuf crlf;
	struct str line;

	*m = (struct mail) {.arena = arena_new()};
	m->envelope = (struct envelope) {.helo = "", .sender = ""};
	strbuf_init(&crlf);
	while (str_cut_line(&text, &line)) {
		strbuf_add(&crlf, line);
		strbuf_puts(&crlf, "\r\n");
	}
	message_parse(
	    arena_copy(m->arena, strbuf_str(&crlf)), m->arena, &m->message);
	strbuf_clear(&crlf);
	m->scan = (struct scan) {.arena = m->arena,
	    .envelope = &m->envelope,
	    .message = &m->message};
	m->targets = (struct targets) {.scan = &m->scan, .set = &m->set};
	lists_add(&m->set.lists, m->arena, "util_rb_tld", str_c("com de"), "");
	lists_add(&m->set.lists, m->arena, "redirector_pattern",
	    str_c("m'redirect\\.php.*goto=([^&]*)'"), "");
	lists_add(&m->set.lists, m->arena, "redirector_pattern",
	    str_c("/google\\.com\\/url\\?.*q=([^&]*)/i"), "");
	m->set.redirectors =
	    redirectors_new(lists_find(&m->set.lists, "redirector_pattern"));
}

static void
mail_close(struct mail *m)
{
	redirectors_free(m->set.redirectors);
	arena_free(m->arena);
}

static void
expect(const char *label, struct str got, const char *want)
{
	ck_assert_msg(str_is(got, want), "%s: got \"%.*s\", want \"%s\"", label,
	    (int)got.len, got.data, want);
}

static struct str
join(const struct target_texts *list, const char *between, struct arena *arena)
{
	struct strbuf all;
	struct str copy;
	size_t i;

	strbuf_init(&all);
	for (i = 0; i < list->count; i++) {
		if (i > 0)
			strbuf_puts(&all, between);
		strbuf_add(&all, list->at[i]);
	}
	copy = arena_copy(arena, strbuf_str(&all));
	strbuf_clear(&all);
	return copy;
}

START_TEST(test_texts)
{
	const struct text_case *c = &texts[_i];
	struct mail m;

	mail_open(&m, str_c(c->mail));
	expect(c->mail, join(target_body(&m.targets), "|", m.arena), c->body);
	expect(c->mail, join(target_rawbody(&m.targets), "|", m.arena),
	    c->rawbody);
	mail_close(&m);
}
END_TEST

static int
compare(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

START_TEST(test_uris)
{
	const struct uri_case *c = &uris[_i];
	const struct target_texts *got;
	struct strbuf text;
	struct mail m;

	strbuf_init(&text);
	strbuf_printf(&text, "Subject: x\n\n%s\n", c->text);
	mail_open(&m, strbuf_str(&text));
	got = target_uri(&m.targets);
	if (got->count > 0)
		qsort(got->at, got->count, sizeof(*got->at), compare);
	strbuf_reset(&text);
	strbuf_add(&text, join(got, "\n", m.arena));
	if (got->count > 0)
		strbuf_putc(&text, '\n');
	expect(c->text, strbuf_str(&text), c->want);
	strbuf_clear(&text);
	mail_close(&m);
}
END_TEST

/* The same addresses are found when the text ends anywhere before. */
START_TEST(test_beginnings)
{
	const char *text = uris[_i].text;
	struct uri_search search;
	struct uri_found found;
	struct lists lists = {.count = 0};
	struct arena *arena = arena_new();
	size_t len;
	char *start;

	lists_add(&lists, arena, "util_rb_tld", str_c("com de"), "");
	for (len = 0; len <= strlen(text); len++) {
		start = strndup(text, len);
		uri_search_init(&search, str_of(start, len), &lists);
		while (uri_search_next(&search, &found))
			ck_assert(
			    found.text.data + found.text.len <= start + len);
		free(start);
	}
	arena_free(arena);
}
END_TEST

START_TEST(test_resolve)
{
	static const struct {
		const char *base, *reference, *want;
	} cases[] = {
	    {"http://a/b/c/d;p?q", "g", "http://a/b/c/g"},
	    {"http://a/b/c/d;p?q", "./g/", "http://a/b/c/g/"},
	    {"http://a/b/c/d;p?q", "/g", "http://a/g"},
	    {"http://a/b/c/d;p?q", "//g", "http://g"},
	    {"http://a/b/c/d;p?q", "?y", "http://a/b/c/d;p?y"},
	    {"http://a/b/c/d;p?q", "#s", "http://a/b/c/d;p?q#s"},
	    {"http://a/b/c/d;p?q", "", "http://a/b/c/d;p?q"},
	    {"http://a/b/c/d;p?q", "../../g", "http://a/g"},
	    {"http://a/b/c/d;p?q", "../../../g", "http://a/g"},
	    {"http://a/b/c/d;p?q", "g/./h/../i", "http://a/b/c/g/i"},
	    {"http://a", "g", "http://a/g"},
	    {"http://a/b", "ftp://c/./d", "ftp://c/d"},
	    {"", "//www.a/b", "http://www.a/b"},
	    {"", "//ftp1.a", "ftp://ftp1.a"},
	    {"", "//a", "//a"},
	    {"", "a/../b", "a/b"},
	};
	struct arena *arena = arena_new();
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]) - 1; i++)
		expect(cases[i].reference,
		    uri_resolve(
			str_c(cases[i].base), str_c(cases[i].reference), arena),
		    cases[i].want);
	arena_free(arena);
}
END_TEST

static struct str
repeated(const char *text, size_t count, struct arena *arena)
{
	size_t len = strlen(text), i;
	char *out = arena_alloc(arena, len * count + 1);

	for (i = 0; i < count; i++)
		memcpy(out + i * len, text, len);
	return str_of(out, len * count);
}

static void
open_with_body(struct mail *m, const char *head, const char *unit, size_t count)
{
	struct arena *arena = arena_new();
	struct str body = repeated(unit, count, arena);

	mail_open(m,
	    arena_printf(arena, "%s\n%.*s\n", head, (int)body.len, body.data));
	arena_free(arena);
}

/* Long lines and long parts go in pieces; nothing is lost up to the limit. */
START_TEST(test_pieces)
{
	static const struct {
		const char *unit;
		size_t count, body, rawbody; /* octets of the first piece */
	} cases[] = {{"abcdefg ", 1000, 2048, 2056}, {"x", 6000, 2048, 2049},
	    {"<b>", 3000, 2048, 2049}, {"a\n", 3000, 2048, 2050}};
	const struct target_texts *body, *raw;
	struct mail m;
	struct str all;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		open_with_body(
		    &m, "Subject: s\n", cases[i].unit, cases[i].count);
		body = target_body(&m.targets);
		raw = target_rawbody(&m.targets);
		ck_assert_uint_ge(body->count, 3);
		ck_assert_uint_le(body->at[1].len, 2049);
		ck_assert_uint_ge(body->at[1].len, cases[i].body - 8);
		ck_assert_uint_eq(raw->at[0].len, cases[i].rawbody);
		all = join(raw, "", m.arena);
		ck_assert_uint_eq(
		    all.len, strlen(cases[i].unit) * cases[i].count + 1);
		mail_close(&m);
	}
}
END_TEST

START_TEST(test_limits)
{
	struct mail m;

	open_with_body(&m, "Subject: s\n", "abc\n", 300000);
	ck_assert_uint_le(
	    join(target_body(&m.targets), "", m.arena).len, 51100);
	ck_assert_uint_le(
	    join(target_rawbody(&m.targets), "", m.arena).len, 501100);
	ck_assert_uint_eq(target_full(&m.targets).len, 1200013);
	mail_close(&m);
}
END_TEST

/* CPU time of all targets of one mail. */
static double
cost(const char *head, const char *unit, size_t count)
{
	struct mail m;
	clock_t start;

	open_with_body(&m, head, unit, count);
	start = clock();
	target_body(&m.targets);
	target_rawbody(&m.targets);
	target_uri(&m.targets);
	target_full(&m.targets);
	start = clock() - start;
	mail_close(&m);
	return (double)start / CLOCKS_PER_SEC;
}

/* Sixteen times the input may not take 100 times as long; what is too short
 * to be measured is linear enough. */
START_TEST(test_linear)
{
	static const char html[] = "Content-Type: text/html\n";
	static const struct {
		const char *head, *unit;
	} cases[] = {{html, "<div>"}, {html, "<font color=red>"},
	    {html, "<table><tr><td>"}, {html, "<a href=\""},
	    {html, "<a href=http://a.com/?http://"}, {html, "<title>"},
	    {html, "<!--"}, {html, "<script>"}, {html, "<x"}, {html, "<x>y"},
	    {html, "<span style=\"a:b;"}, {"", "a@"}, {"", "a.a."},
	    {"", "http://a.com "}, {"", "a."}, {"", "www."}, {"", "(a@b"},
	    {"", "%41@"}, {"", "\n"}, {"", " \n"}, {"", "a \n\n"}};
	size_t count = 40000 / strlen(cases[_i].unit);
	double small = cost(cases[_i].head, cases[_i].unit, count);
	double large = cost(cases[_i].head, cases[_i].unit, 16 * count);

	ck_assert_msg(large < 0.05 || large < 100 * small,
	    "%s: %f s, then %f s", cases[_i].unit, small, large);
}
END_TEST

enum { LINEAR_CASES = 21 };

/* Ten thousand addresses are kept, and more are not. */
START_TEST(test_many_uris)
{
	struct strbuf text;
	struct mail m;
	size_t i;

	strbuf_init(&text);
	strbuf_puts(&text, "Content-Type: text/html\n\n");
	for (i = 0; i < 11000; i++)
		strbuf_printf(&text, "<a href=http://h%zu.example/>\n", i);
	mail_open(&m, strbuf_str(&text));
	ck_assert_uint_eq(target_uri(&m.targets)->count, 10000);
	mail_close(&m);
	strbuf_clear(&text);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("targets");
	TCase *tc = tcase_create("targets");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(
	    tc, test_texts, 0, sizeof(texts) / sizeof(texts[0]));
	tcase_add_loop_test(tc, test_uris, 0, sizeof(uris) / sizeof(uris[0]));
	tcase_add_loop_test(
	    tc, test_beginnings, 0, sizeof(uris) / sizeof(uris[0]));
	tcase_add_loop_test(tc, test_linear, 0, LINEAR_CASES);
	tcase_add_test(tc, test_resolve);
	tcase_add_test(tc, test_pieces);
	tcase_add_test(tc, test_limits);
	tcase_add_test(tc, test_many_uris);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
