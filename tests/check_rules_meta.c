/*
 * check_rules_meta: metas, by tables.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/strbuf.h"

#include "filters/rules/set/meta.h"

#include "check_rules.h"

/* A hits twice, B not, D half, E three times, every other name once. */
static double
compute(struct meta *meta)
{
	static const double values[] = {2, 0, 1, 0.5, 3};
	static const size_t rules[] = {0, 1, 2, 3, 4};
	struct str name;
	size_t i;

	for (i = 0; i < meta_name_count(meta); i++) {
		name = meta_name(meta, i);
		if (name.len == 1 && name.data[0] <= 'E')
			meta_bind(meta, i, &rules[name.data[0] - 'A'], 1);
		else if (meta_name_is_glob(meta, i))
			meta_bind(meta, i, rules, 5);
		else
			meta_bind(meta, i, &rules[2], 1);
	}
	return meta_run(meta, values);
}

START_TEST(metas_compute_as_perl_does)
{
	static const struct {
		const char *text;
		double value;
	} cases[] = {
	    {"A", 2},
	    {"( A )", 2},
	    {"()", 0},
	    {"A && !B", 1},
	    {"A && C", 1},
	    {"C && A", 2},
	    {"B || A", 2},
	    {"A + B + C > 2", 1},
	    {"A + B + C > 3", 0},
	    {"(A || B) && (B || C)", 1},
	    {"!(A && C)", 0},
	    {"!A == B", 1},
	    {"!!A", 1},
	    {"A * 3 - 1 == 5", 1},
	    {"0.5 * A", 1},
	    {"D", 0.5},
	    {"D + D", 1},
	    {".5", 0.5},
	    {"B - A", -2},
	    {"-A + 2 == 0", 1},
	    {"+A", 2},
	    {"A >= 2 && C <= 1 && B != 1", 1},
	    {"A-1", 1},
	    {"A -1", 1},
	    {"A+-1", 1},
	    {"A / (C + 3)", 0.5},
	    {"10 - 4 - 3", 3},
	    {"16 / 4 / 2", 2},
	    {"2 + 3 * 4", 14},
	    {"B || B || C", 1},
	    {"B && B || C", 1},
	    {"C || B && B", 1},
	    {"A ^ C", 3},
	    {"A ^ C && B", 0},
	    {"A > 1 == C > 0", 1},
	    {"A ? 5 : 6", 5},
	    {"B ? 5 : 6", 6},
	    {"B ? 1 : A ? 2 : 3", 2},
	    {"B ? 1 : B ? 2 : 3", 3},
	    {"(0.1 + 0.2) > 0.3", 1},
	    {"0.1 + 0.2 == 0.3", 0},
	    {"A*1.5 >= 3", 1},
	    {"rules_matching(__X*)", 6.5},
	    {"rules_matching( __X_? ) > 6", 1},
	    {"(A + B + C + D + E) >= 6.5", 1},
	    {"(1 / 3) * 3 >= 1", 1},
	};
	struct error error;
	struct meta *meta;
	double value;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		meta = meta_parse(str_c(cases[i].text), arena, &error);
		ck_assert_msg(
		    meta != NULL, "%s: %s", cases[i].text, error.text);
		value = compute(meta);
		ck_assert_msg(
		    value == cases[i].value, "%s: %g", cases[i].text, value);
	}
}
END_TEST

START_TEST(malformed_metas_are_refused)
{
	static const char *const cases[] = {"", "A &&", "(A", "A)", "A B",
	    "&& A", "A = B", "1.2.3", "A & B", "A | B", "A % B", "A ? B",
	    "A ? B :", "A < B < C", "A == B == C", "1A", "A / B", "1 / 0",
	    "A::B", "A;B", "rules_matching()", "rules_matching(A", "A,B",
	    "rules_matching(A B)", "rules_matching", "1234567890123456", "."};
	struct error error;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ck_assert_msg(
		    meta_parse(str_c(cases[i]), arena, &error) == NULL, "%s",
		    cases[i]);
		ck_assert(error.text[0] != '\0');
	}
}
END_TEST

START_TEST(metas_are_bounded)
{
	static const struct {
		const char *open, *middle, *close;
		int repeat;
		bool good;
	} cases[] = {
	    {"(", "A", ")", 20, true},
	    {"(", "A", ")", 100000, false},
	    {"!", "A", "", 50, true},
	    {"!", "A", "", 100000, false},
	    {"A + ", "A", "", 1500, true},
	    {"A + ", "A", "", 100000, false},
	    {"A + (", "A", ")", 100, false},
	    {"A ? ", "A", " : A", 100000, false},
	};
	struct strbuf text;
	struct error error;
	size_t i;
	int k;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		strbuf_init(&text);
		for (k = 0; k < cases[i].repeat; k++)
			strbuf_puts(&text, cases[i].open);
		strbuf_puts(&text, cases[i].middle);
		for (k = 0; k < cases[i].repeat; k++)
			strbuf_puts(&text, cases[i].close);
		ck_assert_msg((meta_parse(strbuf_str(&text), arena, &error) !=
				  NULL) == cases[i].good,
		    "%s %d", cases[i].open, cases[i].repeat);
		strbuf_clear(&text);
	}
}
END_TEST

START_TEST(globs_name_rules)
{
	static const struct {
		const char *glob, *name;
		bool match;
	} cases[] = {
	    {"*", "", true},
	    {"*", "X", true},
	    {"A*", "ABC", true},
	    {"A*C", "ABC", true},
	    {"A*C", "ABD", false},
	    {"A?C", "ABC", true},
	    {"A?C", "AC", false},
	    {"a", "A", false},
	    {"*_X", "__A_X", true},
	    {"*_X", "__A_XY", false},
	    {"**A**", "BAB", true},
	    {"", "A", false},
	    {"*a*a*a*a*a*a*a*a*a*b",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		false},
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ck_assert_msg(meta_glob_matches(str_c(cases[i].glob),
				  str_c(cases[i].name)) == cases[i].match,
		    "%s %s", cases[i].glob, cases[i].name);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
	    metas_compute_as_perl_does,
	    malformed_metas_are_refused,
	    metas_are_bounded,
	    globs_name_rules,
	};

	return rules_run("rules_meta", tests, sizeof(tests) / sizeof(tests[0]));
}
