/*
 * headercanon: the header octets that a signature signs (RFC 6376 3.4.1,
 * 3.4.2, 3.7, 5.4.2).
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef DKIM_HEADERCANON_H
#define DKIM_HEADERCANON_H

#include "postern/strbuf.h"

#include "signature.h"

/* Appends them to *out.  Linear in the header and in h=. */
void headercanon_add(const struct message *message, const struct signature *sig,
    struct arena *arena, struct strbuf *out);

#endif
