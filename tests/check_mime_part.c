/*
 * check_mime_part: what a part's header says of it (RFC 2045, 2183, 2231).
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "postern/charset.h"
#include "postern/mime.h"
#include "postern/strbuf.h"

#include "check_mime.h"

struct part_case {
	const char *header;
	const char *charset;
	const char *name;
	bool attachment;
	enum mime_encoding encoding;
};

#define TYPE  "Content-Type: "
#define PLACE "Content-Disposition: "
#define CODE  "Content-Transfer-Encoding: "

static const struct part_case parts[] = {
    {"", "", "", false, MIME_IDENTITY},
    {TYPE "text/plain; charset=utf-8", "utf-8", "", false, MIME_IDENTITY},
    {TYPE "text/plain; CHARSET=\"UTF-8\"", "UTF-8", "", false, MIME_IDENTITY},
    {TYPE "text/plain; charset = utf-8 ; x=y", "utf-8", "", false,
	MIME_IDENTITY},
    {TYPE "text/plain; charset=us-ascii (Plain text)", "us-ascii", "", false,
	MIME_IDENTITY},
    {TYPE "text/plain; charset=a; charset=b", "a", "", false, MIME_IDENTITY},
    {TYPE "text/plain charset=utf-8", "utf-8", "", false, MIME_IDENTITY},
    {TYPE "text/plain;;;\r\n charset=utf-8;", "utf-8", "", false,
	MIME_IDENTITY},
    {TYPE "text/plain; charset", "", "", false, MIME_IDENTITY},
    {TYPE "text/plain; charset=", "", "", false, MIME_IDENTITY},
    {TYPE "text/plain; x=\";charset=a\"; charset=b", "b", "", false,
	MIME_IDENTITY},
    {TYPE "text/plain; xcharset=a; charsetx=b", "", "", false, MIME_IDENTITY},
    {TYPE "text/plain; (charset=a) charset=b", "b", "", false, MIME_IDENTITY},
    {TYPE "text/plain; (a (b) \\) c) charset=b", "b", "", false, MIME_IDENTITY},
    {TYPE "text/plain; (((charset=b", "", "", false, MIME_IDENTITY},

    {TYPE "a/b; name=x.doc", "", "x.doc", false, MIME_IDENTITY},
    {TYPE "a/b; name=my own file.doc ; x=y", "", "my own file.doc", false,
	MIME_IDENTITY},
    {TYPE "a/b; name=\"a;b\\\"c.doc\"", "", "a;b\"c.doc", false, MIME_IDENTITY},
    {TYPE "a/b; name=\"never ends", "", "never ends", false, MIME_IDENTITY},
    {TYPE "a/b; name=\"=?utf-8?Q?K=C3=A4se?=\"", "", "K\xc3\xa4se", false,
	MIME_IDENTITY},
    {TYPE "a/b; name=K\xe4se", "", "K\xc3\xa4se", false, MIME_IDENTITY},
    {TYPE "a/b; name=x\r\n" PLACE "attachment; filename=y", "", "y", true,
	MIME_IDENTITY},
    {TYPE "a/b; name=x\r\n" PLACE "inline", "", "x", false, MIME_IDENTITY},
    {PLACE "ATTACHMENT", "", "", true, MIME_IDENTITY},
    {PLACE "attachment;filename=\"x\"", "", "x", true, MIME_IDENTITY},
    {PLACE "attachments", "", "", false, MIME_IDENTITY},
    {PLACE "inline\r\n" PLACE "attachment", "", "", true, MIME_IDENTITY},

    {PLACE "inline; filename*=utf-8''K%C3%a4se", "", "K\xc3\xa4se", false,
	MIME_IDENTITY},
    {PLACE "inline; filename*=iso-8859-1'de'K%E4se", "", "K\xc3\xa4se", false,
	MIME_IDENTITY},
    {PLACE "inline; filename=x; filename*=utf-8''y", "", "y", false,
	MIME_IDENTITY},
    {PLACE "inline; filename*0=a; filename*1=b", "", "ab", false,
	MIME_IDENTITY},
    {PLACE "inline; filename*1=b; filename*0=a", "", "ab", false,
	MIME_IDENTITY},
    {PLACE "inline; filename*0=a; filename*2=c", "", "a", false, MIME_IDENTITY},
    {PLACE "inline; filename*0=a; filename*0=b", "", "a", false, MIME_IDENTITY},
    {PLACE "inline; filename*0*=utf-8''%C3; filename*1*=%A4; filename*2=%41",
	"", "\xc3\xa4%41", false, MIME_IDENTITY},
    {PLACE "inline; filename*1=b", "", "", false, MIME_IDENTITY},
    {PLACE "inline; filename*99999999999999999999=b", "", "", false,
	MIME_IDENTITY},
    {PLACE "inline; filename*x=b; filename**=c", "", "", false, MIME_IDENTITY},
    {PLACE "inline; filename*=no%20charset", "", "no charset", false,
	MIME_IDENTITY},
    {PLACE "inline; filename*=utf-8''%4%zz%", "", "%4%zz%", false,
	MIME_IDENTITY},
    {PLACE "inline; filename*0=\"=?utf-8?Q?=C3\"; filename*1=\"=A4?=\"", "",
	"\xc3\xa4", false, MIME_IDENTITY},

    {CODE "base64", "", "", false, MIME_BASE64},
    {CODE "Base64 (yes)", "", "", false, MIME_BASE64},
    {CODE "BASE64;", "", "", false, MIME_BASE64},
    {CODE "quoted-printable", "", "", false, MIME_QUOTED_PRINTABLE},
    {CODE "\r\n Quoted-Printable", "", "", false, MIME_QUOTED_PRINTABLE},
    {CODE "x-uuencode", "", "", false, MIME_UUENCODE},
    {CODE "7bit", "", "", false, MIME_IDENTITY},
    {CODE "8bit\r\n" CODE "base64", "", "", false, MIME_BASE64},
    {CODE "base64\r\n" CODE "8bit", "", "", false, MIME_IDENTITY},
    {CODE "base64;\r\n\r\nplain text", "", "", false, MIME_IDENTITY},
    {CODE "base64;\r\n\r\nYQ==", "", "", false, MIME_BASE64},
    {CODE "(c) base64\r\n\r\n\r\nYQ==\r\nx y", "", "", false, MIME_BASE64},
    {CODE "base64 (c)\r\n\r\n\r\nx-y\r\n", "", "", false, MIME_IDENTITY},
    {CODE "base64;\r\n\r\n", "", "", false, MIME_BASE64},
    {CODE "base64;", "", "", false, MIME_BASE64},
    {CODE " base64\r\n\r\nplain text", "", "", false, MIME_BASE64},
    {CODE "base64x", "", "", false, MIME_IDENTITY},
};

static const struct mime_part *
root_of(struct str bytes, struct arena *arena)
{
	struct message m;
	struct mime_tree tree;

	message_parse(bytes, arena, &m);
	mime_parse(&m, arena, &tree);
	return tree.root;
}

START_TEST(test_parts)
{
	const struct part_case *c = &parts[_i];
	struct str bytes = exact(str_c(c->header));
	struct arena *arena = arena_new();
	const struct mime_part *part = root_of(bytes, arena);

	expect(c->header, part->charset, str_c(c->charset));
	expect(c->header, part->name, str_c(c->name));
	ck_assert_msg(part->attachment == c->attachment, "%s", c->header);
	ck_assert_msg(part->encoding == c->encoding, "%s", c->header);
	arena_free(arena);
	free((void *)bytes.data);
}
END_TEST

/* A header may end anywhere. */
START_TEST(test_beginnings)
{
	const struct part_case *c = &parts[_i];
	struct arena *arena = arena_new();
	struct str bytes;
	size_t len;

	for (len = 0; len < strlen(c->header); len++) {
		bytes = exact(str_of(c->header, len));
		ck_assert(charset_is_utf8(root_of(bytes, arena)->name));
		free((void *)bytes.data);
	}
	arena_free(arena);
}
END_TEST

static void
parse(struct str in)
{
	struct arena *arena = arena_new();

	ck_assert(charset_is_utf8(root_of(in, arena)->name));
	ck_assert_uint_le(arena_size(arena), 100 * in.len + 1000000);
	arena_free(arena);
}

static struct str
make_header(const char *start, const char *text, size_t count)
{
	struct strbuf b;

	strbuf_init(&b);
	strbuf_puts(&b, start);
	for (; count; count--)
		strbuf_puts(&b, text);
	return strbuf_str(&b);
}

static struct str
make_comments(size_t count)
{
	return make_header("Content-Type: text/plain; ", "(;", count);
}

static struct str
make_quotes(size_t count)
{
	return make_header("Content-Type: text/plain; ", "a=\"\\\";", count);
}

static struct str
make_pieces(size_t count)
{
	return make_header(PLACE "x; ", "filename*1*=%41%;", count);
}

static struct str
make_equals(size_t count)
{
	return make_header(PLACE "x; ", "=", count);
}

START_TEST(test_linear)
{
	expect_linear("comments", make_comments, parse, 30000);
	expect_linear("quotes", make_quotes, parse, 30000);
	expect_linear("pieces", make_pieces, parse, 10000);
	expect_linear("equals", make_equals, parse, 30000);
}
END_TEST

Suite *
mime_part_suite(void)
{
	Suite *suite = suite_create("mime_part");
	TCase *tc = tcase_create("mime_part");
	const int count = sizeof(parts) / sizeof(parts[0]);

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, test_parts, 0, count);
	tcase_add_loop_test(tc, test_beginnings, 0, count);
	tcase_add_test(tc, test_linear);
	suite_add_tcase(suite, tc);
	return suite;
}
