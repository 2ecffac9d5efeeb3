/*
 * check_rules_split: regexes that are too large for PCRE2.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "postern/strbuf.h"

#include "filters/rules/regex/regex.h"
#include "filters/rules/regex/regex_split.h"

#include "check_rules.h"

/* Parts are told between blanks; "" where it is no list. */
START_TEST(lists_are_split)
{
	static const struct {
		const char *pattern;
		size_t most;
		const char *parts;
	} cases[] = {
	    {"ab|cd|ef", 5, "ab|cd ef"},
	    {"ab|cd|ef", 2, "ab cd ef"},
	    {"ab|cd|ef", 1, "ab cd ef"},
	    {"ab|cd|ef", 99, "ab|cd|ef"},
	    {"a|b|", 1, "a b "},
	    {"x(ab|cd)y", 2, "x((?:ab))y x((?:cd))y"},
	    {"x(?:ab|cd)y", 2, "x(?:(?:ab))y x(?:(?:cd))y"},
	    {"(?:x(ab|cd))y", 2, "(?:x((?:ab)))y (?:x((?:cd)))y"},
	    {"(i|j)x(ab|cd|ef)", 2,
		"(i|j)x((?:ab)) (i|j)x((?:cd)) (i|j)x((?:ef))"},
	    {"(i)x(ab|cd)", 2, "(i)x((?:ab)) (i)x((?:cd))"},
	    {"a(b|c)|d[|]e|f\\|g", 1, "a(b|c) d[|]e f\\|g"},
	    {"[]|]a|[^]|]b|[[:alpha:]|]c", 1, "[]|]a [^]|]b [[:alpha:]|]c"},
	    {"(?=a|b)c|d", 1, "(?=a|b)c d"},
	    {"(?<!a|b)c|d", 1, "(?<!a|b)c d"},
	    {"", 1, NULL},
	    {"abc", 1, NULL},
	    {"(ab|cd)+", 1, NULL},
	    {"(ab|cd){2}", 1, NULL},
	    {"(?=ab|cd)", 1, NULL},
	    {"(a)\\1|b", 1, NULL},
	    {"a|(?i)b", 1, NULL},
	    {"a|(?<n>b)", 1, NULL},
	    {"a|(?|b)", 1, NULL},
	    {"a|(?1)", 1, NULL},
	    {"a|b\\Kc", 1, NULL},
	    {"a|\\c|", 1, NULL},
	    {"[@[[:]|]|b", 1, "[@[[:] ] b"},
	    {"\\Qa|b\\E", 1, NULL},
	    {"[\\Q]\\E]|(b|c", 1, NULL},
	    {"a|(*ACCEPT)", 1, NULL},
	    {"a|(b", 1, "a (b"},
	    {"a|b\\", 1, NULL},
	};
	struct perlre re;
	struct strbuf got;
	struct str *parts;
	size_t i, k, count;

	strbuf_init(&got);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		re = (struct perlre) {.pattern = str_c(cases[i].pattern)};
		count = regex_split(&re, cases[i].most, arena, &parts);
		ck_assert_msg((count > 0) == (cases[i].parts != NULL),
		    "%s: %zu parts", cases[i].pattern, count);
		strbuf_reset(&got);
		for (k = 0; k < count; k++) {
			strbuf_puts(&got, k ? " " : "");
			strbuf_add(&got, parts[k]);
		}
		ck_assert_msg(
		    !count || str_is(strbuf_str(&got), cases[i].parts),
		    "%s: %.*s", cases[i].pattern, (int)got.len, got.data);
	}
	strbuf_clear(&got);
	re =
	    (struct perlre) {.pattern = str_c("a|b"), .flags = PERLRE_EXTENDED};
	ck_assert_uint_eq(regex_split(&re, 1, arena, &parts), 0);
}
END_TEST

enum { WORDS = 6000, WORD_MOST = 12, TEXTS = 300, TEXT_MOST = 120 };

/* Letters a to c, so that words are parts of each other. */
static size_t
make_word(char *word, size_t most)
{
	size_t len = 1 + (size_t)random() % (most - 1), i;

	for (i = 0; i < len; i++)
		word[i] = (char)('a' + random() % 3);
	word[len] = '\0';
	return len;
}

/* What "x(words)" finds: the leftmost x behind which a word stands, and of the
 * words there the first of the list. */
static bool
find_word(
    char (*words)[WORD_MOST + 1], const char *text, size_t *from, size_t *to)
{
	const char *x;
	size_t i;

	for (x = strchr(text, 'x'); x; x = strchr(x + 1, 'x'))
		for (i = 0; i < WORDS; i++)
			if (str_starts(str_c(x + 1), words[i])) {
				*from = (size_t)(x - text);
				*to = *from + 1 + strlen(words[i]);
				return true;
			}
	return false;
}

static struct regex *
make_list(char (*words)[WORD_MOST + 1])
{
	struct strbuf pattern;
	struct regex *regex;
	struct error error;
	size_t i, len;

	strbuf_init(&pattern);
	strbuf_puts(&pattern, "/x(");
	for (i = 0; i < WORDS; i++) {
		len = make_word(words[i], WORD_MOST);
		if (len < 4) /* short ones would hide all others */
			memset(words[i], 'd', len);
		strbuf_puts(&pattern, i ? "|" : "");
		strbuf_puts(&pattern, words[i]);
	}
	strbuf_puts(&pattern, ")/i");
	regex = regex_new(strbuf_str(&pattern), &error);
	ck_assert_msg(regex != NULL, "%s", error.text);
	ck_assert_uint_eq(regex_pattern(regex).len, pattern.len - 3);
	strbuf_clear(&pattern);
	return regex;
}

static void
make_text(char *text)
{
	size_t at = make_word(text, TEXT_MOST);

	while (at-- > 0)
		if (random() % 9 == 0)
			text[at] = 'x';
}

START_TEST(a_list_of_any_length_finds_what_it_must)
{
	static char words[WORDS][WORD_MOST + 1];
	struct matcher *m = matcher_new(100000, 8 << 20);
	struct search search;
	struct regex *regex;
	char text[TEXT_MOST + 1];
	size_t i, from = 0, to = 0, hits = 0;
	bool found;

	srandom(20261125);
	regex = make_list(words);
	for (i = 0; i < TEXTS; i++) {
		make_text(text);
		search = (struct search) {
		    .subject = str_c(text), .last = strlen(text)};
		found = find_word(words, text, &from, &to);
		hits += found;
		ck_assert_int_eq(regex_match(regex, m, &search, NULL, NULL),
		    found ? MATCH_YES : MATCH_NO);
		ck_assert(!found || (search.from == from && search.to == to));
	}
	ck_assert_uint_gt(hits, TEXTS / 4);
	ck_assert_uint_lt(hits, TEXTS);
	regex_free(regex);
	matcher_free(m);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
	    lists_are_split,
	    a_list_of_any_length_finds_what_it_must,
	};

	return rules_run(
	    "rules_split", tests, sizeof(tests) / sizeof(tests[0]));
}
