/*
 * regex_private: what a regex is made of, for regex.c and regex_captured.c.
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
	unsigned flags; /* bits PERLRE_ */
};

struct matcher {
	unsigned limit;
	pcre2_match_context *context;
	pcre2_match_data *data;
	pcre2_jit_stack *stack;
};

#endif
