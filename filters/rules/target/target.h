/*
 * target: what rules are matched against, made of one mail when first needed.
 *
 * The shapes are those of SpamAssassin: a line of Subject and then the rendered
 * text in paragraphs (body), decoded but not rendered text in pieces (rawbody),
 * the pristine mail (full), the addresses it leads to (uri), header values
 * decoded and joined, the headers of its parts.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_TARGET_H
#define RULES_TARGET_H

#include "postern/mime.h"
#include "postern/scan.h"

#include "relays.h"
#include "filters/rules/set/ruleset.h"
#include "filters/rules/text/text_part.h"

enum { TARGET_CUT_ROOM = 1024 };

struct header_cache;
struct eval_cache;
struct mime_facts;

struct target_texts {
	struct str *at;
	size_t count;
};

struct targets {
	struct scan *scan;
	const struct ruleset *set; /* whose lists count; may be NULL */
	bool have_traits;
	uint64_t field_traits; /* of the names of all fields */
	bool have_tree, have_body, have_rawbody, have_full, have_uri;
	struct mime_tree tree;
	struct target_texts body; /* the first is the Subject's line */
	struct target_texts rawbody;
	struct target_texts uri;
	struct str full;
	struct text_parts *parts; /* see target_parts */
	struct relays *relays;
	struct header_cache *headers;  /* of target_header.c */
	struct mime_facts *mime_facts; /* of mime_facts.c */
	struct eval_cache *evals;      /* of eval_util.c */
};

const struct target_texts *target_body(struct targets *t);
const struct target_texts *target_rawbody(struct targets *t);
const struct target_texts *target_uri(struct targets *t);
struct str target_full(struct targets *t);

/* All instances, joined by newline; *absent when there is none. */
struct str
target_header(struct targets *t, const struct rule *rule, bool *absent);

/* The rule's field, one text for each part that has it. */
struct target_texts
target_mimeheader(struct targets *t, const struct rule *rule);

/* For the targets themselves: the first part, one more text. */
const struct mime_part *target_first_part(struct targets *t);
/* The leaves, decoded and rendered when asked for. */
struct text_parts *target_parts(struct targets *t);

void
target_push(struct arena *arena, struct target_texts *texts, struct str text);

/* Line ends of mail are CRLF, those of rules are LF. */
struct str target_to_lf(struct str text, struct arena *arena);

/* The first `size` octets, and more up to the first of marks if it is near. */
struct str target_cut(struct str text, size_t size, const char *marks);

#endif
