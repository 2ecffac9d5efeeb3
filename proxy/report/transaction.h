/*
 * transaction: MAIL to the end of the message, as every door keeps it.
 *
 * The envelope, the held octets, and what filters found.  Its arena ends with
 * it; nothing of one envelope can reach the next.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_TRANSACTION_H
#define PROXY_TRANSACTION_H

#include "postern/spool.h"

#include "meter.h"
#include "report.h"

struct transaction {
	struct arena *arena; /* NULL: there is no transaction */
	const struct config *config;
	char id[REPORT_ID_SIZE];
	struct envelope envelope;
	size_t recipient_room;
	struct scan_mark before; /* the last recipient was asked about */
	struct scan scan;
	struct meter meter;   /* the resolver of the scan, with a clock */
	struct verdict early; /* due at MAIL, spoken at RCPT */
	struct spool spool;
	struct message message;
	int64_t scan_ms;
};

/* peer: what is known of the client, whose texts outlive the transaction. */
void transaction_begin(struct transaction *tx, const struct config *config,
    const struct envelope *peer);

/* When the sender is in the envelope: makes the scan.  breathe and door as in
 * struct scan. */
void transaction_open(struct transaction *tx, struct dns *dns,
    void (*breathe)(struct scan *scan), void *door);

/* Gives everything back; nothing is done when there is none. */
void transaction_end(struct transaction *tx);

/* Asks the chain at these stages, all within one deadline (ms), and folds what
 * is known into a verdict. */
void
transaction_check(struct transaction *tx, struct lanes *lanes, enum stage first,
    enum stage last, int64_t timeout, struct verdict *verdict) WAITS;

/* The recipient joins the envelope, not yet accepted; the text is not copied.
 * It leaves again when it was refused. */
struct recipient *
transaction_add_recipient(struct transaction *tx, const char *address);
void transaction_drop_recipient(struct transaction *tx);

/* The verdict on a recipient of whom the chain need not be asked: exempt, or
 * refused with the sender.  False: ask it. */
bool transaction_is_settled(
    const struct transaction *tx, const char *address, struct verdict *verdict);

/* Lays the message over the held octets. */
void transaction_read(struct transaction *tx, struct str octets);

/* The record that log and headers are written from. */
struct report transaction_report(const struct transaction *tx, const char *verb,
    const struct verdict *verdict, struct str reply);

#endif
