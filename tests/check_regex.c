/*
 * check_regex: the reader of regexes, with PCRE2 as the judge.
 *
 * What one atom matches is asked of PCRE2 octet by octet; how long the strings
 * of a regex are, and that no pattern is too deep, by tables.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <check.h>
#include <stdlib.h>

#include "postern/strbuf.h"

#include "filters/rules/regex/regex.h"
#include "filters/rules/regex/regex_tree.h"

static struct arena *arena;
static struct matcher *matcher;

static void
setup(void)
{
	arena = arena_new();
	matcher = matcher_new(100000, 8 << 20);
}

static void
teardown(void)
{
	matcher_free(matcher);
	arena_free(arena);
}

/* The octets that PCRE2 lets stand for the whole pattern. */
static struct octets
judge(const char *pattern, unsigned flags)
{
	struct perlre re = {.flags = flags};
	struct octets set = {{0}};
	struct search search;
	struct regex *regex;
	struct error error;
	unsigned c;
	char octet;

	re.pattern = arena_printf(arena, "\\A(?:%s)\\z", pattern);
	regex = regex_compile(&re, &error);
	ck_assert_msg(regex != NULL, "%s: %s", pattern, error.text);
	for (c = 0; c < 256; c++) {
		octet = (char)c;
		search = (struct search) {.subject = str_of(&octet, 1)};
		if (regex_match(regex, matcher, &search, NULL, NULL) ==
		    MATCH_YES)
			octets_add(&set, (unsigned char)c);
	}
	regex_free(regex);
	return set;
}

/* The only node that reads something. */
static const struct node *
atom_of(const struct node *node)
{
	const struct node *child, *found = NULL;

	if (node->kind == NODE_EMPTY)
		return NULL;
	if (node->kind != NODE_CONCAT)
		return node;
	for (child = node->first; child; child = child->next)
		if (child->kind != NODE_EMPTY)
			found = atom_of(child);
	return found;
}

static const char *const atoms[] = {"a", "Z", ".", "\\N", "\\C", "\\.", "\\-",
    "\\a", "\\e", "\\f", "\\n", "\\r", "\\t", "\\x41", "\\xe", "\\x", "\\x{41}",
    "\\x{0}", "\\0", "\\012", "\\101", "\\377", "\\o{101}", "\\cA", "\\ca",
    "\\c[", "\\c?", "\\d", "\\D", "\\s", "\\S", "\\w", "\\W", "\\h", "\\H",
    "\\v", "\\V", "\\Qa\\E", "\\Q.\\E", "\\Q\\\\E", "\\#", "a(?#b)", "[a]",
    "[^a]", "[]a]", "[^]a]", "[a-f]", "[^a-f]", "[A-Fx]", "[a-]", "[-a]",
    "[a\\-z]", "[+--]", "[\\b]", "[\\n\\t]", "[\\x41-\\x43]", "[\\101-\\103]",
    "[\\200-\\377]", "[\\8]", "[\\w.]", "[^\\w.]", "[\\W_]", "[^\\W]",
    "[\\d\\D]", "[\\h\\v]", "[^\\S\\n]", "[[:alpha:]]", "[[:^alpha:]]",
    "[[:lower:]]", "[[:^lower:]]", "[^[:^lower:]]", "[^[:upper:]]",
    "[[:alnum:]_]", "[[:ascii:]]", "[[:blank:]]", "[[:cntrl:]]", "[[:digit:]x]",
    "[[:graph:]]", "[[:print:]]", "[[:punct:]]", "[[:space:]]", "[[:word:]]",
    "[[:xdigit:]]", "[[:a]", "[a[:]", "[\\Qa-z\\E]", "[\\Q]\\E]", "[\\E]a]",
    "[\\Q\\E^a]", "[\\E^\\E]]", "[a\\Q-\\Ez]", "[\\cA-\\cC]", "[\\c]]",
    "[\\o{101}]", "[\\x{41}]", "[#]", "[.]", "[$^]", "[ \\n]", "(?i)k",
    "(?-i)k", "(?i:[^k])", "(?s).", "(?-s).", "(?^).", "(?^i)k", "(?s:.)",
    "(?x) k # z\n", "(?x: [ k] )", "(?x)(?-x)k", "(?n)k", "\\bk\\b", "(?<=^)k$",
    "(?=.)k", "(?!q)k"};

/* ... of which more is said than PCRE2 finds. */
static const char *const guessed[] = {"[a\\E-c]", "[\\Qa\\E-c]", "\\pL",
    "\\p{Lu}", "\\P{L}", "[\\p{L}]", "\\R", "\\X", "(?xx)[a b]", "(a)?(?(1)|b)",
    "(?=a)(?>a)", "(?<!a)[ab]"};

/* What the tree says of it. */
static struct octets
octets_of(const char *pattern, unsigned flags, bool *inexact)
{
	const struct regex_tree *tree =
	    regex_parse(str_c(pattern), flags, arena);
	const struct node *atom;
	struct octets all;

	ck_assert_msg(tree && !tree->incomplete, "%s", pattern);
	atom = atom_of(tree->root);
	ck_assert_msg(atom != NULL, "%s", pattern);
	*inexact = tree->inexact;
	octets_fill(&all);
	return atom->kind == NODE_SET ? atom->set : all;
}

START_TEST(an_atom_reads_what_pcre2_says)
{
	static const unsigned flags[] = {0, PERLRE_CASELESS, PERLRE_DOTALL,
	    PERLRE_CASELESS | PERLRE_EXTENDED, PERLRE_MULTILINE,
	    PERLRE_NO_CAPTURE};
	struct octets set, ours;
	bool inexact;
	size_t i;

	for (i = 0; i < sizeof(atoms) / sizeof(atoms[0]); i++) {
		set = judge(atoms[i], flags[_i]);
		ours = octets_of(atoms[i], flags[_i], &inexact);
		ck_assert_msg(memcmp(&set, &ours, sizeof(set)) == 0,
		    "/%s/, flags %u", atoms[i], flags[_i]);
	}
}
END_TEST

START_TEST(a_guess_reads_more_and_says_so)
{
	struct octets set, ours, both;
	bool inexact;
	size_t i;

	for (i = 0; i < sizeof(guessed) / sizeof(guessed[0]); i++) {
		set = judge(guessed[i], 0);
		ours = octets_of(guessed[i], 0, &inexact);
		both = octets_and(&set, &ours);
		ck_assert_msg(inexact, "%s", guessed[i]);
		ck_assert_msg(
		    memcmp(&set, &both, sizeof(set)) == 0, "%s", guessed[i]);
	}
}
END_TEST

static const char *
lengths_of(struct str pattern)
{
	const struct regex_tree *parsed = regex_parse(pattern, 0, arena);
	const struct node *tree = regex_tree(pattern, 0, arena);

	if (!parsed)
		return "no regex";
	if (!tree)
		return "incomplete";
	return tree->longest < REGEX_UNLIMITED ?
	    arena_printf(arena, "%u-%u", tree->shortest, tree->longest).data :
	    arena_printf(arena, "%u-", tree->shortest).data;
}

START_TEST(lengths_are_bounds)
{
	static const struct {
		const char *pattern, *lengths;
	} cases[] = {
	    {"", "0-0"},
	    {"ab|c", "1-2"},
	    {"a{2,3}b?", "2-4"},
	    {"a{2}{3}", "6-6"},
	    {"a{2,}+", "2-"},
	    {"x{0}", "0-0"},
	    {"\\Qab\\E+", "2-"},
	    {"a\\E{3}", "3-3"},
	    {"a(?#b){3}", "3-3"},
	    {"\\Qa|(b", "4-4"},
	    {"(?=abc)d", "1-1"},
	    {"(?<=abc)d", "1-1"},
	    {"(?>ab?)c", "2-3"},
	    {"(ab)\\1", "2-"},
	    {"(ab)\\101", "3-3"},
	    {"(?1)(?(DEFINE)(ab|c))", "1-2"},
	    {"(?-1)(?(DEFINE)(ab|c))", "no regex"},
	    {"(?+1)(?(DEFINE)(ab|c))", "1-2"},
	    {"(ab)(?-1)", "4-4"},
	    {"(ab)\\g<1>\\g'-1'", "6-6"},
	    {"(?<n>ab)(?&n)(?P>n)\\g<n>", "8-8"},
	    {"(?<n>ab)\\k<n>\\k'n'\\k{n}\\g{n}(?P=n)", "2-"},
	    {"(?n)(a)(?<n>bc)(?1)", "5-5"},
	    {"(?|(a)|(bc))(d)(?2)", "3-4"},
	    {"(?|(a)|(bc))(?1)", "1-"},
	    {"(?<n>a)|(?<n>bc)(?&n)", "1-"},
	    {"(?R)?a", "1-"},
	    {"(?<a>x(?&b)?)(?<b>y(?&a)?)", "2-"},
	    {"(?&b)(?<a>x(?<b>y(?&a)?))", "2-"},
	    {"(a)?(?(1)bc|d)", "1-3"},
	    {"(a)?(?(1)bc)", "0-3"},
	    {"(?(?=a)ab|c)", "1-2"},
	    {"(?(R)ab|c)", "1-2"},
	    {"(?<n>a)?(?(<n>)b|cd)", "1-3"},
	    {"(?(DEFINE)(?<n>abc))", "0-0"},
	    {"\\X\\R", "0-"},
	    {"a{,3}", "0-"},
	    {"a{x}", "4-4"},
	    {"a(*ACCEPT)b", "incomplete"},
	    {"\\Ga", "incomplete"},
	    {"(?C1)a", "incomplete"},
	    {"(", "no regex"},
	    {"a)", "no regex"},
	    {"[a", "no regex"},
	    {"\\", "no regex"},
	    {"\\i", "no regex"},
	    {"\\x{100}", "no regex"},
	    {"\\k", "no regex"},
	    {"(?<n", "no regex"},
	    {"(?q)", "no regex"},
	    {"(?#", "no regex"},
	};
	const char *got;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		got = lengths_of(str_c(cases[i].pattern));
		ck_assert_msg(strcmp(got, cases[i].lengths) == 0,
		    "/%s/: %s, not %s", cases[i].pattern, got,
		    cases[i].lengths);
	}
}
END_TEST

static const char *
lengths_of_many(unsigned count, const char *piece)
{
	struct strbuf out;
	const char *lengths;

	strbuf_init(&out);
	while (count-- > 0)
		strbuf_puts(&out, piece);
	lengths = lengths_of(strbuf_str(&out));
	strbuf_clear(&out);
	return lengths;
}

START_TEST(no_pattern_is_too_deep)
{
	static const char *const deep[] = {"(", "(?=", "(?<a>", "(?(?=", "(?(",
	    "?(", "[[:", "\\g{", "{1}", "(?i"};
	size_t i;

	for (i = 0; i < sizeof(deep) / sizeof(deep[0]); i++)
		ck_assert_str_eq(lengths_of_many(100000, deep[i]), "no regex");
	ck_assert_str_eq(lengths_of_many(60000, "{1"), "120000-120000");
	ck_assert_str_eq(lengths_of_many(150000, "a"), "150000-150000");
	ck_assert_str_eq(lengths_of_many(50000, "a|"), "0-1");
	ck_assert_str_eq(lengths_of_many(300000, "a"), "no regex");
}
END_TEST

/* Groups that call the next one each. */
static const char *
lengths_of_chain(unsigned count, const char *between)
{
	struct strbuf out;
	const char *lengths;
	unsigned i;

	strbuf_init(&out);
	strbuf_puts(&out, "(?&g0)(?(DEFINE)");
	for (i = 0; i < count; i++)
		strbuf_printf(&out, "(?<g%u>a%s(?&g%u))", i, between, i + 1);
	strbuf_printf(&out, "(?<g%u>b))", count);
	lengths = lengths_of(strbuf_str(&out));
	strbuf_clear(&out);
	return lengths;
}

/* They are followed far, not for ever; and of too many none is known. */
START_TEST(calls_of_calls_are_bounded)
{
	ck_assert_str_eq(lengths_of_chain(10, ""), "11-11");
	ck_assert_str_eq(lengths_of_chain(10, "|"), "1-1");
	ck_assert_str_eq(lengths_of_chain(200, ""), "201-201");
	ck_assert(str_ends(str_c(lengths_of_chain(900, "")), "-"));
	ck_assert_str_eq(lengths_of_chain(5000, ""), "0-");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("regex");
	TCase *tcase = tcase_create("regex");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, an_atom_reads_what_pcre2_says, 0, 6);
	tcase_add_test(tcase, a_guess_reads_more_and_says_so);
	tcase_add_test(tcase, lengths_are_bounds);
	tcase_add_test(tcase, no_pattern_is_too_deep);
	tcase_add_test(tcase, calls_of_calls_are_bounded);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
