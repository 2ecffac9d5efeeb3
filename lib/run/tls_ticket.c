/*
 * tls_ticket: the keys of session tickets, new ones every few hours.
 *
 * The workers share one secret from before the fork and the clock of the
 * machine, so that all of them come to the same keys without a word.  Each
 * period's secret is derived from the one before (HKDF, RFC 5869), which is
 * then forgotten: whoever reads our memory later cannot open old tickets.
 * Where OpenSSL fails there is no ticket, and the handshake is a full one.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include "postern/loop.h"
#include "postern/xalloc.h"

#include "tls_private.h"

enum { SECRET = 32, NAME = 16, IV = 16 };

struct key {
	unsigned char name[NAME];
	unsigned char mac[SECRET];
	unsigned char cipher[SECRET];
};

struct tls_tickets {
	int64_t period;
	int64_t number; /* periods since the clock began */
	unsigned char secret[SECRET];
	struct key now, before;
	bool known; /* `before` is a key */
};

static bool
derive(const unsigned char *secret, const char *label, void *out, size_t len)
{
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *ctx = kdf ? EVP_KDF_CTX_new(kdf) : NULL;
	int mode = EVP_KDF_HKDF_MODE_EXPAND_ONLY;
	OSSL_PARAM params[] = {
	    OSSL_PARAM_int(OSSL_KDF_PARAM_MODE, &mode),
	    OSSL_PARAM_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)"SHA256", 6),
	    OSSL_PARAM_octet_string(
		OSSL_KDF_PARAM_KEY, (unsigned char *)secret, SECRET),
	    OSSL_PARAM_octet_string(
		OSSL_KDF_PARAM_INFO, (char *)label, strlen(label)),
	    OSSL_PARAM_END,
	};
	bool ok = ctx && EVP_KDF_derive(ctx, out, len, params) == 1;

	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
	return ok;
}

/* The next period; all or nothing. */
static bool
step(struct tls_tickets *t)
{
	unsigned char secret[SECRET];
	struct key key;
	bool ok = derive(t->secret, "postern next", secret, sizeof(secret)) &&
	    derive(secret, "postern ticket", &key, sizeof(key));

	if (ok) {
		t->before = t->now;
		t->now = key;
		memcpy(t->secret, secret, sizeof(secret));
		t->known = true;
		t->number++;
	}
	OPENSSL_cleanse(secret, sizeof(secret));
	OPENSSL_cleanse(&key, sizeof(key));
	return ok;
}

struct tls_tickets *
tls_tickets_new(int64_t period, int64_t clock)
{
	struct tls_tickets *t = xcalloc(1, sizeof(*t));

	t->period = period;
	t->number = clock / period;
	if (RAND_priv_bytes(t->secret, sizeof(t->secret)) == 1 &&
	    derive(t->secret, "postern ticket", &t->now, sizeof(t->now)))
		return t;
	tls_tickets_free(t);
	return NULL;
}

void
tls_tickets_free(struct tls_tickets *t)
{
	if (t)
		OPENSSL_cleanse(t, sizeof(*t));
	free(t);
}

bool
tls_tickets_advance(struct tls_tickets *t, int64_t clock)
{
	while (t->number < clock / t->period)
		if (!step(t))
			return false;
	return true;
}

int64_t
tls_tickets_period(const struct tls_tickets *t)
{
	return t->period;
}

static const struct key *
find(const struct tls_tickets *t, const unsigned char *name)
{
	if (memcmp(name, t->now.name, NAME) == 0)
		return &t->now;
	if (t->known && memcmp(name, t->before.name, NAME) == 0)
		return &t->before;
	return NULL;
}

static bool
set_mac(EVP_MAC_CTX *mac, const struct key *key)
{
	OSSL_PARAM params[] = {
	    OSSL_PARAM_octet_string(
		OSSL_MAC_PARAM_KEY, (unsigned char *)key->mac, SECRET),
	    OSSL_PARAM_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)"SHA256", 6),
	    OSSL_PARAM_END,
	};

	return EVP_MAC_CTX_set_params(mac, params) == 1;
}

/* OpenSSL's: 0 no ticket (no key), 1 good, 2 good, and give a new one. */
static int
use_key(SSL *ssl, unsigned char *name, unsigned char *iv,
    EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac, int encrypt)
{
	struct tls_tickets *t = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
	const struct key *key;

	if (!tls_tickets_advance(t, clock_ms()))
		return 0;
	key = encrypt ? &t->now : find(t, name);
	if (!key || (encrypt && RAND_bytes(iv, IV) != 1))
		return 0;
	if (encrypt)
		memcpy(name, key->name, NAME);
	if (EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), NULL, key->cipher, iv,
		encrypt) != 1 ||
	    !set_mac(mac, key))
		return 0;
	return key == &t->now ? 1 : 2;
}

void
tls_share_tickets(struct tls *tls, struct tls_tickets *tickets)
{
	size_t i;

	for (i = 0; i < tls->count; i++) {
		SSL_CTX_set_app_data(tls->at[i], tickets);
		SSL_CTX_set_tlsext_ticket_key_evp_cb(tls->at[i], use_key);
	}
}
