/*
 * transaction: MAIL to the end of DATA, and all that is known of it.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_TRANSACTION_H
#define PROXY_TRANSACTION_H

#include "postern/spool.h"

#include "hold.h"

#include "proxy/report/meter.h"
#include "proxy/report/report.h"

struct session;

enum chunking {
	CHUNKS_NONE,   /* no BDAT yet */
	CHUNKS_TAKEN,  /* some were taken, the last is to come */
	CHUNKS_REFUSED /* one was refused: only RSET helps */
};

struct said {
	struct str line;
	unsigned code; /* what the backend answered */
};

struct transaction {
	struct arena *arena; /* NULL: there is no transaction */
	char id[REPORT_ID_SIZE];
	struct envelope envelope;
	struct scan scan;
	struct meter meter;   /* the resolver of the scan, with a clock */
	struct verdict early; /* due at MAIL, spoken at RCPT */
	struct message message;
	struct spool spool;
	struct hold hold; /* DATA or chunks on their way into it */
	enum chunking chunking;
	struct said *said; /* accepted commands of the envelope */
	size_t said_count;
	size_t recipient_room;
	struct scan_mark before; /* the last recipient was asked about */
	unsigned tried;          /* RCPT commands */
	unsigned accepted;       /* recipients the backend took */
	unsigned refused_later;  /* recipients refused with 4xx */
	bool too_many;           /* recipients, and the log says so */
	bool lost;               /* the backend's session ended inside it */
	int64_t scan_ms;
};

void transaction_begin(struct session *s, struct str sender, bool smtputf8);
void transaction_end(struct session *s);

/* Asks the chain at this stage and folds what is known into a verdict. */
void transaction_check(
    struct session *s, enum stage stage, struct verdict *verdict) WAITS;

/* The recipient joins the envelope, not yet accepted; the index of it. */
size_t transaction_add_recipient(struct session *s, struct str address);
void transaction_drop_recipient(struct session *s);

/*
 * Logs a refusal that no filter asked for: the backend's, or a limit's.
 * reply: what the client was told.
 */
void transaction_log(struct session *s, const char *verb, struct str reply);

/* The record that log and headers are written from. */
struct report transaction_report(struct session *s, const char *verb,
    const struct verdict *verdict, struct str reply);

/*
 * Says the refusal that the verdict asks for and logs it with its verb.
 * Returns what session_reply returns.
 */
bool transaction_refuse(
    struct session *s, const char *verb, const struct verdict *verdict) WAITS;

#endif
