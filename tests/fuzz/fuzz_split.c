/*
 * fuzz_split: the parts of a regex find what the whole finds.
 *
 * An octet for the flags, a regex up to the end of the line, and a text.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "filters/rules/regex/regex.h"
#include "filters/rules/regex/regex_split.h"
#include "fuzz.h"

enum {
	PART_MOST = 3,     /* octets, so that nearly each alternative is one */
	LIMIT = 20000,     /* of PCRE2, steps */
	HEAP = 1024 * 1024 /* octets */
};

static void
must(bool holds)
{
	if (!holds)
		abort();
}

static enum match_result
match(const struct perlre *re, struct search *s)
{
	struct matcher *matcher = matcher_new(LIMIT, HEAP);
	struct error error;
	struct regex *regex = regex_compile(re, &error);
	enum match_result result;

	must(regex != NULL);
	result = regex_match(regex, matcher, s, NULL, NULL);
	regex_free(regex);
	matcher_free(matcher);
	return result;
}

/* The leftmost match of the parts begins where that of the whole does. */
static void
compare(const struct perlre *whole, const struct str *parts, size_t count,
    struct str text)
{
	struct search all = {.subject = text, .last = text.len}, one;
	enum match_result expected = match(whole, &all), result;
	struct perlre part = *whole;
	size_t i, from = SIZE_MAX;

	for (i = 0; i < count; i++) {
		part.pattern = parts[i];
		one = (struct search) {.subject = text, .last = text.len};
		result = match(&part, &one);
		if (result > MATCH_YES || expected > MATCH_YES)
			return;
		if (result == MATCH_YES && one.from < from)
			from = one.from;
	}
	must((expected == MATCH_YES) == (from < SIZE_MAX));
	must(expected == MATCH_NO || from == all.from);
}

static void
run_split(struct str input)
{
	struct arena *arena = arena_new();
	struct perlre re = {.flags = 0};
	struct regex *regex = NULL;
	struct error error;
	struct str *parts;
	size_t count;

	if (str_cut_line(&input, &re.pattern) && re.pattern.len > 0) {
		re.flags = (unsigned char)re.pattern.data[0] & 63;
		re.pattern = str_from(re.pattern, 1);
		perlre_translate(&re, arena);
		count = regex_split(&re, PART_MOST, arena, &parts);
		regex = regex_compile(&re, &error);
		if (regex && count > 0)
			compare(&re, parts, count, input);
	}
	regex_free(regex);
	arena_free(arena);
}

const struct fuzz_target fuzz_targets[] = {
    {"split", run_split},
    {NULL, NULL},
};
