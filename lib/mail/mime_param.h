/*
 * mime_param: the parameters of Content-Type and Content-Disposition
 * (RFC 2045 5.1, RFC 2183, RFC 2231).
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_MIME_PARAM_H
#define POSTERN_MIME_PARAM_H

#include "postern/arena.h"

struct mime_param {
	struct str octets;  /* quotes, continuations and %XX undone */
	struct str charset; /* of octets by RFC 2231, or "" */
	bool extended;      /* written in RFC 2231's form */
};

/* "text/html; ..." as its two words in lower case; false when it is no type. */
bool mime_param_type(struct str value, struct arena *arena, struct str *type,
    struct str *subtype);

/* What stands before the parameters of an unfolded value: its first word. */
struct str mime_param_word(struct str value);

/* The first parameter of that name in an unfolded value. */
bool mime_param_find(struct str value, const char *name, struct arena *arena,
    struct mime_param *out);

/* The same as text in UTF-8 (RFC 2047 words are decoded too); "" if absent. */
struct str
mime_param_text(struct str value, const char *name, struct arena *arena);

#endif
