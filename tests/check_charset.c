/*
 * check_charset: text in the charsets of mail, to UTF-8.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "postern/charset.h"

#include "check_mime.h"

struct utf8_case {
	const char *text;
	bool valid;
};

static const struct utf8_case utf8[] = {
    {"", true},
    {"a", true},
    {"12345678", true},
    {"1234567\xc3\xa4", true},
    {"12345678\xc3", false},
    {"\x7f", true},
    {"\x80", false},
    {"\xbf", false},
    {"\xc0\x80", false},
    {"\xc1\xbf", false},
    {"\xc2\x80", true},
    {"\xdf\xbf", true},
    {"\xdf\xc0", false},
    {"\xe0\x9f\xbf", false},
    {"\xe0\xa0\x80", true},
    {"\xe0\xa0", false},
    {"\xed\x9f\xbf", true},
    {"\xed\xa0\x80", false},
    {"\xed\xbf\xbf", false},
    {"\xee\x80\x80", true},
    {"\xef\xbf\xbf", true},
    {"\xf0\x8f\xbf\xbf", false},
    {"\xf0\x90\x80\x80", true},
    {"\xf0\x90\x80", false},
    {"\xf4\x8f\xbf\xbf", true},
    {"\xf4\x90\x80\x80", false},
    {"\xf5\x80\x80\x80", false},
    {"\xff", false},
    {"\xc3\xa4\xc3", false},
    {"\xc3\xa4x\xe2\x82\xac", true},
};

START_TEST(test_is_utf8)
{
	const struct utf8_case *c = &utf8[_i];
	struct str text = exact(str_c(c->text));

	ck_assert_msg(charset_is_utf8(text) == c->valid, "%s", c->text);
	free((void *)text.data);
}
END_TEST

struct text_case {
	const char *charset;
	const char *text;
	const char *want;
};

static const struct text_case texts[] = {
    {"", "plain", "plain"},
    {"", "\xc3\xa4", "\xc3\xa4"},
    {"", "\xe4", "\xc3\xa4"},
    {"no-such", "\xe4", "\xc3\xa4"},
    {"no-such-charset-with-a-very-long-name", "\xe4", "\xc3\xa4"},
    {"us-ascii", "\xe4", "\xc3\xa4"},
    {"US-ASCII", "\xc3\xa4", "\xc3\xa4"},
    {"utf-8", "\xc3\xa4", "\xc3\xa4"},
    {"UTF8", "\xc3\xa4", "\xc3\xa4"},
    {"utf-8", "a\xe4z", "a\xef\xbf\xbdz"},
    {"utf-8", "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
    {"utf-8", "\xc3", "\xef\xbf\xbd"},
    {"utf-8", "\xff\xc3\xa4\xff", "\xef\xbf\xbd\xc3\xa4\xef\xbf\xbd"},
    {"iso-8859-1", "\xe4\x80", "\xc3\xa4\xe2\x82\xac"},
    {"iso-8859-1", "\xc3\xa4", "\xc3\x83\xc2\xa4"},
    {"Windows-1252", "\x93x\x94", "\xe2\x80\x9cx\xe2\x80\x9d"},
    {"windows-1252", "\x81\x8d\x8f\x90\x9d",
	"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
    {"windows-1252", "abcdefgh\xff", "abcdefgh\xc3\xbf"},
    {"iso-8859-2", "\xb1", "\xc4\x85"},
    {"ISO_8859-2", "\xb1", "\xc4\x85"},
    {"iso-8859-15", "\xa4", "\xe2\x82\xac"},
    {"windows-1251", "\xcf", "\xd0\x9f"},
    {"koi8-r", "\xf0", "\xd0\x9f"},
    {"gb2312", "\xc4\xe3", "\xe4\xbd\xa0"},
    {"big5", "\xa7\x41", "\xe4\xbd\xa0"},
    {"shift_jis", "\x93\xfa", "\xe6\x97\xa5"},
    {"euc-jp", "\xc6\xfc", "\xe6\x97\xa5"},
    {"iso-2022-jp", "\x1b$BF|K\\\x1b(B", "\xe6\x97\xa5\xe6\x9c\xac"},
    {"iso-2022-jp", "plain", "plain"},
    {"euc-kr", "\xc7\xd1", "\xed\x95\x9c"},
    {"ks_c_5601-1987", "\xc7\xd1", "\xed\x95\x9c"},
    {"utf-7", "+AOQ-", "\xc3\xa4"},
    {"gb2312", "\xff\xc4\xe3", "\xef\xbf\xbd\xe4\xbd\xa0"},
    {"shift_jis", "\x93", "\xef\xbf\xbd"},
    {"gb2312//IGNORE", "\xe4", "\xc3\xa4"},
    {"../../tmp/x", "\xe4", "\xc3\xa4"},
};

START_TEST(test_texts)
{
	const struct text_case *c = &texts[_i];
	struct str text = exact(str_c(c->text)), charset = str_c(c->charset);
	struct arena *arena = arena_new();

	expect(
	    c->charset, charset_to_utf8(charset, text, arena), str_c(c->want));
	arena_free(arena);
	free((void *)text.data);
}
END_TEST

START_TEST(test_wide)
{
	struct arena *arena = arena_new();
	struct str want = str_c("\xc3\xa4x");

	expect("be",
	    charset_to_utf8(str_c("utf-16be"), str_of("\0\xe4\0x", 4), arena),
	    want);
	expect("le",
	    charset_to_utf8(str_c("utf-16le"), str_of("\xe4\0x\0", 4), arena),
	    want);
	expect("mark",
	    charset_to_utf8(
		str_c("utf-16"), str_of("\xfe\xff\0\xe4\0x", 6), arena),
	    want);
	expect("half a surrogate",
	    charset_to_utf8(str_c("utf-16be"), str_of("\xd8\x00\0x", 4), arena),
	    str_c("\xef\xbf\xbdx"));
	expect("half a unit",
	    charset_to_utf8(str_c("utf-16be"), str_of("\0x\0", 3), arena),
	    str_c("x\xef\xbf\xbd"));
	arena_free(arena);
}
END_TEST

/* Text that needs no change is not copied. */
START_TEST(test_no_copy)
{
	static const char *const charsets[] = {
	    "", "utf-8", "us-ascii", "iso-8859-1", "koi8-r", "shift_jis"};
	struct str text = str_c("plain text");
	struct arena *arena = arena_new();
	size_t i;

	for (i = 0; i < sizeof(charsets) / sizeof(charsets[0]); i++)
		ck_assert_ptr_eq(
		    charset_to_utf8(str_c(charsets[i]), text, arena).data,
		    text.data);
	arena_free(arena);
}
END_TEST

struct code_case {
	uint32_t code;
	const char *want;
};

static const struct code_case codes[] = {
    {0x7f, "\x7f"},
    {0x80, "\xc2\x80"},
    {0x7ff, "\xdf\xbf"},
    {0x800, "\xe0\xa0\x80"},
    {0xd7ff, "\xed\x9f\xbf"},
    {0xd800, "\xef\xbf\xbd"},
    {0xdfff, "\xef\xbf\xbd"},
    {0xe000, "\xee\x80\x80"},
    {0xffff, "\xef\xbf\xbf"},
    {0x10000, "\xf0\x90\x80\x80"},
    {0x10ffff, "\xf4\x8f\xbf\xbf"},
    {0x110000, "\xef\xbf\xbd"},
    {0xffffffff, "\xef\xbf\xbd"},
};

START_TEST(test_put)
{
	char out[4];
	size_t len = charset_put_utf8(codes[_i].code, out);

	expect("code", str_of(out, len), str_c(codes[_i].want));
}
END_TEST

/* Whatever the octets and the charset: UTF-8, and at most four times. */
START_TEST(test_noise)
{
	static const char *const charsets[] = {"utf-8", "windows-1252",
	    "iso-8859-3", "windows-1255", "windows-1258", "gb18030",
	    "big5-hkscs", "shift_jis", "euc-jp", "euc-kr", "euc-tw",
	    "iso-2022-jp", "iso-2022-kr", "iso-2022-cn", "utf-7", "utf-16",
	    "utf-16be", "utf-32", "viscii", "macintosh", "x"};
	struct str charset = str_c(charsets[_i]), text, out;
	struct arena *arena = arena_new();
	unsigned seed = 1, i, round;
	char noise[257];

	for (round = 0; round < 500; round++) {
		for (i = 0; i < sizeof(noise); i++) {
			seed = seed * 1103515245 + 12345;
			noise[i] = (char)(seed >> (round % 2 ? 16 : 18));
		}
		text = str_of(noise, round % sizeof(noise));
		out = charset_to_utf8(charset, text, arena);
		ck_assert_msg(charset_is_utf8(out), "%s", charset.data);
		ck_assert_uint_le(out.len, 4 * text.len);
		arena_reset(arena);
	}
	arena_free(arena);
}
END_TEST

static void
convert_utf8(struct str in)
{
	struct arena *arena = arena_new();
	struct str out = charset_to_utf8(str_c("utf-8"), in, arena);

	ck_assert(charset_is_utf8(out));
	arena_free(arena);
}

static void
convert_gb(struct str in)
{
	struct arena *arena = arena_new();
	struct str out = charset_to_utf8(str_c("gb2312"), in, arena);

	ck_assert(charset_is_utf8(out));
	arena_free(arena);
}

static struct str
make_noise(size_t count)
{
	return repeated("\xff", count);
}

START_TEST(test_linear)
{
	expect_linear("utf-8", make_noise, convert_utf8, 60000);
	/* Not more: ASan's iconv looks at all the rest in each call. */
	expect_linear("gb2312", make_noise, convert_gb, 4000);
}
END_TEST

Suite *
charset_suite(void)
{
	Suite *suite = suite_create("charset");
	TCase *tc = tcase_create("charset");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(
	    tc, test_is_utf8, 0, sizeof(utf8) / sizeof(utf8[0]));
	tcase_add_loop_test(
	    tc, test_texts, 0, sizeof(texts) / sizeof(texts[0]));
	tcase_add_loop_test(tc, test_put, 0, sizeof(codes) / sizeof(codes[0]));
	tcase_add_loop_test(tc, test_noise, 0, 21);
	tcase_add_test(tc, test_wide);
	tcase_add_test(tc, test_no_copy);
	tcase_add_test(tc, test_linear);
	suite_add_tcase(suite, tc);
	return suite;
}
