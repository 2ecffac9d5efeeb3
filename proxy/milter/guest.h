/*
 * guest: one session of a mail server, which is one SMTP session of a client
 * of its, and the mail that is under way in it.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_GUEST_H
#define PROXY_GUEST_H

#include <stdatomic.h>

#include "postern/dns_block.h"

#include "lanepool.h"
#include "offer.h"
#include "proxy/report/transaction.h"

/* What all sessions of a milter section share. */
struct milter_door {
	const struct config *config;
	const struct milter_conf *conf;
	struct dns_block *dns;
	struct lanepool *lanes;
	atomic_uint guests; /* sessions that are there */
	atomic_uint mails;  /* between MAIL and the end of the message */
};

/* A header field that may have to go. */
struct suspect {
	const char *name;
	size_t order; /* among all suspects */
	unsigned nth; /* among those of its name, from 1 */
	bool forged;
	bool result;  /* Authentication-Results */
	bool subject; /* goes when a marked one takes its place */
};

/* What the mail server tells of a transaction. */
struct mail {
	const char *queue_id; /* or "NOQUEUE" */
	struct dns_view view;
	struct suspect *suspects;
	size_t suspect_count;
	unsigned removed; /* forged results that were deleted */
	bool head_ended;
	bool lost;      /* it could not be held */
	bool too_large; /* above message_size_limit */
};

struct guest {
	struct milter_door *door;
	SMFICTX *ctx;
	struct offer offer;
	struct arena *arena;  /* of what connect told */
	struct envelope peer; /* the part of the envelope that stays */
	struct strbuf helo;
	const char *authserv_id;
	bool local;    /* the mail did not come by SMTP */
	bool ending;   /* in the end-of-message callback */
	int64_t heard; /* when the mail server was last told to wait */
	struct transaction tx;
	struct mail mail; /* of the transaction */
};

/* The session of ctx, made when there is none. */
struct guest *guest_get(struct milter_door *door, SMFICTX *ctx);
void guest_free(struct guest *g);

/* Whatever was told before is forgotten: XCLIENT may make a second client. */
void
guest_connect(struct guest *g, const char *name, const struct sockaddr *sa);
void guest_helo(struct guest *g, const char *name);

/* Text of the mail server's without controls; lives in arena. */
const char *guest_text(const char *text, struct arena *arena);

/* A macro's value, "" when it is not set. */
const char *guest_macro(const struct guest *g, const char *name);

#endif
