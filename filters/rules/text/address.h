/*
 * address: addresses and names of a field, as rules see them.
 *
 * mailbox.h reads what a mail reader would show; this reads what the rules
 * were written for: what no comma divides is one, and what is no address has
 * none.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_ADDRESS_H
#define RULES_ADDRESS_H

#include "postern/arena.h"

struct address {
	struct str name;    /* data NULL: none; still encoded (RFC 2047) */
	struct str address; /* "": none */
};

struct addresses {
	struct address *at;
	size_t count;
};

/* value: raw, folded or not.  Linear; at most 10,000 are read. */
void
address_parse(struct str value, struct arena *arena, struct addresses *out);

#endif
