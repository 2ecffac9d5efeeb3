/*
 * regex_captured: regexes in which text stands that another rule has caught.
 *
 * A template is written as "any text, the shortest first" between two callouts;
 * the second lets a match go on when that text is one of the values.  So the
 * regex is compiled once, and not for every mail.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "regex_private.h"

struct state {
	const struct captured *captured;
	size_t start[TEMPLATES_MAX]; /* where each template began */
	bool caseless;
};

static bool
is_value(const struct state *s, size_t template, struct str text)
{
	const struct captured *c = &s->captured[template];
	size_t i;

	for (i = 0; i < c->count; i++)
		if (s->caseless ? str_case_eq(c->values[i], text) :
				  str_eq(c->values[i], text))
			return true;
	return false;
}

/* Callout 2n+1 stands before template n, 2n+2 behind it. */
static int
look(pcre2_callout_block *block, void *data)
{
	struct state *s = data;
	size_t number = block->callout_number, template;
	struct str text;

	if (number == 0 || number > (size_t)2 * TEMPLATES_MAX)
		return 0;
	template = (number - 1) / 2;
	if (number % 2) {
		s->start[template] = block->current_position;
		return 0;
	}
	text = str_of((const char *)block->subject + s->start[template],
	    block->current_position - s->start[template]);
	return is_value(s, template, text) ? 0 : 1;
}

enum match_result
regex_match_captured(const struct regex *regex, struct matcher *m,
    struct search *search, bool (*budget)(void *context), void *context,
    const struct captured *captured)
{
	struct state state = {
	    .captured = captured, .caseless = regex->flags & PERLRE_CASELESS};
	enum match_result result;

	pcre2_set_callout(m->context, look, &state);
	result = regex_match(regex, m, search, budget, context);
	pcre2_set_callout(m->context, NULL, NULL);
	return result;
}

struct str
regex_group(const struct regex *regex, struct matcher *m, struct str subject,
    const char *name)
{
	pcre2_match_data *data =
	    pcre2_match_data_create_from_pattern(regex->code, NULL);
	struct str found = {"", 0};
	PCRE2_SPTR first, last;
	PCRE2_SIZE *at;
	int size = pcre2_substring_nametable_scan(
	    regex->code, (PCRE2_SPTR)name, &first, &last);

	pcre2_set_match_limit(m->context, m->limit);
	pcre2_set_offset_limit(m->context, subject.len);
	if (data && size > 0 &&
	    pcre2_match(regex->code, (PCRE2_SPTR)subject.data, subject.len, 0,
		0, data, m->context) > 0) {
		at = pcre2_get_ovector_pointer(data);
		for (; first <= last && found.len == 0; first += size) {
			size_t n = (size_t)first[0] << 8 | first[1];

			if (at[2 * n] != PCRE2_UNSET &&
			    at[2 * n] < at[2 * n + 1])
				found = str_of(subject.data + at[2 * n],
				    at[2 * n + 1] - at[2 * n]);
		}
	}
	pcre2_match_data_free(data);
	return found;
}
