/*
 * message: spans over a held mail (RFC 5322), nothing copied.
 *
 * Lines end in CRLF.  The header ends at the first empty line, or at the first
 * line that cannot belong to a header (it is then the body's first line), or
 * at the end of the mail.  A bare LF ends a line too.  A mailbox file's "From "
 * line may stand before the first field: it is in bytes, but in neither head
 * nor body.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_MESSAGE_H
#define POSTERN_MESSAGE_H

#include "postern/arena.h"

enum { FIELDS_MAX = 10000 }; /* of one header; no mail has so many */

struct field {
	struct str raw;   /* name, colon, value and the final CRLF, folded */
	struct str name;  /* without white space before the colon */
	struct str value; /* behind the colon, still folded, without the
			     final CRLF; leading space kept */
};

struct message {
	struct str bytes; /* all of it */
	struct str head;  /* the header's octets, without the empty line: the
			     raw of all fields, one behind the other */
	struct str body;  /* what follows the empty line; empty when none */
	struct field *fields;
	size_t field_count;
	bool overfull; /* there are more fields: they stand in body, and
			  nobody should hand on what no filter saw */
};

/* bytes must outlive the message; the fields live in arena.  Linear. */
void message_parse(struct str bytes, struct arena *arena, struct message *out);

/* The nth (from 0, top to bottom) field of that name, or NULL. */
const struct field *
message_find(const struct message *m, const char *name, size_t nth);

/* How many fields have that name. */
size_t message_count(const struct message *m, const char *name);

#endif
