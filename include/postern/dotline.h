/*
 * dotline: the octets of DATA (RFC 5321 4.1.1.4, 4.5.2), in both directions.
 *
 * Only CRLF.CRLF ends a message.  The reader takes the dots out, notes bare CR,
 * bare LF and NUL, and gives the same result whatever the segmentation.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_DOTLINE_H
#define POSTERN_DOTLINE_H

#include "postern/str.h"

struct dotline {
	unsigned state;   /* private */
	uint64_t size;    /* octets of content handed out */
	uint64_t bare_cr; /* how many of each were seen */
	uint64_t bare_lf;
	uint64_t nul;
	bool done; /* CRLF.CRLF was seen */
};

/* Takes content octets, any number; false stops the reading. */
typedef bool dotline_sink(void *context, struct str octets);

void dotline_init(struct dotline *d);

/*
 * Reads from `in` up to the end of the message or of `in`, hands the content
 * (dots removed) to sink in pieces, and returns how many octets were taken:
 * fewer than in.len only when done, or when sink returned false (*stopped is
 * then true).
 */
size_t dotline_read(struct dotline *d, struct str in, dotline_sink *sink,
    void *context, bool *stopped);

/*
 * Counts octets of content where a dot means nothing (BDAT, RFC 3030).  last:
 * no more will follow, so that a CR at the end is a bare one.
 */
void dotline_count(struct dotline *d, struct str in, bool last);

/* No bare CR, bare LF or NUL so far. */
bool dotline_is_clean(const struct dotline *d);

/*
 * The other direction: takes the longest piece off the front of *rest that can
 * be sent as it is.  A dot must be sent before the piece when *dot is set.
 * at_line_start is the writer's state: true at the start of the content, then
 * kept from call to call.  False when *rest is empty.  The content must be
 * clean; a dot behind a bare LF is doubled like one behind CRLF.
 */
bool dotline_cut(
    struct str *rest, bool *at_line_start, bool *dot, struct str *piece);

/*
 * What is sent behind the last piece: the dot line, with a CRLF before it when
 * the content does not end in one (what dotline_read gave always does, or is
 * empty).
 */
const char *dotline_end(bool at_line_start);

#endif
