/*
 * linefix: lines that end in LF alone, brought to CRLF.
 *
 * For clients that the admin excuses from RFC 5321 2.3.8.  A dot that such a
 * client doubled at the start of its line is halved, as it would be behind
 * CRLF; a line that ends in LF never ends the message (dotline.h).
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_LINEFIX_H
#define POSTERN_LINEFIX_H

#include "postern/strbuf.h"

struct linefix {
	unsigned state; /* private; zero at the start */
};

/*
 * Appends `in` to out with a CR before each LF that has none.  Any
 * segmentation gives the same octets.  A bare CR stays what it is.
 */
void linefix_add(struct linefix *f, struct str in, struct strbuf *out);

/* Appends what was held back, at the end of the message. */
void linefix_end(struct linefix *f, struct strbuf *out);

#endif
