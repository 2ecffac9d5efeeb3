/*
 * rule: one rule, as the files define it.
 *
 * Immutable once its set is loaded.  Text lives in the set's arena, regexes
 * belong to the set and are shared by the rules that spell them alike.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_RULE_H
#define RULES_RULE_H

#include "postern/scan.h"

#include "meta.h"
#include "filters/rules/regex/regex.h"

struct eval;
struct template;

enum rule_type {
	RULE_HEADER,
	RULE_BODY,
	RULE_RAWBODY,
	RULE_FULL,
	RULE_URI,
	RULE_MIMEHEADER,
	RULE_META,
	RULE_EVAL,
	RULE_UNSUPPORTED /* kept by name, never hits */
};

enum {
	RULE_TYPES = RULE_UNSUPPORTED + 1,
	RULE_NAME_MAX = 128,
	RULE_REPLY_MAX = 300,  /* octets of an action's text */
	RULE_PARTS_MOST = 1000 /* of a mail, that a mimeheader rule may see */
};

/* What of a header field a rule reads; bits, as they may be combined. */
enum header_part {
	PART_DECODED = 0,
	PART_RAW = 1 << 0,
	PART_ADDR = 1 << 1,
	PART_NAME = 1 << 2,
	PART_HOST = 1 << 3,
	PART_DOMAIN = 1 << 4,
	PART_IP = 1 << 5,
	PART_REVIP = 1 << 6,
	PART_FIRST = 1 << 7, /* the topmost field alone */
	PART_LAST = 1 << 8   /* the lowest */
};

/* tflags */
enum {
	TFLAG_NET = 1 << 0,
	TFLAG_NICE = 1 << 1,
	TFLAG_LEARN = 1 << 2,
	TFLAG_USERCONF = 1 << 3,
	TFLAG_MULTIPLE = 1 << 4,
	TFLAG_NOSUBJECT = 1 << 5,
	TFLAG_CONCAT = 1 << 6 /* mimeheader: all parts as one text */
};

enum { SCORE_SETS = 4 }; /* 1 has network tests, 2 has Bayes, 3 both */

struct rule {
	const char *name;
	enum rule_type type;
	const char *where;    /* "rules/20_body.cf:12"; NULL: not defined */
	const char *replaced; /* where an earlier definition stood, or NULL */
	const char *file;
	unsigned line;
	const char *pattern; /* as written, for `rules list -v` */
	const char *describe;
	int score; /* thousandths, in the score set in use */
	int scores[SCORE_SETS];
	bool scored;     /* by a score line */
	bool subrule;    /* __NAME */
	unsigned tflags; /* bits TFLAG_ */
	bool multiple;   /* tflags multiple: count every hit */
	unsigned max_hits;
	bool nosubject;
	unsigned part_min, part_max; /* mimeheader, tflags range= */
	int priority;
	const char *unsupported; /* why, for RULE_UNSUPPORTED */

	/* header and mimeheader */
	const char *field;
	unsigned part;     /* bits PART_ */
	bool exists;       /* exists:Field */
	bool negated;      /* !~ */
	const char *unset; /* [if-unset: text], or NULL */

	/* all but meta, eval and exists */
	const char *literal; /* the regex as written, with delimiters */
	struct regex *regex; /* shared: equal text gives equal pointers */
	size_t regex_index;  /* in the set's regexes and patterns */

	/* eval:name(args), written under `on` */
	const struct eval *eval;
	struct str *args;
	size_t arg_count;
	enum rule_type on; /* header, body, rawbody, full, uri */

	/* a regex with %{NAME}; an eval of its own */
	struct template *template;

	/* meta */
	struct meta *meta;

	/* action NAME reject "text", stage NAME rcpt */
	enum action action; /* ACTION_NONE: none */
	const char *action_text;
	const char *action_where;
	enum stage stage; /* STAGE_MESSAGE unless said */
	const char *stage_file;
	unsigned stage_line;
};

/* "header", "body", ... */
const char *rule_type_word(enum rule_type type);

/* Score 0 switches a rule off, a __subrule as well. */
static inline bool
rule_is_off(const struct rule *rule)
{
	return rule->score == 0 && rule->scored;
}

#endif
