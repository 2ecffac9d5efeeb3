/*
 * check_mime_tree: messages as trees of parts (RFC 2045, 2046, 2183, 2231).
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "postern/mime.h"
#include "postern/strbuf.h"

#include "check_mime.h"

/* A part is "type/subtype", then "(its children)" or "[its body]". */
struct tree_case {
	const char *label;
	const char *mail;
	const char *want;
};

#define MIXED "Content-Type: multipart/mixed; boundary="

static const struct tree_case trees[] = {
    {"no header", "\r\nbody", "text/plain[body]"},
    {"nothing", "", "text/plain[]"},
    {"plain", "Subject: x\r\n\r\nbody\r\n", "text/plain[body\r\n]"},
    {"html", "Content-Type: TEXT/HTML\r\n\r\nx", "text/html[x]"},
    {"two parts",
	MIXED "b"
	      "\r\n\r\npreamble\r\n--b\r\n\r\none\r\n--b\r\n"
	      "Content-Type: text/html\r\n\r\ntwo\r\n--b--\r\nepilogue",
	"multipart/mixed(text/plain[one] text/html[two])"},
    {"no final boundary",
	MIXED "b"
	      "\r\n\r\n--b\r\n\r\none\r\n",
	"multipart/mixed(text/plain[one\r\n])"},
    {"boundary first in the mail's body",
	MIXED "b"
	      "\r\n\r\n--b\r\n\r\none",
	"multipart/mixed(text/plain[one])"},
    {"boundary at the end",
	MIXED "b"
	      "\r\n\r\nx\r\n--b",
	"multipart/mixed(text/plain[])"},
    {"no boundary met",
	MIXED "b"
	      "\r\n\r\nx\r\n--c\r\n\r\ny",
	"multipart/mixed[x\r\n--c\r\n\r\ny]"},
    {"no boundary given",
	"Content-Type: multipart/mixed\r\n\r\n--\r\n\r\nx\r\n----\r\n",
	"multipart/mixed[--\r\n\r\nx\r\n----\r\n]"},
    {"empty boundary",
	MIXED "\"\""
	      "\r\n\r\n--\r\n\r\nx\r\n----\r\n",
	"multipart/mixed[--\r\n\r\nx\r\n----\r\n]"},
    {"empty body",
	MIXED "b"
	      "\r\n\r\n--b\r\n\r\n\r\n--b--\r\n",
	"multipart/mixed(text/plain[])"},
    {"empty line kept",
	MIXED "b"
	      "\r\n\r\n--b\r\n\r\nx\r\n\r\n--b--\r\n",
	"multipart/mixed(text/plain[x\r\n])"},
    {"no line for a body",
	MIXED "b"
	      "\r\n\r\n--b\r\n\r\n--b\r\n--b\r\n\r\nx\r\n--b--\r\n",
	"multipart/mixed(text/plain[] text/plain[] text/plain[x])"},
    {"no empty line before the boundary",
	MIXED "b"
	      "\r\n\r\n--b\r\nContent-Type: text/html\r\n--b\r\n\r\nx",
	"multipart/mixed(text/html[] text/plain[x])"},
    {"boundary that looks like a field",
	MIXED "\"a:b\""
	      "\r\n\r\n--a:b\r\nContent-Type: text/x\r\n"
	      "--a:b\r\nContent-Type: text/html\r\n\r\ny",
	"multipart/mixed(text/x[] text/html[y])"},
    {"quoted boundary with space",
	MIXED "\"a b\""
	      "\r\n\r\n--a b\r\n\r\nx\r\n--a b--\r\n",
	"multipart/mixed(text/plain[x])"},
    {"boundary declared with trailing space",
	MIXED "\"b  \""
	      "\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n",
	"multipart/mixed(text/plain[x])"},
    {"boundary lines with trailing space",
	MIXED "b"
	      "\r\n\r\n--b \t\r\n\r\nx\r\n--b-- \r\n",
	"multipart/mixed(text/plain[x])"},
    {"boundary is case sensitive",
	MIXED "b"
	      "\r\n\r\n--b\r\n\r\nx\r\n--B--\r\n",
	"multipart/mixed(text/plain[x\r\n--B--\r\n])"},
    {"boundary inside a line",
	MIXED "b"
	      "\r\n\r\n--b\r\n\r\nx --b--\r\n",
	"multipart/mixed(text/plain[x --b--\r\n])"},
    {"boundary unquoted with a comment",
	MIXED "b (see)"
	      "\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n",
	"multipart/mixed(text/plain[x])"},
    {"boundary in pieces",
	"Content-Type: multipart/mixed; boundary*0=a;\r\n boundary*1=b\r\n"
	"\r\n--ab\r\n\r\nx\r\n--ab--\r\n",
	"multipart/mixed(text/plain[x])"},
    {"boundary without a semicolon",
	"Content-Type: multipart/mixed boundary=\"b\"\r\n\r\n--b\r\n\r\nx",
	"multipart/mixed(text/plain[x])"},
    {"boundary quote never ends",
	MIXED "\"b"
	      "\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n",
	"multipart/mixed(text/plain[x])"},
    {"boundary is a word",
	MIXED "\"=?utf-8?Q?b?=\""
	      "\r\n\r\n--=?utf-8?Q?b?=\r\n\r\nx",
	"multipart/mixed(text/plain[x])"},
    {"upper case",
	"CONTENT-TYPE: MULTIPART/MIXED; BOUNDARY=b\r\n\r\n--b\r\n\r\nx",
	"multipart/mixed(text/plain[x])"},
    {"folded type",
	"Content-Type: multipart/mixed;\r\n\tboundary=\"b\"\r\n\r\n"
	"--b\r\n\r\nx",
	"multipart/mixed(text/plain[x])"},
    {"the last type counts",
	"Content-Type: text/html\r\n" MIXED "b"
	"\r\n\r\n--b\r\n\r\nx",
	"multipart/mixed(text/plain[x])"},
    {"first the final boundary",
	MIXED "b"
	      "\r\n\r\n--b--\r\n--b\r\n\r\nx\r\n--b--\r\n--b\r\n\r\ny",
	"multipart/mixed(text/plain[x])"},
    {"only the final boundary",
	MIXED "b"
	      "\r\n\r\nx\r\n--b--\r\ny",
	"multipart/mixed[x\r\n--b--\r\ny]"},
    {"a line that is no field",
	MIXED "b"
	      "\r\n\r\n--b\r\nno field\r\n\tfolded\r\n"
	      "Content-Type: text/html\r\n\r\nx",
	"multipart/mixed(text/html[x])"},
    {"white space before the first field",
	MIXED "b"
	      "\r\n\r\n--b\r\n \r\nContent-Type: text/html\r\n\r\nx",
	"multipart/mixed(text/html[x])"},
    {"a line that is no field, in a message in a message",
	"Content-Type: message/rfc822\r\n\r\n--\r\n"
	"Content-Type: text/html\r\n\r\nx",
	"message/rfc822(text/html[x])"},
    {"a message that is not the base64 it says",
	"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: "
	"base64\r\n\r\n"
	"Content-Type: text/html\r\n\r\nx",
	"message/rfc822(text/html[x])"},
    {"a line that is no field, before a message",
	MIXED "b"
	      "\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n--\r\n\r\n"
	      "Content-Type: text/html\r\n\r\nx",
	"multipart/mixed(message/rfc822(text/html[x]))"},
    {"a line that is no field, before base64",
	MIXED
	"b"
	"\r\n\r\n--b\r\nContent-Transfer-Encoding: base64\r\nxyz\r\n\r\nYQ==",
	"multipart/mixed(text/plain[YQ==])"},
    {"a body without an empty line before it",
	MIXED "b"
	      "\r\n\r\n--b\r\nContent-Type: text/html\r\n<p>\r\nx: y\r\n\r\nz",
	"multipart/mixed(text/html[<p>\r\nx: y\r\n\r\nz])"},
    {"a header without an empty line behind it",
	MIXED "b"
	      "\r\n\r\n--b\r\n!\r\nContent-Type: text/html\r\n--b\r\n\r\nz",
	"multipart/mixed(text/html[] text/plain[z])"},
    {"a mail's own header ends there",
	"Subject: x\r\nno field\r\nContent-Type: text/html\r\n\r\ny",
	"text/plain[no field\r\nContent-Type: text/html\r\n\r\ny]"},
    {"comments and an empty boundary",
	"Content-Type: multipart/mixed; (c)boundary(\")(c)=\"\"; boundary (c)=b"
	"\r\n\r\n--b\r\n\r\nx",
	"multipart/mixed(text/plain[x])"},
    {"bare LF",
	MIXED "b"
	      "\n\n--b\n\none\n--b\nContent-Type: text/html\n\n"
	      "two\n--b--\n",
	"multipart/mixed(text/plain[one] text/html[two])"},
    {"nested",
	MIXED "a"
	      "\r\n\r\n--a\r\n" MIXED "b"
	      "\r\n\r\n--b\r\n\r\none\r\n"
	      "--b--\r\nbetween\r\n--a\r\n"
	      "\r\ntwo\r\n--a--\r\n",
	"multipart/mixed(multipart/mixed(text/plain[one]) text/plain[two])"},
    {"nested, the inner one unfinished",
	MIXED "a"
	      "\r\n\r\n--a\r\n" MIXED "b"
	      "\r\n\r\n--b\r\n\r\none\r\n"
	      "--a\r\n\r\ntwo\r\n--a--\r\n",
	"multipart/mixed(multipart/mixed(text/plain[one]) text/plain[two])"},
    {"inner boundary is the start of the outer",
	MIXED "ab"
	      "\r\n\r\n--ab\r\n" MIXED "a"
	      "\r\n\r\n--a\r\n\r\none\r\n"
	      "--ab\r\n\r\ntwo\r\n",
	"multipart/mixed(multipart/mixed(text/plain[one]) "
	"text/plain[two\r\n])"},
    {"outer boundary is the start of the inner",
	MIXED "a"
	      "\r\n\r\n--a\r\n" MIXED "ab"
	      "\r\n\r\n--ab\r\n\r\none\r\n"
	      "--ab--\r\n--a\r\n\r\ntwo",
	"multipart/mixed(multipart/mixed(text/plain[one]) text/plain[two])"},
    {"inner boundary is the outer's end",
	MIXED "a"
	      "\r\n\r\n--a\r\n" MIXED "a--"
	      "\r\n\r\n--a--\r\n\r\none",
	"multipart/mixed(multipart/mixed(text/plain[one]))"},
    {"the same boundary twice",
	MIXED "a"
	      "\r\n\r\n--a\r\n" MIXED "a"
	      "\r\n\r\n--a\r\n\r\none\r\n"
	      "--a--\r\n--a\r\n\r\ntwo",
	"multipart/mixed(multipart/mixed(text/plain[one]) text/plain[two])"},
    {"boundary after the final one",
	MIXED "a"
	      "\r\n\r\n--a\r\n\r\none\r\n"
	      "--a--\r\n--a\r\n\r\ntwo",
	"multipart/mixed(text/plain[one])"},
    {"message", "Content-Type: message/rfc822\r\n\r\nSubject: in\r\n\r\nbody",
	"message/rfc822(text/plain[body])"},
    {"message in a multipart",
	MIXED "a"
	      "\r\n\r\n--a\r\nContent-Type: message/rfc822\r\n\r\n"
	      "Content-Type: text/html\r\n\r\none\r\n--a\r\n\r\ntwo",
	"multipart/mixed(message/rfc822(text/html[one]) text/plain[two])"},
    {"message with parts",
	"Content-Type: message/rfc822\r\n\r\n" MIXED "b"
	"\r\n\r\n--b\r\n"
	"\r\nx\r\n--b--",
	"message/rfc822(multipart/mixed(text/plain[x]))"},
    {"message behind a mailbox line",
	"Content-Type: message/rfc822\r\n\r\nFrom x\r\n"
	"Content-Type: text/html\r\n\r\nx",
	"message/rfc822(text/html[x])"},
    {"message cut by the boundary in its header",
	MIXED "a"
	      "\r\n\r\n--a\r\nContent-Type: message/rfc822\r\n\r\n"
	      "Content-Type: text/html\r\n--a\r\n\r\ntwo",
	"multipart/mixed(message/rfc822(text/html[]) text/plain[two])"},
    {"message whose body is the boundary's line end",
	MIXED "a"
	      "\r\n\r\n--a\r\nContent-Type: message/rfc822\r\n\r\n"
	      "X: y\r\n\r\n--a--\r\n",
	"multipart/mixed(message/rfc822(text/plain[]))"},
    {"encoded message",
	"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64"
	"\r\n\r\nYQ==",
	"message/rfc822[YQ==]"},
    {"digest",
	"Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\n"
	"Subject: x\r\n\r\none\r\n--b\r\nContent-Type: text/plain\r\n\r\ntwo",
	"multipart/digest(message/rfc822(text/plain[one]) text/plain[two])"},
    {"mangled type", "Content-Type: text\r\n\r\nx", "text/plain[x]"},
    {"half a type", "Content-Type: text/\r\n\r\nx", "text/plain[x]"},
    {"other half", "Content-Type: /html\r\n\r\nx", "text/plain[x]"},
    {"empty type", "Content-Type:\r\n\r\nx", "text/plain[x]"},
    {"type with comments", "Content-Type: (a) text/html (b); x=y\r\n\r\nx",
	"text/html[x]"},
    {"spaced type", "Content-Type: text / html ; x=y\r\n\r\nx", "text/html[x]"},
};

static void
part_dump(const struct mime_part *part, struct strbuf *out)
{
	const struct mime_part *child;

	strbuf_add(out, part->type);
	strbuf_putc(out, '/');
	strbuf_add(out, part->subtype);
	strbuf_putc(out, part->child ? '(' : '[');
	for (child = part->child; child; child = child->next) {
		part_dump(child, out);
		if (child->next)
			strbuf_putc(out, ' ');
	}
	if (!part->child)
		strbuf_add(out, part->body);
	strbuf_putc(out, part->child ? ')' : ']');
}

static struct mime_tree
tree_of(struct str bytes, struct arena *arena)
{
	struct message m;
	struct mime_tree tree;

	message_parse(bytes, arena, &m);
	mime_parse(&m, arena, &tree);
	return tree;
}

/* Bodies lie in their parents', and mime_next meets each part once. */
static void
expect_sane(const char *label, struct str bytes, const struct mime_tree *tree)
{
	const struct mime_part *p;
	struct str outer;
	size_t count = 0;
	bool inside = true;

	/* One assertion: Check writes down each that holds. */
	for (p = tree->root; p; p = mime_next(p)) {
		outer = p->parent ? p->parent->body : bytes;
		inside &= p->body.data >= outer.data &&
		    p->body.data + p->body.len <= outer.data + outer.len;
		count++;
	}
	ck_assert_msg(inside, "%s", label);
	ck_assert_msg(count == tree->count, "%s", label);
}

START_TEST(test_trees)
{
	const struct tree_case *c = &trees[_i];
	struct str bytes = exact(str_c(c->mail));
	struct arena *arena = arena_new();
	struct mime_tree tree = tree_of(bytes, arena);
	struct strbuf dump;

	strbuf_init(&dump);
	part_dump(tree.root, &dump);
	expect(c->label, strbuf_str(&dump), str_c(c->want));
	expect_sane(c->label, bytes, &tree);
	ck_assert(!tree.truncated);
	strbuf_clear(&dump);
	arena_free(arena);
	free((void *)bytes.data);
}
END_TEST

/* A mail may end anywhere. */
START_TEST(test_beginnings)
{
	const struct tree_case *c = &trees[_i];
	struct arena *arena = arena_new();
	struct mime_tree tree;
	struct str bytes;
	size_t len;

	for (len = 0; len < strlen(c->mail); len++) {
		bytes = exact(str_of(c->mail, len));
		tree = tree_of(bytes, arena);
		expect_sane(c->label, bytes, &tree);
		free((void *)bytes.data);
	}
	arena_free(arena);
}
END_TEST

static struct str
make_message_nest(size_t count)
{
	return repeated("Content-Type: message/rfc822\r\n\r\n", count);
}

START_TEST(test_depth)
{
	struct arena *arena = arena_new();
	struct str bytes = make_message_nest(100);
	struct mime_tree tree = tree_of(bytes, arena);

	ck_assert(tree.truncated);
	ck_assert_uint_eq(tree.count, MIME_DEPTH_MAX);
	expect_sane("depth", bytes, &tree);
	free((void *)bytes.data);
	bytes = make_message_nest(MIME_DEPTH_MAX - 1);
	tree = tree_of(bytes, arena);
	ck_assert(!tree.truncated);
	ck_assert_uint_eq(tree.count, MIME_DEPTH_MAX);
	free((void *)bytes.data);
	arena_free(arena);
}
END_TEST

static struct str
make_parts(size_t count)
{
	struct strbuf b;

	strbuf_init(&b);
	strbuf_puts(&b,
	    MIXED "b"
		  "\r\n\r\n");
	while (count--)
		strbuf_puts(&b, "--b\r\n\r\nx\r\n");
	return strbuf_str(&b);
}

/* The last part is all the rest, and nobody looks into it. */
START_TEST(test_count)
{
	struct arena *arena = arena_new();
	struct str bytes = make_parts(5000);
	struct mime_tree tree = tree_of(bytes, arena);
	const struct mime_part *p, *last = tree.root;

	ck_assert(tree.truncated);
	ck_assert_uint_eq(tree.count, MIME_PARTS_MAX);
	expect_sane("count", bytes, &tree);
	for (p = tree.root; p; p = mime_next(p))
		last = p;
	expect("type", last->type, str_c("application"));
	ck_assert_ptr_eq(
	    last->body.data + last->body.len, bytes.data + bytes.len);
	free((void *)bytes.data);
	bytes = make_parts(MIME_PARTS_MAX - 2);
	ck_assert(!tree_of(bytes, arena).truncated);
	free((void *)bytes.data);
	arena_free(arena);
}
END_TEST

static void
parse(struct str in)
{
	struct arena *arena = arena_new();
	struct mime_tree tree = tree_of(in, arena);

	expect_sane("linear", in, &tree);
	ck_assert_uint_le(arena_size(arena), 100 * in.len + 1000000);
	arena_free(arena);
}

/* 30 multiparts inside each other, whose boundaries begin alike. */
static struct str
make_dashes(size_t count)
{
	struct strbuf b;
	unsigned i;

	strbuf_init(&b);
	for (i = 10; i < 40; i++)
		strbuf_printf(&b,
		    MIXED "aaaa%u"
			  "\r\n\r\n--aaaa%u\r\n",
		    i, i);
	for (strbuf_puts(&b, "\r\n"); count; count--)
		strbuf_puts(&b, "--aaaa\r\n");
	return strbuf_str(&b);
}

/* Boundaries that look like fields, and never an empty line. */
static struct str
make_colons(size_t count)
{
	struct strbuf b;

	strbuf_init(&b);
	strbuf_puts(&b,
	    MIXED "\"a:\""
		  "\r\n\r\n");
	for (; count; count--)
		strbuf_puts(&b, "--a:\r\nb:\r\n");
	return strbuf_str(&b);
}

static struct str
make_many_parts(size_t count)
{
	return make_parts(count);
}

START_TEST(test_linear)
{
	expect_linear("dashes", make_dashes, parse, 10000);
	expect_linear("colons", make_colons, parse, 10000);
	expect_linear("parts", make_many_parts, parse, 10000);
	expect_linear("nest", make_message_nest, parse, 3000);
}
END_TEST

Suite *
mime_suite(void)
{
	Suite *suite = suite_create("mime");
	TCase *tc = tcase_create("mime");
	const int count = sizeof(trees) / sizeof(trees[0]);

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, test_trees, 0, count);
	tcase_add_loop_test(tc, test_beginnings, 0, count);
	tcase_add_test(tc, test_depth);
	tcase_add_test(tc, test_count);
	tcase_add_test(tc, test_linear);
	suite_add_tcase(suite, tc);
	return suite;
}
