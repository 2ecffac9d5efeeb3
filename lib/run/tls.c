/*
 * tls: certificates and trust for streams.
 *
 * Fails only when it is made, with OpenSSL's own reason and the file.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "postern/tls.h"
#include "postern/xalloc.h"

#include "tls_private.h"

/* OpenSSL's first reason, which is the nearest to the cause. */
static bool
fail(struct error *err, const char *what)
{
	unsigned long code = ERR_get_error();
	const char *why = code ? ERR_reason_error_string(code) : NULL;

	error_set(err, "%s: %s", what, why ? why : "failed");
	ERR_clear_error();
	return false;
}

static SSL_CTX *
context_new(const SSL_METHOD *method, int minimum)
{
	SSL_CTX *ctx = SSL_CTX_new(method);

	if (!ctx)
		return NULL;
	SSL_CTX_set_min_proto_version(
	    ctx, minimum == TLS_1_3 ? TLS1_3_VERSION : TLS1_2_VERSION);
	SSL_CTX_set_options(ctx,
	    SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
		SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
	SSL_CTX_set_mode(ctx,
	    SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
		SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	return ctx;
}

static bool
fail_key(struct error *err, const char *key, const char *certificate)
{
	int reason = ERR_GET_REASON(ERR_peek_error());

	if (reason != X509_R_KEY_VALUES_MISMATCH &&
	    reason != X509_R_KEY_TYPE_MISMATCH)
		return fail(err, key);
	ERR_clear_error();
	return error_set(
	    err, "%s: this key does not belong to %s", key, certificate);
}

static bool
load_pair(
    SSL_CTX *ctx, const char *certificate, const char *key, struct error *err)
{
	ERR_clear_error();
	if (SSL_CTX_use_certificate_chain_file(ctx, certificate) != 1)
		return fail(err, certificate);
	if (SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) != 1)
		return fail_key(err, key, certificate);
	if (SSL_CTX_check_private_key(ctx) != 1)
		return fail_key(err, key, certificate);
	return true;
}

/* The certificate of that name for the client that asks for it. */
static int
choose_certificate(SSL *ssl, int *alert, void *arg)
{
	const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
	const struct tls *tls = arg;
	size_t i;

	(void)alert;
	for (i = 0; name && i < tls->count; i++) {
		if (X509_check_host(SSL_CTX_get0_certificate(tls->at[i]), name,
			0, 0, NULL) != 1)
			continue;
		SSL_set_SSL_CTX(ssl, tls->at[i]);
		return SSL_TLSEXT_ERR_OK;
	}
	return SSL_TLSEXT_ERR_OK;
}

static bool
same_subject(const SSL_CTX *ctx, const SSL_CTX *other)
{
	const X509 *a = SSL_CTX_get0_certificate(ctx);
	const X509 *b = SSL_CTX_get0_certificate(other);

	return X509_NAME_cmp(
		   X509_get_subject_name(a), X509_get_subject_name(b)) == 0 &&
	    EVP_PKEY_get_base_id(X509_get0_pubkey(a)) !=
	    EVP_PKEY_get_base_id(X509_get0_pubkey(b));
}

/* A context of its own, or a second key in one that is there. */
static bool
add_pair(struct tls *tls, int minimum, const char *certificate, const char *key,
    struct error *err)
{
	SSL_CTX *ctx = context_new(TLS_server_method(), minimum);
	size_t i;

	if (!ctx)
		return fail(err, "TLS");
	tls->at[tls->count++] = ctx;
	if (!load_pair(ctx, certificate, key, err))
		return false;
	for (i = 0; i + 1 < tls->count; i++) {
		if (!same_subject(tls->at[i], ctx))
			continue;
		SSL_CTX_free(ctx);
		tls->count--;
		return load_pair(tls->at[i], certificate, key, err);
	}
	return true;
}

static bool
set_up(struct tls *tls, const char *ciphers, struct error *err)
{
	size_t i;

	for (i = 0; i < tls->count; i++) {
		SSL_CTX_set_num_tickets(tls->at[i], 1);
		SSL_CTX_set_tlsext_servername_callback(
		    tls->at[i], choose_certificate);
		SSL_CTX_set_tlsext_servername_arg(tls->at[i], tls);
		if (ciphers &&
		    SSL_CTX_set_cipher_list(tls->at[i], ciphers) != 1)
			return fail(err, "tls_ciphers");
	}
	return true;
}

struct tls *
tls_server_new(const struct texts *certificates, const struct texts *keys,
    int minimum, const char *ciphers, struct error *err)
{
	struct tls *tls = xcalloc(1, sizeof(*tls));
	const char *key;
	size_t i;

	tls->at = xcalloc(certificates->count + 1, sizeof(*tls->at));
	for (i = 0; i < certificates->count; i++) {
		key = i < keys->count ? keys->at[i] : certificates->at[i];
		if (!add_pair(tls, minimum, certificates->at[i], key, err))
			break;
	}
	if (i == certificates->count && set_up(tls, ciphers, err))
		return tls;
	tls_free(tls);
	return NULL;
}

struct tls *
tls_client_new(int minimum, bool verify, const char *ca_file, struct error *err)
{
	struct tls *tls = xcalloc(1, sizeof(*tls));
	SSL_CTX *ctx = context_new(TLS_client_method(), minimum);
	int trusted = 1;

	tls->at = xcalloc(1, sizeof(*tls->at));
	tls->at[0] = ctx;
	tls->count = ctx ? 1 : 0;
	if (ctx && verify) {
		SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
		trusted = ca_file ? SSL_CTX_load_verify_file(ctx, ca_file) :
				    SSL_CTX_set_default_verify_paths(ctx);
	}
	if (ctx && trusted == 1)
		return tls;
	fail(err, ca_file ? ca_file : "TLS");
	tls_free(tls);
	return NULL;
}

void
tls_free(struct tls *tls)
{
	size_t i;

	if (!tls)
		return;
	for (i = 0; i < tls->count; i++)
		SSL_CTX_free(tls->at[i]);
	free(tls->at);
	free(tls);
}
