/*
 * regex_list: a regex that is too large for PCRE2 is matched in parts.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "postern/xalloc.h"

#include "regex_private.h"
#include "regex_split.h"

/* Octets of a part: PCRE2 makes two or three of each, and 64 KB at most. */
enum { PART_MOST = 16 * 1024 };

/* The first part knows the text of all, for whoever looks at the pattern. */
static void
name_whole(struct regex *first, const struct perlre *re)
{
	free(first->text);
	first->text = xcalloc(1, re->pattern.len + 1);
	memcpy(first->text, re->pattern.data, re->pattern.len);
	first->len = re->pattern.len;
}

struct regex *
regex_compile_list(const struct perlre *re)
{
	struct arena *arena = arena_new();
	struct regex *first = NULL, **link = &first;
	struct perlre part = *re;
	struct error ignored;
	struct str *parts;
	size_t i, count = regex_split(re, PART_MOST, arena, &parts);
	bool too_large;

	for (i = 0; i < count; i++) {
		part.pattern = parts[i];
		*link = regex_compile_part(&part, &too_large, &ignored);
		if (!*link)
			break;
		link = &(*link)->next;
	}
	if (i < count) {
		regex_free(first);
		first = NULL;
	}
	if (first)
		name_whole(first, re);
	arena_free(arena);
	return first;
}

/* The leftmost match of any part; of two at one place that of the earlier. */
enum match_result
regex_match(const struct regex *regex, struct matcher *m, struct search *s,
    bool (*budget)(void *context), void *context)
{
	enum match_result result =
	    regex_match_part(regex, m, s, budget, context);
	enum match_result found;
	struct search earlier = *s;

	for (regex = regex->next; regex && result <= MATCH_YES;
	     regex = regex->next) {
		if (result == MATCH_YES && s->from == s->first)
			break;
		if (result == MATCH_YES)
			earlier.last = s->from - 1;
		found = regex_match_part(regex, m, &earlier, budget, context);
		if (found == MATCH_YES) {
			s->from = earlier.from;
			s->to = earlier.to;
		}
		if (found != MATCH_NO)
			result = found;
	}
	return result;
}
