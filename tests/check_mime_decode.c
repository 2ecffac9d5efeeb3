/*
 * check_mime_decode: transfer encodings undone (RFC 2045 section 6).
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "postern/mime.h"

#include "check_mime.h"

struct code_case {
	const char *in;
	const char *want;
};

static const struct code_case base64[] = {
    {"", ""},
    {"YQ==", "a"},
    {"YWI=", "ab"},
    {"YWJj", "abc"},
    {"YWJjZGVm", "abcdef"},
    {"YWJj\r\nZGVm\r\n", "abcdef"},
    {"Y W\tJ\nj", "abc"},
    {"YQ", ""},
    {"YWI", ""},
    {"Y", ""},
    {"YWJjYQ", "abc"},
    {"YWJjYWI", "abc"},
    {"YWJjYQ=", "abca"},
    {"YWJjYWI=", "abcab"},
    {"=", ""},
    {"====", ""},
    {"YQ==YWJj", "a"},
    {"YWI=YQ==", "ab"},
    {"YQ==\r\nYg==", "a"},
    {"YWJj=\r\nYg==", "abc"},
    {"YQ==\r\n____\r\nA list's footer", "a"},
    {"Y!W@J#j", "abc"},
    {"\xff\xfeYWJj", "abc"},
    {"+/+/", "\xfb\xff\xbf"},
    {"-_YWJj", "abc"},
    {"YWJjY", "abc"},
};

static const struct code_case qp[] = {
    {"", ""},
    {"plain\r\ntext\r\n", "plain\r\ntext\r\n"},
    {"a=3Db", "a=b"},
    {"=c3=A4", "\xc3\xa4"},
    {"a=\r\nb", "ab"},
    {"a=\nb", "ab"},
    {"a= \t\r\nb", "ab"},
    {"a=", "a"},
    {"a= ", "a"},
    {"a=\r", "a"},
    {"a  \r\nb\t\nc ", "a\r\nb\nc"},
    {"a b", "a b"},
    {"a=20\r\nb", "a \r\nb"},
    {"a=3", "a"},
    {"a=3 ", "a"},
    {"a=zz", "a=zz"},
    {"a=3zb", "a=3zb"},
    {"a==3D", "a==3D"},
    {"a==3D=3D", "a==3D="},
    {"a=x=3D=3D", "a=x=3D="},
    {"a==\r\nb", "a==\r\nb"},
    {"a==\nb", "a==\nb"},
    {"a== \t\r\nb", "a==\r\nb"},
    {"a===\r\nb", "a===\r\nb"},
    {"a====\r\nb", "a===b"},
    {"a=x\r\nb", "a=x\r\nb"},
    {"a \r\r\nb", "a \r\r\nb"},
    {"a=3D=\r\nb", "a=b"},
    {"=41=42=43", "ABC"},
    {"a=0D=0Ab", "a\r\nb"},
    {"\r\n\r\n", "\r\n\r\n"},
    {"=\r\n=\r\n", ""},
    {"=3\r\nD", "=3\r\nD"},
};

static const struct code_case uu[] = {
    {"begin 644 x\r\n#86)C\r\n`\r\nend\r\n", "abc"},
    {"text\r\nbegin 644 x\r\n#86)C\r\n`\r\nend\r\nmore", "abc"},
    {"begin 644 x\n#86)C\n \nend\n", "abc"},
    {"begin 644 x\r\n!80\r\nend\r\n", "a"},
    {"begin 644 x\r\n\"86(\r\n", "ab"},
    {"begin 644 x\r\n#86)C\r\n#86)C", "abcabc"},
    {"begin 644 x\r\nM86)C\r\nend\r\n", "abc"},
    {"begin 644 x\r\n\r\n#86)C\r\nend", "abc"},
    {"begin 644 x\r\n#86)C\r\nend\r\nbegin 644 y\r\n#86)C\r\nend", "abcabc"},
    {"begin 644 x\r\n#\r\nend\r\n", ""},
    {"no start", "no start"},
};

static void
expect_decoded(
    const struct code_case *c, enum mime_encoding encoding, size_t limit)
{
	struct mime_part part = {.encoding = encoding};
	struct arena *arena = arena_new();
	struct str got, want = str_head(str_c(c->want), limit);

	part.body = exact(str_c(c->in));
	got = mime_decode(&part, limit, arena);
	expect(c->in, got, want);
	arena_free(arena);
	free((void *)part.body.data);
}

static void
expect_all_limits(const struct code_case *c, enum mime_encoding encoding)
{
	size_t limit;

	for (limit = 0; limit < strlen(c->want) + 2; limit++)
		expect_decoded(c, encoding, limit);
	expect_decoded(c, encoding, SIZE_MAX);
}

START_TEST(test_base64)
{
	expect_all_limits(&base64[_i], MIME_BASE64);
}
END_TEST

START_TEST(test_qp)
{
	expect_all_limits(&qp[_i], MIME_QUOTED_PRINTABLE);
}
END_TEST

START_TEST(test_uu)
{
	expect_all_limits(&uu[_i], MIME_UUENCODE);
}
END_TEST

START_TEST(test_identity)
{
	const struct code_case c = {"as =3D it is", "as =3D it is"};

	expect_all_limits(&c, MIME_IDENTITY);
}
END_TEST

START_TEST(test_binary)
{
	struct arena *arena = arena_new();

	expect("nul", mime_decode_base64(str_c("AAEA/w=="), 100, arena),
	    str_of("\0\1\0\xff", 4));
	expect("qp", mime_decode_qp(str_c("=00=FF"), 100, arena),
	    str_of("\0\xff", 2));
	arena_free(arena);
}
END_TEST

static void
decode_base64(struct str in)
{
	struct arena *arena = arena_new();

	ck_assert_uint_le(mime_decode_base64(in, SIZE_MAX, arena).len, in.len);
	arena_free(arena);
}

static void
decode_qp(struct str in)
{
	struct arena *arena = arena_new();

	ck_assert_uint_le(mime_decode_qp(in, SIZE_MAX, arena).len, in.len);
	arena_free(arena);
}

static struct str
make_equals(size_t count)
{
	return repeated("=", count);
}

static struct str
make_blanks(size_t count)
{
	return repeated("= ", count);
}

static struct str
make_base64(size_t count)
{
	return repeated("YWJj!", count);
}

START_TEST(test_linear)
{
	expect_linear("base64 equals", make_equals, decode_base64, 300000);
	expect_linear("base64 with junk", make_base64, decode_base64, 60000);
	expect_linear("qp equals", make_equals, decode_qp, 100000);
	expect_linear("qp blanks", make_blanks, decode_qp, 100000);
}
END_TEST

Suite *
mime_decode_suite(void)
{
	Suite *suite = suite_create("mime_decode");
	TCase *tc = tcase_create("mime_decode");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(
	    tc, test_base64, 0, sizeof(base64) / sizeof(base64[0]));
	tcase_add_loop_test(tc, test_qp, 0, sizeof(qp) / sizeof(qp[0]));
	tcase_add_loop_test(tc, test_uu, 0, sizeof(uu) / sizeof(uu[0]));
	tcase_add_test(tc, test_identity);
	tcase_add_test(tc, test_binary);
	tcase_add_test(tc, test_linear);
	suite_add_tcase(suite, tc);
	return suite;
}
