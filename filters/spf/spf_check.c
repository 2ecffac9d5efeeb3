/*
 * spf_check: who may send mail for a domain.
 *
 * Prepares the identity, lets the engine decide, and puts the result in words.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "spf_check.h"
#include "spf_eval.h"

static const char *const engine_words[] = {"libspf2", "internal", NULL};

/* clang-format off */
const struct setting spf_settings[] = {
	SETTING(spf_conf, on_fail, SETTING_REACTION, "3.0",
	    "When the domain says that the client may not send its mail.",
	    NULL),
	SETTING(spf_conf, on_softfail, SETTING_REACTION, "1.0",
	    "When the domain says that the client probably may not.", NULL),
	SETTING(spf_conf, on_permerror, SETTING_REACTION, "0.5",
	    "When the domain's record is wrong.", NULL),
	SETTING(spf_conf, on_temperror, SETTING_REACTION, "ignore",
	    "When DNS did not answer.", NULL),
	SETTING(spf_conf, check_helo, SETTING_BOOL, "yes",
	    "Whether the name in HELO is checked as well (RFC 7208 2.3).",
	    NULL),
	SETTING(spf_conf, on_helo_fail, SETTING_REACTION, "1.0",
	    "When that domain says that the client may not use its name.",
	    NULL),
	SETTING(spf_conf, timeout, SETTING_DURATION, "20s",
	    "Longest time for SPF at one MAIL command.", NULL),
	SETTING(spf_conf, engine, SETTING_WORD, "libspf2",
	    "libspf2 (behind the guard), or internal.", engine_words),
	SETTING(spf_conf, max_lookups, SETTING_COUNT, "10",
	    "Terms that may ask DNS (RFC 7208 4.6.4); 20 at most.", NULL),
	SETTING(spf_conf, max_voids, SETTING_COUNT, "2",
	    "Look-ups that may find nothing (RFC 7208 4.6.4).", NULL),
	SETTING(spf_conf, skip_networks, SETTING_NETS, "",
	    "Clients that are not checked, such as your own forwarders.",
	    NULL),
	SETTING(spf_conf, skip_domains, SETTING_TEXTS, "",
	    "Sender domains that are not checked.", NULL),
	SETTING(spf_conf, skip_authenticated, SETTING_BOOL, "yes",
	    "Clients that logged in are not checked.", NULL),
	{.name = NULL},
};
/* clang-format on */

/* Who is asked about: MAIL FROM, or postmaster@HELO (RFC 7208 2.4). */
static struct str
set_identity(
    struct spf_macros *m, const struct spf_query *query, struct arena *arena)
{
	struct str sender = str_c(query->sender);
	size_t at;

	m->helo = str_c(query->helo);
	if (sender.len == 0)
		sender = arena_printf(arena, "postmaster@%s", query->helo);
	at = str_find_last(sender, '@');
	if (at == sender.len) { /* no @: all of it is the domain (4.3) */
		m->local = str_c("postmaster");
		m->origin = sender;
	} else {
		m->local = at ? str_head(sender, at) : str_c("postmaster");
		m->origin = str_from(sender, at + 1);
	}
	m->sender = arena_printf(arena, "%.*s@%.*s", (int)m->local.len,
	    m->local.data, (int)m->origin.len, m->origin.data);
	return m->origin;
}

static struct str
default_words(const struct spf_eval *e, struct str domain)
{
	char ip[IP_TEXT_MAX];

	return spf_printable(
	    arena_printf(e->arena, "%s is not allowed to send mail for %.*s",
		ip_format(&e->macros.ip, ip), (int)domain.len, domain.data),
	    e->arena);
}

static void
run(struct spf_eval *e, struct str domain)
{
	if (!spf_is_domain(domain)) {
		e->result = RESULT_NONE;
		e->problem = "not a domain";
		return;
	}
	if (e->conf->engine == SPF_ENGINE_INTERNAL)
		spf_run_internal(e, domain);
	else
		spf_run_libspf2(e, domain);
}

const char *
spf_dnssec_word(const struct spf_result *result)
{
	return result->bogus ? "bogus" : result->secure ? "secure" : "insecure";
}

void
spf_check_host(const struct spf_conf *conf, struct dns *dns, int64_t deadline,
    struct arena *arena, const struct spf_query *query, struct spf_result *out)
{
	struct spf_eval e = {.conf = conf,
	    .query = query,
	    .dns = dns,
	    .deadline = deadline,
	    .arena = arena,
	    .problem = "",
	    .result = RESULT_NONE,
	    .term = {"", 0}};

	*out = (struct spf_result) {.helo_identity = query->sender[0] == '\0'};
	e.macros.ip = query->ip;
	e.macros.receiver = str_c(query->receiver);
	e.macros.time = query->time;
	out->domain = set_identity(&e.macros, query, arena);
	run(&e, out->domain);
	out->result = e.result;
	out->problem = e.problem;
	out->term = e.stopped ? str_c("") : e.term;
	out->lookups = e.lookups;
	out->voids = e.voids;
	out->secure = e.asked > 0 && !e.insecure;
	out->bogus = e.bogus;
	out->explanation = str_c("");
	if (!e.stopped && e.result != RESULT_NONE)
		spf_tell(&e, (struct spf_event) {.step = SPF_STEP_DECIDED});
	if (e.result == RESULT_FAIL) {
		out->explanation = spf_explain(&e);
		out->explained = out->explanation.len > 0;
		if (!out->explained)
			out->explanation = default_words(&e, out->domain);
	}
	out->asked = e.asked;
}
