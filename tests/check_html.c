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

/* What SpamAssassin makes of the same. */
/* clang-format off */
static const struct html_case texts[] = {
    {"", ""},
    {"plain", "plain"},
    {"  a \r\n\t b\f ", " a b "},
    {"a<b>b</b>c", "abc"},
    {"a <b> b</b>", "a  b"},
    {"<html><head></head><body>a</body></html>", "a"},
    {"a<br>b<BR/>c<br />d", "a\nb\nc\nd"},
    {"a<br><br>b", "a\n\nb"},
    {"a <br> b", "a\nb"},
    {"<br>a<br>", "\na\n"},
    {"a<p>b</p>c", "a\n\nb\n\nc"},
    {"<p>a</p><p>b</p>", "\n\na\n\n\n\nb\n\n"},
    {"a<div>b</div>c", "a\nb\nc"},
    {"<div><div>a</div></div><div>b</div>", "\n\na\n\n\nb\n"},
    {"<ul><li>a<li>b</ul>c", " a bc"},
    {"<h1>a</h1>b", " a b"},
    {"<table><tr><td>a</td><td>b</td></tr><tr><th>c<th>d</table>e", " a  b  c de"},
    {"a&nbsp;&nbsp;b", "a b"},
    {"a\302\240 \302\240b", "a\302\240 \302\240b"},
    {"a\302\241", "a\302\241"},
    {"<pre>a  b\n c</pre>d", "\n\na b c\n\nd"},
    {"<pre>a\r\nb</pre>", "\n\na b\n\n"},
    {"<pre><pre>a</pre>b  c</pre>d  e", "\n\n\n\na\n\nb c\n\nd e"},
    {"</pre>a  b", "\n\na b"},
    {"a\001b", "a\001b"},
    {"a < b", "a < b"},
    {"a <3 b", "a <3 b"},
    {"1<2>3", "1<2>3"},
    {"a<", "a"},
    {"a</", "a"},
    {"a<>b", "a<>b"},
    {"a</>b", "ab"},
    {"a</ b>c", "ac"},
    {"a</3>c", "ac"},
    {"a<!-- b -->c", "ac"},
    {"a<!-->b", "ab"},
    {"a<!--->b", "ab"},
    {"a<!---->b", "ab"},
    {"a<!----!>b", "ab"},
    {"a<!--!>b-->c", "ac"},
    {"a<!-- b --!>c", "ac"},
    {"a<!-- > -- > b-->c", "a b-->c"},
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
    {"<![CDATA[a]]>b", "ab"},
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
    {"a<script>b<c></script>d", "ad"},
    {"a<script>b</scriptx></script >d", "ad"},
    {"a<SCRIPT>b</Script/>d", "a"},
    {"a<script>\"</script>\"</script>b", "a\"b"},
    {"a<style>b</style>c", "ac"},
    {"a<script>never ends", "a"},
    {"a<script>b</script", "a"},
    {"a<script", "a"},
    {"<title>a</title>b", "\n\na\n\nb"},
    {"a</script>b", "ab"},
    {"<noscript>a</noscript>", "a"},
    {"&lt;b&gt; &amp; &quot;&apos;", "<b> & \"'"},
    {"&auml;&Auml;&euro;&hearts;", "\303\244\303\204\342\202\254\342\231\245"},
    {"&aumlx &auml", "\303\244x \303\244"},
    {"&thetasym;&AElig;&zwnj;", "\317\221\303\206\342\200\214"},
    {"&euro &hearts", "&euro &hearts"},
    {"&notit; &not;", "\302\254it; \302\254"},
    {"&nosuch; &; & &&amp;", "&nosuch; &; & &&"},
    {"&AMP; &Lt;", "&AMP; &Lt;"},
    {"&#65;&#x42;&#X43;", "ABC"},
    {"&#65 &#x42g", "A Bg"},
    {"&#0000000000000000000000065;", "A"},
    {"&#128;&#x93;&#153;", "\302\200\302\223\302\231"},
    {"&#0;&#xd800;&#x110000;&#99999999999999999999;", "&#0;\357\277\275&#x110000;&#99999999999999999999;"},
    {"&#4294967361;&#x100000041;", "&#4294967361;&#x100000041;"},
    {"&#x1f600;", "\360\237\230\200"},
    {"&# &#x &#; &#x;", "&# &#x &#; &#x;"},
    {"a&#10;&#13;&#9;b", "a b"},
    {"&#60;b>", "<b>"},
    {"&", "&"},
    {"&#", "&#"},
    {"&l", "&l"},
    {"&lt", "<"},
    {"a <font color=white>b </font><br> c", "a b \nc"},
    {"a&nbsp;<p>&nbsp;b", "a\n\nb"},
    {"<textarea>a<b></textarea>c", "a<b>c"},
    {"<xmp>&amp;<b></xmp>", "\n\n&amp;<b>\n\n"},
    {"<title>a<b>c</b>", "\n\na\n\nc"},
};

/* Every address once, sorted, with line ends between. */
static const struct html_case links[] = {
    {"<a href=\"http://a/\">", "http://a/"},
    {"<a href='http://a/'>", "http://a/"},
    {"<a href=http://a/b>", "http://a/b"},
    {"<A HREF = http://a/ target=x>", "http://a/"},
    {"<a href=http://a/", ""},
    {"<a href=\"http://a/", ""},
    {"<a\nhref\n=\n\"x\"\n>", "x"},
    {"<a/href=x>", ""},
    {"<a x=1 y href=z>", "z"},
    {"<a x=\"1\"href=\"z\">", "z"},
    {"<a href=\"  a b  \">", "a b"},
    {"<a href=\"ht\ntp:\r\n//a\t/\">", "ht\ntp:\r\n//a\t/"},
    {"<a href=\"a?b&amp;c=d&copy=e&copy;&lt\">", "a?b&c=d\302\251=e\302\251<"},
    {"<a href=\"&#104;ttp&#58;\">", "http:"},
    {"<a href=\"\"><a href><a href=><a href=\"\f\">", "href"},
    {"<img src=a><form action=b><body background=c><button formaction=d><q cite=e><img longdesc=f><object data=g>", "a\nb\nc"},
    {"<a xhref=a hrefx=b>", ""},
    {"</a href=x>", ""},
    {"<!-- <a href=x> -->", ""},
    {"<script src=x><a href=y></script>", "x"},
    {"<a href=x href=y>", "x"},
    {"<a href=>x", ""},
    {"<a =href=x>", ""},
    {"<base href=\"http://a.example/b/c.html\"><a href=\"d\"><a href=\"../e\"><a href=\"/f\"><a href=\"//g/\">", "../e\n//g/\n/f\nd\nhttp://a.example/b/c.html\nhttp://a.example/b/d\nhttp://a.example/e\nhttp://a.example/f\nhttp://g/"},
    {"<a href=\"mailto:a@b\"><img src=\"cid:1\"><a href=\"tel:1\">", "cid:1\nmailto:a@b\ntel:1"},
    {"<meta http-equiv=refresh content=\"5; URL=http://a/;x\">", "http://a/"},
    {"<a\thref=\"http://a/\357\273\277b\">", "http://a/b"},
    {"<a x/href=y>", "y"},
    {"<a href=\" &nbsp; \">", ""},
    {"<a href=//www.a/><a href=//ftp2.b/>", "//ftp2.b/\n//www.a/\nftp://ftp2.b/\nhttp://www.a/"},
    {"<a href=\"?a=1&sectionid=2\">", "?a=1&sectionid=2"},
};

static const struct html_case titles[] = {
    {"a", ""},
    {"<title>a</title>", "a"},
    {"<TITLE> a\r\n &amp; <b>c </Title>d", " a\r\n & <b>c "},
    {"<title></title><title>b</title>", "\nb"},
    {"<title>a</title><title>b</title>", "a\nb"},
    {"<title>a", "a"},
};
/* clang-format on */

static void
render(const char *html, struct arena *arena, struct html_text *out)
{
	struct str in = exact(str_c(html));

	html_render(in, false, arena, out);
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

static int
compare(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

/* Sorted, each once. */
static void
join(struct str *list, size_t count, bool sort, struct strbuf *out)
{
	size_t i;

	if (sort && count > 0)
		qsort(list, count, sizeof(*list), compare);
	for (i = 0; i < count; i++) {
		if (sort &&
		    (list[i].len == 0 ||
			(i > 0 && str_eq(list[i], list[i - 1]))))
			continue;
		if (out->len > 0 || (!sort && i > 0))
			strbuf_putc(out, '\n');
		strbuf_add(out, list[i]);
	}
}

START_TEST(test_links)
{
	struct arena *arena = arena_new();
	struct html_text out;
	struct strbuf got;
	struct str all[100];
	size_t i, count = 0;

	render(links[_i].html, arena, &out);
	for (i = 0; i < out.link_count; i++)
		all[count++] = out.links[i].uri;
	for (i = 0; i < out.anchor_count; i++)
		all[count++] = out.anchors[i].href;
	strbuf_init(&got);
	join(all, count, true, &got);
	expect(links[_i].html, strbuf_str(&got), str_c(links[_i].want));
	strbuf_clear(&got);
	arena_free(arena);
}
END_TEST

START_TEST(test_titles)
{
	struct arena *arena = arena_new();
	struct html_text out;
	struct strbuf got;

	render(titles[_i].html, arena, &out);
	strbuf_init(&got);
	join(out.titles.at, out.titles.count, false, &got);
	expect(titles[_i].html, strbuf_str(&got), str_c(titles[_i].want));
	strbuf_clear(&got);
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

	html_render(str_of("a\0b<\0i>", 7), false, arena, &out);
	expect("text", out.text, str_of("a\0b<\0i>", 7));
	html_render(
	    str_of("<b\0\0\0>a</b\0>&lt\0;&amp\0", 22), false, arena, &out);
	expect("names", out.text, str_of("a<\0;&\0", 6));
	html_render(str_of("a<br\0>b<br>c", 12), false, arena, &out);
	expect("a name that goes on", out.text, str_c("ab\nc"));
	arena_free(arena);
}
END_TEST

START_TEST(test_link_limit)
{
	struct str html = repeated("<a href=x>", 12000);
	struct arena *arena = arena_new();
	struct html_text out;

	html_render(html, false, arena, &out);
	ck_assert_uint_eq(out.link_count, 10000);
	arena_free(arena);
	free((void *)html.data);
}
END_TEST

static const char *const patterns[] = {"<b>", "<b", "<", "</", "<!--", "-->",
    "<!-", "-", "<a href=\"", "<a href=x ", "<a b='", "a=\"\" ", "&", "&#",
    "&#1", "&auml", "&aaaaaaaa", "<script>", "<script></", "<script></scrip",
    "<title></titl", "<p>", "<pre>\n", " ", "\xc2\xa0", "<div><table>", "<td>",
    "=", "/", "<a =", "x>", "<!doctype '>'", "<!doctype '", "<!doctype \">",
    "<![CDATA[", "<?", "<<"};

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

	html_render(in, false, arena, &out);
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
