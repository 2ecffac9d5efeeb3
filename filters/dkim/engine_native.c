/*
 * engine_native: header verification in our own words (RFC 6376 3.7, RFC 8463).
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <openssl/err.h>
#include <openssl/rsa.h>

#include "postern/log.h"

#include "digest.h"
#include "engine.h"
#include "headercanon.h"

static const unsigned char *
octets(struct str s)
{
	return (const unsigned char *)s.data;
}

static bool
verify_rsa(const unsigned char *hash, struct str b, EVP_PKEY *key)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	bool good = ctx && EVP_PKEY_verify_init(ctx) == 1 &&
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
	    EVP_PKEY_CTX_set_signature_md(ctx, digest_sha256()) == 1 &&
	    EVP_PKEY_verify(ctx, octets(b), b.len, hash, DIGEST_SIZE) == 1;

	EVP_PKEY_CTX_free(ctx);
	return good;
}

/* ed25519 signs the hash as if it were its message. */
static bool
verify_ed25519(const unsigned char *hash, struct str b, EVP_PKEY *key)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	bool good = md &&
	    EVP_DigestVerifyInit(md, NULL, NULL, NULL, key) == 1 &&
	    EVP_DigestVerify(md, octets(b), b.len, hash, DIGEST_SIZE) == 1;

	EVP_MD_CTX_free(md);
	return good;
}

bool
engine_native(const struct message *message, const struct signature *sig,
    const struct keyrecord *key, struct arena *arena)
{
	unsigned char hash[DIGEST_SIZE];
	struct strbuf text;
	bool good;

	strbuf_init(&text);
	headercanon_add(message, sig, arena, &text);
	digest_compute(strbuf_str(&text), hash);
	strbuf_clear(&text);
	good = key->rsa ? verify_rsa(hash, sig->b, key->key) :
			  verify_ed25519(hash, sig->b, key->key);
	ERR_clear_error();
	return good;
}
