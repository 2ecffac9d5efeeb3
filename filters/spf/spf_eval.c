/*
 * spf_eval: one evaluation: its limits, its look-ups, and each term by itself.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdarg.h>

#include "spf_eval.h"

bool
spf_stop(struct spf_eval *e, enum result result, const char *fmt, ...)
{
	va_list args;

	if (e->stopped)
		return false;
	va_start(args, fmt);
	e->problem = arena_vprintf(e->arena, fmt, args).data;
	va_end(args);
	e->stopped = true;
	e->result = result;
	return false;
}

bool
spf_count_lookup(struct spf_eval *e)
{
	if (++e->lookups <= e->conf->max_lookups)
		return true;
	return spf_stop(e, RESULT_PERMERROR, "more than %u terms that ask DNS",
	    e->conf->max_lookups);
}

enum result
spf_qualifier_result(char qualifier)
{
	switch (qualifier) {
	case '-':
		return RESULT_FAIL;
	case '~':
		return RESULT_SOFTFAIL;
	case '?':
		return RESULT_NEUTRAL;
	default:
		return RESULT_PASS;
	}
}

bool
spf_is_domain(struct str name)
{
	struct str label;
	size_t labels = 0;

	if (name.len > 0 && name.data[name.len - 1] == '.')
		name.len--;
	if (name.len == 0 || name.len > SPF_NAME_MAX || name.data[0] == '[')
		return false;
	while (str_cut(&name, '.', &label)) {
		if (label.len == 0 || label.len > 63)
			return false;
		labels++;
	}
	return labels > 1;
}

/* A look-up that a term needs.  False when it stopped the evaluation. */
static bool
ask(struct spf_eval *e, struct str name, enum dns_type type,
    struct dns_answer *answer)
{
	const char *text = arena_text(e->arena, name);

	dns_lookup(e->dns, text, type, e->deadline, e->arena, answer);
	e->insecure |= !answer->secure;
	if (answer->status >= DNS_SERVFAIL)
		return spf_stop(e, RESULT_TEMPERROR, "DNS %s for %s",
		    answer->status == DNS_TIMEOUT ? "timeout" : "failure",
		    text);
	return true;
}

/* The same, counted when it finds nothing (RFC 7208 4.6.4). */
static bool
ask_counted(struct spf_eval *e, struct str name, enum dns_type type,
    struct dns_answer *answer)
{
	if (!ask(e, name, type, answer))
		return false;
	if (answer->status == DNS_OK || ++e->voids <= e->conf->max_voids)
		return true;
	return spf_stop(e, RESULT_PERMERROR,
	    "more than %u look-ups that find nothing", e->conf->max_voids);
}

bool
spf_fetch(struct spf_eval *e, struct str name, struct spf_domain *out)
{
	struct str text = {NULL, 0};
	struct dns_answer answer;
	struct error error;
	size_t i;

	if (!ask(e, name, DNS_TXT, &answer))
		return false;
	for (i = 0; i < answer.count; i++) {
		if (!spf_record_is_spf(answer.records[i].data))
			continue;
		if (text.data)
			return spf_stop(e, RESULT_PERMERROR,
			    "%.*s has several SPF records", (int)name.len,
			    name.data);
		text = answer.records[i].data;
	}
	if (!text.data)
		return false;
	out->name = name;
	return spf_record_parse(text, e->arena, &out->record, &error) ||
	    spf_stop(e, RESULT_PERMERROR, "%.*s: %s", (int)name.len, name.data,
		error.text);
}

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
 * The client's names that point back to it (RFC 7208 5.5), found once.  Errors
 * only mean that a name is not validated.
 */
static void
find_names(struct spf_eval *e)
{
	struct ip_net self = {e->macros.ip, e->macros.ip.bits};
	struct dns_answer ptr, back;
	const char *name;
	size_t i;

	if (e->names_known)
		return;
	e->names_known = true;
	dns_lookup(e->dns, ip_reverse_name(&self.base, e->arena).data, DNS_PTR,
	    e->deadline, e->arena, &ptr);
	for (i = 0; i < ptr.count && i < SPF_PTR_MAX; i++) {
		name = arena_text(e->arena, ptr.records[i].data);
		dns_lookup(e->dns, name, address_type(e), e->deadline, e->arena,
		    &back);
		if (!has_address(&back, &self))
			continue;
		e->names = arena_push(
		    e->arena, e->names, e->name_count, sizeof(*e->names));
		e->names[e->name_count++] = ptr.records[i].data;
	}
}

/* For %{p}: the domain itself, a name below it, any name. */
static struct str
validated_name(void *context)
{
	struct spf_eval *e = context;
	struct str best = str_c("unknown");
	size_t i;

	find_names(e);
	for (i = 0; i < e->name_count; i++)
		if (str_case_eq(e->names[i], e->macros.domain))
			return e->names[i];
	for (i = 0; i < e->name_count; i++)
		if (ends_in_domain(e->names[i], e->macros.domain))
			return e->names[i];
	return e->name_count ? e->names[0] : best;
}

static struct str
expand(struct spf_eval *e, struct str domain, struct str text)
{
	e->macros.domain = domain;
	e->macros.validated = validated_name;
	e->macros.context = e;
	return spf_macro_expand(text, &e->macros, e->arena);
}

bool
spf_target(struct spf_eval *e, const struct spf_domain *in, struct str spec,
    struct str *out)
{
	*out = in->name;
	if (spec.len == 0)
		return true;
	if (spf_macro_has_p(spec) && !e->names_known && !spf_count_lookup(e))
		return false;
	*out = spf_macro_fit(expand(e, in->name, spec));
	return true;
}

static bool
matches_a(struct spf_eval *e, struct str name, const struct ip_net *net)
{
	struct dns_answer answer;

	return ask_counted(e, name, address_type(e), &answer) &&
	    has_address(&answer, net);
}

static bool
matches_mx(struct spf_eval *e, struct str name, const struct ip_net *net)
{
	struct dns_answer mx, answer;
	size_t i;

	if (!ask_counted(e, name, DNS_MX, &mx))
		return false;
	if (mx.count > SPF_MX_MAX)
		return spf_stop(e, RESULT_PERMERROR,
		    "%.*s has more than %d mail exchangers", (int)name.len,
		    name.data, SPF_MX_MAX);
	for (i = 0; i < mx.count; i++) {
		if (!ask_counted(
			e, mx.records[i].data, address_type(e), &answer))
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
	for (i = 0; i < e->name_count; i++)
		if (ends_in_domain(e->names[i], name))
			return true;
	return false;
}

static bool
matches_exists(struct spf_eval *e, struct str name)
{
	struct dns_answer answer;

	return ask_counted(e, name, DNS_A, &answer) && answer.status == DNS_OK;
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

bool
spf_matches(struct spf_eval *e, const struct spf_domain *in,
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

static bool
is_text(struct str s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (s.data[i] < 0x20 || s.data[i] > 0x7e)
			return false;
	return true;
}

struct str
spf_explain(struct spf_eval *e)
{
	const struct spf_domain *in = e->decided;
	struct dns_answer answer;
	struct str name, text;

	if (!in || in->record.exp.len == 0)
		return str_c("");
	name = spf_macro_fit(expand(e, in->name, in->record.exp));
	dns_lookup(e->dns, arena_text(e->arena, name), DNS_TXT, e->deadline,
	    e->arena, &answer);
	if (answer.status != DNS_OK || answer.count != 1)
		return str_c("");
	text = answer.records[0].data;
	if (text.len > SPF_TEXT_MAX || !is_text(text) ||
	    !spf_macro_is_valid(text, true))
		return str_c("");
	text = expand(e, in->name, text);
	return is_text(text) ? text : str_c("");
}
