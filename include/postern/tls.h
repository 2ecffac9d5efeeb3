/*
 * tls: certificates and trust for streams (OpenSSL 3).
 *
 * Made before the fork and only read from then on.  Renegotiation and
 * compression are off; sessions are resumed by tickets alone, whose keys the
 * workers share.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_TLS_H
#define POSTERN_TLS_H

#include "postern/conffile.h" /* struct texts */
#include "postern/coro.h"
#include "postern/error.h"

enum tls_version { TLS_1_2, TLS_1_3 };

struct tls;
struct tls_tickets;
struct stream;

/*
 * For clients: PEM files of certificates with their chains, and of their keys
 * (none: in the same files).  A second certificate of the same name with
 * another kind of key joins the first.  The first one is shown to whoever
 * asks for no name we have (RFC 6066).  ciphers: for TLS 1.2, may be NULL.
 * NULL on error.
 */
struct tls *
tls_server_new(const struct texts *certificates, const struct texts *keys,
    int minimum, const char *ciphers, struct error *err);

/* Towards servers.  verify: chain and name; ca_file NULL: the system's. */
struct tls *tls_client_new(
    int minimum, bool verify, const char *ca_file, struct error *err);

/* NULL is allowed. */
void tls_free(struct tls *tls);

/*
 * The keys of session tickets, made before the fork: a key is used for one
 * period (ms) of clock_ms and known for the next one.  NULL when there are no
 * random octets.
 */
struct tls_tickets *tls_tickets_new(int64_t period, int64_t clock);

/* NULL is allowed. */
void tls_tickets_free(struct tls_tickets *tickets);

/* Forgets the periods that are over; false when OpenSSL fails. */
bool tls_tickets_advance(struct tls_tickets *tickets, int64_t clock);

int64_t tls_tickets_period(const struct tls_tickets *tickets);

/* Tickets of one context with these keys are good for another; the keys must
 * outlive both. */
void tls_share_tickets(struct tls *tls, struct tls_tickets *tickets);

/*
 * The handshake as server: octets that came before it are forgotten, and
 * nothing but TLS counts from here on.  0, -ETIMEDOUT, -ECANCELED, -ECONNRESET
 * or -EPROTO with err set; the stream is only good for stream_free then.
 */
int stream_accept_tls(struct stream *s, const struct tls *tls, int64_t deadline,
    struct error *err) WAITS;

/* As client.  name: of the server, a host name or an address.  Octets that
 * came before it are -EPROTO. */
int stream_connect_tls(struct stream *s, const struct tls *tls,
    const char *name, int64_t deadline, struct error *err) WAITS;

/* "TLSv1.3 TLS_AES_256_GCM_SHA384"; NULL without TLS.  Valid as long as the
 * stream. */
const char *stream_tls(const struct stream *s);

#endif
