/*
 * check_reply: replies read and written (RFC 5321 4.2, RFC 3463).
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdio.h>
#include <stdlib.h>

#include "postern/reply.h"

#include "check_mail.h"

struct line_case {
	const char *line;
	enum reply_step step;
};

static const struct line_case lines[] = {
    {"250 ok", REPLY_DONE},
    {"250", REPLY_DONE},
    {"250 ", REPLY_DONE},
    {"250-", REPLY_MORE},
    {"250-ok", REPLY_MORE},
    {"250 \tok\x1b\xff", REPLY_DONE},
    {"200 x", REPLY_DONE},
    {"354 go", REPLY_DONE},
    {"571 no", REPLY_DONE},
    {"599 x", REPLY_DONE},
    {"", REPLY_BROKEN},
    {"2", REPLY_BROKEN},
    {"25", REPLY_BROKEN},
    {" 250 ok", REPLY_BROKEN},
    {"250ok", REPLY_BROKEN},
    {"250_ok", REPLY_BROKEN},
    {"250\tok", REPLY_BROKEN},
    {"2500 ok", REPLY_BROKEN},
    {"0250 ok", REPLY_BROKEN},
    {"150 wait", REPLY_BROKEN},
    {"199 x", REPLY_BROKEN},
    {"099 x", REPLY_BROKEN},
    {"600 x", REPLY_BROKEN},
    {"999 x", REPLY_BROKEN},
    {"+50 x", REPLY_BROKEN},
    {"2 0 x", REPLY_BROKEN},
    {"25x x", REPLY_BROKEN},
    {"ok", REPLY_BROKEN},
    {"250 a\rb", REPLY_BROKEN},
    {"250 a\r", REPLY_BROKEN},
    {"250 a\nb", REPLY_BROKEN},
    {"250\r", REPLY_BROKEN},
};

START_TEST(test_lines)
{
	const struct line_case *c = &lines[_i];
	struct str line = exact(str_c(c->line));
	enum reply_step step;
	struct reply r;

	reply_init(&r);
	step = reply_add_line(&r, line);
	ck_assert_msg(step == c->step, "%s: %d", c->line, step);
	ck_assert_uint_eq(r.lines, step == REPLY_BROKEN ? 0 : 1);
	ck_assert_uint_eq(
	    r.raw.len, step == REPLY_BROKEN ? 0 : strlen(c->line) + 2);
	reply_clear(&r);
	free((void *)line.data);
}
END_TEST

START_TEST(test_line_with_nul)
{
	struct reply r;

	reply_init(&r);
	ck_assert_int_eq(
	    reply_add_line(&r, str_of("250 a\0b", 7)), REPLY_BROKEN);
	ck_assert_int_eq(reply_add_line(&r, str_of("250\0", 4)), REPLY_BROKEN);
	reply_clear(&r);
}
END_TEST

START_TEST(test_many_lines)
{
	struct reply r;
	int i;

	reply_init(&r);
	for (i = 0; i < 500; i++)
		ck_assert_int_eq(
		    reply_add_line(&r, str_c("250-2.1.5 x")), REPLY_MORE);
	ck_assert_int_eq(reply_add_line(&r, str_c("250 last")), REPLY_DONE);
	ck_assert_uint_eq(r.lines, 501);
	ck_assert_uint_eq(r.code, 250);
	ck_assert(reply_is(&r, 2));
	expect("first", reply_line(&r, 0), str_c("2.1.5 x"));
	expect("last", reply_line(&r, 500), str_c("last"));
	expect("beyond", reply_line(&r, 501), str_c(""));
	reply_reset(&r);
	ck_assert_uint_eq(r.code, 0);
	expect("none", reply_line(&r, 0), str_c(""));
	ck_assert_int_eq(reply_add_line(&r, str_c("451 x")), REPLY_DONE);
	ck_assert_uint_eq(r.code, 451);
	reply_clear(&r);
}
END_TEST

START_TEST(test_code_must_stay)
{
	struct reply r;

	reply_init(&r);
	ck_assert_int_eq(reply_add_line(&r, str_c("250-a")), REPLY_MORE);
	ck_assert_int_eq(reply_add_line(&r, str_c("251 b")), REPLY_BROKEN);
	ck_assert_int_eq(reply_add_line(&r, str_c("b")), REPLY_BROKEN);
	expect("kept", strbuf_str(&r.raw), str_c("250-a\r\n"));
	reply_clear(&r);
}
END_TEST

START_TEST(test_sizes)
{
	char line[4097];
	struct reply r;
	int i;

	memset(line, 'x', sizeof(line));
	memcpy(line, "250-", 4);
	reply_init(&r);
	ck_assert_int_eq(reply_add_line(&r, str_of(line, 4097)), REPLY_BROKEN);
	for (i = 0; i < REPLY_SIZE_MAX / 4098; i++)
		ck_assert_int_eq(
		    reply_add_line(&r, str_of(line, 4096)), REPLY_MORE);
	ck_assert_int_eq(reply_add_line(&r, str_of(line, 4096)), REPLY_BROKEN);
	ck_assert_uint_le(r.raw.len, REPLY_SIZE_MAX);
	reply_clear(&r);
}
END_TEST

struct part_case {
	const char *line;
	const char *enhanced;
	const char *text;
};

static const struct part_case parts[] = {
    {"550 5.7.1 no mail", "5.7.1", "no mail"},
    {"250 2.1.5", "2.1.5", ""},
    {"451 4.10.255  wait ", "4.10.255", "wait"},
    {"250 ok", "", "ok"},
    {"250", "", ""},
    {"550 4.7.1 x", "", "4.7.1 x"},
    {"550 5.7 x", "", "5.7 x"},
    {"550 5.7.1x", "", "5.7.1x"},
    {"550 5.7.1.2 x", "", "5.7.1.2 x"},
    {"550 5.1234.1 x", "", "5.1234.1 x"},
    {"550 5.1.1234 x", "", "5.1.1234 x"},
    {"550 5..1 x", "", "5..1 x"},
    {"550 5.1.", "", "5.1."},
    {"550 5.", "", "5."},
    {"354 3.0.0 go", "", "3.0.0 go"},
    {"550 5.7.1 a\x1b[2Jb", "5.7.1", "a"},
    {"550 \ttext", "", "text"},
};

START_TEST(test_parts)
{
	const struct part_case *c = &parts[_i];
	struct reply r;

	reply_init(&r);
	ck_assert_int_eq(reply_add_line(&r, str_c(c->line)), REPLY_DONE);
	expect(c->line, reply_enhanced(&r), str_c(c->enhanced));
	expect(c->line, reply_text(&r), str_c(c->text));
	reply_clear(&r);
}
END_TEST

struct format_case {
	unsigned code;
	const char *enhanced;
	const char *text;
	const char *want;
};

static const struct format_case formats[] = {
    {250, "2.0.0", "ok", "250 2.0.0 ok\r\n"},
    {250, NULL, "ok", "250 ok\r\n"},
    {250, "", "ok", "250 ok\r\n"},
    {450, "5.7.1", "later", "450 4.7.1 later\r\n"},
    {550, "4.7.26", "no", "550 5.7.26 no\r\n"},
    {354, "2.0.0", "go", "354 go\r\n"},
    {250, NULL, "a\nb\nc", "250-a\r\n250-b\r\n250 c\r\n"},
    {250, "2.0.0", "a\nb", "250-2.0.0 a\r\n250 2.0.0 b\r\n"},
    {250, NULL, "a\r\nb\n", "250-a\r\n250 b\r\n"},
    {250, NULL, "a\n\nb", "250-a\r\n250-\r\n250 b\r\n"},
    {250, NULL, "", "250 \r\n"},
    {550, NULL, "a\tb\x7f\xc3\xa4\r~", "550 a?b????~\r\n"},
};

START_TEST(test_formats)
{
	const struct format_case *c = &formats[_i];
	struct strbuf out;

	strbuf_init(&out);
	strbuf_puts(&out, "before ");
	reply_format(&out, c->code, c->enhanced, str_c(c->text));
	expect(c->text, str_from(strbuf_str(&out), 7), str_c(c->want));
	strbuf_clear(&out);
}
END_TEST

/* Whatever is written is read as one reply with the same words. */
static void
check_wrapped(struct str text, size_t count)
{
	struct strbuf out, words;
	struct str rest, line;
	struct reply r;
	size_t i;

	strbuf_init(&out);
	strbuf_init(&words);
	reply_init(&r);
	reply_format(&out, 550, "5.7.1", text);
	rest = strbuf_str(&out);
	for (i = 0; str_cut_line(&rest, &line); i++) {
		ck_assert_uint_lt(line.len + 2, 512);
		ck_assert_int_eq(reply_add_line(&r, line),
		    i + 1 == count ? REPLY_DONE : REPLY_MORE);
		strbuf_add(&words, str_from(reply_line(&r, i), 6));
	}
	ck_assert_uint_eq(i, count);
	ck_assert_uint_le(text.len - words.len, count - 1);
	strbuf_clear(&words);
	strbuf_clear(&out);
	reply_clear(&r);
}

START_TEST(test_wrapping)
{
	char text[3000];
	size_t i;

	memset(text, 'x', sizeof(text));
	check_wrapped(str_of(text, 499), 1);
	check_wrapped(str_of(text, 500), 2);
	check_wrapped(str_of(text, 3000), 7);
	for (i = 7; i < sizeof(text); i += 8)
		text[i] = ' ';
	check_wrapped(str_of(text, 499), 1);
	check_wrapped(str_of(text, 500), 2);
	check_wrapped(str_of(text, 3000), 7);
}
END_TEST

Suite *
reply_suite(void)
{
	Suite *suite = suite_create("reply");
	TCase *tcase = tcase_create("reply");

	tcase_add_loop_test(
	    tcase, test_lines, 0, sizeof(lines) / sizeof(*lines));
	tcase_add_test(tcase, test_line_with_nul);
	tcase_add_test(tcase, test_many_lines);
	tcase_add_test(tcase, test_code_must_stay);
	tcase_add_test(tcase, test_sizes);
	tcase_add_loop_test(
	    tcase, test_parts, 0, sizeof(parts) / sizeof(*parts));
	tcase_add_loop_test(
	    tcase, test_formats, 0, sizeof(formats) / sizeof(*formats));
	tcase_add_test(tcase, test_wrapping);
	suite_add_tcase(suite, tcase);
	return suite;
}
