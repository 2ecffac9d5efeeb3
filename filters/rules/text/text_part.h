/*
 * text_part: the leaves of a mail as rules read them.
 *
 * Each is decoded and rendered once, when first asked for.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_TEXT_PART_H
#define RULES_TEXT_PART_H

#include "postern/html.h"
#include "postern/mime.h"

enum { TEXT_PART_MAX = 1 << 20 }; /* octets; what is beyond is not read */

struct text_part {
	const struct mime_part *part;
	bool raw;   /* rawbody reads it */
	bool shown; /* body renders it */
	bool html;  /* as HTML */
	bool have_octets, have_text;
	struct str octets;       /* transfer encoding undone, lines end in LF */
	struct str text;         /* rendered, UTF-8 */
	bool wide;               /* see html_text */
	struct html_text *facts; /* of HTML that is not empty, else NULL */
};

struct text_parts {
	struct text_part *at;
	size_t count;
};

/* All leaves below the first part. */
struct text_parts *
text_parts_new(const struct mime_part *first, struct arena *arena);

/* Fills octets, or text and what belongs to it. */
void text_part_decode(struct text_part *p, struct arena *arena);
void text_part_render(struct text_part *p, struct arena *arena);

/* White space only, or nothing. */
bool text_part_is_blank(struct str line);

/* Line ends of mail are CRLF, those of rules are LF. */
struct str text_part_lf(struct str text, struct arena *arena);

#endif
