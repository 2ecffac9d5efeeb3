/*
 * eval: tests of rules that are programs and not regexes.
 *
 * An eval reads the targets of one mail and the findings so far, keeps nothing
 * and waits for nothing.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_EVAL_H
#define RULES_EVAL_H

#include "filters/rules/set/ruleset.h"
#include "filters/rules/target/target.h"

struct eval_context {
	struct scan *scan;
	struct targets *targets;
	const struct ruleset *set;
	const struct rule *rule; /* whose args are meant */
	struct matcher *matcher; /* for rule->regex */

	/* Is there CPU time left?  NULL: always. */
	bool (*budget)(void *context);
	void *budget_context;
	/* A regex needed too much: what run() says is not known. */
	bool unknown;
};

struct eval {
	const char *name;
	unsigned args_min, args_max;
	unsigned (*run)(struct eval_context *c); /* hits; 0 none */
	unsigned
	    regex_arg; /* which argument (from 1) is rule->regex; 0: none */
};

/* One that is known, but cannot answer here. */
struct eval_mute {
	const char *name;
	const char *why; /* "needs Bayes" */
};

/* NULL: unknown, or it cannot answer. */
const struct eval *eval_find(struct str name);

/* Why an eval that is known cannot answer here; NULL for all others. */
const char *eval_unanswered(struct str name);

/* The tables, each ended by a name of NULL. */
extern const struct eval eval_auth_table[];
extern const struct eval eval_body_table[];
extern const struct eval eval_charset_table[];
extern const struct eval eval_date_table[];
extern const struct eval eval_forged_table[];
extern const struct eval eval_freemail_table[];
extern const struct eval eval_header_table[];
extern const struct eval eval_html_table[];
extern const struct eval eval_image_table[];
extern const struct eval eval_link_table[];
extern const struct eval eval_list_table[];
extern const struct eval eval_mime_table[];
extern const struct eval eval_relay_table[];
extern const struct eval eval_text_table[];
extern const struct eval_mute eval_mute_table[];

#endif
