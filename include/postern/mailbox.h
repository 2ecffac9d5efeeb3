/*
 * mailbox: the addresses in From, To and their like (RFC 5322 3.4).
 *
 * Lenient, as mail is: what can be read is read, the rest is left out.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_MAILBOX_H
#define POSTERN_MAILBOX_H

#include "postern/arena.h"

struct mailbox {
	struct str name;    /* display name or comment, unquoted; may be "" */
	struct str address; /* local@domain, comments and folding removed */
	struct str domain;  /* behind the last @ outside quotes; may be "" */
};

struct mailboxes {
	struct mailbox *at;
	size_t count;
};

/*
 * Reads a field's value (folded or not), groups included.  A name without an
 * address is kept with an empty address, an address without "@" with an empty
 * domain; quotes of the local part stay.  Nothing holds controls.  Text lives
 * in arena.  Linear; at most 10,000 mailboxes are kept.
 */
void
mailbox_parse(struct str value, struct arena *arena, struct mailboxes *out);

#endif
