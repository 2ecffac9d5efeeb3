/*
 * spf_libspf2: libspf2 behind the guard.
 *
 * The library never sees an octet from DNS.  It is given records that are made
 * here of tokens, one for each term, "v=spf1 -exists:t3.g +include:t4.g", and
 * what it asks about a token is answered from our own evaluation of the term.
 * So it decides on order, qualifiers, include and redirect, and its parser,
 * macro expander and limits, which are unsafe, have nothing to work on.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <arpa/nameser.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include <netinet/in.h>

#include <spf2/spf.h>
#include <spf2/spf_dns.h>

#include "postern/log.h"
#include "postern/strbuf.h"

#include "spf_eval.h"

/* Each record brings at most as many terms as look-ups are left, and two. */
enum { TOKENS_MAX = (SPF_LOOKUPS_MAX + 2) * (SPF_LOOKUPS_MAX + 2) };

struct token {
	struct guard *guard;
	struct spf_domain *parent;   /* the record it stands in */
	const struct spf_term *term; /* NULL: a redirect, or the start */
	struct token *within;        /* the include whose record that is */
	struct spf_domain inner;     /* include, redirect: what it leads to */
};

struct guard {
	struct spf_eval *eval;
	struct str start;
	struct token *tokens[TOKENS_MAX];
	size_t count;
};

static struct token *
token_new(struct guard *guard, struct spf_domain *parent,
    const struct spf_term *term, struct token *within, size_t *number)
{
	struct token *t;

	if (guard->count == TOKENS_MAX)
		panic("spf: %zu tokens", guard->count);
	t = arena_alloc(guard->eval->arena, sizeof(*t));
	*t = (struct token) {
	    .guard = guard, .parent = parent, .term = term, .within = within};
	*number = guard->count;
	guard->tokens[guard->count++] = t;
	return t;
}

/* "t12.g" to its token, or NULL. */
static struct token *
token_find(const struct guard *guard, const char *name)
{
	struct str text = str_c(name);
	uint64_t number;

	if (text.len < 4 || text.data[0] != 't' ||
	    !str_to_uint(str_from(str_head(text, str_find(text, '.')), 1),
		TOKENS_MAX, &number) ||
	    number >= guard->count)
		return NULL;
	return guard->tokens[number];
}

/*
 * Left out is what cannot match, what follows a term that is sure to match,
 * and what could be reached only beyond the look-up limit; so a record of any
 * length stays short.
 */
static bool
is_needless(const struct spf_eval *e, const struct spf_term *term)
{
	return (term->kind == SPF_IP4 || term->kind == SPF_IP6) &&
	    !ip_net_has(&term->net, &e->macros.ip);
}

static bool
is_certain(const struct spf_term *term)
{
	return term->kind == SPF_ALL || term->kind == SPF_IP4 ||
	    term->kind == SPF_IP6;
}

static void
write_terms(struct token *t, struct strbuf *out, bool *ended)
{
	struct spf_record *record = &t->inner.record;
	struct token *within = t->term ? t : t->within;
	const struct spf_eval *e = t->guard->eval;
	size_t room = spf_lookup_limit(e) - e->lookups + 1, i, number;

	for (i = 0; i < record->count && !*ended; i++) {
		const struct spf_term *term = &record->terms[i];

		if (is_needless(e, term))
			continue;
		token_new(t->guard, &t->inner, term, within, &number);
		strbuf_printf(out, " %c%s:t%zu.g", term->qualifier,
		    term->kind == SPF_INCLUDE ? "include" : "exists", number);
		*ended = is_certain(term) || --room == 0;
	}
}

static void
write_record(struct token *t, struct strbuf *out)
{
	struct token *within = t->term ? t : t->within;
	bool ended = false;
	size_t number;

	strbuf_puts(out, "v=spf1");
	write_terms(t, out, &ended);
	if (ended || t->inner.record.redirect.len == 0)
		return;
	token_new(t->guard, &t->inner, NULL, within, &number);
	strbuf_printf(out, " redirect=t%zu.g", number);
}

/* Fetches the record that a token leads to. */
static bool
enter(struct token *t)
{
	struct spf_eval *e = t->guard->eval;
	bool start = !t->parent;
	struct str name = t->guard->start, spec;

	if (!start) {
		spec = t->term ? t->term->domain : t->parent->record.redirect;
		if (!spf_count_lookup(e) ||
		    !spf_target(e, t->parent, spec, &name))
			return false;
	}
	if (spf_is_domain(name) &&
	    spf_fetch(e, name, start ? 0 : t->parent->depth + 1, &t->inner))
		return true;
	if (start)
		spf_stop(e, RESULT_NONE, "%s", "");
	return spf_stop(e, RESULT_PERMERROR, "%s %.*s: no SPF record",
	    t->term ? "include of" : "redirect to", (int)name.len, name.data);
}

/* A match in an included record is one of the include only when it passes. */
static void
note_match(struct token *t)
{
	struct spf_eval *e = t->guard->eval;

	while (t->within && t->term->qualifier == '+')
		t = t->within;
	if (t->within)
		return;
	e->term = t->term->text;
	e->decided = t->parent;
}

static SPF_dns_rr_t *
answer_nothing(SPF_dns_server_t *dns, const char *name, ns_type type, int why)
{
	SPF_dns_rr_t *rr = SPF_dns_rr_new_init(dns, name, type, 0, why);

	if (!rr)
		abort(); /* memory ended; the library would dereference it */
	return rr;
}

static SPF_dns_rr_t *
answer_txt(SPF_dns_server_t *dns, const char *name, struct token *t)
{
	SPF_dns_rr_t *rr;
	struct strbuf text;

	if (!enter(t))
		return answer_nothing(dns, name, ns_t_txt, TRY_AGAIN);
	strbuf_init(&text);
	write_record(t, &text);
	rr = answer_nothing(dns, name, ns_t_txt, NETDB_SUCCESS);
	if (SPF_dns_rr_buf_realloc(rr, 0, text.len + 1) != SPF_E_SUCCESS)
		abort();
	memcpy(rr->rr[0]->txt, text.data, text.len + 1);
	rr->num_rr = 1;
	strbuf_clear(&text);
	return rr;
}

static SPF_dns_rr_t *
answer_a(SPF_dns_server_t *dns, const char *name, struct token *t)
{
	SPF_dns_rr_t *rr;

	if (!spf_matches(t->guard->eval, t->parent, t->term))
		return answer_nothing(dns, name, ns_t_a,
		    t->guard->eval->stopped ? TRY_AGAIN : HOST_NOT_FOUND);
	note_match(t);
	rr = answer_nothing(dns, name, ns_t_a, NETDB_SUCCESS);
	if (SPF_dns_rr_buf_realloc(rr, 0, sizeof(struct in_addr)) !=
	    SPF_E_SUCCESS)
		abort();
	rr->rr[0]->a.s_addr = htonl(0x7f000002);
	rr->num_rr = 1;
	return rr;
}

static SPF_dns_rr_t *
lookup(SPF_dns_server_t *dns, const char *name, ns_type type, int cache)
{
	struct guard *guard = dns->hook;
	struct token *t = token_find(guard, name);

	(void)cache;
	if (guard->eval->stopped)
		return answer_nothing(dns, name, type, TRY_AGAIN);
	if (t && type == ns_t_txt)
		return answer_txt(dns, name, t);
	if (t && type == ns_t_a && t->term && t->term->kind != SPF_INCLUDE)
		return answer_a(dns, name, t);
	return answer_nothing(dns, name, type, HOST_NOT_FOUND);
}

static enum result
convert(SPF_result_t result)
{
	switch (result) {
	case SPF_RESULT_PASS:
		return RESULT_PASS;
	case SPF_RESULT_FAIL:
		return RESULT_FAIL;
	case SPF_RESULT_SOFTFAIL:
		return RESULT_SOFTFAIL;
	case SPF_RESULT_NEUTRAL:
		return RESULT_NEUTRAL;
	case SPF_RESULT_NONE:
		return RESULT_NONE;
	case SPF_RESULT_TEMPERROR:
		return RESULT_TEMPERROR;
	default:
		return RESULT_PERMERROR;
	}
}

static void
query(struct spf_eval *e, SPF_server_t *server)
{
	SPF_request_t *request = SPF_request_new(server);
	SPF_response_t *response = NULL;
	enum result result = RESULT_TEMPERROR;

	SPF_request_set_ipv4_str(request, "192.0.2.1");
	SPF_request_set_helo_dom(request, "t0.g");
	SPF_request_set_env_from(request, "x@t0.g");
	SPF_request_query_mailfrom(request, &response);
	if (response)
		result = convert(SPF_response_result(response));
	if (!e->stopped)
		e->result = result;
	if (!e->stopped && result >= RESULT_TEMPERROR)
		e->problem = "libspf2 failed";
	SPF_response_free(response);
	SPF_request_free(request);
}

void
spf_run_libspf2(struct spf_eval *e, struct str domain)
{
	struct guard guard = {.eval = e, .start = domain};
	SPF_dns_server_t dns = {
	    .lookup = lookup, .name = "guard", .hook = &guard};
	SPF_server_t *server;
	size_t number;

	token_new(&guard, NULL, NULL, NULL, &number); /* t0.g: the start */
	server = SPF_server_new_dns(&dns, 0);
	if (!server) {
		spf_stop(e, RESULT_TEMPERROR, "libspf2 has no memory");
		return;
	}
	SPF_server_set_max_dns_mech(server, TOKENS_MAX);
	SPF_server_set_rec_dom(server, "r.g");
	query(e, server);
	SPF_server_free(server);
}
