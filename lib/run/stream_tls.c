/*
 * stream_tls: TLS below a stream.
 *
 * OpenSSL reads and writes the non-blocking socket itself; where it would have
 * to wait, the stream does.  Its error queue is emptied before each call and
 * read before any wait, because other coroutines use the same one.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "postern/ip.h"
#include "postern/tls.h"
#include "postern/xalloc.h"

#include "stream_private.h"
#include "tls_private.h"

enum { RECORD = 16384 }; /* octets of the largest record, RFC 8446 5.1 */

/* What a call that did not succeed means for the stream. */
static ssize_t
result_of(struct stream *s, int result)
{
	int error = SSL_get_error(s->ssl, result);

	if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
		return -EAGAIN;
	s->tls_broken = error != SSL_ERROR_ZERO_RETURN;
	ERR_clear_error();
	return -ECONNRESET;
}

ssize_t
tls_read(struct stream *s, char *to, size_t room)
{
	size_t got = 0;
	ssize_t result;
	int done;

	ERR_clear_error();
	done = SSL_read_ex(s->ssl, to, room, &got);
	if (done == 1) {
		s->empty = false;
		return (ssize_t)got;
	}
	result = result_of(s, done);
	s->empty = result == -EAGAIN;
	s->tls_blocked = s->empty && SSL_want_write(s->ssl);
	if (s->empty)
		s->readable = false;
	return result;
}

/* Small pieces go out in one record, a large one straight from its place. */
ssize_t
tls_write(struct stream *s, const struct iovec *iov, int count)
{
	char *record = NULL;
	const char *from = iov[0].iov_base;
	size_t len = iov[0].iov_len, sent = 0, part;
	int i, done;

	if (count > 1 && len < RECORD) {
		from = record = xrealloc(NULL, RECORD);
		for (i = 0, len = 0; i < count && len < RECORD; i++) {
			part = iov[i].iov_len;
			if (part > RECORD - len)
				part = RECORD - len;
			memcpy(record + len, iov[i].iov_base, part);
			len += part;
		}
	}
	if (len > RECORD)
		len = RECORD;
	ERR_clear_error();
	done = SSL_write_ex(s->ssl, from, len, &sent);
	free(record);
	return done == 1 ? (ssize_t)sent : result_of(s, done);
}

/* Tickets that a server sends unasked are no octets. */
bool
tls_is_readable(struct stream *s)
{
	size_t got = 0;
	char octet;
	int done;

	ERR_clear_error();
	done = SSL_peek_ex(s->ssl, &octet, 1, &got);
	return done == 1 || result_of(s, done) != -EAGAIN;
}

void
tls_end(struct stream *s)
{
	if (!s->ssl)
		return;
	ERR_clear_error();
	if (!s->tls_broken && SSL_is_init_finished(s->ssl))
		SSL_shutdown(s->ssl);
	ERR_clear_error();
	SSL_free(s->ssl);
	s->ssl = NULL;
	free(s->tls_text);
	s->tls_text = NULL;
}

static void
explain(struct stream *s, struct error *err)
{
	long verify = SSL_get_verify_result(s->ssl);
	unsigned long code = ERR_get_error();
	const char *why = code ? ERR_reason_error_string(code) : NULL;

	if (verify != X509_V_OK)
		why = X509_verify_cert_error_string(verify);
	error_set(err, "TLS handshake: %s", why ? why : "connection closed");
	ERR_clear_error();
}

static void
describe(struct stream *s)
{
	const char *version = SSL_get_version(s->ssl);
	const char *cipher = SSL_get_cipher_name(s->ssl);
	size_t room = strlen(version) + strlen(cipher) + 2;

	s->tls_text = xrealloc(NULL, room);
	snprintf(s->tls_text, room, "%s %s", version, cipher);
}

/* One step of the handshake, or the event that it waits for in *wanted. */
static int
handshake_step(struct stream *s, short *wanted, struct error *err)
{
	int done, error;

	ERR_clear_error();
	done = SSL_do_handshake(s->ssl);
	if (done == 1)
		return 0;
	error = SSL_get_error(s->ssl, done);
	*wanted = error == SSL_ERROR_WANT_READ ? STREAM_HEARD : EV_WRITE;
	if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
		return -EAGAIN;
	explain(s, err);
	s->tls_broken = true;
	return error == SSL_ERROR_SYSCALL ? -ECONNRESET : -EPROTO;
}

static int
handshake(struct stream *s, int64_t deadline, struct error *err)
{
	short wanted = 0;
	int result;

	while ((result = handshake_step(s, &wanted, err)) == -EAGAIN) {
		result = stream_wait_event(s, wanted, deadline);
		if (result < 0) {
			error_set(err, "TLS handshake: %s",
			    result == -ETIMEDOUT ? "timeout" : "cancelled");
			s->tls_broken = true;
			return result;
		}
	}
	if (result < 0)
		return result;
	describe(s);
	s->readable = true;
	s->empty = false;
	return 0;
}

static void
begin(struct stream *s, const struct tls *tls)
{
	s->ssl = SSL_new(tls->at[0]);
	if (!s->ssl || SSL_set_fd(s->ssl, s->fd) != 1)
		abort(); /* only without memory */
}

int
stream_accept_tls(struct stream *s, const struct tls *tls, int64_t deadline,
    struct error *err)
{
	int result = stream_flush(s, deadline);

	if (result < 0)
		return result;
	stream_take(s, stream_pending(s).len);
	begin(s, tls);
	SSL_set_accept_state(s->ssl);
	return handshake(s, deadline, err);
}

/* A name to be sent and, where the context verifies, to be found. */
static bool
set_name(SSL *ssl, const char *name)
{
	struct ip ip;

	if (ip_parse(str_c(name), &ip))
		return X509_VERIFY_PARAM_set1_ip_asc(
			   SSL_get0_param(ssl), name) == 1;
	return SSL_set_tlsext_host_name(ssl, name) == 1 &&
	    SSL_set1_host(ssl, name) == 1;
}

int
stream_connect_tls(struct stream *s, const struct tls *tls, const char *name,
    int64_t deadline, struct error *err)
{
	if (stream_pending(s).len > 0) {
		error_set(err, "octets in the clear before the handshake");
		return -EPROTO;
	}
	begin(s, tls);
	SSL_set_connect_state(s->ssl);
	if (!set_name(s->ssl, name)) {
		error_set(err, "bad name for TLS: %s", name);
		return -EPROTO;
	}
	return handshake(s, deadline, err);
}

const char *
stream_tls(const struct stream *s)
{
	return s->tls_text;
}
