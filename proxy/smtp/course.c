/*
 * course: how the transaction of an SMTP session goes on.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "session.h"

static void
breathe(struct scan *scan)
{
	(void)scan;
	coro_yield();
}

void
course_begin(struct session *s, struct str sender, bool smtputf8)
{
	struct transaction *tx = &s->tx;
	struct envelope *e = &tx->envelope;

	s->course = (struct course) {.chunking = CHUNKS_NONE};
	transaction_begin(tx, s->door->config, &s->peer);
	e->sender = arena_text(tx->arena, sender);
	e->smtputf8 = smtputf8;
	if (smtputf8)
		e->protocol = arena_printf(
		    tx->arena, "UTF8%s", e->protocol + (s->esmtp ? 1 : 0))
				  .data;
	transaction_open(tx, s->door->dns, breathe, s);
}

/* What XFORWARD told was for this transaction. */
static void
end_forwarding(struct session *s)
{
	const char *login = s->peer.login; /* XFORWARD tells of none */

	if (!s->forwarded)
		return;
	s->forwarded = false;
	s->named = s->saved_named;
	s->peer = s->saved;
	s->peer.login = login;
	session_set_protocol(s);
	/* It was told of a client that is not the next one's. */
	if (s->conf->identity != IDENTITY_XFORWARD)
		s->stale = true;
}

void
course_end(struct session *s)
{
	if (s->tx.arena) {
		transaction_end(&s->tx);
		s->course = (struct course) {.chunking = CHUNKS_NONE};
		s->phase = PHASE_READY;
	}
	end_forwarding(s);
}

/* The filters' time is part of what the client waits for; half of that is the
 * backend's. */
void
course_check(struct session *s, enum stage first, enum stage last,
    struct verdict *verdict)
{
	int64_t most = s->conf->filter_timeout;
	int64_t left =
	    backend_deadline(&s->backend, 2 * most) - loop_now(s->door->loop);

	transaction_check(
	    &s->tx, s->door->lanes, first, last, left / 2, verdict);
}

void
course_log(struct session *s, const char *verb, struct str reply)
{
	bool later = str_starts(reply, "4");
	struct verdict verdict = {
	    .action = later ? ACTION_DEFER : ACTION_REJECT,
	    .would = later ? ACTION_DEFER : ACTION_REJECT,
	};
	struct report report =
	    transaction_report(&s->tx, verb, &verdict, reply);

	if (report.size == 0)
		report.size = s->course.hold.dots.size;
	report_log(&report);
}

bool
course_refuse(
    struct session *s, const char *verb, const struct verdict *verdict)
{
	struct report report =
	    transaction_report(&s->tx, verb, verdict, str_c(""));
	struct str text = report_refusal(&report, s->tx.arena);

	return session_reply(
	    s, verdict->code, verdict->enhanced, "%s", text.data);
}
