/*
 * verify: all signatures of one mail, each with its result and reason.
 *
 * Cheap before dear: the field, then the key, then the body, which is hashed
 * once for each canonicalization and length, and last the signature itself.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/log.h"

#include "verify.h"

enum { BITS_MAX = 8192 };

/* Every signature that is looked at, parsed. */
static void
collect(struct verify *v)
{
	const struct message *m = v->scan->message;
	size_t i, seen = 0;

	for (i = 0; i < m->field_count; i++) {
		if (!str_case_is(m->fields[i].name, "DKIM-Signature"))
			continue;
		if (++seen > v->conf->max_seen)
			continue;
		v->sigs = arena_push(
		    v->scan->arena, v->sigs, v->count, sizeof(*v->sigs));
		signature_parse(&m->fields[i], v->scan->time, v->scan->arena,
		    &v->sigs[v->count++]);
	}
	if (seen > v->count)
		scan_add_unchecked(v->scan, "dkim",
		    "%zu signatures beyond the first %zu", seen - v->count,
		    v->count);
}

static bool
is_cached(const struct verify *v, const char *name)
{
	return v->lane &&
	    keycache_has(v->lane->keys, name, dns_now(v->scan->dns));
}

/* Those beyond the limit are settled; the keys of the others are asked for,
 * all before the first is waited for. */
static void
prefetch(struct verify *v)
{
	unsigned left = v->conf->max_verified;
	const char *name;
	size_t i;

	for (i = 0; i < v->count; i++) {
		if (v->sigs[i].result != RESULT_NONE)
			continue;
		if (left == 0) {
			signature_settle(&v->sigs[i], RESULT_NEUTRAL,
			    "not verified: too many signatures");
			scan_add_unchecked(
			    v->scan, "dkim", "signature %zu", i + 1);
			continue;
		}
		left--;
		name = v->sigs[i].key_name;
		if (!is_cached(v, name))
			dns_prefetch(v->scan->dns, name, DNS_TXT);
	}
}

static void
breathe(void *context)
{
	scan_breathe(context);
}

static const struct bodyhash *
body_hash(struct verify *v, const struct signature *sig)
{
	struct bodyhash *h;
	size_t i;

	for (i = 0; i < v->hash_count; i++) {
		h = &v->hashes[i];
		if (h->relaxed == sig->relaxed_body &&
		    h->has_limit == sig->has_length && h->limit == sig->length)
			return h;
	}
	v->hashes = arena_push(
	    v->scan->arena, v->hashes, v->hash_count, sizeof(*v->hashes));
	h = &v->hashes[v->hash_count++];
	h->relaxed = sig->relaxed_body;
	h->has_limit = sig->has_length;
	h->limit = sig->length;
	bodyhash_compute(h, v->scan->message->body, breathe, v->scan);
	return h;
}

/* False when the body is not what was signed. */
static bool
check_body(struct verify *v, struct signature *sig)
{
	const struct bodyhash *h = body_hash(v, sig);

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

/* False when this engine does not take the signature. */
static bool
ask(struct verify *v, int engine, const struct signature *sig,
    const struct keyrecord *key, bool *passed)
{
	const struct message *m = v->scan->message;
	struct arena *arena = v->scan->arena;

	if (engine == ENGINE_OPENDKIM)
		return engine_opendkim_takes(m, sig, key) &&
		    engine_opendkim(v->lib, m, sig, key, arena, passed);
	*passed = engine_native(m, sig, key, arena);
	return true;
}

/* The witness changes nothing: it is counted and told. */
static void
hear_witness(struct verify *v, const struct signature *sig,
    const struct keyrecord *key, bool passed)
{
	int engine = v->conf->witness == WITNESS_OPENDKIM ? ENGINE_OPENDKIM :
							    ENGINE_NATIVE;
	bool other;

	if (v->conf->witness == WITNESS_NONE ||
	    !ask(v, engine, sig, key, &other))
		return;
	if (v->lane)
		v->lane->witnessed++;
	if (other == passed)
		return;
	if (v->lane)
		v->lane->differences++;
	log_warning("dkim: %s says %s, %s says %s: d=%.*s s=%.*s b=%.*s",
	    v->conf->engine == ENGINE_NATIVE ? "native" : "opendkim",
	    passed ? "pass" : "fail",
	    engine == ENGINE_NATIVE ? "native" : "opendkim",
	    other ? "pass" : "fail", (int)sig->domain.len, sig->domain.data,
	    (int)sig->selector.len, sig->selector.data, (int)sig->b_start.len,
	    sig->b_start.data);
}

static bool
is_signed_by(
    struct verify *v, const struct signature *sig, const struct keyrecord *key)
{
	bool passed;

	if (!ask(v, v->conf->engine, sig, key, &passed))
		ask(v, ENGINE_NATIVE, sig, key, &passed);
	hear_witness(v, sig, key, passed);
	return passed;
}

static void
use_key(struct verify *v, struct signature *sig, const struct keyrecord *key)
{
	struct str identity =
	    str_from(sig->identity, str_find_last(sig->identity, '@') + 1);

	sig->bits = key->bits;
	sig->testing = key->testing;
	if (key->strict && !str_case_eq(identity, sig->domain))
		signature_settle(sig, RESULT_PERMERROR,
		    "the key (t=s) does not allow i= in a subdomain");
	else if (key->rsa && key->bits < v->conf->min_bits)
		signature_settle(sig, RESULT_POLICY, "the key is too short");
	else if (key->rsa && key->bits > BITS_MAX)
		signature_settle(sig, RESULT_POLICY, "the key is too long");
	else if (!check_body(v, sig))
		return;
	else if (is_signed_by(v, sig, key))
		signature_settle(sig, RESULT_PASS, "");
	else
		signature_settle(sig, RESULT_FAIL, "signature does not verify");
}

/* The first record that can serve; the reason is that of the last. */
static void
try_records(struct verify *v, struct signature *sig, const struct keyset *set)
{
	struct error error = {.text = "key not found"};
	size_t i;

	for (i = 0; i < set->count; i++) {
		if (!keyrecord_serves(&set->records[i], sig, &error))
			continue;
		use_key(v, sig, &set->records[i]);
		return;
	}
	signature_settle(sig, RESULT_PERMERROR,
	    arena_text(v->scan->arena, str_c(error.text)));
}

/* From DNS, and into the cache. */
static enum dns_status
look_up(struct verify *v, const char *name, struct keyset *set)
{
	struct dns_answer answer;

	dns_lookup(
	    v->scan->dns, name, DNS_TXT, v->deadline, v->scan->arena, &answer);
	set->count = 0;
	if (answer.status != DNS_OK)
		return answer.status;
	while (set->count < answer.count && set->count < KEYSET_MAX) {
		keyrecord_read(answer.records[set->count].data, v->scan->arena,
		    &set->records[set->count]);
		set->count++;
	}
	if (v->lane)
		keycache_put(v->lane->keys, name, dns_now(v->scan->dns),
		    answer.ttl, set);
	return DNS_OK;
}

static void
check_signature(struct verify *v, struct signature *sig)
{
	enum dns_status status = DNS_OK;
	struct keyset set;
	const char *name;

	if (sig->result != RESULT_NONE)
		return;
	name = sig->key_name;
	if (!v->lane ||
	    !keycache_find(v->lane->keys, name, dns_now(v->scan->dns), &set))
		status = look_up(v, name, &set);
	if (status == DNS_OK)
		try_records(v, sig, &set);
	else if (status >= DNS_SERVFAIL)
		signature_settle(
		    sig, RESULT_TEMPERROR, "the key could not be looked up");
	else
		signature_settle(sig, RESULT_PERMERROR, "key not found");
	keyset_clear(&set);
}

void
verify_run(struct verify *v)
{
	size_t i;

	collect(v);
	prefetch(v);
	for (i = 0; i < v->count; i++)
		check_signature(v, &v->sigs[i]);
}
