/*
 * spf_eval: one evaluation: its limits, its look-ups, and each term by itself.
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

/* A domain whose record was fetched and parsed. */
struct spf_domain {
	struct str name;
	struct spf_record record;
};

struct spf_eval {
	const struct spf_conf *conf;
	struct dns *dns;
	int64_t deadline;
	struct arena *arena;
	struct spf_macros macros; /* .domain is set for each expansion */

	unsigned lookups; /* terms that ask DNS, over the whole tree */
	unsigned voids;   /* look-ups without any record */
	bool insecure;    /* an answer was not validated with DNSSEC */

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

/* Ends the evaluation with temperror or permerror; returns false. */
bool spf_stop(struct spf_eval *e, enum result result, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Counts a term that asks DNS; false when the limit is passed. */
bool spf_count_lookup(struct spf_eval *e);

/* Is this a name that check_host may be asked about (RFC 7208 4.3)? */
bool spf_is_domain(struct str name);

/*
 * The domain's one SPF record (RFC 7208 4.4, 4.5).  False when there is none
 * (e->stopped is false then) or when the evaluation stopped.  WAITS.
 */
bool
spf_fetch(struct spf_eval *e, struct str name, struct spf_domain *out) WAITS;

/* Expands a domain-spec within a domain; false when that stopped it.  WAITS. */
bool spf_target(struct spf_eval *e, const struct spf_domain *in,
    struct str spec, struct str *out) WAITS;

/*
 * Does a term other than include match?  Look at e->stopped afterwards.  WAITS.
 */
bool spf_matches(struct spf_eval *e, const struct spf_domain *in,
    const struct spf_term *term) WAITS;

/* The words of exp=, or empty (RFC 7208 6.2).  WAITS. */
struct str spf_explain(struct spf_eval *e) WAITS;

/* fail for '-', and so on. */
enum result spf_qualifier_result(char qualifier);

/* The two engines: fill e->result, e->term and e->decided.  WAITS. */
void spf_run_internal(struct spf_eval *e, struct str domain) WAITS;
void spf_run_libspf2(struct spf_eval *e, struct str domain) WAITS;

#endif
