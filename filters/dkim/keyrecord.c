/*
 * keyrecord: a public key in DNS.
 *
 * An RSA key comes as SubjectPublicKeyInfo or as a bare RSAPublicKey (RFC 6376
 * 3.6.1 names the second, everybody uses the first); neither may have octets
 * behind it.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdio.h>

#include <openssl/err.h>

#include "keyrecord.h"
#include "rsakey.h"

static bool
names(struct str list, const char *word)
{
	struct str member;

	while (taglist_cut(&list, &member))
		if (str_case_is(member, word))
			return true;
	return false;
}

static bool
read_tags(const struct taglist *tags, struct keyrecord *out, struct error *err)
{
	const struct tag *v = taglist_find(tags, "v");
	struct str kind = taglist_get(tags, "k", "rsa");
	struct str service = taglist_get(tags, "s", "*");
	struct str hash = taglist_get(tags, "h", "sha256");
	struct str flags = taglist_get(tags, "t", "");

	if (v && (v != &tags->tags[0] || !str_is(v->value, "DKIM1")))
		return error_set(err, "the key record's v= is not DKIM1");
	out->rsa = str_case_is(kind, "rsa");
	if (!out->rsa && !str_case_is(kind, "ed25519"))
		return error_set(err, "unknown kind of key");
	out->has_sha256 = names(hash, "sha256");
	out->for_mail = names(service, "*") || names(service, "email");
	out->strict = names(flags, "s");
	out->testing = names(flags, "y");
	return true;
}

static bool
read_key(
    struct str p, struct arena *arena, struct keyrecord *out, struct error *err)
{
	struct str der;

	if (!taglist_base64(p, arena, &der))
		return error_set(err, "the key is no base64");
	if (out->rsa)
		out->key = rsakey_parse(der);
	else if (der.len == 32)
		out->key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL,
		    (const unsigned char *)der.data, der.len);
	ERR_clear_error();
	if (!out->key)
		return error_set(err, "the key is malformed");
	out->bits = (unsigned)EVP_PKEY_bits(out->key);
	return true;
}

static bool
read_record(struct str text, struct arena *arena, struct keyrecord *out,
    struct error *err)
{
	struct taglist *tags = arena_alloc(arena, sizeof(*tags));
	const struct tag *p;

	if (!taglist_parse(text, tags, err))
		return error_prefix(err, "key record");
	if (!read_tags(tags, out, err))
		return false;
	p = taglist_find(tags, "p");
	if (!p)
		return error_set(err, "the key record has no p=");
	if (p->value.len == 0)
		return error_set(err, "the key was revoked");
	return read_key(p->value, arena, out, err);
}

void
keyrecord_read(struct str text, struct arena *arena, struct keyrecord *out)
{
	struct error error;

	*out = (struct keyrecord) {.key = NULL};
	if (!read_record(text, arena, out, &error))
		snprintf(
		    out->problem, sizeof(out->problem), "%.95s", error.text);
}

void
keyrecord_clear(struct keyrecord *record)
{
	EVP_PKEY_free(record->key);
	record->key = NULL;
}

void
keyrecord_copy(const struct keyrecord *record, struct keyrecord *out)
{
	*out = *record;
	if (out->key)
		EVP_PKEY_up_ref(out->key);
}

bool
keyrecord_serves(const struct keyrecord *record, const struct signature *sig,
    struct error *err)
{
	if (!record->key)
		return error_set(err, "%s", record->problem);
	if (record->rsa != sig->rsa)
		return error_set(
		    err, "the key's kind does not fit the algorithm");
	if (!record->has_sha256)
		return error_set(err, "the key does not allow sha256");
	return record->for_mail || error_set(err, "the key is not for mail");
}

bool
keyrecord_parse(struct str text, const struct signature *sig,
    struct arena *arena, struct keyrecord *out, struct error *err)
{
	keyrecord_read(text, arena, out);
	if (keyrecord_serves(out, sig, err))
		return true;
	keyrecord_clear(out);
	return false;
}
