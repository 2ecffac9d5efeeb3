/*
 * spf_match: does a term match the client?  All of them but include.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "spf_eval.h"

static bool
ends_in_domain(struct str name, struct str domain)
{
	size_t at = name.len - domain.len;

	if (name.len < domain.len || !str_case_eq(str_from(name, at), domain))
		return false;
	return at == 0 || name.data[at - 1] == '.';
}

static bool
has_address(const struct dns_answer *answer, const struct ip_net *net)
{
	struct ip ip = {.bits = net->base.bits};
	size_t i;

	for (i = 0; i < answer->count; i++) {
		if (answer->records[i].data.len != ip.bits / 8)
			continue;
		memcpy(ip.octets, answer->records[i].data.data, ip.bits / 8);
		if (ip_net_has(net, &ip))
			return true;
	}
	return false;
}

static enum dns_type
address_type(const struct spf_eval *e)
{
	return ip_is_v4(&e->macros.ip) ? DNS_A : DNS_AAAA;
}

/*
 * The client's names that point back to it (RFC 7208 5.5), found once.  A
 * failure only means that a name is not validated, but for the end of our own
 * time: what was not asked must not become a "fail".
 */
static void
find_names(struct spf_eval *e)
{
	struct ip_net self = {e->macros.ip, e->macros.ip.bits};
	struct dns_answer ptr, back;
	size_t i;

	if (e->names_known)
		return;
	e->names_known = true;
	spf_lookup(
	    e, ip_reverse_name(&self.base, e->arena).data, DNS_PTR, &ptr);
	for (i = 0; i < ptr.count && i < SPF_PTR_MAX; i++) {
		spf_lookup(e, ptr.records[i].data.data, address_type(e), &back);
		if (!has_address(&back, &self))
			continue;
		e->names = arena_push(
		    e->arena, e->names, e->name_count, sizeof(*e->names));
		e->names[e->name_count++] = ptr.records[i].data;
	}
	spf_in_time(e);
}

struct str
spf_validated_name(void *context)
{
	struct spf_eval *e = context;
	size_t i;

	find_names(e);
	for (i = 0; i < e->name_count; i++)
		if (str_case_eq(e->names[i], e->macros.domain))
			return e->names[i];
	for (i = 0; i < e->name_count; i++)
		if (ends_in_domain(e->names[i], e->macros.domain))
			return e->names[i];
	return e->name_count ? e->names[0] : str_c("unknown");
}

static bool
matches_a(struct spf_eval *e, struct str name, const struct ip_net *net)
{
	struct dns_answer answer;

	return spf_ask(e, spf_question(e, name), address_type(e), &answer) &&
	    has_address(&answer, net);
}

static bool
matches_mx(struct spf_eval *e, struct str name, const struct ip_net *net)
{
	struct dns_answer mx, answer;
	struct str exchange;
	size_t i;

	if (!spf_ask(e, spf_question(e, name), DNS_MX, &mx))
		return false;
	if (mx.count > SPF_MX_MAX)
		return spf_stop(e, RESULT_PERMERROR,
		    "%.*s has more than %d mail exchangers", (int)name.len,
		    name.data, SPF_MX_MAX);
	for (i = 0; i < mx.count; i++) {
		exchange = mx.records[i].data;
		if (exchange.len == 0) /* takes no mail (RFC 7505) */
			continue;
		if (!spf_ask(e, exchange.data, address_type(e), &answer))
			return false;
		if (has_address(&answer, net))
			return true;
	}
	return false;
}

static bool
matches_ptr(struct spf_eval *e, struct str name)
{
	size_t i;

	find_names(e);
	for (i = 0; i < e->name_count && !e->stopped; i++)
		if (ends_in_domain(e->names[i], name))
			return true;
	return false;
}

static bool
matches_exists(struct spf_eval *e, struct str name)
{
	struct dns_answer answer;

	return spf_ask(e, spf_question(e, name), DNS_A, &answer) &&
	    answer.status == DNS_OK;
}

static bool
matches_name(struct spf_eval *e, const struct spf_domain *in,
    const struct spf_term *term)
{
	unsigned prefix =
	    ip_is_v4(&e->macros.ip) ? term->prefix4 : term->prefix6;
	struct ip_net net = {ip_mask(&e->macros.ip, prefix), prefix};
	struct str name;

	if (!spf_count_lookup(e) || !spf_target(e, in, term->domain, &name))
		return false;
	switch (term->kind) {
	case SPF_A:
		return matches_a(e, name, &net);
	case SPF_MX:
		return matches_mx(e, name, &net);
	case SPF_PTR:
		return matches_ptr(e, name);
	default:
		return matches_exists(e, name);
	}
}

static bool
matches(struct spf_eval *e, const struct spf_domain *in,
    const struct spf_term *term)
{
	switch (term->kind) {
	case SPF_ALL:
		return true;
	case SPF_IP4:
	case SPF_IP6:
		return ip_net_has(&term->net, &e->macros.ip);
	default:
		return matches_name(e, in, term);
	}
}

bool
spf_matches(struct spf_eval *e, const struct spf_domain *in,
    const struct spf_term *term)
{
	bool found = matches(e, in, term);
	bool plain = term->kind == SPF_IP4 || term->kind == SPF_IP6;

	if (!e->stopped && (found || !plain))
		spf_tell(e,
		    (struct spf_event) {.step = SPF_STEP_TERM,
			.in = in,
			.term = term,
			.matches = found});
	return found;
}
