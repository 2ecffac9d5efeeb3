/*
 * judge: a held message is judged, then handed on or refused.
 *
 * The backend hears of DATA only after the verdict, because DATA cannot be
 * taken back.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/log.h"

#include "judge.h"
#include "transfer.h"
#include "upstream.h"

/* The word behind "queued as", as Postfix, Exim and our sink say it. */
static const char *
find_queue_id(const struct reply *reply, struct arena *arena)
{
	struct str text = reply_text(reply), word;
	struct str mark = str_c("queued as ");
	size_t at = str_case_find_str(text, mark);

	text = str_from(text, at + mark.len);
	if (!str_cut_word(&text, &word))
		return NULL;
	return arena_text(arena, str_head(word, 64));
}

static unsigned
count_hops(const struct message *message)
{
	return (unsigned)message_count(message, "Received");
}

/* What no filter has to see. */
static bool
refuse_header(struct session *s, const char *enhanced, const char *text,
    const char *source)
{
	struct verdict verdict = {
	    .action = ACTION_REJECT,
	    .would = ACTION_REJECT,
	    .code = 554,
	    .enhanced = enhanced,
	    .text = text,
	    .source = source,
	};

	return course_refuse(s, "DATA", &verdict);
}

/* Accepted and dropped: the sender is told nothing, the log everything. */
static bool
discard(struct session *s, const struct verdict *verdict)
{
	struct str told =
	    arena_printf(s->tx.arena, "250 2.0.0 Ok: queued as %s", s->tx.id);
	struct report report =
	    transaction_report(&s->tx, "DATA", verdict, told);

	report_log(&report);
	return session_reply(s, 250, "2.0.0", "Ok: queued as %s", s->tx.id);
}

static void
log_delivery(
    struct session *s, const struct verdict *verdict, const struct strip *strip)
{
	struct reply *reply = &s->backend.reply;
	struct verdict outcome = *verdict;
	struct report report = transaction_report(&s->tx, "DATA", &outcome,
	    arena_printf(s->tx.arena, "%u %.*s", reply->code,
		(int)reply_line(reply, 0).len, reply_line(reply, 0).data));

	if (!reply_is(reply, 2))
		outcome.action = outcome.would =
		    reply_is(reply, 5) ? ACTION_REJECT : ACTION_DEFER;
	report.backend_reply = report.reply;
	report.removed_authres = strip->authres;
	if (reply_is(reply, 2))
		report.queue_id = find_queue_id(reply, s->tx.arena);
	report_log(&report);
}

static bool
deliver(struct session *s, const struct verdict *verdict)
{
	const struct config *config = s->door->config;
	bool subject =
	    verdict->action == ACTION_TAG && config->tag_subject != NULL;
	struct report report =
	    transaction_report(&s->tx, "DATA", verdict, str_c(""));
	struct strip strip;
	struct strbuf block;
	bool sent, refused = false;

	strip_find(
	    &s->tx.message, config->authserv_id, subject, s->tx.arena, &strip);
	strbuf_init(&block);
	report_headers(&report, s->conf->identity == IDENTITY_NONE, &block);
	sent = upstream_still_there(s) &&
	    transfer_message(s, strbuf_str(&block), &strip, &refused);
	strbuf_clear(&block);
	if (!sent && !refused) {
		course_log(s, "DATA", str_c("451 4.3.0 Mail server lost"));
		return session_backend_lost(s);
	}
	log_delivery(s, verdict, &strip);
	return session_relay(s);
}

bool
judge_message(struct session *s)
{
	struct transaction *tx = &s->tx;
	struct verdict verdict;
	struct error error;
	struct str bytes;

	/* A client that sent its chunks together with its envelope waits for
	 * the replies to that, too. */
	if (stream_flush(
		s->client, session_deadline(s, s->conf->data_timeout)) < 0)
		return false;
	backend_patience(&s->backend, s->conf->backend_end_timeout);
	if (!spool_read(&tx->spool, &bytes, &error)) {
		log_error("%s: %s", tx->id, error.text);
		return session_reply(s, 452, "4.3.1",
		    "Insufficient system storage (%s)", tx->id);
	}
	transaction_read(tx, bytes);
	if (tx->message.overfull)
		return refuse_header(
		    s, "5.6.0", "Too many header fields", "header fields");
	if (count_hops(&tx->message) > s->conf->max_hops)
		return refuse_header(s, "5.4.6",
		    "Too many hops, this mail is looping", "max_hops");
	course_check(s, STAGE_MESSAGE, STAGE_MESSAGE, &verdict);
	if (verdict.action >= ACTION_DEFER)
		return course_refuse(s, "DATA", &verdict);
	if (verdict.action == ACTION_DISCARD)
		return discard(s, &verdict);
	return deliver(s, &verdict);
}

bool
judge_no_recipients(struct session *s)
{
	if (s->course.lost || s->course.refused_later)
		return session_reply(s, 451, "4.3.0",
		    "No recipient was accepted now, try again later (%s)",
		    s->tx.id);
	return session_error(
	    s, 554, "5.5.1", "No valid recipients (%s)", s->tx.id);
}

void
judge_end(struct session *s)
{
	/* The client need not wait for what the backend says to RSET. */
	stream_flush(s->client, session_deadline(s, s->conf->data_timeout));
	s->junk = 0;
	session_owes_reply(s);
	/* RSET behind, unless the message went through and ended it there. */
	session_reset(s);
}
