/*
 * keyrecord: a public key in DNS.
 *
 * An RSA key comes as SubjectPublicKeyInfo or as a bare RSAPublicKey (RFC 6376
 * 3.6.1 names the second, everybody uses the first); neither may have octets
 * behind it.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <openssl/err.h>
#include <openssl/x509.h>

#include "keyrecord.h"

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
check_tags(const struct taglist *tags, const struct signature *sig,
    struct keyrecord *out, struct error *err)
{
	const struct tag *v = taglist_find(tags, "v");
	struct str kind = taglist_get(tags, "k", "rsa");
	struct str service = taglist_get(tags, "s", "*");

	if (v && (v != &tags->tags[0] || !str_is(v->value, "DKIM1")))
		return error_set(err, "the key record's v= is not DKIM1");
	out->rsa = str_case_is(kind, "rsa");
	if (!out->rsa && !str_case_is(kind, "ed25519"))
		return error_set(err, "unknown kind of key");
	if (out->rsa != sig->rsa)
		return error_set(
		    err, "the key's kind does not fit the algorithm");
	if (taglist_find(tags, "h") &&
	    !names(taglist_get(tags, "h", ""), "sha256"))
		return error_set(err, "the key does not allow sha256");
	if (!names(service, "*") && !names(service, "email"))
		return error_set(err, "the key is not for mail");
	out->strict = names(taglist_get(tags, "t", ""), "s");
	return true;
}

static EVP_PKEY *
read_rsa(struct str der)
{
	const unsigned char *at = (const unsigned char *)der.data;
	const unsigned char *end = at + der.len;
	EVP_PKEY *key = d2i_PUBKEY(NULL, &at, (long)der.len);

	if (!key) {
		at = (const unsigned char *)der.data;
		key = d2i_PublicKey(EVP_PKEY_RSA, NULL, &at, (long)der.len);
	}
	if (key && (at != end || EVP_PKEY_base_id(key) != EVP_PKEY_RSA)) {
		EVP_PKEY_free(key);
		key = NULL;
	}
	ERR_clear_error();
	return key;
}

static bool
read_key(
    struct str p, struct arena *arena, struct keyrecord *out, struct error *err)
{
	struct str der;

	if (!taglist_base64(p, arena, &der))
		return error_set(err, "the key is no base64");
	if (out->rsa)
		out->key = read_rsa(der);
	else if (der.len == 32)
		out->key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL,
		    (const unsigned char *)der.data, der.len);
	if (!out->key)
		return error_set(err, "the key is malformed");
	out->bits = (unsigned)EVP_PKEY_bits(out->key);
	return true;
}

bool
keyrecord_parse(struct str text, const struct signature *sig,
    struct arena *arena, struct keyrecord *out, struct error *err)
{
	struct taglist *tags = arena_alloc(arena, sizeof(*tags));
	const struct tag *p;

	*out = (struct keyrecord) {.key = NULL};
	if (!taglist_parse(text, tags, err))
		return error_prefix(err, "key record");
	if (!check_tags(tags, sig, out, err))
		return false;
	p = taglist_find(tags, "p");
	if (!p)
		return error_set(err, "the key record has no p=");
	if (p->value.len == 0)
		return error_set(err, "the key was revoked");
	return read_key(p->value, arena, out, err);
}
