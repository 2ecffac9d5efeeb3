/*
 * spf_eval, spf_match: one evaluation: its limits and look-ups, and each term
 * by itself.
 *
 * What both engines share: everything but the order of terms, qualifiers,
 * include and redirect.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef SPF_EVAL_H
#define SPF_EVAL_H

#include "spf_check.h"
#include "spf_macro.h"
#include "spf_record.h"

enum { SPF_MX_MAX = 10, SPF_PTR_MAX = 10 };
struct spf_eval {
	const struct spf_conf *conf;
	const struct spf_query *query;
	struct dns *dns;
	int64_t deadline;
	struct arena *arena;
	struct spf_macros macros; /* .domain is set for each expansion */

	unsigned lookups; /* terms that ask DNS, over the whole tree */
	unsigned voids;   /* look-ups without any record */
	unsigned asked;   /* questions to the resolver */
	const struct spf_domain *at; /* whose term asks; NULL: none */
	bool insecure; /* an answer was not validated with DNSSEC */
	bool bogus;    /* an answer failed that */

	/* Once set, the evaluation is over whatever an engine still does. */
	bool stopped;
	enum result result;
	const char *problem;

	struct str
	    term; /* the directive that decided, of the outermost record */
	const struct spf_domain *decided; /* whose exp= counts */

	bool names_known; /* the client's validated names */
	struct str *names;
	size_t name_count;
};

/* The text with '?' for each octet that is not printable US-ASCII. */
struct str spf_printable(struct str text, struct arena *arena);

/* Ends the evaluation with temperror or permerror; returns false. */
bool spf_stop(struct spf_eval *e, enum result result, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Counts a term that asks DNS; false when the limit is passed. */
bool spf_count_lookup(struct spf_eval *e);
unsigned spf_lookup_limit(const struct spf_eval *e);

/* To whoever wants to see each step; fills in the counts. */
void spf_tell(const struct spf_eval *e, struct spf_event event);

/* Is this a name that check_host may be asked about (RFC 7208 4.3)? */
bool spf_is_domain(struct str name);

/*
 * Each question goes through spf_lookup, which never stops the evaluation.
 * spf_ask is for an answer that decides: it counts what finds nothing, and is
 * false when it stopped the evaluation.  name is DNS text.  WAITS.
 */
void spf_lookup(struct spf_eval *e, const char *name, enum dns_type type,
    struct dns_answer *answer) WAITS;
bool spf_ask(struct spf_eval *e, const char *name, enum dns_type type,
    struct dns_answer *answer) WAITS;

/* A name of any octets as DNS text: a backslash is no escape. */
const char *spf_question(struct spf_eval *e, struct str name);

/* False, and a temperror, from the deadline on. */
bool spf_in_time(struct spf_eval *e);

/*
 * The domain's one SPF record (RFC 7208 4.4, 4.5).  False when there is none
 * (e->stopped is false then) or when the evaluation stopped.  WAITS.
 */
bool spf_fetch(struct spf_eval *e, struct str name, unsigned depth,
    struct spf_domain *out) WAITS;

/* Expands a domain-spec within a domain; false when that stopped it.  WAITS. */
bool spf_target(struct spf_eval *e, const struct spf_domain *in,
    struct str spec, struct str *out) WAITS;

/*
 * Does a term other than include match?  Look at e->stopped afterwards.  WAITS.
 */
bool spf_matches(struct spf_eval *e, const struct spf_domain *in,
    const struct spf_term *term) WAITS;

/* For the macro p: the domain itself, a name below it, any name.  WAITS. */
struct str spf_validated_name(void *context) WAITS;

/* The words of exp=, or empty (RFC 7208 6.2).  WAITS. */
struct str spf_explain(struct spf_eval *e) WAITS;

/* fail for '-', and so on. */
enum result spf_qualifier_result(char qualifier);

/* The two engines: fill e->result, e->term and e->decided.  WAITS. */
void spf_run_internal(struct spf_eval *e, struct str domain) WAITS;
void spf_run_libspf2(struct spf_eval *e, struct str domain) WAITS;

#endif
