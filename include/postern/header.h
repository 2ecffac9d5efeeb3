/*
 * header: a field's value as text (RFC 5322 2.2.3, RFC 2047).
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_HEADER_H
#define POSTERN_HEADER_H

#include "postern/arena.h"

/* Without CRLF: folding white space stays as it is (RFC 5322 2.2.3). */
struct str header_unfold(struct str value, struct arena *arena);

/*
 * Unfolded, encoded words decoded, in UTF-8.  What cannot be decoded stays as
 * it was written.  Raw octets above 127 that are no UTF-8 are read as
 * windows-1252.  Linear in the value's length.
 */
struct str header_decode(struct str value, struct arena *arena);

#endif
