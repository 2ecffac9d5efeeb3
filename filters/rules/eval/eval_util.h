/*
 * eval_util: what evals have in common.
 *
 * Nothing here fails, waits or keeps anything beyond the mail.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_EVAL_UTIL_H
#define RULES_EVAL_UTIL_H

#include "eval.h"
#include "filters/rules/text/shape.h"
#include "filters/rules/target/target_header.h"

/* What several evals of one mail need, found once. */
struct eval_cache {
	bool have_senders, have_shift, have_uppercase;
	struct target_texts senders;
	int64_t shift;    /* of the date, seconds */
	double uppercase; /* percent */
};

struct eval_cache *eval_cache_get(struct eval_context *c);

/* All of a field, decoded, joined; "" when absent. */
struct str eval_field(struct eval_context *c, const char *field);

/* The same with one space for each run of white space. */
struct str eval_field_spaced(struct eval_context *c, const char *field);

/* The first address of a field, "" when there is none. */
struct str eval_address(struct eval_context *c, const char *field);

struct str eval_spaced(struct str text, struct arena *arena);

bool eval_has(struct str text, const char *part);
bool eval_case_has(struct str text, const char *part);

/* Where the shape is met first, anywhere; parts may be NULL. */
bool eval_finds(struct str text, const char *shape, struct shape_parts *parts);

/* Is there an address in the text? */
bool eval_has_ip(struct str text);

/* The nth argument (from 0): false if absent, "undef" or "inf". */
bool eval_number(const struct eval_context *c, size_t n, double *out);

/* The nth argument, or "" */
struct str eval_arg(const struct eval_context *c, size_t n);

/* min <= value, if the argument is there; value <= max likewise. */
bool eval_in_range(const struct eval_context *c, size_t min_arg, double value);

/* "domain" or what ends in ".domain", as a regex "\bdomain$" sees it. */
bool eval_ends_word(struct str text, const char *word);

const struct lists *eval_lists(const struct eval_context *c);

/* Letters, digits and "_": what \w is. */
bool eval_is_word(char ch);

/* The hit of rule->regex (of an argument) in the text. */
bool eval_matches(struct eval_context *c, struct str text);

/* The addresses a mail claims to be from, lower case: Resent-From, or From,
 * Envelope-Sender, Resent-Sender, X-Envelope-From, EnvelopeFrom. */
struct target_texts eval_senders(struct eval_context *c);

#endif
