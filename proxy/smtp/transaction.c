/*
 * transaction: MAIL to the end of DATA, and all that is known of it.
 *
 * Its arena ends with it; nothing of one envelope can reach the next.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <time.h>

#include "session.h"

static void
breathe(struct scan *scan)
{
	(void)scan;
	coro_yield();
}

static void
scan_init(struct session *s)
{
	struct transaction *tx = &s->tx;

	tx->scan = (struct scan) {
	    .arena = tx->arena,
	    .envelope = &tx->envelope,
	    .dns = &tx->meter.dns,
	    .time = time(NULL),
	    .authenticated = tx->envelope.login != NULL,
	    .breathe = breathe,
	    .door = s,
	};
}

void
transaction_begin(struct session *s, struct str sender, bool smtputf8)
{
	const struct config *config = s->door->config;
	struct transaction *tx = &s->tx;

	*tx = (struct transaction) {.arena = arena_new()};
	report_id(tx->id);
	tx->envelope = s->peer;
	tx->envelope.sender = arena_text(tx->arena, sender);
	tx->envelope.smtputf8 = smtputf8;
	if (smtputf8)
		tx->envelope.protocol = arena_printf(tx->arena, "UTF8%s",
		    tx->envelope.protocol + (s->esmtp ? 1 : 0))
					    .data;
	meter_init(&tx->meter, s->door->dns);
	spool_init(&tx->spool, config->spool_directory, config->spool_memory);
	scan_init(s);
}

/* What XFORWARD told was for this transaction. */
static void
end_forwarding(struct session *s)
{
	if (!s->forwarded)
		return;
	s->forwarded = false;
	s->named = s->saved_named;
	s->peer = s->saved;
	/* It was told of a client that is not the next one's. */
	if (s->conf->identity != IDENTITY_XFORWARD)
		s->stale = true;
}

void
transaction_end(struct session *s)
{
	struct transaction *tx = &s->tx;

	if (tx->arena) {
		spool_clear(&tx->spool);
		arena_free(tx->arena);
		*tx = (struct transaction) {.arena = NULL};
		s->phase = PHASE_READY;
	}
	end_forwarding(s);
}

void
transaction_check(struct session *s, enum stage stage, struct verdict *verdict)
{
	struct transaction *tx = &s->tx;
	int64_t start = clock_ms();

	tx->scan.deadline = dns_now(&tx->meter.dns) + s->conf->filter_timeout;
	chain_check(s->door->config->chain, s->door->lanes, stage, &tx->scan);
	tx->scan_ms += clock_ms() - start;
	chain_decide(s->door->config->chain, &tx->scan, verdict);
}

size_t
transaction_add_recipient(struct session *s, struct str address)
{
	struct envelope *e = &s->tx.envelope;
	struct recipient *more;

	if (e->recipient_count == s->tx.recipient_room) {
		s->tx.recipient_room = 2 * s->tx.recipient_room + 4;
		more = arena_array(
		    s->tx.arena, s->tx.recipient_room, sizeof(*more));
		if (e->recipient_count)
			memcpy(more, e->recipients,
			    e->recipient_count * sizeof(*more));
		e->recipients = more;
	}
	s->tx.before = scan_mark(&s->tx.scan);
	e->recipients[e->recipient_count] =
	    (struct recipient) {.address = arena_text(s->tx.arena, address)};
	return e->recipient_count++;
}

void
transaction_drop_recipient(struct session *s)
{
	s->tx.envelope.recipient_count--;
	scan_rewind(&s->tx.scan, &s->tx.before);
}

struct report
transaction_report(struct session *s, const char *verb,
    const struct verdict *verdict, struct str reply)
{
	struct transaction *tx = &s->tx;

	return (struct report) {
	    .config = s->door->config,
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

void
transaction_log(struct session *s, const char *verb, struct str reply)
{
	bool later = str_starts(reply, "4");
	struct verdict verdict = {
	    .action = later ? ACTION_DEFER : ACTION_REJECT,
	    .would = later ? ACTION_DEFER : ACTION_REJECT,
	};
	struct report report = transaction_report(s, verb, &verdict, reply);

	if (report.size == 0)
		report.size = s->tx.hold.dots.size;
	report_log(&report);
}

bool
transaction_refuse(
    struct session *s, const char *verb, const struct verdict *verdict)
{
	struct arena *arena = s->tx.arena;
	struct str text = report_reply_text(verdict->text, s->tx.id, arena);
	struct report report = transaction_report(s, verb, verdict,
	    arena_printf(arena, "%u %s %s", verdict->code, verdict->enhanced,
		text.data));

	report_log(&report);
	return session_reply(
	    s, verdict->code, verdict->enhanced, "%s", text.data);
}
