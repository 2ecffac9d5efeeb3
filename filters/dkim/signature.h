/*
 * signature: one DKIM-Signature field, checked before anything is verified
 * (RFC 6376 3.5 and 6.1.1, RFC 8301, RFC 8463).
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef DKIM_SIGNATURE_H
#define DKIM_SIGNATURE_H

#include <time.h>

#include "postern/finding.h"
#include "postern/message.h"

#include "taglist.h"

enum { SIGNATURE_NAMES_MAX = 1000, SIGNATURE_FIELD_MAX = 65536 };

struct signature {
	const struct field *field;
	struct taglist *tags;
	struct str domain;    /* d= */
	struct str selector;  /* s= */
	const char *key_name; /* where its key is, once d= and s= are known */
	struct str identity;  /* i=, or "@" and the domain */
	struct str algorithm; /* a= as written */
	struct str b_start;   /* at most 8 octets of b=, without white space */
	struct str b;         /* decoded */
	struct str bh;        /* decoded */
	struct str b_whole;   /* of the field: what is left out when hashing */
	bool rsa;             /* otherwise ed25519 */
	bool relaxed_header;
	bool relaxed_body;
	bool has_length;
	uint64_t length;   /* l= */
	struct str *names; /* h= */
	size_t name_count;

	/* What is known so far: RESULT_NONE while it still may pass. */
	enum result result;
	struct str reason;
	unsigned bits; /* of the key */
	bool testing;  /* the key's domain tests DKIM (t=y) */
};

/*
 * Everything that can be said of the field without key or body.  The result is
 * RESULT_NONE, permerror or policy.  now: for x=.
 */
void signature_parse(const struct field *field, time_t now, struct arena *arena,
    struct signature *out);

/* Settles the result (once; later words do not count). */
void
signature_settle(struct signature *sig, enum result result, const char *reason);

#endif
