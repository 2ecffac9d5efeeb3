/*
 * envelope: who sends what to whom, as SMTP said it (RFC 5321).
 *
 * The door fills it; filters only read it.  Text lives in the session's or
 * the transaction's arena, whichever the fact belongs to, and is never NULL
 * unless said here.  It holds what the client sent: any octet above 0x1f.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_ENVELOPE_H
#define POSTERN_ENVELOPE_H

#include "postern/ip.h"

struct recipient {
	const char *address; /* without angle brackets */
	bool accepted;       /* by the backend, so far */
};

struct envelope {
	struct ip client; /* bits 0: not from the network */
	unsigned client_port;
	struct ip server; /* the end the client connected to; may be unknown */
	unsigned server_port;
	const char *client_name; /* forward-confirmed reverse name, or NULL */
	bool client_name_failed; /* the look-up failed for now */
	const char *helo;        /* argument of HELO or EHLO; "" before it */
	const char
	    *protocol; /* SMTP, ESMTP, ESMTPS, ESMTPA, ... (RFC 3848), UTF8SMTP
				 ... (RFC 6531) */
	const char *listener; /* title of the door */
	const char *login;    /* SASL login name, or NULL */
	const char *ident;    /* queue id of a server in front, or NULL */
	const char *tls;      /* "TLSv1.3 TLS_AES_256_GCM_SHA384", or NULL */
	const char *sender;   /* without brackets; "" is the null sender */
	struct recipient *recipients;
	size_t recipient_count;
	const char *receiver; /* our own host name */
	bool smtputf8;        /* RFC 6531 was asked for */
	/* A saved mail: guessed from its topmost Received and Return-Path */
	bool client_from_mail;
	bool sender_from_mail;
};

#endif
