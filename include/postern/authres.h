/*
 * authres: Authentication-Results (RFC 8601), written and recognised.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_AUTHRES_H
#define POSTERN_AUTHRES_H

#include "postern/arena.h"
#include "postern/finding.h"

/*
 * The field's value, folded with CRLF SP so that lines stay below 998 octets
 * (78 where the values allow), without name and final CRLF:
 * "mx.example.net; spf=pass smtp.mailfrom=...".  Findings of the same method
 * stay in order; none at all gives "; none".  Values from outside are quoted
 * when they are no tokens (and no addresses), cut to 256 octets and free of
 * controls; an empty one is not named.
 */
struct str authres_format(const char *authserv_id,
    const struct finding *findings, size_t count, struct arena *arena);

/*
 * Does this field value (folded, as it came) name `authserv_id` as its
 * author?  Comments before the id, quoting, case, a version, a missing
 * semicolon and any length do not hide it.  When in doubt: yes.
 */
bool authres_is_from(struct str value, const char *authserv_id);

/* A value as RFC 8601 allows it: as it is, or quoted; bounded, no controls. */
struct str authres_value(struct str value, struct arena *arena);

#endif
