/*
 * backend: our SMTP session with the mail server behind (RFC 5321).
 *
 * One command, one reply, read word by word.  Whatever is not a complete,
 * well-formed, solicited reply loses the session: it is closed, and the client
 * is told to come again.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_BACKEND_H
#define PROXY_BACKEND_H

#include "postern/envelope.h"
#include "postern/stream.h"

#include "proxy/daemon/config.h"
#include "ehlo.h"

struct backend {
	const struct listener_conf *conf;
	struct dns *dns;
	const struct endpoint *at; /* which one it is, or was */
	struct stream *stream;     /* NULL when there is no session */
	int64_t until;             /* no wait lasts longer; CORO_NEVER: none */
	struct capabilities caps;
	bool denied;            /* it does not let us tell who the client is */
	bool in_transaction;    /* MAIL was taken, and nothing ended it yet */
	struct reply reply;     /* the last one; code 0 when there was none */
	struct strbuf greeting; /* the text of its 220 */
	struct error error;     /* why the session was lost */
};

void backend_init(
    struct backend *b, const struct listener_conf *conf, struct dns *dns);

/* Drops the session without a word and frees what it held. */
void backend_clear(struct backend *b);

static inline bool
backend_is_open(const struct backend *b)
{
	return b->stream != NULL;
}

/*
 * From now on all waits together last this long at most, in ms: the client
 * waits for one reply, whatever we have to ask for it.
 */
void backend_patience(struct backend *b, int64_t ms);

/* The deadline of a wait: this long, within that patience. */
int64_t backend_deadline(const struct backend *b, int64_t timeout);

/*
 * Connects, reads the greeting, says EHLO (HELO when that is refused, LHLO to
 * LMTP), starts TLS and tells the client's identity, as the listener says.
 * False with b->error when there is no session then; b->reply is a refusal
 * (4xx, 5xx) when the backend spoke one.  helo: our name for EHLO.
 */
bool backend_open(struct backend *b, const struct endpoint *at,
    const struct envelope *client, const char *helo) WAITS;

/* Says EHLO again, with the client's name; b->caps is new. */
bool backend_hello(struct backend *b, const char *helo) WAITS;

/*
 * Sends one line (without CRLF) and reads its reply into b->reply.  timeout in
 * ms.  False when the session was lost.
 */
bool backend_command(struct backend *b, struct str line, int64_t timeout) WAITS;

/* Reads one reply; false when the session was lost. */
bool backend_read(struct backend *b, int64_t timeout) WAITS;

/* The session is over because of this; always returns false. */
bool backend_lose(struct backend *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* QUIT without waiting long for the answer, whatever patience is left. */
void backend_quit(struct backend *b) WAITS;

#endif
