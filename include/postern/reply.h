/*
 * reply: an SMTP reply (RFC 5321 4.2, RFC 2034), kept word by word.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_REPLY_H
#define POSTERN_REPLY_H

#include "postern/arena.h"
#include "postern/strbuf.h"

enum { REPLY_SIZE_MAX = 65536 }; /* octets of a whole reply */

enum reply_step {
	REPLY_MORE,  /* a continuation line: read on */
	REPLY_DONE,  /* the last line */
	REPLY_BROKEN /* no SMTP reply: bad code, other code than before, bare
			CR or LF, NUL, line above 4,096 octets or reply above
			REPLY_SIZE_MAX */
};

struct reply {
	unsigned code; /* 200 to 599; 0 before the first line */
	size_t lines;
	struct strbuf raw; /* every line with its CRLF, as it came */
};

void reply_init(struct reply *r);
void reply_clear(struct reply *r); /* frees */
void reply_reset(struct reply *r); /* ready for the next reply */

/* Takes one line without its CRLF; after REPLY_DONE, reply_reset first. */
enum reply_step reply_add_line(struct reply *r, struct str line);

/* Text behind the code of the nth line (from 0); "" when there is none. */
struct str reply_line(const struct reply *r, size_t nth);

/* "5.7.1" of the first line when it has one of the code's class, else "". */
struct str reply_enhanced(const struct reply *r);

/* The first line's words behind the codes, up to a control, for the log. */
struct str reply_text(const struct reply *r);

static inline bool
reply_is(const struct reply *r, unsigned class)
{
	return r->code / 100 == class;
}

/*
 * Formats a reply of ours: "550-5.7.1 ...CRLF550 5.7.1 ...CRLF".  Lines of text
 * are separated by LF; controls and octets above 126 become '?', lines are
 * wrapped so that each stays below 512 octets with its CRLF.  enhanced may be
 * NULL; its class is forced to the code's, and a 3xx code has none.
 */
void reply_format(
    struct strbuf *out, unsigned code, const char *enhanced, struct str text);

#endif
