/*
 * check_header: values unfolded and encoded words decoded (RFC 2047).
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "postern/charset.h"
#include "postern/header.h"

#include "check_mime.h"

struct value_case {
	const char *value;
	const char *want;
};

static const struct value_case unfolded[] = {
    {"", ""},
    {"a", "a"},
    {" a\r\n b", " a b"},
    {"a\r\n\t b\r\n\r\n c", "a\t b c"},
    {"a\n b", "a b"},
    {"a\rb", "a\rb"},
    {"a\r\r\n b", "a\r b"},
    {"\r\n", ""},
    {"\n", ""},
    {"\r", "\r"},
};

static const struct value_case decoded[] = {
    {"", ""},
    {" plain", " plain"},
    {"a =?us-ascii?Q?b?= c", "a b c"},
    {"=?iso-8859-1?Q?K=E4se?=", "K\xc3\xa4se"},
    {"=?ISO-8859-1?q?K=e4se?=", "K\xc3\xa4se"},
    {"=?utf-8?B?S8Okc2U=?=", "K\xc3\xa4se"},
    {"=?utf-8?b?S8Okc2U?=", "K\xc3\xa4se"},
    {"=?utf-8*en?Q?a?=", "a"},
    {"=?iso-8859-1?Q?a_b=5Fc?=", "a b_c"},
    {"=?windows-1251?B?z/Do4uXy?=",
	"\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82"},
    {"=?koi8-r?B?8NLJ18XU?=",
	"\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82"},
    {"=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "\xe6\x97\xa5\xe6\x9c\xac"},

    /* Space between two words goes, also folded; other space stays. */
    {"=?utf-8?Q?a?= =?utf-8?Q?b?=", "ab"},
    {"=?utf-8?Q?a?=\r\n =?utf-8?Q?b?=", "ab"},
    {"=?utf-8?Q?a?= =?iso-8859-1?Q?=E4?=", "a\xc3\xa4"},
    {"=?utf-8?Q?a_?= =?utf-8?Q?_b?=", "a  b"},
    {"=?utf-8?Q?a?==?utf-8?Q?b?=", "ab"},
    {"=?utf-8?Q?a?= x =?utf-8?Q?b?=", "a x b"},
    {" =?utf-8?Q?a?= ", " a "},
    {"=?utf-8?Q?"
     "?= =?utf-8?Q?b?=",
	"b"},
    {"x =?utf-8?Q?"
     "?= y",
	"x  y"},

    /* A character cut between two words. */
    {"=?utf-8?Q?=C3?= =?utf-8?Q?=A4?=", "\xc3\xa4"},
    {"=?utf-8?B?5w==?= =?UTF-8?B?l6U=?=", "\xe7\x97\xa5"},
    {"=?utf-8?Q?=C3?= =?iso-8859-1?Q?=A4?=", "\xef\xbf\xbd\xc2\xa4"},

    /* More lenient than the RFC. */
    {"a=?utf-8?Q?b?=c", "abc"},
    {"\"=?utf-8?Q?b?=\"", "\"b\""},
    {"(=?utf-8?Q?b?=)", "(b)"},
    {"=?utf-8?Q?a b?=", "a b"},
    {"=?utf-8?Q?a\r\n b?=", "a b"},
    {"=?utf-8?Q?Really?"
     "?=",
	"Really?"},
    {"=?utf-8?Q?a=?=", "a="},
    {"=?utf-8?Q?a=4?=", "a=4"},
    {"=?utf-8?Q?a=4x?=", "a=4x"},
    {"=?utf-8?B?S8Ok!c2U=?=", "K\xc3\xa4se"},
    {"=?nonsense?Q?=E4?=", "\xc3\xa4"},
    {"=?us-ascii?Q?=E4?=", "\xc3\xa4"},
    {"=?us-ascii?Q?=C3=A4?=", "\xc3\xa4"},
    {"=?utf-8?Q?=E4?=", "\xef\xbf\xbd"},

    /* What is no encoded word stays. */
    {"=?", "=?"},
    {"=?=", "=?="},
    {"=?utf-8", "=?utf-8"},
    {"=?utf-8?", "=?utf-8?"},
    {"=?utf-8?Q", "=?utf-8?Q"},
    {"=?utf-8?Q?", "=?utf-8?Q?"},
    {"=?utf-8?Q?a", "=?utf-8?Q?a"},
    {"=?utf-8?Q?a?", "=?utf-8?Q?a?"},
    {"=?utf-8?X?a?=", "=?utf-8?X?a?="},
    {"=?utf-8?QQ?a?=", "=?utf-8?QQ?a?="},
    {"=??Q?a?=", "=??Q?a?="},
    {"=?*en?Q?a?=", "=?*en?Q?a?="},
    {"=?utf 8?Q?a?=", "=?utf 8?Q?a?="},
    {"=?utf-8?Q?a =?utf-8?Q?b?=", "=?utf-8?Q?a b"},
    {"=?=?utf-8?Q?b?=", "=?b"},
    {"==?utf-8?Q?b?=", "=b"},
    {"a = b ? c", "a = b ? c"},

    /* Raw octets. */
    {"K\xc3\xa4se", "K\xc3\xa4se"},
    {"K\xe4se", "K\xc3\xa4se"},
    {"\x80uro", "\xe2\x82\xacuro"},
    {"\xe4 =?utf-8?Q?b?= \xc3\xa4", "\xc3\xa4 b \xc3\xa4"},
};

START_TEST(test_unfold)
{
	const struct value_case *c = &unfolded[_i];
	struct str value = exact(str_c(c->value));
	struct arena *arena = arena_new();

	expect(c->value, header_unfold(value, arena), str_c(c->want));
	arena_free(arena);
	free((void *)value.data);
}
END_TEST

START_TEST(test_decode)
{
	const struct value_case *c = &decoded[_i];
	struct str value = exact(str_c(c->value));
	struct arena *arena = arena_new();

	expect(c->value, header_decode(value, arena), str_c(c->want));
	arena_free(arena);
	free((void *)value.data);
}
END_TEST

/* A value may end anywhere; the result is UTF-8 all the same. */
START_TEST(test_decode_beginnings)
{
	const struct value_case *c = &decoded[_i];
	struct arena *arena = arena_new();
	struct str value;
	size_t len;

	for (len = 0; len < strlen(c->value); len++) {
		value = exact(str_of(c->value, len));
		ck_assert(charset_is_utf8(header_decode(value, arena)));
		free((void *)value.data);
	}
	arena_free(arena);
}
END_TEST

static void
decode(struct str in)
{
	struct arena *arena = arena_new();

	ck_assert(charset_is_utf8(header_decode(in, arena)));
	arena_free(arena);
}

static struct str
make_starts(size_t count)
{
	return repeated("=?", count);
}

static struct str
make_open_words(size_t count)
{
	return repeated("=?a?q?x", count);
}

static struct str
make_words(size_t count)
{
	return repeated("=?utf-8?B?w6Q=?= =?iso-8859-2?Q?=C3?= ", count);
}

static struct str
make_names(size_t count)
{
	return repeated("=?aaa", count);
}

START_TEST(test_linear)
{
	expect_linear("starts", make_starts, decode, 100000);
	expect_linear("open words", make_open_words, decode, 30000);
	expect_linear("words", make_words, decode, 300);
	expect_linear("names", make_names, decode, 50000);
}
END_TEST

Suite *
header_suite(void)
{
	Suite *suite = suite_create("header");
	TCase *tc = tcase_create("header");
	const int folds = sizeof(unfolded) / sizeof(unfolded[0]);
	const int words = sizeof(decoded) / sizeof(decoded[0]);

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, test_unfold, 0, folds);
	tcase_add_loop_test(tc, test_decode, 0, words);
	tcase_add_loop_test(tc, test_decode_beginnings, 0, words);
	tcase_add_test(tc, test_linear);
	suite_add_tcase(suite, tc);
	return suite;
}
