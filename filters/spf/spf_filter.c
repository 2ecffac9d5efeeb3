/*
 * spf_filter: the link of the chain that checks SPF.
 *
 * A finding for MAIL FROM and one for HELO, or for HELO alone when the sender
 * is null; that of MAIL FROM comes first, because DMARC wants it.  What
 * follows from them is the admin's to say: on_fail and its like.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "spf_check.h"
#include "spf_eval.h"
#include "spf_filter.h"

/* identity: a sender, or a name from HELO. */
static bool
skips_domain(const struct spf_conf *conf, struct str identity)
{
	size_t at = str_find_last(identity, '@'), i;
	struct str domain =
	    at < identity.len ? str_from(identity, at + 1) : identity;

	for (i = 0; i < conf->skip_domains.count; i++)
		if (str_case_is(domain, conf->skip_domains.at[i]))
			return true;
	return false;
}

/* Why nothing is checked, or NULL. */
static const char *
skip_reason(const struct spf_conf *conf, const struct scan *scan)
{
	const struct envelope *e = scan->envelope;

	if (e->client.bits == 0)
		return "no client address";
	if (scan->authenticated && conf->skip_authenticated)
		return "authenticated client";
	if (ip_nets_have(&conf->skip_networks, &e->client))
		return "skip_networks";
	if (skips_domain(conf, str_c(e->sender[0] ? e->sender : e->helo)))
		return "skip_domains";
	return NULL;
}

static void
add_finding(struct scan *scan, const struct spf_result *r)
{
	const struct envelope *e = scan->envelope;
	struct property *p = arena_array(scan->arena, 1, sizeof(*p));
	struct detail *d = arena_array(scan->arena, 6, sizeof(*d));
	struct finding finding = {
	    .method = "spf",
	    .result = r->result,
	    .reason = str_c(r->problem),
	    .properties = p,
	    .property_count = 1,
	    .details = d,
	    .detail_count = 6,
	};

	p[0] = r->helo_identity ?
	    (struct property) {"smtp", "helo", str_c(e->helo)} :
	    (struct property) {"smtp", "mailfrom", str_c(e->sender)};
	d[0] = (struct detail) {"explanation", r->explanation, 0};
	d[1] = (struct detail) {"term", r->term, 0};
	d[2] = (struct detail) {"lookups", {NULL, 0}, r->lookups};
	d[3] = (struct detail) {"void", {NULL, 0}, r->voids};
	d[4] = (struct detail) {"problem", str_c(r->problem), 0};
	d[5] = (struct detail) {"dnssec", str_c(spf_dnssec_word(r)), 0};
	scan_add_finding(scan, &finding);
}

/* To what MAIL FROM gave, with a null sender too (RFC 7208 2.4). */
static const struct reaction *
reaction_to(const struct spf_conf *conf, enum result result)
{
	switch (result) {
	case RESULT_FAIL:
		return &conf->on_fail;
	case RESULT_SOFTFAIL:
		return &conf->on_softfail;
	case RESULT_PERMERROR:
		return &conf->on_permerror;
	case RESULT_TEMPERROR:
		return &conf->on_temperror;
	default:
		return NULL;
	}
}

/* "SPF fail: example.org explains: ..."; who speaks is said (RFC 7208 8.4). */
static const char *
words(struct scan *scan, const struct spf_result *r)
{
	struct str text = r->explanation.len ? r->explanation :
	    r->problem[0]                    ? str_c(r->problem) :
					       str_c("SPF check failed");
	struct str domain = str_head(r->domain, r->explained ? 100 : 0);

	text = str_head(text, 200);
	return spf_printable(
	    arena_printf(scan->arena, "SPF %s%s: %.*s%s%.*s",
		r->helo_identity ? "HELO " : "", result_word(r->result),
		(int)domain.len, domain.data, r->explained ? " explains: " : "",
		(int)text.len, text.data),
	    scan->arena)
	    .data;
}

/* RFC 7372 3.2; what DNS did not answer is RFC 7208 8.6. */
static const char *
enhanced(enum result result, bool for_good)
{
	if (result == RESULT_TEMPERROR)
		return for_good ? "5.7.24" : "4.4.3";
	if (result == RESULT_PERMERROR)
		return for_good ? "5.7.24" : "4.7.24";
	return for_good ? "5.7.23" : "4.7.23";
}

static void
refuse(struct scan *scan, const struct spf_result *r, bool for_good)
{
	struct wish wish = {
	    .action = for_good ? ACTION_REJECT : ACTION_DEFER,
	    .code = for_good ? 550 : 451,
	    .enhanced = enhanced(r->result, for_good),
	    .text = words(scan, r),
	    .source = "spf",
	};

	scan_add_wish(scan, &wish);
}

static void
react(struct scan *scan, const struct reaction *reaction,
    const struct spf_result *r)
{
	if (!reaction || reaction->kind == REACTION_IGNORE)
		return;
	if (reaction->kind == REACTION_SCORE)
		scan_add_points(scan, reaction->score,
		    arena_printf(scan->arena, "spf %s%s",
			r->helo_identity ? "helo " : "", result_word(r->result))
			.data);
	else
		refuse(scan, r, reaction->kind == REACTION_REJECT);
}

static int64_t
deadline_of(const struct spf_conf *conf, const struct scan *scan)
{
	int64_t own = dns_now(scan->dns) + conf->timeout;

	return own < scan->deadline ? own : scan->deadline;
}

/* sender "": HELO. */
static void
check_identity(const struct spf_conf *conf, struct scan *scan,
    const char *sender, int64_t deadline, struct spf_result *result)
{
	struct spf_query query = {
	    .ip = scan->envelope->client,
	    .helo = scan->envelope->helo,
	    .sender = sender,
	    .receiver = scan->envelope->receiver,
	    .time = scan->time,
	};

	spf_check_host(conf, scan->dns, deadline, scan->arena, &query, result);
	add_finding(scan, result);
}

static void
check(const void *self, void *lane, enum stage stage, struct scan *scan)
{
	const struct spf_conf *conf = self;
	const struct envelope *e = scan->envelope;
	const char *skip = skip_reason(conf, scan);
	struct spf_result result;
	int64_t deadline;
	bool both = e->sender[0] && conf->check_helo &&
	    !skips_domain(conf, str_c(e->helo)) &&
	    spf_is_domain(str_c(e->helo));

	(void)lane;
	(void)stage;
	if (skip) {
		scan_add_unchecked(scan, "spf", "%s", skip);
		return;
	}
	deadline = deadline_of(conf, scan);
	if (both)
		dns_prefetch(scan->dns, e->helo, DNS_TXT);
	check_identity(conf, scan, e->sender, deadline, &result);
	react(scan, reaction_to(conf, result.result), &result);
	if (!both)
		return;
	check_identity(conf, scan, "", deadline, &result);
	if (result.result == RESULT_FAIL)
		react(scan, &conf->on_helo_fail, &result);
}

static void *
open_filter(const void *config, struct problems *problems)
{
	const struct spf_conf *conf = config;

	if (conf->max_lookups > SPF_LOOKUPS_MAX)
		problem_add(problems, NULL, 0,
		    "filter \"spf\": max_lookups is at most %d",
		    SPF_LOOKUPS_MAX);
	return conf->max_lookups > SPF_LOOKUPS_MAX ? NULL : (void *)config;
}

const struct filter spf_filter = {
    .name = "spf",
    .summary = "who may send mail for the sender's domain (RFC 7208)",
    .stages = 1u << STAGE_MAIL,
    .settings = spf_settings,
    .config_size = sizeof(struct spf_conf),
    .open = open_filter,
    .check = check,
};
