/*
 * sasl: what a relay of AUTH knows of mechanisms (RFC 4954, RFC 4422).
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_SASL_H
#define PROXY_SASL_H

#include "postern/strbuf.h"

enum {
	SASL_MECHANISM_MAX = 20, /* RFC 4422 3.1 */
	SASL_LOGIN_MAX = 128
};

/* An exchange, watched for who logs in; no password is ever kept. */
struct sasl {
	char mechanism[SASL_MECHANISM_MAX + 1]; /* upper case */
	unsigned responses;                     /* of the client, so far */
	char login[SASL_LOGIN_MAX + 1];         /* "" while not known */
};

/*
 * Can it be relayed by somebody who ends TLS?  Not those that are bound to the
 * TLS channel, that take the identity from it, or that may put a security layer
 * on what follows.
 */
bool sasl_is_relayed(struct str mechanism);

/* Those of a backend's words that can be relayed, with single spaces. */
void sasl_filter(struct str words, char *out, size_t room);

/* Is it one of the words of an offer? */
bool sasl_is_offered(const char *offer, struct str mechanism);

void sasl_start(struct sasl *sasl, struct str mechanism);

/* A response of the client (base64, or "=" for an empty one). */
void sasl_see(struct sasl *sasl, struct str response);

#endif
