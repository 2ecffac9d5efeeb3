/*
 * check_html: what a reader sees of HTML, and where it leads.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "postern/charset.h"
#include "postern/html.h"
#include "postern/strbuf.h"

#include "check_mime.h"

struct html_case {
	const char *html;
	const char *want;
};

static const struct html_case texts[] = {
    {"", ""},
    {"plain", "plain"},
    {"  a \r\n\t b\f ", "a b"},
    {"a<b>b</b>c", "abc"},
    {"a <b> b</b>", "a b"},
    {"<html><head></head><body>a</body></html>", "a"},
    {"a<br>b<BR/>c<br />d", "a\nb\nc\nd"},
    {"a<br><br>b", "a\n\nb"},
    {"a <br> b", "a\nb"},
    {"<br>a<br>", "a"},
    {"a<p>b</p>c", "a\n\nb\n\nc"},
    {"<p>a</p><p>b</p>", "a\n\nb"},
    {"a<div>b</div>c", "a\nb\nc"},
    {"<div><div>a</div></div><div>b</div>", "a\nb"},
    {"<ul><li>a<li>b</ul>c", "a\nb\n\nc"},
    {"<h1>a</h1>b", "a\n\nb"},
    {"<table><tr><td>a</td><td>b</td></tr><tr><th>c<th>d</table>e",
	"a b\nc d\ne"},
    {"a&nbsp;&nbsp;b", "a b"},
    {"a\xc2\xa0 \xc2\xa0"
     "b",
	"a b"},
    {"a\xc2\xa1", "a\xc2\xa1"},
    {"<pre>a  b\n c</pre>d", "a  b\n c\nd"},
    {"<pre>a\r\nb</pre>", "a\nb"},
    {"<pre><pre>a</pre>b  c</pre>d  e", "a\nb  c\nd e"},
    {"</pre>a  b", "a b"},
    {"a\x01"
     "b",
	"a\x01"
	"b"},

    /* Markup that is none. */
    {"a < b", "a < b"},
    {"a <3 b", "a <3 b"},
    {"1<2>3", "1<2>3"},
    {"a<", "a<"},
    {"a</", "a</"},
    {"a<>b", "a<>b"},
    {"a</>b", "ab"},
    {"a</ b>c", "ac"},
    {"a</3>c", "ac"},

    /* Comments and their like. */
    {"a<!-- b -->c", "ac"},
    {"a<!-->b", "ab"},
    {"a<!--->b", "ab"},
    {"a<!---->b", "ab"},
    {"a<!----!>b", "ab"},
    {"a<!--!>b-->c", "ac"},
    {"a<!-- b --!>c", "ac"},
    {"a<!-- > -- > b-->c", "ac"},
    {"a<!-- <b> --><b>c</b>", "ac"},
    {"a<!-- b->c ->d-->e", "ae"},
    {"a<!-- never ends", "a"},
    {"a<!-- never ends --", "a"},
    {"a<!--", "a"},
    {"a<!-", "a"},
    {"a<!", "a"},
    {"<!DOCTYPE html>a", "a"},
    {"<?xml version='1.0'?>a", "a"},
    {"<![if !mso]>a<![endif]>", "a"},
    {"<!--[if mso]>a<![endif]-->b", "b"},
    {"<![CDATA[a]]>b", "b"},

    /* Tags and attributes. */
    {"a<b", "a"},
    {"a<b c", "a"},
    {"a<b c=", "a"},
    {"a<b c=\"d", "a"},
    {"a<b c='d>e", "a"},
    {"a<b c=\"d>e\">f", "af"},
    {"a<b c='d>e'>f", "af"},
    {"a<b c=d>e\">f", "ae\">f"},
    {"a<b c = \"d>e\" >f", "af"},
    {"a<b \"c>d", "ad"},
    {"a<b =>c", "ac"},
    {"a<b/c>d", "ad"},
    {"a<b\nc>d", "ad"},
    {"a<b c=\"d\"e=\">\">f", "af"},
    {"a</b c=\">\">d", "ad"},
    {"<unknown>a</unknown>", "a"},
    {"<o:p>a</o:p>", "a"},

    /* Content that is no text. */
    {"a<script>b<c></script>d", "ad"},
    {"a<script>b</scriptx></script >d", "ad"},
    {"a<SCRIPT>b</Script/>d", "ad"},
    {"a<script>\"</script>\"</script>b", "a\"b"},
    {"a<style>b</style>c", "ac"},
    {"a<script>never ends", "a"},
    {"a<script>b</script", "a"},
    {"a<script", "a"},
    {"<title>a</title>b", "b"},
    {"a</script>b", "ab"},
    {"<noscript>a</noscript>", "a"},

    /* References. */
    {"&lt;b&gt; &amp; &quot;&apos;", "<b> & \"'"},
    {"&auml;&Auml;&euro;&hearts;", "\xc3\xa4\xc3\x84\xe2\x82\xac\xe2\x99\xa5"},
    {"&aumlx &auml", "\xc3\xa4x \xc3\xa4"},
    {"&thetasym;&AElig;&zwnj;", "\xcf\x91\xc3\x86\xe2\x80\x8c"},
    {"&euro &hearts", "&euro &hearts"},
    {"&notit; &not;",
	"\xc2\xac"
	"it; \xc2\xac"},
    {"&nosuch; &; & &&amp;", "&nosuch; &; & &&"},
    {"&AMP; &Lt;", "&AMP; &Lt;"},
    {"&#65;&#x42;&#X43;", "ABC"},
    {"&#65 &#x42g", "A Bg"},
    {"&#0000000000000000000000065;", "A"},
    {"&#128;&#x93;&#153;", "\xe2\x82\xac\xe2\x80\x9c\xe2\x84\xa2"},
    {"&#0;&#xd800;&#x110000;&#99999999999999999999;",
	"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
    {"&#4294967361;&#x100000041;", "\xef\xbf\xbd\xef\xbf\xbd"},
    {"&#x1f600;", "\xf0\x9f\x98\x80"},
    {"&# &#x &#; &#x;", "&# &#x &#; &#x;"},
    {"a&#10;&#13;&#9;b", "a b"},
    {"&#60;b>", "<b>"},
    {"&", "&"},
    {"&#", "&#"},
    {"&l", "&l"},
    {"&lt", "<"},
};

/* The links, each followed by a line end. */
static const struct html_case links[] = {
    {"<a href=\"http://a/\">", "http://a/\n"},
    {"<a href='http://a/'>", "http://a/\n"},
    {"<a href=http://a/b>", "http://a/b\n"},
    {"<A HREF = http://a/ target=x>", "http://a/\n"},
    {"<a href=http://a/", "http://a/\n"},
    {"<a href=\"http://a/", "http://a/\n"},
    {"<a\nhref\n=\n\"x\"\n>", "x\n"},
    {"<a/href=x>", "x\n"},
    {"<a x=1 y href=z>", "z\n"},
    {"<a x=\"1\"href=\"z\">", "z\n"},
    {"<a href=\"  a b  \">", "a b\n"},
    {"<a href=\"ht\ntp:\r\n//a\t/\">", "http://a/\n"},
    {"<a href=\"a?b&amp;c=d&copy=e&copy;&lt\">", "a?b&c=d&copy=e\xc2\xa9<\n"},
    {"<a href=\"&#104;ttp&#58;\">", "http:\n"},
    {"<a href=\"\"><a href><a href=><a href=\"\f\">", ""},
    {"<img src=a><form action=b><body background=c><button formaction=d>"
     "<q cite=e><img longdesc=f><object data=g>",
	"a\nb\nc\nd\ne\nf\ng\n"},
    {"<a xhref=a hrefx=b>", ""},
    {"</a href=x>", ""},
    {"<!-- <a href=x> -->", ""},
    {"<script src=x><a href=y></script>", "x\n"},
    {"<a href=x href=y>", "x\ny\n"},
    {"<a href=>x", ""},
    {"<a =href=x>", ""},
};

static const struct html_case titles[] = {
    {"a", ""},
    {"<title>a</title>", "a"},
    {"<TITLE> a\r\n &amp; <b>c </Title>d", "a & <b>c"},
    {"<title></title><title>b</title>", "b"},
    {"<title>a</title><title>b</title>", "a"},
    {"<title>a", "a"},
};

static void
render(const char *html, struct arena *arena, struct html_text *out)
{
	struct str in = exact(str_c(html));

	html_render(in, arena, out);
	ck_assert_msg(charset_is_utf8(out->text), "%s", html);
	ck_assert_msg(out->text.len <= in.len, "%s", html);
	free((void *)in.data);
}

START_TEST(test_texts)
{
	struct arena *arena = arena_new();
	struct html_text out;

	render(texts[_i].html, arena, &out);
	expect(texts[_i].html, out.text, str_c(texts[_i].want));
	arena_free(arena);
}
END_TEST

START_TEST(test_links)
{
	struct str html = exact(str_c(links[_i].html));
	struct arena *arena = arena_new();
	struct html_text out;
	struct strbuf list;
	size_t i;

	html_render(html, arena, &out);
	strbuf_init(&list);
	for (i = 0; i < out.link_count; i++) {
		strbuf_add(&list, out.links[i]);
		strbuf_putc(&list, '\n');
	}
	expect(links[_i].html, strbuf_str(&list), str_c(links[_i].want));
	strbuf_clear(&list);
	arena_free(arena);
	free((void *)html.data);
}
END_TEST

START_TEST(test_titles)
{
	struct arena *arena = arena_new();
	struct html_text out;

	render(titles[_i].html, arena, &out);
	expect(titles[_i].html, out.title, str_c(titles[_i].want));
	arena_free(arena);
}
END_TEST

/* HTML may end anywhere, here before any octet but inside no character. */
START_TEST(test_beginnings)
{
	const char *html = texts[_i].html;
	struct arena *arena = arena_new();
	struct html_text out;
	size_t len;
	char *start;

	for (len = 0; len < strlen(html); len++) {
		if ((html[len] & 0xc0) == 0x80)
			continue;
		start = strndup(html, len);
		render(start, arena, &out);
		free(start);
	}
	arena_free(arena);
}
END_TEST

START_TEST(test_nul)
{
	struct arena *arena = arena_new();
	struct html_text out;

	html_render(str_of("a\0b<\0i>", 7), arena, &out);
	expect("text", out.text, str_c("ab<i>"));
	arena_free(arena);
}
END_TEST

START_TEST(test_link_limit)
{
	struct str html = repeated("<a href=x>", 12000);
	struct arena *arena = arena_new();
	struct html_text out;

	html_render(html, arena, &out);
	ck_assert_uint_eq(out.link_count, 10000);
	arena_free(arena);
	free((void *)html.data);
}
END_TEST

static const char *const patterns[] = {"<b>", "<b", "<", "</", "<!--", "-->",
    "<!-", "-", "<a href=\"", "<a href=x ", "<a b='", "a=\"\" ", "&", "&#",
    "&#1", "&auml", "&aaaaaaaa", "<script>", "<script></", "<script></scrip",
    "<title></titl", "<p>", "<pre>\n", " ", "\xc2\xa0", "<div><table>", "<td>",
    "=", "/", "<a =", "x>"};

static const char *pattern;

static struct str
make_pattern(size_t count)
{
	return repeated(pattern, count);
}

static struct str
make_inside_tag(size_t count)
{
	struct str html = repeated(pattern, count);

	if (html.len > 3)
		memcpy((char *)html.data, "<a ", 3);
	return html;
}

static void
render_whole(struct str in)
{
	struct arena *arena = arena_new();
	struct html_text out;

	html_render(in, arena, &out);
	ck_assert_uint_le(out.text.len, in.len);
	arena_free(arena);
}

START_TEST(test_linear)
{
	pattern = patterns[_i];
	expect_linear(
	    pattern, make_pattern, render_whole, 60000 / strlen(pattern));
	expect_linear(
	    pattern, make_inside_tag, render_whole, 60000 / strlen(pattern));
}
END_TEST

Suite *
html_suite(void)
{
	Suite *suite = suite_create("html");
	TCase *tc = tcase_create("html");
	const int text_count = sizeof(texts) / sizeof(texts[0]);

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, test_texts, 0, text_count);
	tcase_add_loop_test(tc, test_beginnings, 0, text_count);
	tcase_add_loop_test(
	    tc, test_links, 0, sizeof(links) / sizeof(links[0]));
	tcase_add_loop_test(
	    tc, test_titles, 0, sizeof(titles) / sizeof(titles[0]));
	tcase_add_test(tc, test_nul);
	tcase_add_test(tc, test_link_limit);
	tcase_add_loop_test(
	    tc, test_linear, 0, sizeof(patterns) / sizeof(patterns[0]));
	suite_add_tcase(suite, tc);
	return suite;
}
