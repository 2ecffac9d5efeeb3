/*
 * regex: a Perl regex of a rule, compiled by PCRE2 with its JIT.
 *
 * Octets, not characters: as SpamAssassin matches.  Matching is bounded by
 * PCRE2's limits, and on long subjects by windows of start offsets between
 * which the caller's budget is asked.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_REGEX_H
#define RULES_REGEX_H

#include "postern/arena.h"
#include "postern/error.h"

#include "perlre.h"

struct regex;

/* What one worker or thread needs to match. */
struct matcher;

enum match_result {
	MATCH_NO,
	MATCH_YES,
	MATCH_LIMIT, /* the regex needed too much; it is off for this mail */
	MATCH_BUDGET /* the mail's budget is used up */
};

/*
 * Compiles "/.../flags", "m{...}flags" and the other delimiters.  Only on the
 * main stack: PCRE2 compiles recursively.  NULL with the reason on error.
 */
struct regex *regex_new(struct str literal, struct error *err);

/* A pattern that was taken apart and translated already. */
struct regex *regex_compile(const struct perlre *re, struct error *err);
void regex_free(struct regex *regex);

/* limit: PCRE2's match limit; heap: octets. */
struct matcher *matcher_new(unsigned limit, size_t heap);
void matcher_free(struct matcher *m);

/* Where to look, and what was found. */
struct search {
	struct str subject;
	size_t first, last; /* offsets at which a match may start */
	size_t from, to;    /* the match, on MATCH_YES */
};

/*
 * Looks for the first match that starts within the offsets.
 * budget(context) says whether there is still CPU time; NULL: always.
 */
enum match_result regex_match(const struct regex *regex, struct matcher *m,
    struct search *search, bool (*budget)(void *context), void *context);

/* What may stand where a template is. */
struct captured {
	const struct str *values;
	size_t count;
};

enum { CAPTURED_MOST = 256, TEMPLATES_MAX = 8 };

/*
 * The same for a regex with templates, as perlre_templates() writes them: the
 * nth stands for one of the values of captured[n].
 */
enum match_result regex_match_captured(const struct regex *regex,
    struct matcher *m, struct search *search, bool (*budget)(void *context),
    void *context, const struct captured *captured);

/* What the group of that name caught in the first match; "" when nothing. */
struct str regex_group(const struct regex *regex, struct matcher *m,
    struct str subject, const char *name);

/* A match starts with a certain octet, at a line or at the start of a text:
 * PCRE2 looks for that first. */
bool regex_has_first(const struct regex *regex);

/* Between the delimiters, and bits PERLRE_, as regex_tree() takes them. */
struct str regex_pattern(const struct regex *regex);
unsigned regex_flags(const struct regex *regex);

#endif
