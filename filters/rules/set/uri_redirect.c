/*
 * uri_redirect: addresses that lead to others, by redirector_pattern.
 *
 * The first group of a pattern is where it leads.  A match that needs too much
 * is none.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>

#include "postern/xalloc.h"
#include "filters/rules/regex/regex.h"
#include "uri_redirect.h"

enum { LIMIT = 20000 };

struct redirectors {
	pcre2_code **at;
	size_t count;
	pcre2_match_context *context;
};

static pcre2_code *
compile(struct str text)
{
	struct perlre re;
	uint32_t options = PCRE2_NEVER_UTF;
	PCRE2_SIZE offset;
	pcre2_code *code;
	int error;

	if (!perlre_split(text, &re, NULL))
		return NULL;
	if (re.flags & PERLRE_CASELESS)
		options |= PCRE2_CASELESS;
	if (re.flags & PERLRE_DOTALL)
		options |= PCRE2_DOTALL;
	if (re.flags & PERLRE_EXTENDED)
		options |= PCRE2_EXTENDED;
	code = pcre2_compile((PCRE2_SPTR)re.pattern.data, re.pattern.len,
	    options, &error, &offset, NULL);
	if (code)
		pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
	return code;
}

struct redirectors *
redirectors_new(const struct list *list)
{
	struct redirectors *r = xcalloc(1, sizeof(*r));
	size_t i, count = list ? list->line_count : 0;

	r->at = xcalloc(count + 1, sizeof(*r->at));
	r->context = pcre2_match_context_create(NULL);
	pcre2_set_match_limit(r->context, LIMIT);
	for (i = 0; i < count; i++) {
		r->at[r->count] = compile(list->lines[i].text);
		r->count += r->at[r->count] != NULL;
	}
	return r;
}

void
redirectors_free(struct redirectors *r)
{
	size_t i;

	if (!r)
		return;
	for (i = 0; i < r->count; i++)
		pcre2_code_free(r->at[i]);
	pcre2_match_context_free(r->context);
	free(r->at);
	free(r);
}

struct str
redirectors_find(const struct redirectors *r, struct str uri)
{
	pcre2_match_data *match = pcre2_match_data_create(8, NULL);
	struct str target = str_c("");
	PCRE2_SIZE *span = pcre2_get_ovector_pointer(match);
	size_t i;

	for (i = 0; i < r->count && target.len == 0; i++) {
		if (pcre2_match(r->at[i], (PCRE2_SPTR)uri.data, uri.len, 0, 0,
			match, r->context) < 2 ||
		    span[2] == PCRE2_UNSET)
			continue;
		target = str_of(uri.data + span[2], span[3] - span[2]);
		if (str_find(target, '.') == target.len)
			target = str_c("");
	}
	pcre2_match_data_free(match);
	return target;
}
