/*
 * mime_facts: how the parts of a mail are typed, coded and put together.
 *
 * Found in one walk over the parts and lines of a mail.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_MIME_FACTS_H
#define RULES_MIME_FACTS_H

#include "filters/rules/target/target.h"

enum { MIME_FACTS_DEPTH = 8 }; /* multiparts inside each other, looked into */

/* A part's header, in lower case. */
struct mime_head {
	struct str type;    /* "text/plain" for text that is nothing special */
	struct str charset; /* "" when absent */
	bool has_charset;
	struct str encoding;
	struct str disposition;
};

struct mime_facts {
	unsigned base64_parts, qp_parts, html_parts, text_parts, attachments;
	bool base64_text;     /* text without need for it in base64 */
	bool bad_iso_charset; /* "iso-foo-1" */
	bool alternative;     /* there is a multipart/alternative */
	double text_to_html;  /* octets of its last parts; 1 if unknown */
	bool qp_long_line;
	size_t qp_octets, qp_needless; /* needless: could stand as they are */
	bool ascii_illegal;            /* no ASCII in a part that says so */
	size_t plain_octets, plain_references; /* "&#x1234;" in plain text */
	size_t base64_line;                    /* the longest */
	bool no_part_header; /* a part begins with a line that is no field */
	bool no_separator;   /* a part's header has no empty line behind it */
	bool epilogue;       /* text behind the last part */
	bool caps_charset;   /* one in which text looks like capitals */
};

/* Found when first asked for. */
const struct mime_facts *targets_mime_facts(struct targets *t);

/* The header of one part. */
void mime_head_read(
    const struct mime_part *part, struct arena *arena, struct mime_head *out);

/* Is it a charset in which text looks like capitals? */
bool mime_is_caps_charset(struct str name);

#endif
