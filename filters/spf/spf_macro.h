/*
 * spf_macro: macro strings (RFC 7208 7), checked and expanded.
 *
 * Pure: what a macro stands for is given by the caller.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef SPF_MACRO_H
#define SPF_MACRO_H

#include <time.h>

#include "postern/arena.h"
#include "postern/ip.h"

enum {
	SPF_NAME_MAX = 253,
	SPF_TEXT_MAX = 4096 /* octets of any expansion */
};

struct spf_macros {
	struct ip ip;
	struct str sender;   /* s: local@domain */
	struct str local;    /* l */
	struct str origin;   /* o: the sender's domain */
	struct str helo;     /* h */
	struct str domain;   /* d: the domain being evaluated */
	struct str receiver; /* r */
	time_t time;         /* t */

	/* p: asked only when it is needed; WAITS; "unknown" when there is none */
	struct str (*validated)(void *context);
	void *context;
};

/* A whole macro-string; c, r and t are allowed only in an explanation. */
bool spf_macro_is_valid(struct str text, bool explanation);

/* A domain-spec: a macro-string that ends in a macro or in a top label. */
bool spf_macro_is_domain(struct str text);

/* Does it use the macro of that letter? */
bool spf_macro_has(struct str text, char letter);

/* text is valid.  The first SPF_TEXT_MAX octets.  WAITS for p only. */
struct str spf_macro_expand(
    struct str text, const struct spf_macros *macros, struct arena *arena);

/*
 * A domain-spec to the name that is asked: labels are cut from the left until
 * it has at most SPF_NAME_MAX octets (RFC 7208 7.3); without its last dot.
 * WAITS for p only.
 */
struct str spf_macro_name(
    struct str text, const struct spf_macros *macros, struct arena *arena);

#endif
