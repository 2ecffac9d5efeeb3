/*
 * transaction: MAIL to the end of the message, as every door keeps it.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <time.h>

#include "postern/loop.h"

#include "transaction.h"

void
transaction_begin(struct transaction *tx, const struct config *config,
    const struct envelope *peer)
{
	*tx = (struct transaction) {
	    .arena = arena_new(), .config = config, .envelope = *peer};
	report_id(tx->id);
	spool_init(&tx->spool, config->spool_directory, config->spool_memory);
}

void
transaction_open(struct transaction *tx, struct dns *dns,
    void (*breathe)(struct scan *scan), void *door)
{
	meter_init(&tx->meter, dns);
	tx->scan = (struct scan) {
	    .arena = tx->arena,
	    .envelope = &tx->envelope,
	    .dns = &tx->meter.dns,
	    .time = time(NULL),
	    .authenticated = tx->envelope.login != NULL,
	    .breathe = breathe,
	    .door = door,
	};
}

void
transaction_end(struct transaction *tx)
{
	if (!tx->arena)
		return;
	spool_clear(&tx->spool);
	arena_free(tx->arena);
	*tx = (struct transaction) {.arena = NULL};
}

void
transaction_check(struct transaction *tx, struct lanes *lanes, enum stage first,
    enum stage last, int64_t timeout, struct verdict *verdict)
{
	const struct chain *chain = tx->config->chain;
	int64_t start = clock_ms();
	int stage;

	tx->scan.deadline = dns_now(&tx->meter.dns) + timeout;
	for (stage = (int)first; stage <= (int)last; stage++)
		chain_check(chain, lanes, (enum stage)stage, &tx->scan);
	tx->scan_ms += clock_ms() - start;
	chain_decide(chain, &tx->scan, verdict);
}

struct recipient *
transaction_add_recipient(struct transaction *tx, const char *address)
{
	struct envelope *e = &tx->envelope;
	struct recipient *more;

	if (e->recipient_count == tx->recipient_room) {
		tx->recipient_room = 2 * tx->recipient_room + 4;
		more =
		    arena_array(tx->arena, tx->recipient_room, sizeof(*more));
		if (e->recipient_count)
			memcpy(more, e->recipients,
			    e->recipient_count * sizeof(*more));
		e->recipients = more;
	}
	tx->before = scan_mark(&tx->scan);
	more = &e->recipients[e->recipient_count++];
	*more = (struct recipient) {.address = address};
	return more;
}

void
transaction_drop_recipient(struct transaction *tx)
{
	tx->envelope.recipient_count--;
	scan_rewind(&tx->scan, &tx->before);
}

bool
transaction_is_settled(
    const struct transaction *tx, const char *address, struct verdict *verdict)
{
	if (chain_exempts(tx->config->chain, address)) {
		*verdict = (struct verdict) {.action = ACTION_NONE};
		return true;
	}
	*verdict = tx->early;
	return tx->early.action >= ACTION_DEFER;
}

void
transaction_read(struct transaction *tx, struct str octets)
{
	message_parse(octets, tx->arena, &tx->message);
	tx->scan.message = &tx->message;
}

struct report
transaction_report(const struct transaction *tx, const char *verb,
    const struct verdict *verdict, struct str reply)
{
	return (struct report) {
	    .config = tx->config,
	    .id = tx->id,
	    .verb = verb,
	    .scan = &tx->scan,
	    .verdict = verdict,
	    .reply = reply,
	    .size = tx->message.bytes.len,
	    .dns_ms = tx->meter.spent,
	    .scan_ms = tx->scan_ms,
	};
}
