/*
 * redos: can a text make this regex run for ever?
 *
 * Pure: it reads the text of a regex and matches nothing.  The regex becomes
 * a graph of its octets' places; two ways through it that read the same text
 * are what a backtracking matcher walks one after the other.  Each finding
 * comes with the text that shows it, so that whoever has a matcher can try.
 * Bounded: what is too large or not understood is said to be not judged.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_REDOS_H
#define RULES_REDOS_H

#include "postern/arena.h"

enum { REDOS_ATTACKS = 16 };

enum redos_kind {
	REDOS_NESTED,       /* (a+)+ */
	REDOS_ALTERNATIVES, /* (a|ab?)* */
	REDOS_PARTS,        /* (a?b?a?)* */
	REDOS_ADJACENT,     /* a*a* */
	REDOS_BACKREF,      /* (.+)\1* */
	REDOS_RECURSION,    /* (a(?1)?)* */
	REDOS_COUNT,        /* (a{1,500}){1,500} */
	REDOS_START,        /* a+b: each start reads the whole run */
	REDOS_LEADING       /* .*b */
};

struct redos_attack {
	enum redos_kind kind;
	bool exact;      /* no guess in it: the regex does this */
	unsigned degree; /* steps grow as length ^ degree; 0: exponentially */
	struct str prefix, pump, tail; /* tail: what the regex wants next */
};

struct redos {
	struct redos_attack attacks[REDOS_ATTACKS]; /* the worst first */
	size_t count;
	bool judged; /* false: not understood, or too large */
};

/* pattern: without delimiters, with bits PERLRE_. */
void redos_check(
    struct str pattern, unsigned flags, struct arena *arena, struct redos *out);

/* "quantifiers are nested", ... */
const char *redos_kind_text(enum redos_kind kind);

#endif
