/*
 * course: how the transaction of an SMTP session goes on, with the client and
 * with the backend.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_COURSE_H
#define PROXY_COURSE_H

#include "hold.h"

#include "proxy/report/transaction.h"

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

struct course {
	struct hold hold; /* DATA or chunks on their way into the spool */
	enum chunking chunking;
	struct said *said; /* accepted commands of the envelope */
	size_t said_count;
	unsigned tried;         /* RCPT commands */
	unsigned accepted;      /* recipients the backend took */
	unsigned refused_later; /* recipients refused with 4xx */
	bool too_many;          /* recipients, and the log says so */
	bool lost;              /* the backend's session ended inside it */
};

void course_begin(struct session *s, struct str sender, bool smtputf8);
void course_end(struct session *s);

/* Asks the chain at these stages and folds what is known into a verdict. */
void course_check(struct session *s, enum stage first, enum stage last,
    struct verdict *verdict) WAITS;

/*
 * Logs a refusal that no filter asked for: the backend's, or a limit's.
 * reply: what the client was told.
 */
void course_log(struct session *s, const char *verb, struct str reply);

/*
 * Says the refusal that the verdict asks for and logs it with its verb.
 * Returns what session_reply returns.
 */
bool course_refuse(
    struct session *s, const char *verb, const struct verdict *verdict) WAITS;

#endif
