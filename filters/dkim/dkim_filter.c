/*
 * dkim_filter: the link of the chain that verifies DKIM (RFC 6376).
 *
 * One finding for each signature, in header order.  A bad signature alone is
 * no reason to refuse a mail (RFC 6376 6.3); the settings can give it points.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "postern/xalloc.h"

#include "bodyhash.h"
#include "dkim_filter.h"
#include "engine.h"

enum engine_choice { ENGINE_OPENDKIM, ENGINE_NATIVE };

struct dkim_conf {
	int engine;
	unsigned min_bits;
	unsigned max_seen;
	unsigned max_verified;
	int64_t timeout;
	struct reaction on_fail;
	struct reaction on_none;
	struct reaction on_temperror;
};

struct dkim_self {
	struct dkim_conf conf;
	struct opendkim_library *lib;
};

static const char *const engine_words[] = {"opendkim", "native", NULL};

/* clang-format off */
static const struct setting settings[] = {
	SETTING(dkim_conf, engine, SETTING_WORD, "opendkim",
	    "opendkim (the library, behind a front end) or native.",
	    engine_words),
	SETTING(dkim_conf, min_bits, SETTING_COUNT, "1024",
	    "RSA keys with fewer bits give policy (RFC 8301).", NULL),
	SETTING(dkim_conf, max_seen, SETTING_COUNT, "20",
	    "Signatures of one mail that are looked at.", NULL),
	SETTING(dkim_conf, max_verified, SETTING_COUNT, "8",
	    "Signatures of one mail that are verified.", NULL),
	SETTING(dkim_conf, timeout, SETTING_DURATION, "10s",
	    "Longest wait for the keys of one mail.", NULL),
	SETTING(dkim_conf, on_fail, SETTING_REACTION, "ignore",
	    "When there are signatures and none of them passes.", NULL),
	SETTING(dkim_conf, on_none, SETTING_REACTION, "ignore",
	    "When there is no signature.", NULL),
	SETTING(dkim_conf, on_temperror, SETTING_REACTION, "ignore",
	    "When a key could not be looked up and no signature passes.",
	    NULL),
	{.name = NULL},
};
/* clang-format on */

/* One mail's passage. */
struct pass {
	const struct dkim_self *self;
	struct scan *scan;
	int64_t deadline;
	struct signature *sigs;
	size_t count;
	struct bodyhash *hashes; /* shared between signatures */
	size_t hash_count;
};

static void *
dkim_open(const void *config, struct problems *problems)
{
	struct dkim_self *self = xcalloc(1, sizeof(*self));

	self->conf = *(const struct dkim_conf *)config;
	self->lib = engine_opendkim_open();
	if (self->lib)
		return self;
	problem_add(problems, NULL, 0, "dkim: libopendkim does not start");
	free(self);
	return NULL;
}

static void
dkim_close_filter(void *arg)
{
	struct dkim_self *self = arg;

	engine_opendkim_close(self->lib);
	free(self);
}

/* Every signature that is looked at, parsed. */
static void
collect(struct pass *p)
{
	const struct message *m = p->scan->message;
	size_t i, seen = 0;

	p->sigs = arena_array(
	    p->scan->arena, p->self->conf.max_seen + 1, sizeof(*p->sigs));
	for (i = 0; i < m->field_count; i++) {
		if (!str_case_is(m->fields[i].name, "DKIM-Signature"))
			continue;
		if (++seen <= p->self->conf.max_seen)
			signature_parse(&m->fields[i], p->scan->time,
			    p->scan->arena, &p->sigs[p->count++]);
	}
	if (seen > p->count)
		scan_add_unchecked(p->scan, "dkim",
		    "%zu signatures beyond the first %zu", seen - p->count,
		    p->count);
}

static const char *
key_name(const struct pass *p, const struct signature *sig)
{
	return arena_printf(p->scan->arena, "%.*s._domainkey.%.*s",
	    (int)sig->selector.len, sig->selector.data, (int)sig->domain.len,
	    sig->domain.data)
	    .data;
}

/* Those beyond the limit are settled; the keys of the others are asked for. */
static void
prefetch(struct pass *p)
{
	unsigned left = p->self->conf.max_verified;
	size_t i;

	for (i = 0; i < p->count; i++) {
		if (p->sigs[i].result != RESULT_NONE)
			continue;
		if (left == 0) {
			signature_settle(&p->sigs[i], RESULT_NEUTRAL,
			    "not verified: too many signatures");
			scan_add_unchecked(
			    p->scan, "dkim", "signature %zu", i + 1);
			continue;
		}
		left--;
		dns_prefetch(p->scan->dns, key_name(p, &p->sigs[i]), DNS_TXT);
	}
}

static void
breathe(void *context)
{
	scan_breathe(context);
}

static const struct bodyhash *
body_hash(struct pass *p, const struct signature *sig)
{
	struct bodyhash *h;
	size_t i;

	for (i = 0; i < p->hash_count; i++) {
		h = &p->hashes[i];
		if (h->relaxed == sig->relaxed_body &&
		    h->has_limit == sig->has_length && h->limit == sig->length)
			return h;
	}
	p->hashes = arena_push(
	    p->scan->arena, p->hashes, p->hash_count, sizeof(*p->hashes));
	h = &p->hashes[p->hash_count++];
	h->relaxed = sig->relaxed_body;
	h->has_limit = sig->has_length;
	h->limit = sig->length;
	bodyhash_compute(h, p->scan->message->body, breathe, p->scan);
	return h;
}

/* False when the body is not what was signed. */
static bool
check_body(struct pass *p, struct signature *sig)
{
	const struct bodyhash *h = body_hash(p, sig);

	if (sig->has_length && sig->length > h->size) {
		signature_settle(
		    sig, RESULT_FAIL, "l= is larger than the body");
		return false;
	}
	if (memcmp(h->digest, sig->bh.data, sizeof(h->digest)) == 0)
		return true;
	signature_settle(sig, RESULT_FAIL, "body hash does not match");
	return false;
}

static bool
verify(struct pass *p, const struct signature *sig, const struct keyrecord *key)
{
	const struct message *m = p->scan->message;
	struct arena *arena = p->scan->arena;
	bool passed;

	if (p->self->conf.engine == ENGINE_OPENDKIM &&
	    engine_opendkim_takes(m, sig, key) &&
	    engine_opendkim(p->self->lib, m, sig, key, arena, &passed))
		return passed;
	return engine_native(m, sig, key, arena);
}

static void
use_key(struct pass *p, struct signature *sig, const struct keyrecord *key)
{
	struct str identity =
	    str_from(sig->identity, str_find_last(sig->identity, '@') + 1);

	sig->bits = key->bits;
	if (key->strict && !str_case_eq(identity, sig->domain))
		signature_settle(sig, RESULT_PERMERROR,
		    "the key (t=s) does not allow i= in a subdomain");
	else if (key->rsa && key->bits < p->self->conf.min_bits)
		signature_settle(sig, RESULT_POLICY, "the key is too short");
	else if (key->rsa && key->bits > 8192)
		signature_settle(sig, RESULT_POLICY, "the key is too long");
	else if (!check_body(p, sig))
		return;
	else if (verify(p, sig, key))
		signature_settle(sig, RESULT_PASS, "");
	else
		signature_settle(sig, RESULT_FAIL, "signature does not verify");
}

/* The first record that can serve; the reason is that of the last. */
static void
try_records(
    struct pass *p, struct signature *sig, const struct dns_answer *answer)
{
	struct keyrecord key;
	struct error error;
	size_t i;

	for (i = 0; i < answer->count; i++) {
		if (!keyrecord_parse(answer->records[i].data, sig,
			p->scan->arena, &key, &error))
			continue;
		use_key(p, sig, &key);
		EVP_PKEY_free(key.key);
		return;
	}
	signature_settle(sig, RESULT_PERMERROR,
	    arena_text(p->scan->arena, str_c(error.text)));
}

static void
check_signature(struct pass *p, struct signature *sig)
{
	struct dns_answer answer;

	if (sig->result != RESULT_NONE)
		return;
	dns_lookup(p->scan->dns, key_name(p, sig), DNS_TXT, p->deadline,
	    p->scan->arena, &answer);
	if (answer.status == DNS_OK)
		try_records(p, sig, &answer);
	else if (answer.status >= DNS_SERVFAIL)
		signature_settle(
		    sig, RESULT_TEMPERROR, "the key could not be looked up");
	else
		signature_settle(sig, RESULT_PERMERROR, "key not found");
}

static void
add_finding(struct pass *p, const struct signature *sig)
{
	struct arena *arena = p->scan->arena;
	struct property *props = arena_array(arena, 5, sizeof(*props));
	struct detail *details = arena_array(arena, 2, sizeof(*details));
	struct finding f = {
	    .method = "dkim",
	    .result = sig->result,
	    .reason = sig->reason,
	    .properties = props,
	    .property_count = 5,
	    .details = details,
	    .detail_count = 2,
	};

	props[0] = (struct property) {"header", "d", sig->domain};
	props[1] = (struct property) {"header", "i", sig->identity};
	props[2] = (struct property) {"header", "s", sig->selector};
	props[3] = (struct property) {"header", "a", sig->algorithm};
	props[4] = (struct property) {"header", "b", str_head(sig->b_text, 8)};
	details[0] = (struct detail) {"bits", {NULL, 0}, sig->bits};
	details[1] = (struct detail) {
	    "reason", sig->reason.data ? sig->reason : str_c(""), 0};
	if (sig->bits)
		f.comment = arena_printf(arena, "%u-bit key", sig->bits);
	scan_add_finding(p->scan, &f);
}

static bool
any(const struct pass *p, enum result result)
{
	size_t i;

	for (i = 0; i < p->count; i++)
		if (p->sigs[i].result == result)
			return true;
	return false;
}

static void
wish(struct scan *scan, bool for_good, bool error)
{
	struct wish w = {
	    .action = for_good ? ACTION_REJECT : ACTION_DEFER,
	    .code = for_good ? 550 : 451,
	    .enhanced = for_good ? "5.7.20" :
		error            ? "4.4.3" :
				   "4.7.20",
	    .text = "No valid DKIM signature",
	    .source = "dkim",
	};

	scan_add_wish(scan, &w);
}

static void
react(struct pass *p)
{
	const struct dkim_conf *conf = &p->self->conf;
	const struct reaction *r = &conf->on_fail;
	bool error = any(p, RESULT_TEMPERROR);

	if (any(p, RESULT_PASS))
		return;
	if (p->count == 0)
		r = &conf->on_none;
	else if (error)
		r = &conf->on_temperror;
	if (r->kind == REACTION_SCORE)
		scan_add_points(p->scan, r->score, "dkim");
	else if (r->kind != REACTION_IGNORE)
		wish(p->scan, r->kind == REACTION_REJECT, error);
}

static void
check(const void *self, void *lane, enum stage stage, struct scan *scan)
{
	static const struct finding none = {.method = "dkim"};
	struct pass p = {.self = self, .scan = scan};
	size_t i;

	(void)lane;
	(void)stage;
	p.deadline = dns_now(scan->dns) + p.self->conf.timeout;
	if (p.deadline > scan->deadline)
		p.deadline = scan->deadline;
	collect(&p);
	prefetch(&p);
	for (i = 0; i < p.count; i++) {
		check_signature(&p, &p.sigs[i]);
		add_finding(&p, &p.sigs[i]);
	}
	if (p.count == 0)
		scan_add_finding(scan, &none);
	react(&p);
}

const struct filter dkim_filter = {
    .name = "dkim",
    .summary = "signatures of the mail's domains (RFC 6376)",
    .stages = 1u << STAGE_MESSAGE,
    .settings = settings,
    .config_size = sizeof(struct dkim_conf),
    .open = dkim_open,
    .check = check,
    .close = dkim_close_filter,
};
