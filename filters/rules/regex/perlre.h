/*
 * perlre: a regex as rule files write it, in the syntax of PCRE2.
 *
 * /.../i, m{...}x, m'...' and the other delimiters of Perl, read as
 * SpamAssassin reads them: the last delimiter ends the pattern.  Where Perl
 * and PCRE2 differ in what octets mean, the pattern is rewritten; most pass
 * unchanged.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_PERLRE_H
#define RULES_PERLRE_H

#include "postern/arena.h"
#include "postern/error.h"

enum {
	PERLRE_CASELESS = 1 << 0,      /* i */
	PERLRE_EXTENDED = 1 << 1,      /* x */
	PERLRE_EXTENDED_MORE = 1 << 2, /* xx */
	PERLRE_MULTILINE = 1 << 3,     /* m */
	PERLRE_DOTALL = 1 << 4,        /* s */
	PERLRE_NO_CAPTURE = 1 << 5     /* n */
};

struct perlre {
	struct str pattern;
	unsigned flags; /* bits PERLRE_ */
};

/*
 * Takes a literal apart; the pattern is part of it, as it was written.  False
 * with the reason.
 */
bool perlre_split(struct str literal, struct perlre *out, struct error *err);

/*
 * Rewrites the pattern for PCRE2, in arena where it has to be changed:
 * \x{100} and above match no octet, {,n} is {0,n}, braces may hold blanks.
 */
void perlre_translate(struct perlre *re, struct arena *arena);

/* The nth %{NAME} of a pattern, from 0; "" when there are no more. */
struct str perlre_template(struct str pattern, size_t n);

/* Every %{NAME} becomes "any text" between two callouts, in arena. */
void perlre_templates(struct perlre *re, size_t most, struct arena *arena);

#endif
