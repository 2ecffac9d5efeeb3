/*
 * spf_filter: the link of the chain that checks SPF.
 *
 * One finding for MAIL FROM, or for HELO when the sender is null.  What
 * follows from it is the admin's to say: on_fail and its like.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "spf_check.h"
#include "spf_filter.h"

static bool
skips_domain(const struct spf_conf *conf, struct str sender)
{
	struct str domain = str_from(sender, str_find_last(sender, '@') + 1);
	size_t i;

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
	if (skips_domain(conf, str_c(e->sender)))
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
	d[5] = (struct detail) {
	    "dnssec", str_c(r->secure ? "secure" : "insecure"), 0};
	scan_add_finding(scan, &finding);
}

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

static void
refuse(struct scan *scan, const struct spf_result *r, bool for_good)
{
	bool error = r->result >= RESULT_TEMPERROR;
	struct str words = r->explanation.len ?
	    r->explanation :
	    str_c(r->problem[0] ? r->problem : "SPF check failed");
	struct wish wish = {
	    .action = for_good ? ACTION_REJECT : ACTION_DEFER,
	    .code = for_good ? 550 : 451,
	    .enhanced = for_good ? "5.7.23" :
		error            ? "4.4.3" :
				   "4.7.23",
	    .text = arena_printf(scan->arena, "SPF %s: %.*s",
		result_word(r->result), (int)str_head(words, 200).len,
		words.data)
			.data,
	    .source = "spf",
	};

	scan_add_wish(scan, &wish);
}

static void
react(
    const struct spf_conf *conf, struct scan *scan, const struct spf_result *r)
{
	const struct reaction *reaction = reaction_to(conf, r->result);

	if (!reaction || reaction->kind == REACTION_IGNORE)
		return;
	if (reaction->kind == REACTION_SCORE)
		scan_add_points(scan, reaction->score,
		    arena_printf(scan->arena, "spf %s", result_word(r->result))
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

static void
check(const void *self, void *lane, enum stage stage, struct scan *scan)
{
	const struct spf_conf *conf = self;
	const char *skip = skip_reason(conf, scan);
	struct spf_query query = {
	    .ip = scan->envelope->client,
	    .helo = scan->envelope->helo,
	    .sender = scan->envelope->sender,
	    .receiver = scan->envelope->receiver,
	    .time = scan->time,
	};
	struct spf_result result;

	(void)lane;
	(void)stage;
	if (skip) {
		scan_add_unchecked(scan, "spf", "%s", skip);
		return;
	}
	spf_check_host(conf, scan->dns, deadline_of(conf, scan), scan->arena,
	    &query, &result);
	add_finding(scan, &result);
	react(conf, scan, &result);
}

const struct filter spf_filter = {
    .name = "spf",
    .summary = "who may send mail for the sender's domain (RFC 7208)",
    .stages = 1u << STAGE_MAIL,
    .settings = spf_settings,
    .config_size = sizeof(struct spf_conf),
    .check = check,
};
