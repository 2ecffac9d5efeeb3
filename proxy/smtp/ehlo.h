/*
 * ehlo: what a backend offers, and what we offer of it (RFC 5321 4.1.1.1).
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_EHLO_H
#define PROXY_EHLO_H

#include "postern/reply.h"

enum { EHLO_AUTH_MAX = 256 };

struct capabilities {
	bool esmtp; /* EHLO was answered; otherwise HELO was */
	bool pipelining;
	bool eightbitmime;
	bool smtputf8;
	bool dsn;
	bool enhanced;       /* ENHANCEDSTATUSCODES */
	bool size;           /* SIZE was offered */
	uint64_t size_limit; /* octets; 0: none told */
	bool starttls;
	char auth[EHLO_AUTH_MAX]; /* mechanisms that can be relayed; "" */
	unsigned xclient;         /* attribute bits; 0: not offered */
	unsigned xforward;
};

/* What we offer of our own. */
struct ehlo_ours {
	const char *hostname;
	uint64_t size_limit; /* the smaller one of both is told */
	bool starttls;
	bool chunking;
	bool auth; /* the backend's mechanisms may be told */
	unsigned xclient;
	unsigned xforward;
};

/* Reads a 250 reply to EHLO. */
void ehlo_parse(const struct reply *reply, struct capabilities *out);

/*
 * Our reply to EHLO: the intersection of what the backend offers and what we
 * carry, and what is ours alone.
 */
void ehlo_offer(const struct capabilities *backend,
    const struct ehlo_ours *ours, struct strbuf *out);

/* The smaller limit of both, for SIZE= and for the held mail. */
uint64_t
ehlo_size_limit(const struct capabilities *backend, uint64_t size_limit);

/* Does the backend still offer all that was promised to the client? */
bool ehlo_keeps(
    const struct capabilities *actual, const struct capabilities *promised);

/* Is this parameter of MAIL (or of RCPT) one that was offered? */
bool ehlo_allows_mail(
    const struct capabilities *caps, struct str key, struct str value);
bool ehlo_allows_rcpt(const struct capabilities *caps, struct str key);

#endif
