/*
 * spf_internal: check_host in our own words, the cross-check of libspf2.
 *
 * Each level costs a look-up, so that the limit bounds the depth as well.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "spf_eval.h"

static enum result
check_host(struct spf_eval *e, struct str name, unsigned depth, bool outermost);

/* RFC 7208 5.2. */
static bool
include_matches(struct spf_eval *e, const struct spf_domain *in,
    const struct spf_term *term, unsigned depth)
{
	enum result inner;
	struct str name;

	if (!spf_count_lookup(e) || !spf_target(e, in, term->domain, &name))
		return false;
	inner = check_host(e, name, depth + 1, false);
	if (inner == RESULT_NONE)
		spf_stop(e, RESULT_PERMERROR, "include of %.*s: no SPF record",
		    (int)name.len, name.data);
	return !e->stopped && inner == RESULT_PASS;
}

/* RFC 7208 6.1. */
static enum result
redirect(struct spf_eval *e, const struct spf_domain *in, unsigned depth,
    bool outermost)
{
	enum result result;
	struct str name;

	if (!spf_count_lookup(e) ||
	    !spf_target(e, in, in->record.redirect, &name))
		return e->result;
	result = check_host(e, name, depth + 1, outermost);
	if (result == RESULT_NONE)
		spf_stop(e, RESULT_PERMERROR, "redirect to %.*s: no SPF record",
		    (int)name.len, name.data);
	return result;
}

static enum result
check_host(struct spf_eval *e, struct str name, unsigned depth, bool outermost)
{
	struct spf_domain *in = arena_alloc(e->arena, sizeof(*in));
	const struct spf_term *term;
	bool matches;
	size_t i;

	if (!spf_is_domain(name) || !spf_fetch(e, name, depth, in))
		return RESULT_NONE;
	for (i = 0; i < in->record.count; i++) {
		term = &in->record.terms[i];
		matches = term->kind == SPF_INCLUDE ?
		    include_matches(e, in, term, depth) :
		    spf_matches(e, in, term);
		if (e->stopped)
			return e->result;
		if (!matches)
			continue;
		if (outermost) {
			e->term = term->text;
			e->decided = in;
		}
		return spf_qualifier_result(term->qualifier);
	}
	if (in->record.redirect.len)
		return redirect(e, in, depth, outermost);
	return RESULT_NEUTRAL;
}

void
spf_run_internal(struct spf_eval *e, struct str domain)
{
	enum result result = check_host(e, domain, 0, true);

	if (!e->stopped)
		e->result = result;
}
