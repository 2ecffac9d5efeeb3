/*
 * regex_private: what a regex is made of, for regex.c, regex_captured.c and
 * regex_list.c.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_REGEX_PRIVATE_H
#define RULES_REGEX_PRIVATE_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "regex.h"

struct regex {
	pcre2_code *code;
	char *text; /* the pattern */
	size_t len;
	unsigned flags;     /* bits PERLRE_ */
	struct regex *next; /* the next part of a list too large for PCRE2 */
};

struct matcher {
	unsigned limit;
	pcre2_match_context *context;
	pcre2_match_data *data;
	pcre2_jit_stack *stack;
};

/* As regex_match, of this part alone. */
enum match_result regex_match_part(const struct regex *regex, struct matcher *m,
    struct search *search, bool (*budget)(void *context), void *context);

/* A list in parts, where pcre2_compile found it too large; NULL when it is
 * none, or one of its parts does not compile. */
struct regex *regex_compile_list(const struct perlre *re);

/* One part; *too_large when that is what is wrong with it. */
struct regex *
regex_compile_part(const struct perlre *re, bool *too_large, struct error *err);

#endif
