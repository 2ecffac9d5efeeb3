/*
 * check_redos: which regexes a text can make slow, by tables.
 *
 * That those found are slow in the engine is tried by tests/check_rules_tools
 * over tests/cf/redos; here the judgement itself is compared.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>
#include <sys/resource.h>

#include "postern/strbuf.h"

#include "filters/rules/redos/redos.h"
#include "filters/rules/regex/perlre.h"

#include "check_rules.h"

static bool
has(const struct redos *r, enum redos_kind kind)
{
	size_t i;

	for (i = 0; i < r->count; i++)
		if (r->attacks[i].kind == kind)
			return true;
	return false;
}

START_TEST(kinds_are_told_apart)
{
	static const struct {
		const char *pattern;
		enum redos_kind kind;
	} cases[] = {
	    {"(a+)+b", REDOS_NESTED},
	    {"(a*)*b", REDOS_NESTED},
	    {"(?:\\w+\\s?)+!", REDOS_NESTED},
	    {"(?=(a+)+b)", REDOS_NESTED},
	    {"(?:[a-z]+|\\d)*!", REDOS_NESTED},
	    {"(a|a)*b", REDOS_ALTERNATIVES},
	    {"(?:\\w|\\d)+;", REDOS_ALTERNATIVES},
	    {"(?:foo|foofoo)*bar", REDOS_ALTERNATIVES},
	    {"(x+x+)+y", REDOS_PARTS},
	    {"(?:a?a)*b", REDOS_PARTS},
	    {"a*a*b", REDOS_ADJACENT},
	    {"\\w+\\d+;", REDOS_ADJACENT},
	    {"(?:(\\w)\\1*)+;", REDOS_BACKREF},
	    {"a(?R)?b*c", REDOS_RECURSION},
	    {"(?:a{1,99}){1,99}b", REDOS_COUNT},
	    {"\\s+x", REDOS_START},
	    {".*x", REDOS_LEADING},
	};
	struct redos found;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		redos_check(str_c(cases[i].pattern), 0, arena, &found);
		ck_assert_msg(found.judged, "%s", cases[i].pattern);
		ck_assert_msg(
		    has(&found, cases[i].kind), "%s", cases[i].pattern);
	}
}
END_TEST

START_TEST(what_only_looks_alike_is_left_alone)
{
	static const char *const cases[] = {"(a+)+", "(?:\\w+\\s)+!",
	    "^(?:\\w+\\.)+com$", "(?:foo|bar)*baz", "(?:[^,]*,)*;",
	    "\"(?:[^\"\\\\]|\\\\.)*\"x", "a+b+c", "(?:a|b|c)+d",
	    "(?:(?:a|b)c)*d", "x*", "(?:a{1,3}b){1,3}c"};
	struct redos found;
	size_t i, k;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		redos_check(str_c(cases[i]), 0, arena, &found);
		ck_assert(found.judged);
		for (k = 0; k < found.count; k++)
			ck_assert_msg(found.attacks[k].kind == REDOS_START,
			    "%s: %s", cases[i],
			    redos_kind_text(found.attacks[k].kind));
	}
}
END_TEST

START_TEST(the_attack_is_written_out)
{
	struct redos found;

	redos_check(str_c("x(?:ab?)+(?:ab)+c"), 0, arena, &found);
	ck_assert_uint_ge(found.count, 1);
	ck_assert(found.attacks[0].kind == REDOS_ADJACENT);
	ck_assert_uint_eq(found.attacks[0].degree, 2);
	ck_assert(found.attacks[0].exact);
	ck_assert(str_starts(found.attacks[0].prefix, "xa"));
	ck_assert(str_ends(found.attacks[0].tail, "c"));
	ck_assert_uint_eq(found.attacks[0].pump.len % 2, 0);
}
END_TEST

START_TEST(flags_change_what_overlaps)
{
	struct redos found;

	redos_check(str_c("(?:a|A)*b"), 0, arena, &found);
	ck_assert(!has(&found, REDOS_ALTERNATIVES));
	redos_check(str_c("(?:a|A)*b"), PERLRE_CASELESS, arena, &found);
	ck_assert(has(&found, REDOS_ALTERNATIVES));
	redos_check(str_c("(?:.|\\n)*b"), 0, arena, &found);
	ck_assert(!has(&found, REDOS_ALTERNATIVES));
	redos_check(str_c("(?:.|\\n)*b"), PERLRE_DOTALL, arena, &found);
	ck_assert(has(&found, REDOS_ALTERNATIVES));
	redos_check(str_c("( a + ) + b"), PERLRE_EXTENDED, arena, &found);
	ck_assert(has(&found, REDOS_NESTED));
}
END_TEST

START_TEST(what_is_no_regex_is_not_judged)
{
	static const char *const cases[] = {"(", ")", "(?", "(?<a", "[a", "a)",
	    "(?P<", "(?(1", "\\g{", "(?#", "((((((((((("};
	struct redos found;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		redos_check(str_c(cases[i]), 0, arena, &found);
		ck_assert_msg(!found.judged, "%s", cases[i]);
	}
}
END_TEST

/* A regex that is large ends the search, not the patience. */
START_TEST(large_regexes_are_bounded)
{
	char text[12000];
	struct redos found;
	size_t i;

	for (i = 0; i + 2 < sizeof(text); i += 2)
		memcpy(text + i, "a*", 2);
	redos_check(str_of(text, i), 0, arena, &found);
	ck_assert(!found.judged);
	memset(text, '(', sizeof(text));
	redos_check(str_of(text, sizeof(text)), 0, arena, &found);
	ck_assert(!found.judged);
	memset(text, '{', sizeof(text));
	redos_check(str_of(text, sizeof(text)), 0, arena, &found);
	ck_assert(!found.judged);
}
END_TEST

/* Sixty loops in a row that share almost nothing: each pair is searched, in
 * the memory of one. */
START_TEST(many_loops_are_bounded)
{
	struct rusage usage;
	struct strbuf out;
	struct redos found;
	unsigned i, k;

	strbuf_init(&out);
	for (i = 0; i < 60; i++) {
		strbuf_puts(&out, "(?:");
		for (k = 0; k < 10; k++)
			strbuf_printf(&out, "[%c%c]",
			    'a' + (i * 7 + k * 3) % 26, 'a' + (i + k * 5) % 26);
		strbuf_puts(&out, ")+");
	}
	redos_check(strbuf_str(&out), 0, arena, &found);
	ck_assert(found.count == 0);
	ck_assert(getrusage(RUSAGE_SELF, &usage) == 0);
	ck_assert_int_lt(usage.ru_maxrss, 500 * 1024);
	strbuf_clear(&out);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
	    kinds_are_told_apart,
	    what_only_looks_alike_is_left_alone,
	    the_attack_is_written_out,
	    flags_change_what_overlaps,
	    what_is_no_regex_is_not_judged,
	    large_regexes_are_bounded,
	    many_loops_are_bounded,
	};

	return rules_run("redos", tests, sizeof(tests) / sizeof(tests[0]));
}
