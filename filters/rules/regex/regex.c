/*
 * regex: a Perl regex of a rule, compiled by PCRE2 with its JIT.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>
#include <time.h>

#include "postern/log.h"
#include "postern/xalloc.h"

#include "regex_private.h"

enum {
	JIT_STACK_FIRST = 32 * 1024,
	JIT_STACK_MOST = 1024 * 1024,
	/*
	 * PCRE2's limit counts anew at each start.  So a first try over many
	 * starts has a small one; who meets it is tried again over few.
	 */
	FAST_LIMIT = 4000,
	/* In one call, which cannot be stopped: a few milliseconds at worst. */
	FAST_STARTS = 256,
	SLOW_STARTS = 4,
	STARTS_MOST = 65536
};

/* A window that took less may be wider the next time. */
static const int64_t QUICK = 200000; /* ns */

/* A newline is LF, as in Perl, however PCRE2 was built. */
static pcre2_code *
compile(const struct perlre *re, uint32_t options, bool *too_large,
    struct error *err)
{
	pcre2_compile_context *context = pcre2_compile_context_create(NULL);
	PCRE2_UCHAR text[200];
	pcre2_code *code;
	PCRE2_SIZE at;
	int problem;

	if (!context)
		panic("no memory to compile a regex");
	pcre2_set_newline(context, PCRE2_NEWLINE_LF);
	code = pcre2_compile((PCRE2_SPTR)re->pattern.data, re->pattern.len,
	    options | PCRE2_USE_OFFSET_LIMIT, &problem, &at, context);
	pcre2_compile_context_free(context);
	*too_large = !code && problem == PCRE2_ERROR_PATTERN_TOO_LARGE;
	if (!code) {
		pcre2_get_error_message(problem, text, sizeof(text));
		error_set(err, "regex: %s at offset %zu", (char *)text, at);
	}
	return code;
}

struct regex *
regex_compile_part(const struct perlre *re, bool *too_large, struct error *err)
{
	static const struct {
		unsigned flag;
		uint32_t option;
	} map[] = {
	    {PERLRE_CASELESS, PCRE2_CASELESS},
	    {PERLRE_EXTENDED, PCRE2_EXTENDED},
	    {PERLRE_EXTENDED_MORE, PCRE2_EXTENDED_MORE},
	    {PERLRE_MULTILINE, PCRE2_MULTILINE},
	    {PERLRE_DOTALL, PCRE2_DOTALL},
	    {PERLRE_NO_CAPTURE, PCRE2_NO_AUTO_CAPTURE},
	};
	uint32_t options = PCRE2_DUPNAMES | PCRE2_NEVER_UTF | PCRE2_NEVER_UCP;
	struct regex *regex;
	pcre2_code *code;
	size_t i;

	for (i = 0; i < sizeof(map) / sizeof(map[0]); i++)
		if (re->flags & map[i].flag)
			options |= map[i].option;
	code = compile(re, options, too_large, err);
	if (!code)
		return NULL;
	pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
	regex = xcalloc(1, sizeof(*regex));
	regex->code = code;
	regex->flags = re->flags;
	regex->text = xcalloc(1, re->pattern.len + 1);
	memcpy(regex->text, re->pattern.data, re->pattern.len);
	regex->len = re->pattern.len;
	return regex;
}

struct regex *
regex_compile(const struct perlre *re, struct error *err)
{
	bool too_large;
	struct regex *regex = regex_compile_part(re, &too_large, err);

	return regex || !too_large ? regex : regex_compile_list(re);
}

struct regex *
regex_new(struct str literal, struct error *err)
{
	struct arena *arena = arena_new();
	struct regex *regex = NULL;
	struct perlre re;

	if (perlre_split(literal, &re, err)) {
		perlre_translate(&re, arena);
		regex = regex_compile(&re, err);
	}
	arena_free(arena);
	return regex;
}

void
regex_free(struct regex *regex)
{
	struct regex *next;

	for (; regex; regex = next) {
		next = regex->next;
		pcre2_code_free(regex->code);
		free(regex->text);
		free(regex);
	}
}

struct matcher *
matcher_new(unsigned limit, size_t heap)
{
	struct matcher *m = xcalloc(1, sizeof(*m));

	m->context = pcre2_match_context_create(NULL);
	m->data = pcre2_match_data_create(1, NULL);
	m->stack =
	    pcre2_jit_stack_create(JIT_STACK_FIRST, JIT_STACK_MOST, NULL);
	if (!m->context || !m->data || !m->stack)
		panic("no memory to match");
	m->limit = limit;
	pcre2_set_heap_limit(m->context, (uint32_t)(heap / 1024));
	pcre2_jit_stack_assign(m->context, NULL, m->stack);
	return m;
}

void
matcher_free(struct matcher *m)
{
	if (!m)
		return;
	pcre2_jit_stack_free(m->stack);
	pcre2_match_data_free(m->data);
	pcre2_match_context_free(m->context);
	free(m);
}

/* One call of PCRE2: starts from `first` to `last`. */
static enum match_result
match_window(const struct regex *regex, struct matcher *m, unsigned limit,
    struct search *s, size_t first, size_t last)
{
	PCRE2_SIZE *at;
	int code;

	pcre2_set_match_limit(m->context, limit);
	pcre2_set_offset_limit(m->context, last);
	code = pcre2_match(regex->code, (PCRE2_SPTR)s->subject.data,
	    s->subject.len, first, 0, m->data, m->context);
	if (code == PCRE2_ERROR_NOMATCH)
		return MATCH_NO;
	if (code < 0)
		return MATCH_LIMIT;
	at = pcre2_get_ovector_pointer(m->data);
	s->from = at[0] < at[1] ? at[0] : at[1]; /* \K may turn them round */
	s->to = at[1];
	return MATCH_YES;
}

static int64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static size_t
end_of_window(size_t first, size_t starts, size_t last)
{
	return last - first < starts ? last : first + starts - 1;
}

/* A call after the other, of more starts while they are quick. */
static enum match_result
match_windows(const struct regex *regex, struct matcher *m, unsigned limit,
    size_t least, struct search *s, size_t *first,
    bool (*budget)(void *context), void *context)
{
	size_t starts = least, last;
	enum match_result result;
	int64_t begun = 0, ended;

	for (;; *first = last + 1) {
		last = end_of_window(*first, starts, s->last);
		if (last < s->last && begun == 0)
			begun = now();
		result = match_window(regex, m, limit, s, *first, last);
		if (result != MATCH_NO || last == s->last)
			return result;
		ended = now();
		if (ended - begun >= QUICK)
			starts = least;
		else if (starts < STARTS_MOST)
			starts *= 4;
		begun = ended;
		if (budget && !budget(context))
			return MATCH_BUDGET;
	}
}

enum match_result
regex_match_part(const struct regex *regex, struct matcher *m, struct search *s,
    bool (*budget)(void *context), void *context)
{
	unsigned limit = m->limit < FAST_LIMIT ? m->limit : FAST_LIMIT;
	size_t first = s->first;
	enum match_result result;

	result = match_windows(
	    regex, m, limit, FAST_STARTS, s, &first, budget, context);
	if (result != MATCH_LIMIT)
		return result;
	return match_windows(
	    regex, m, m->limit, SLOW_STARTS, s, &first, budget, context);
}

bool
regex_has_first(const struct regex *regex)
{
	uint32_t type = 0, options = 0;

	pcre2_pattern_info(regex->code, PCRE2_INFO_FIRSTCODETYPE, &type);
	pcre2_pattern_info(regex->code, PCRE2_INFO_ALLOPTIONS, &options);
	return type != 0 || options & PCRE2_ANCHORED;
}

struct str
regex_pattern(const struct regex *regex)
{
	return str_of(regex->text, regex->len);
}

unsigned
regex_flags(const struct regex *regex)
{
	return regex->flags;
}
