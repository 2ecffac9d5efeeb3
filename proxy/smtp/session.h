/*
 * session: one TCP connection from a client, as one sequential function.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_SESSION_H
#define PROXY_SESSION_H

#include "postern/command.h"

#include "backend.h"
#include "probe.h"
#include "proxy/daemon/limits.h"
#include "proxy/report/report.h"
#include "course.h"

enum phase {
	PHASE_GREETED, /* before HELO or EHLO */
	PHASE_READY,   /* no transaction */
	PHASE_MAIL,    /* a sender was given */
	PHASE_RCPT     /* at least one RCPT was answered */
};

/* What the sessions of one listener of a worker share. */
struct door {
	const struct config *config;
	const struct listener_conf *conf;
	struct loop *loop;
	struct dns *dns;
	struct lanes *lanes;
	struct probe *probes; /* one for each backend, in the admin's order */
	size_t probe_count;
	struct limits *limits; /* shared with the other workers */
	unsigned column;
	struct session *sessions; /* list, for draining */
	size_t session_count;
	bool draining;
};

struct session {
	struct door *door;
	const struct listener_conf *conf;
	struct session *next, **link; /* in door->sessions */
	struct coro *coro;
	struct stream *client;
	struct backend backend;
	struct capabilities offered; /* what EHLO told the client */
	struct strbuf line;          /* the command being obeyed */
	struct arena *arena;
	struct envelope peer; /* the part of the envelope that stays */
	struct ip wire; /* whom the connection is from: trust goes by it */
	struct envelope saved; /* peer, before XFORWARD changed it */
	struct ip limited;     /* counted as, when counted */
	char id[REPORT_ID_SIZE];
	int64_t deadline; /* of the whole session */
	int64_t paid;     /* when the client last got all that it is owed */
	enum phase phase;
	unsigned errors;
	unsigned commands;
	unsigned hellos;
	unsigned junk; /* commands since the last message */
	bool esmtp;    /* the client said EHLO, not HELO */
	bool named;    /* the client's name was looked up, or told */
	bool saved_named;
	bool forwarded;     /* XFORWARD told of another client */
	bool quit;          /* the client said so */
	bool stale;         /* the backend was told of another client */
	bool counted;       /* by the limits */
	bool authenticated; /* at the backend that is open */
	bool waiting;       /* for a command, between transactions */
	bool committed;     /* the dot was sent: only its reply says what became
			   of the mail */
	struct transaction tx;
	struct course course; /* of the transaction */
};

/* Takes over fd; runs on a coroutine of the door's loop. */
void
session_start(struct door *door, int fd, const struct ip *ip, unsigned port);

/* Ends sessions that wait between transactions with 421; others end when
 * their transaction does. */
void session_drain(struct door *door);

/*
 * Says a reply of ours: "code enhanced text".  Returns false when the client is
 * gone, so that a verb can end with it.
 */
bool session_reply(struct session *s, unsigned code, const char *enhanced,
    const char *fmt, ...) WAITS __attribute__((format(printf, 4, 5)));

/* The same for a mistake of the client's: too many end the session. */
bool session_error(struct session *s, unsigned code, const char *enhanced,
    const char *fmt, ...) WAITS __attribute__((format(printf, 4, 5)));

/* One more mistake, answered already; false when the session is over. */
bool session_count_error(struct session *s) WAITS;

/* Hands on the backend's last reply word by word.  A 421 ends the session; a
 * 1xx or 3xx is nonsense here and loses the backend. */
bool session_relay(struct session *s) WAITS;

/* The backend's last reply refused MAIL or RCPT: the log says so, too. */
void session_log_refusal(struct session *s, const char *verb);

/* The backend is gone inside a transaction: 451, and what follows of it. */
bool session_backend_lost(struct session *s) WAITS;

/* Opens the backend if it is not open; otherwise the client was answered and
 * *keep says whether the session goes on. */
bool session_need_backend(struct session *s, bool *keep) WAITS;

/* Ends the transaction here and, by RSET, behind. */
void session_reset(struct session *s) WAITS;

/* What the client said is forgotten; it is to say EHLO again. */
void session_forget(struct session *s) WAITS;

/* Sets peer.protocol from what is known: EHLO, TLS, AUTH. */
void session_set_protocol(struct session *s);

/* An address in UTF-8, where the backend does not offer SMTPUTF8. */
bool session_lacks_utf8(const struct session *s, struct str address);

/* May AUTH be offered now? */
bool session_offers_auth(const struct session *s);

/* The handshake as server; false when the session is over. */
bool session_start_tls(struct session *s) WAITS;

/* Takes the CR off a line; false when it has none and must have one. */
bool session_cut_cr(const struct session *s, struct str *line);

/* Looks up the client's name, once. */
void session_learn_name(struct session *s) WAITS;

/* The deadline of a wait for the client: this long, within the session's. */
int64_t session_deadline(const struct session *s, int64_t timeout);

/* The client waits for the reply to a command from now on. */
void session_owes_reply(struct session *s);

#endif
