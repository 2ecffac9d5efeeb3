/*
 * spf_received: the Received-SPF field (RFC 7208 9.1).
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef SPF_RECEIVED_H
#define SPF_RECEIVED_H

#include "postern/envelope.h"
#include "postern/finding.h"

/*
 * The field's value, folded, without name and final CRLF, from a finding of
 * the SPF filter.  Values from outside are quoted, bounded and printable.
 */
struct str spf_received(const struct finding *finding,
    const struct envelope *envelope, struct arena *arena);

#endif
