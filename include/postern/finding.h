/*
 * finding: a fact about a mail, in the words of RFC 8601.
 *
 * Filters append findings; nobody changes one afterwards.  A finding is what
 * Authentication-Results, the log line and the JSON are written from.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_FINDING_H
#define POSTERN_FINDING_H

#include "postern/str.h"

enum result {
	RESULT_NONE,
	RESULT_NEUTRAL,
	RESULT_PASS,
	RESULT_FAIL,
	RESULT_SOFTFAIL,
	RESULT_POLICY,
	RESULT_TEMPERROR,
	RESULT_PERMERROR
};

/* "none", "neutral", ...; never NULL. */
const char *result_word(enum result result);

/* smtp.mailfrom=..., header.d=...: value is raw, whoever prints it quotes. */
struct property {
	const char *ptype; /* smtp, header, policy */
	const char *name;
	struct str value;
};

/* A further fact for the JSON and the explanation, not for the header. */
struct detail {
	const char *name;
	struct str text; /* when data is not NULL */
	int64_t number;  /* otherwise */
};

struct finding {
	const char *method; /* spf dkim dmarc arc iprev auth */
	enum result result;
	struct str comment; /* "2048-bit key"; may be empty */
	struct str reason;  /* why not pass; may be empty */
	const struct property *properties;
	size_t property_count;
	const struct detail *details;
	size_t detail_count;
};

#endif
