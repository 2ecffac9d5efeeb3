/*
 * oracle_leaves: the leaves of a mail, as our parser finds them and as GMime
 * does.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef TESTS_ORACLE_LEAVES_H
#define TESTS_ORACLE_LEAVES_H

#include "postern/arena.h"

struct oracle_leaf {
	struct str type; /* "text/plain" */
	struct str octets;
	struct str charset;
	struct str name;
	/*
	 * GMime's only: the octets after white space at the end of lines of
	 * quoted-printable was taken from the encoded text; octets itself for
	 * the other encodings.
	 */
	struct str normal;
	bool semicolon; /* stands in its Content-Type */
};

struct oracle_leaves {
	struct oracle_leaf *list;
	size_t count;
	struct str unread; /* ours: a multipart without parts, which rules
			      read as plain text */
};

void
oracle_ours(struct str mail, struct arena *arena, struct oracle_leaves *out);
void
oracle_theirs(struct str mail, struct arena *arena, struct oracle_leaves *out);

#endif
