/*
 * verb_rcpt: RCPT TO (RFC 5321 4.1.1.3).
 *
 * A refusal that was due earlier is spoken here, so that the recipient is in
 * the log and an exempt recipient is not hit by it.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "upstream.h"
#include "verbs.h"

static bool
bad_path(struct session *s, enum path_error error)
{
	if (error == PATH_NO_KEYWORD)
		return session_error(
		    s, 501, "5.5.4", "Syntax: RCPT TO:<address> (%s)", s->id);
	if (error == PATH_BAD_PARAM)
		return session_error(
		    s, 501, "5.5.4", "Bad parameter (%s)", s->id);
	return session_error(
	    s, 501, "5.1.3", "Bad recipient address syntax (%s)", s->id);
}

static bool
params_are_good(const struct session *s, struct str params)
{
	struct str key, value;

	while (param_cut(&params, &key, &value))
		if (!ehlo_allows_rcpt(&s->offered, key))
			return false;
	return true;
}

static bool
hand_on(struct session *s, const struct path *path)
{
	struct strbuf line;
	bool ok;

	strbuf_init(&line);
	strbuf_puts(&line, "RCPT TO:");
	strbuf_add(&line, path->raw);
	if (path->params.len) {
		strbuf_putc(&line, ' ');
		strbuf_add(&line, path->params);
	}
	ok = upstream_envelope(s, strbuf_str(&line));
	strbuf_clear(&line);
	return ok;
}

/* What the filters say of this recipient. */
static void
judge(struct session *s, const char *address, struct verdict *verdict)
{
	if (!transaction_is_settled(&s->tx, address, verdict))
		course_check(s, STAGE_RCPT, STAGE_RCPT, verdict);
}

/* The backend's answer, counted and handed on. */
static bool
finish(struct session *s, struct recipient *recipient)
{
	unsigned class = s->backend.reply.code / 100;

	if (class == 2) {
		recipient->accepted = true;
		s->course.accepted++;
	} else {
		session_log_refusal(s, "RCPT");
		transaction_drop_recipient(&s->tx);
		s->course.refused_later += class == 4;
	}
	return session_relay(s);
}

static bool
try_recipient(struct session *s, const struct path *path)
{
	struct recipient *recipient = transaction_add_recipient(
	    &s->tx, arena_text(s->tx.arena, path->address));
	struct verdict verdict;
	bool keep;

	judge(s, recipient->address, &verdict);
	if (verdict.action >= ACTION_DEFER) {
		keep = course_refuse(s, "RCPT", &verdict);
		transaction_drop_recipient(&s->tx);
		s->course.refused_later += verdict.action == ACTION_DEFER;
		return keep;
	}
	if (!hand_on(s, path)) {
		transaction_drop_recipient(&s->tx);
		return session_backend_lost(s);
	}
	return finish(s, recipient);
}

/* A client may have sent more before it read this; one that goes on and on
 * does not mean to send mail. */
static bool
too_many(struct session *s)
{
	s->course.refused_later++;
	if (!s->course.too_many) /* one line is enough */
		course_log(s, "RCPT", str_c("452 4.5.3 Too many recipients"));
	s->course.too_many = true;
	if (s->course.tried > 2 * s->conf->max_recipients)
		return session_error(
		    s, 452, "4.5.3", "Too many recipients (%s)", s->tx.id);
	return session_reply(
	    s, 452, "4.5.3", "Too many recipients (%s)", s->tx.id);
}

bool
verb_rcpt(struct session *s, const struct command *command)
{
	enum path_error error;
	struct path path;

	error = path_parse(command->argument, "TO", &path);
	if (error != PATH_OK)
		return bad_path(s, error);
	if (session_lacks_utf8(s, path.raw))
		return session_error(
		    s, 553, "5.6.7", "SMTPUTF8 is not offered (%s)", s->id);
	if (!params_are_good(s, path.params))
		return session_error(
		    s, 555, "5.5.4", "Parameter not supported (%s)", s->id);
	s->phase = PHASE_RCPT;
	if (s->course.lost)
		return session_reply(s, 451, "4.3.0",
		    "Mail server lost, try again later (%s)", s->tx.id);
	if (++s->course.tried > 2 * s->conf->max_recipients ||
	    s->course.accepted >= s->conf->max_recipients)
		return too_many(s);
	return try_recipient(s, &path);
}
