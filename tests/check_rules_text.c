/*
 * check_rules_text: regexes of Perl, tags in them, rules at early stages, by
 * tables.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/strbuf.h"

#include "filters/rules/set/replace.h"
#include "filters/rules/set/ruleset.h"

#include "check_rules.h"

START_TEST(literals_are_taken_apart)
{
	static const struct {
		const char *literal, *pattern;
		unsigned flags;
	} cases[] = {
	    {"/x/", "x", 0},
	    {"//", "", 0},
	    {"/x/i", "x", PERLRE_CASELESS},
	    {"/x/msixn", "x",
		PERLRE_MULTILINE | PERLRE_DOTALL | PERLRE_CASELESS |
		    PERLRE_EXTENDED | PERLRE_NO_CAPTURE},
	    {"/x/xx", "x", PERLRE_EXTENDED | PERLRE_EXTENDED_MORE},
	    {"/x/aalupogc", "x", 0},
	    {"m/x/", "x", 0},
	    {"qr/x/", "x", 0},
	    {"m{a{2}}", "a{2}", 0},
	    {"m{a}b}", "a}b", 0},
	    {"m(a(b))i", "a(b)", PERLRE_CASELESS},
	    {"m[a]", "a", 0},
	    {"m<a>", "a", 0},
	    {"m'a\"b'", "a\"b", 0},
	    {"m\"a'b\"", "a'b", 0},
	    {"m;a\\;b;", "a\\;b", 0},
	    {"m|a\\|b|", "a\\|b", 0},
	    {"m#a\\#b#", "a\\#b", 0},
	    {"/a\\/b/", "a\\/b", 0},
	    {"/a\\\\/", "a\\\\", 0},
	};
	struct perlre re;
	struct error error;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ck_assert_msg(
		    perlre_split(str_c(cases[i].literal), &re, &error), "%s",
		    cases[i].literal);
		ck_assert_msg(str_is(re.pattern, cases[i].pattern) &&
			re.flags == cases[i].flags,
		    "%s: %.*s", cases[i].literal, (int)re.pattern.len,
		    re.pattern.data);
	}
}
END_TEST

START_TEST(what_is_no_regex_is_refused)
{
	static const char *const cases[] = {"", "/", "x", "/x", "x/", "/x/y/",
	    "/x/e", "/x/q", "/x/I", "m", "m/", "mxax", "m x ", "m\\x\\",
	    "m;a;b;", "m<a>b>", "/a\\\\/b/", "/(?{ 1 })/", "/(?\?{ 1 })/",
	    "s/a/b/", "qr"};
	struct perlre re;
	struct error error;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ck_assert_msg(!perlre_split(str_c(cases[i]), &re, &error), "%s",
		    cases[i]);
}
END_TEST

START_TEST(patterns_become_those_of_pcre)
{
	static const struct {
		const char *perl, *pcre;
	} cases[] = {
	    {"abc", "abc"},
	    {"a{2}", "a{2}"},
	    {"a{2,}", "a{2,}"},
	    {"a{2,3}", "a{2,3}"},
	    {"a{,3}", "a{0,3}"},
	    {"a{ 2, 3 }", "a{2,3}"},
	    {"a{ , 3 }?", "a{0,3}?"},
	    {"a{,}", "a{,}"},
	    {"a{b}", "a{b}"},
	    {"a{", "a{"},
	    {"a\\{,3}", "a\\{,3}"},
	    {"[{,3}]", "[{,3}]"},
	    {"[]{,3}]", "[]{,3}]"},
	    {"[^]{,3}]", "[^]{,3}]"},
	    {"[[:alpha:]{,3}]", "[[:alpha:]{,3}]"},
	    {"[[{,3}]", "[[{,3}]"},
	    {"[a]{,3}", "[a]{0,3}"},
	    {"\\x{41}", "\\x41"},
	    {"\\x{0041}", "\\x41"},
	    {"\\x{ff}", "\\xff"},
	    {"a\\x{100}b", "a(?!)b"},
	    {"\\x{1F600}{2}", "(?!){2}"},
	    {"\\N{U+e9}", "\\xe9"},
	    {"\\N{U+20ac}", "(?!)"},
	    {"[\\x{20ac}a]", "[a]"},
	    {"[\\x{80}-\\x{20ac}]", "[\\x80-\\xff]"},
	    {"[\\x{100}-\\x{20ac}a]", "[a]"},
	    {"\\\\x{100}", "\\\\x{100}"},
	    {"\\x41{,2}", "\\x41{0,2}"},
	    {"\\p{Lu}", "\\p{Lu}"},
	    {"\\g{1}", "\\g{1}"},
	    {"\\x{}", "\\x{}"},
	    {"\\x{ 80 }", "\\x80"},
	    {"\\x{\t100}", "(?!)"},
	    {"\\x{ 1, 2}", "\\x{ 1, 2}"},
	    {"\\k{ 1}{,2}", "\\k{ 1}{0,2}"},
	    {"a$?b", "a(?:$)?b"},
	    {"^??b", "(?:^)??b"},
	    {"\\b?\\B?", "(?:\\b)?(?:\\B)?"},
	    {"\\$?\\\\b?[$?]b?", "\\$?\\\\b?[$?]b?"},
	    {"\\b{wb}?", "\\b{wb}?"},
	    {"(^?a|$)", "((?:^)?a|$)"},
	};
	struct perlre re;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		re = (struct perlre) {.pattern = str_c(cases[i].perl)};
		perlre_translate(&re, arena);
		ck_assert_msg(str_is(re.pattern, cases[i].pcre), "%s: %.*s",
		    cases[i].perl, (int)re.pattern.len, re.pattern.data);
	}
}
END_TEST

static void
fill(struct replace *r, bool long_ones)
{
	static const char many[] = "(?:[aA@]|\\xc3[\\xa0-\\xa5]|/\\\\)";

	replace_set(r, arena, REPLACE_TAG, str_c("A"),
	    str_c(long_ones ? many : "[a@]"));
	replace_set(r, arena, REPLACE_TAG, str_c("B"), str_c("old"));
	replace_set(r, arena, REPLACE_TAG, str_c("B"), str_c("[b8]"));
	replace_set(r, arena, REPLACE_TAG, str_c("AB"), str_c("<A><B>"));
	replace_set(r, arena, REPLACE_TAG, str_c("LOOP"), str_c("x<LOOP>"));
	replace_set(r, arena, REPLACE_INTER, str_c("W"), str_c("\\W?"));
	replace_set(r, arena, REPLACE_POST, str_c("P"), str_c("{1,2}"));
	replace_set(r, arena, REPLACE_PRE, str_c("N"), str_c("(?!q)"));
}

START_TEST(tags_are_replaced)
{
	static const struct {
		const char *pattern, *plain;
	} cases[] = {
	    {"<A>", "[a@]"},
	    {"x<A>y<B>z", "x[a@]y[b8]z"},
	    {"<A><B>", "[a@][b8]"},
	    {"<inter W><A><B>", "\\W?[a@]\\W?[b8]"},
	    {"<inter W>x<A><B>y", "x[a@]\\W?[b8]y"},
	    {"<post P><A><B>", "[a@]{1,2}[b8]{1,2}"},
	    {"<pre N>x<A><B>", "x(?!q)[a@](?!q)[b8]"},
	    {"<inter W><post P>x<A><B>", "x[a@]{1,2}\\W?[b8]{1,2}"},
	    {"<inter NONE>x<A><B>", "x[a@][b8]"},
	    {"<AB>", "[a@][b8]"},
	    {"(?<n><A>)", "(?<n>[a@])"},
	    {"(?<=<A>)x", "(?<=[a@])x"},
	    {"<LOOP>", "xxxxxx<LOOP>"},
	};
	static const char *const none[] = {
	    "", "abc", "<Z>", "<>", "<", ">", "a<b", "(?<=x)y", "(?<name>x)"};
	struct replace r = {.count = {0}};
	struct perlre re;
	size_t i;

	fill(&r, false);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		re = (struct perlre) {.pattern = str_c(cases[i].pattern)};
		ck_assert_msg(replace_expand(&r, REPLACE_PLAIN, arena, &re),
		    "%s", cases[i].pattern);
		ck_assert_msg(str_is(re.pattern, cases[i].plain), "%s: %.*s",
		    cases[i].pattern, (int)re.pattern.len, re.pattern.data);
	}
	for (i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		re = (struct perlre) {.pattern = str_c(none[i])};
		ck_assert_msg(!replace_expand(&r, REPLACE_PLAIN, arena, &re),
		    "%s", none[i]);
		ck_assert(str_is(re.pattern, none[i]));
	}
}
END_TEST

/* With flags there is no empty text before the first tag. */
START_TEST(flags_stand_before_the_first_tag)
{
	struct replace r = {.count = {0}};
	struct perlre re = {
	    .pattern = str_c("<inter W><A><B>"), .flags = PERLRE_CASELESS};

	fill(&r, false);
	ck_assert(replace_expand(&r, REPLACE_PLAIN, arena, &re));
	ck_assert(str_is(re.pattern, "[a@]\\W?[b8]"));
}
END_TEST

START_TEST(long_tags_are_called)
{
	struct replace r = {.count = {0}};
	struct perlre re = {.pattern = str_c("<post P>(x)<A><B><A>\\1")};
	struct matcher *m = matcher_new(100000, 8 << 20);
	struct search s = {.subject = str_c("-xA@8ax")};
	struct error error;
	struct regex *regex;

	fill(&r, true);
	ck_assert(replace_expand(&r, REPLACE_CALLS, arena, &re));
	ck_assert(str_is(re.pattern,
	    "(x)(?&tag_0){1,2}[b8]{1,2}(?&tag_0){1,2}\\1(?(DEFINE)(?<tag_0>"
	    "(?:[aA@]|\\xc3[\\xa0-\\xa5]|/\\\\)))"));
	regex = regex_compile(&re, &error);
	ck_assert_ptr_nonnull(regex);
	s.last = s.subject.len;
	ck_assert_int_eq(regex_match(regex, m, &s, NULL, NULL), MATCH_YES);
	ck_assert_uint_eq(s.from, 1);
	ck_assert_uint_eq(s.to, 7);
	regex_free(regex);
	matcher_free(m);
}
END_TEST

/* Sixty tags that stand for much each: too large when written out. */
START_TEST(tags_in_files_compile)
{
	struct problems p;
	struct ruleset *set;
	struct strbuf text;
	int i;

	strbuf_init(&text);
	strbuf_puts(&text, "body X /<post P><inter W>(?!x)");
	for (i = 0; i < 60; i++)
		strbuf_puts(&text, "<A>");
	strbuf_puts(&text,
	    "/i\nreplace_rules X NONE\nreplace_inter W \\W{0,9}\n"
	    "replace_post P {1,9}\nreplace_tag A (?:");
	for (i = 0; i < 300; i++)
		strbuf_printf(&text, "%s[a-z]\\x%02x", i ? "|" : "", i % 256);
	strbuf_puts(&text, ")\n");
	problems_init(&p, arena);
	set = ruleset_parse(strbuf_str(&text), "test.cf", NULL, &p);
	ck_assert_uint_eq(p.count, 0);
	ck_assert_uint_eq(set->regex_count, 1);
	ck_assert_uint_lt(set->patterns[0].pattern.len, 6000);
	ruleset_free(set);
	strbuf_clear(&text);
}
END_TEST

START_TEST(stages_are_checked)
{
	static const struct {
		const char *text;
		size_t errors;
		unsigned stages;
		size_t early;
	} cases[] = {
	    {"header X EnvelopeFrom =~ /x/\nstage X mail", 0, 1u << STAGE_MAIL,
		1},
	    {"stage X rcpt\nheader X EnvelopeTo =~ /x/", 0, 1u << STAGE_RCPT,
		1},
	    {"header X X-Spam-Relays-External =~ /x/\nstage X connect", 0,
		1u << STAGE_CONNECT, 1},
	    {"header X EnvelopeFrom =~ /x/\nstage X connect", 1, 0, 0},
	    {"header X EnvelopeTo =~ /x/\nstage X mail", 1, 0, 0},
	    {"header X Subject =~ /x/\nstage X rcpt", 1, 0, 0},
	    {"body X /x/\nstage X rcpt", 1, 0, 0},
	    {"uri X /x/\nstage X rcpt", 1, 0, 0},
	    {"body X /x/\nstage X message", 0, 0, 0},
	    {"stage X rcpt", 1, 0, 0},
	    {"header __A EnvelopeFrom =~ /x/\nmeta X __A && !__B\n"
	     "stage X rcpt\nmeta __B __A + 1",
		0, 1u << STAGE_RCPT, 3},
	    {"header __A EnvelopeFrom =~ /x/\nbody __B /x/\n"
	     "meta X __A && __B\nstage X rcpt",
		1, 0, 0},
	    {"header X EnvelopeFrom =~ /x/\nstage X rcpt\nscore X 0", 0, 0, 0},
	};
	struct ruleset *set;
	struct problems p;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		problems_init(&p, arena);
		set = ruleset_parse(str_c(cases[i].text), "test.cf", NULL, &p);
		ck_assert_msg(p.errors == cases[i].errors, "%s: %s",
		    cases[i].text, p.count ? p.list[0].text : "");
		ck_assert_msg(
		    set->stages == cases[i].stages, "%s", cases[i].text);
		ck_assert_msg(
		    set->early_count == cases[i].early, "%s", cases[i].text);
		ruleset_free(set);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
	    literals_are_taken_apart,
	    what_is_no_regex_is_refused,
	    patterns_become_those_of_pcre,
	    tags_are_replaced,
	    flags_stand_before_the_first_tag,
	    long_tags_are_called,
	    tags_in_files_compile,
	    stages_are_checked,
	};

	return rules_run("rules_text", tests, sizeof(tests) / sizeof(tests[0]));
}
