/*
 * check_rules_engine: literals and automata of the rules.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdio.h>
#include <stdlib.h>

#include "postern/strbuf.h"

#include "filters/rules/match/ahocorasick.h"
#include "filters/rules/match/lazydfa.h"
#include "filters/rules/match/literal.h"

#include "check_rules.h"

/* "foo+0-3 bar+2-" */
static const char *
words_of(const char *pattern, unsigned flags)
{
	const struct node *tree = regex_tree(str_c(pattern), flags, arena);
	struct literals literals;
	struct strbuf out;
	const struct literal *one;
	size_t i;

	if (!tree)
		return "unknown";
	literals_find(tree, &literals);
	strbuf_init(&out);
	for (i = 0; i < literals.count; i++) {
		one = &literals.at[i];
		strbuf_printf(&out, "%s%.*s+%u-", i ? " " : "", one->len,
		    (const char *)one->octets, one->before_min);
		if (one->before_max < REGEX_UNLIMITED)
			strbuf_printf(&out, "%u", one->before_max);
	}
	pattern = arena_text(arena, strbuf_str(&out));
	strbuf_clear(&out);
	return pattern;
}

START_TEST(literals_are_required)
{
	static const struct {
		const char *pattern, *words;
		unsigned flags;
	} cases[] = {
	    {"viagra", "viagra+0-0", 0},
	    {"ViAgRa", "viagra+0-0", PERLRE_CASELESS},
	    {"abcdefghijkl", "defghijk+3-3", 0},
	    {"\\bfoo\\.bar\\b", "foo.bar+0-0", 0},
	    {"zap|quux", "zap+0-0 quux+0-0", 0},
	    {"zap|", "", 0},
	    {"(?:zap|quux)?", "", 0},
	    {"\\s*zap", "zap+0-", 0},
	    {"\\d{2,3}zap", "zap+2-3", 0},
	    {"colou?r", "color+0-0 colour+0-0", 0},
	    {"[vx]z", "vz+0-0 xz+0-0", 0},
	    {"(zap)\\1", "zap+0-0", 0},
	    {"\\x7a\\x61\\160q", "zapq+0-0", 0},
	    {"(?=zap).", "", 0},
	    {"(?!zap)quux", "quux+0-0", 0},
	    {"(?<=zap)quux", "quux+0-0", 0},
	    {"(?i)ZAP", "zap+0-0", 0},
	    {"(?i:Z)ap", "zap+0-0", 0},
	    {"(?x) z a p # quux\n x", "zapx+0-0", 0},
	    {"z a p", "zap+0-0", PERLRE_EXTENDED},
	    {"za(?#quux)?p", "zp+0-0 zap+0-0", 0},
	    {"za\\E?p", "zp+0-0 zap+0-0", 0},
	    {"\\Qzap\\E?", "za+0-0", 0},
	    {"z{0}quux", "quux+0-0", 0},
	    {"zapx{,3}", "zap+0-0", 0},
	    {"(?&g)(?(DEFINE)(?<g>zap))", "zap+0-0", 0},
	    {"(?(DEFINE)(?<g>z(?&h))(?<h>qx))(?&g)", "zqx+0-0", 0},
	    {"(?&g)(?(DEFINE)(?<g>z(?&g)?))", "z+0-0", 0},
	    {"(?<g>zap)|(?&g)", "zap+0-0 zap+0-0", 0},
	    {"(a)(?(1)zap|quux)", "azap+0-0 aquux+0-0", 0},
	    {"\\Qz.p\\E", "z.p+0-0", 0},
	    {"(?1)(?(DEFINE)(zap))", "zap+0-0", 0},
	    {"[[:ascii:]]zap", "zap+1-1", 0},
	    {"zap(*ACCEPT)quux", "unknown", 0},
	    {"\\Gzap", "unknown", 0},
	    {"[^a]", "", 0},
	    {"(?>zap)++", "zap+0-0", 0},
	    {"[[:<:]]zap", "zap+0-0", 0},
	    {"[]z]ap", "]ap+0-0 zap+0-0", 0},
	    {"zap\\Kquux", "zapquux+0-0", 0},
	    {"[\\d\\-x]{40}zap", "zap+40-40", 0},
	};
	const char *got;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		got = words_of(cases[i].pattern, cases[i].flags);
		ck_assert_msg(strcmp(got, cases[i].words) == 0,
		    "/%s/: \"%s\", not \"%s\"", cases[i].pattern, got,
		    cases[i].words);
	}
}
END_TEST

struct place {
	size_t word, end;
};

struct places {
	size_t count;
	struct place at[4000];
	size_t offset;
};

static void
note(void *context, size_t word, size_t end)
{
	struct places *places = context;

	ck_assert_uint_lt(places->count, 4000);
	places->at[places->count].word = word;
	places->at[places->count++].end = places->offset + end;
}

static size_t
naive_count(const struct str *words, size_t count, struct str text)
{
	size_t i, k, found = 0;

	for (i = 0; i < count; i++)
		for (k = 0; k + words[i].len <= text.len; k++)
			found += str_case_eq(
			    words[i], str_of(text.data + k, words[i].len));
	return found;
}

/* Few letters, so that words overlap and fall back. */
static struct str
random_text(unsigned *seed, size_t least, size_t most)
{
	static const char letters[] = "aabbAcd.";
	char *text = arena_alloc(arena, most + 1);
	size_t len, i;

	*seed = *seed * 1103515245 + 12345;
	len = least + (*seed >> 16) % (most - least + 1);
	for (i = 0; i < len; i++) {
		*seed = *seed * 1103515245 + 12345;
		text[i] = letters[(*seed >> 16) % (sizeof(letters) - 1)];
	}
	return str_of(text, len);
}

/* The places are told in no certain order. */
static int
by_place(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->end != y->end)
		return x->end < y->end ? -1 : 1;
	return x->word < y->word ? -1 : x->word > y->word;
}

static void
run_in_two(const struct ahocorasick *ac, struct str text, size_t cut,
    struct places *places)
{
	uint32_t at = 0;

	places->count = 0;
	places->offset = 0;
	ahocorasick_run(ac, &at, str_head(text, cut), note, places);
	places->offset = cut;
	ahocorasick_run(ac, &at, str_from(text, cut), note, places);
	qsort(places->at, places->count, sizeof(places->at[0]), by_place);
}

START_TEST(words_are_found_as_by_hand)
{
	struct places *whole = malloc(sizeof(*whole));
	struct places *cut = malloc(sizeof(*cut));
	struct str words[40], text;
	struct ahocorasick *ac;
	unsigned seed = 1;
	size_t round, i, count;

	for (round = 0; round < 300; round++) {
		arena_reset(arena);
		count = 1 + round % 40;
		for (i = 0; i < count; i++)
			words[i] = random_text(&seed, 1, 8);
		text = random_text(&seed, 0, 200);
		ac = ahocorasick_new(words, count);
		run_in_two(ac, text, text.len, whole);
		ck_assert_uint_eq(
		    whole->count, naive_count(words, count, text));
		for (i = 0; i < whole->count; i++)
			ck_assert(str_case_eq(words[whole->at[i].word],
			    str_of(text.data + whole->at[i].end -
				    words[whole->at[i].word].len,
				words[whole->at[i].word].len)));
		for (i = 0; i <= text.len; i += 1 + round % 7) {
			run_in_two(ac, text, i, cut);
			ck_assert_uint_eq(cut->count, whole->count);
			ck_assert_mem_eq(cut->at, whole->at,
			    whole->count * sizeof(whole->at[0]));
		}
		ahocorasick_free(ac);
	}
	free(whole);
	free(cut);
}
END_TEST

/* Deep states have no rows: many words make some of those. */
START_TEST(many_words_stay_small)
{
	static char names[40000][12];
	static struct str words[40000];
	static struct places places;
	struct ahocorasick *ac;
	uint32_t at = 0;
	size_t i;

	for (i = 0; i < 40000; i++)
		words[i] = str_of(names[i],
		    (size_t)snprintf(names[i], 12, "w%08zx",
			(i * 2654435761u) & 0xffffffff));
	ac = ahocorasick_new(words, 40000);
	ck_assert_uint_lt(ahocorasick_size(ac), 12u << 20);
	for (i = 0; i < 40000; i += 111) {
		places.count = 0;
		at = 0;
		ahocorasick_run(ac, &at, words[i], note, &places);
		ck_assert_uint_eq(places.count, 1);
		ck_assert_uint_eq(places.at[0].word, i);
	}
	ahocorasick_free(ac);
}
END_TEST

struct window {
	const struct nfa *nfa;
	size_t first, last;
	bool found;
};

static void
widen(void *context, size_t which, size_t part, size_t end)
{
	struct window *w = context;
	const struct nfa_part *p = &w->nfa->parts[which + part];
	size_t first = p->reach_max < end ? end - p->reach_max : 0;

	if (end < p->reach_min)
		return;
	if (!w->found || first < w->first)
		w->first = first;
	if (!w->found || end - p->reach_min > w->last)
		w->last = end - p->reach_min;
	w->found = true;
}

START_TEST(parts_are_found_where_the_regex_matches)
{
	static const struct {
		const char *regex, *text;
		bool found;
	} cases[] = {
	    {"/v[_\\W]?[i1!][_\\W]?[a4@][_\\W]?g[_\\W]?r[_\\W]?a/i",
		"buy V 1-- A.G R_a now", false},
	    {"/v[_\\W]?[i1!][_\\W]?[a4@][_\\W]?g[_\\W]?r[_\\W]?a/i",
		"buy V-1-A.G-R_a now", true},
	    {"/\\b_{0,3}x[_\\W]?[a4]n[_\\W]?[a4]x\\b/i", "some _x-4n-4x_",
		true},
	    {"/(?&v)(?&i)q(?(DEFINE)(?<v>v|\\\\\\/)(?<i>[i1]|\\xc3\\xad))/",
		"not \\/\xc3\xadq here", true},
	    {"/z[abc]{2,90}q|w\\d+j/", "zq w123j", true},
	    {"/z[abc]{2,90}q|w\\d+j/", "zaq w123", false},
	};
	struct window w;
	struct error error;
	struct regex *regex;
	struct lazydfa *dfa;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		regex = regex_new(str_c(cases[i].regex), &error);
		ck_assert_msg(regex != NULL, "%s", error.text);
		w = (struct window) {.nfa = nfa_new(arena, false)};
		ck_assert(nfa_add((struct nfa *)w.nfa,
		    regex_tree(regex_pattern(regex), regex_flags(regex), arena),
		    0, 10000));
		w.nfa = nfa_finish(w.nfa, arena);
		dfa = lazydfa_new(w.nfa);
		ck_assert_uint_eq(
		    lazydfa_run(&dfa, 1, str_c(cases[i].text), widen, &w), 0);
		ck_assert_msg(w.found == cases[i].found, "%s", cases[i].regex);
		lazydfa_free(dfa);
		regex_free(regex);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
	    literals_are_required,
	    words_are_found_as_by_hand,
	    many_words_stay_small,
	    parts_are_found_where_the_regex_matches,
	};

	return rules_run(
	    "rules_engine", tests, sizeof(tests) / sizeof(tests[0]));
}
