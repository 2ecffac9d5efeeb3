/*
 * session: one TCP connection from a client, as one sequential function.
 *
 * Reads a command, obeys it, and so on; whatever ends the session (QUIT, an
 * error, a deadline, a drain) comes back here as false, and everything is
 * given back in session_close.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "postern/log.h"
#include "postern/net.h"
#include "postern/xalloc.h"

#include "greet.h"
#include "identity.h"
#include "refusal.h"
#include "upstream.h"
#include "verbs.h"

enum {
	COMMANDS_A_TURN = 8,
	HEARD_EVERY = 1000,   /* ms that a pipelining client waits for a reply
			       that is there */
	RSET_TIMEOUT = 10000, /* ms; the client may have said its next MAIL, and
				 a new backend session costs less */
	LINGER = 2000, /* ms for a client to read why it was hung up on */
	REPLY_TIMEOUT = 60000 /* ms for a client that does not read */
};

int64_t
session_deadline(const struct session *s, int64_t timeout)
{
	int64_t deadline = loop_now(s->door->loop) + timeout;

	return deadline < s->deadline ? deadline : s->deadline;
}

void
session_owes_reply(struct session *s)
{
	const struct listener_conf *conf = s->conf;
	int64_t most = conf->backend_command_timeout;

	if (conf->backend_mail_timeout > most)
		most = conf->backend_mail_timeout;
	if (conf->backend_rcpt_timeout > most)
		most = conf->backend_rcpt_timeout;
	backend_patience(&s->backend, most);
}

/* Owes the client these octets; waits when it already owes too much. */
static bool
say(struct session *s, struct str octets)
{
	return stream_write(
		   s->client, octets, session_deadline(s, REPLY_TIMEOUT)) >= 0;
}

static bool
say_reply(struct session *s, unsigned code, const char *enhanced,
    const char *fmt, va_list args)
{
	struct strbuf out;
	char text[1024];
	bool ok;

	vsnprintf(text, sizeof(text), fmt, args);
	strbuf_init(&out);
	reply_format(&out, code, enhanced, str_c(text));
	ok = say(s, strbuf_str(&out));
	strbuf_clear(&out);
	return ok;
}

bool
session_reply(struct session *s, unsigned code, const char *enhanced,
    const char *fmt, ...)
{
	va_list args;
	bool ok;

	va_start(args, fmt);
	ok = say_reply(s, code, enhanced, fmt, args);
	va_end(args);
	return ok;
}

bool
session_count_error(struct session *s)
{
	char ip[IP_TEXT_MAX];

	if (++s->errors < s->conf->max_errors)
		return true;
	session_reply(s, 421, "4.7.0", "Too many errors, closing (%s)", s->id);
	if (!refusal_log_json(
		s, "UNKNOWN", "421 4.7.0 Too many errors, closing"))
		log_info("%s: too many errors from [%s]", s->id,
		    ip_format(&s->peer.client, ip));
	return false;
}

bool
session_error(struct session *s, unsigned code, const char *enhanced,
    const char *fmt, ...)
{
	va_list args;
	bool ok;

	va_start(args, fmt);
	ok = say_reply(s, code, enhanced, fmt, args);
	va_end(args);
	return ok && session_count_error(s);
}

bool
session_relay(struct session *s)
{
	unsigned code = s->backend.reply.code;

	if (code < 400 && code / 100 != 2) {
		backend_lose(&s->backend, "unexpected reply %u", code);
		return session_backend_lost(s);
	}
	if (!say(s, strbuf_str(&s->backend.reply.raw)))
		return false;
	if (code != 421)
		return true;
	backend_lose(&s->backend, "the backend closes: 421");
	return false;
}

void
session_log_refusal(struct session *s, const char *verb)
{
	const struct reply *reply = &s->backend.reply;
	struct str line = str_head(reply_line(reply, 0), 300);

	if (reply->code >= 400)
		course_log(s, verb,
		    arena_printf(s->tx.arena, "%u %.*s", reply->code,
			(int)line.len, line.data));
}

bool
session_backend_lost(struct session *s)
{
	const char *id = s->tx.arena ? s->tx.id : s->id;

	if (s->tx.arena)
		s->course.lost = true;
	log_warning("%s: backend lost: %s", id, s->backend.error.text);
	return session_reply(
	    s, 451, "4.3.0", "Mail server lost, try again later (%s)", id);
}

void
session_learn_name(struct session *s)
{
	int64_t now = loop_now(s->door->loop), left;
	struct dns *dns = s->door->dns;

	if (s->named)
		return;
	s->named = true;
	left = backend_deadline(&s->backend, s->conf->client_name_timeout);
	identity_name(&s->peer, dns, dns_now(dns) + left - now, s->arena);
}

/* It authenticated there, and nowhere else. */
static bool
backend_is_bound(struct session *s, bool *keep)
{
	if (!s->authenticated)
		return false;
	session_reply(
	    s, 421, "4.3.0", "Mail server lost, log in again (%s)", s->id);
	*keep = false;
	return true;
}

bool
session_need_backend(struct session *s, bool *keep)
{
	struct backend *b = &s->backend;

	if (s->phase > PHASE_READY) {
		if (backend_is_open(b))
			return true;
		*keep = session_backend_lost(s);
		return false;
	}
	session_learn_name(s);
	if (s->stale)
		backend_quit(b);
	s->stale = false;
	if (backend_is_open(b) && !stream_is_readable(b->stream))
		return true;
	if (backend_is_open(b))
		backend_lose(b, "closed while idle");
	if (backend_is_bound(s, keep))
		return false;
	if (upstream_open(s))
		return true;
	log_warning("%s: backend: %s", s->id, b->error.text);
	if (b->reply.code == 421)
		*keep = session_relay(s);
	else if (b->denied)
		*keep =
		    session_reply(s, 421, "4.3.2",
			"Mail server not ready, try again later (%s)", s->id) &&
		    false;
	else
		*keep = session_reply(s, 451, "4.3.0",
		    "Mail server not available, try again later (%s)", s->id);
	return false;
}

bool
session_lacks_utf8(const struct session *s, struct str address)
{
	size_t i = 0;

	while (i < address.len && (unsigned char)address.data[i] < 0x80)
		i++;
	return i < address.len && !s->offered.smtputf8;
}

bool
session_offers_auth(const struct session *s)
{
	return s->conf->auth && (s->peer.tls || s->conf->auth_without_tls);
}

void
session_set_protocol(struct session *s)
{
	static const char *const words[] = {
	    "ESMTP", "ESMTPS", "ESMTPA", "ESMTPSA"};

	if (!s->esmtp)
		s->peer.protocol = "SMTP";
	else
		s->peer.protocol =
		    words[(s->peer.tls ? 1 : 0) + (s->peer.login ? 2 : 0)];
}

void
session_forget(struct session *s)
{
	session_reset(s);
	backend_quit(&s->backend);
	s->authenticated = false;
	s->phase = PHASE_GREETED;
	s->esmtp = false;
	s->peer.helo = "";
	s->peer.login = NULL;
	s->offered = (struct capabilities) {.esmtp = false};
	session_set_protocol(s);
}

void
session_reset(struct session *s)
{
	course_end(s);
	if (!backend_is_open(&s->backend) || !s->backend.in_transaction)
		return;
	s->backend.in_transaction = false;
	if (backend_command(&s->backend, str_c("RSET"), RSET_TIMEOUT) &&
	    !reply_is(&s->backend.reply, 2))
		backend_lose(
		    &s->backend, "RSET answered %u", s->backend.reply.code);
}

bool
session_cut_cr(const struct session *s, struct str *line)
{
	if (line->len == 0 || line->data[line->len - 1] != '\r')
		return hold_normalises(s);
	line->len--;
	return true;
}

/* Octets follow, and where the line cannot be read nobody knows how many. */
static bool
is_chunk(struct str line)
{
	return str_case_is(str_head(line, 4), "BDAT");
}

/*
 * A command line, or the reason why it is none.  It is copied, because the
 * next wait may move the client's buffer under it.
 */
static bool
take_line(struct session *s, struct str line)
{
	bool chunk = is_chunk(line);
	struct command command;
	size_t i;

	if (!session_cut_cr(s, &line)) {
		session_reply(s, 554, "5.5.2",
		    "Bare LF in a command, closing (%s)", s->id);
		return false;
	}
	for (i = 0; i < line.len; i++)
		if (line.data[i] == '\0' || line.data[i] == '\r')
			return session_error(s, 554, "5.5.2",
				   "Bare CR or NUL in a command (%s)", s->id) &&
			    !chunk;
	strbuf_reset(&s->line);
	strbuf_add(&s->line, line);
	command_parse(strbuf_str(&s->line), &command);
	session_owes_reply(s);
	return verbs_obey(s, &command);
}

/*
 * A client that begins with TLS, or with an octet that begins no command, is
 * no SMTP client; nobody waits for the end of its line.
 */
static bool
is_garbage(struct session *s)
{
	struct str first = stream_pending(s->client);

	if (first.len == 0 || ascii_is_space(first.data[0]) ||
	    (first.data[0] > ' ' && first.data[0] < 0x7f))
		return false;
	refusal_log(s, "UNKNOWN",
	    first.data[0] == 0x16 ?
		"421 4.7.0 This is an SMTP server (TLS where SMTP was "
		"expected)" :
		"421 4.7.0 This is an SMTP server (binary octets)");
	session_reply(s, 421, "4.7.0", "This is an SMTP server (%s)", s->id);
	return true;
}

/* Waits for the beginning of a command; what comes before its end of line is
 * looked at. */
static int
read_command(struct session *s, struct str *line)
{
	int64_t deadline = session_deadline(s, s->conf->command_timeout);
	struct str octets;
	int result = stream_fill(s->client, deadline, &octets);

	if (result < 0)
		return result;
	if (is_garbage(s))
		return -EPROTO;
	return stream_read_line(
	    s->client, s->conf->command_line_limit, deadline, line);
}

/*
 * What is owed goes out before a drain may cut the wait for more, and while a
 * slow backend answers a long pipeline: its client would lose patience.
 */
static bool
pay(struct session *s)
{
	int64_t now = loop_now(s->door->loop);

	if (stream_pending(s->client).len > 0 && now - s->paid < HEARD_EVERY)
		return true;
	s->paid = now;
	return stream_flush(s->client,
		   session_deadline(s, s->conf->command_timeout)) >= 0;
}

static bool
too_long(struct session *s, struct str line)
{
	bool chunk = is_chunk(line); /* before the client's buffer moves */

	return session_error(s, 500, "5.5.2", "Line too long (%s)", s->id) &&
	    !chunk;
}

/* One command; false when the session is over. */
static bool
step(struct session *s)
{
	struct str line = {"", 0};
	int result;

	/* A client that is never out of commands must not keep the others. */
	if (++s->commands % COMMANDS_A_TURN == 0 && coro_yield() != 0)
		return false;
	if (!pay(s))
		return false;
	s->waiting = s->phase <= PHASE_READY;
	if (s->waiting && s->door->draining) {
		session_reply(s, 421, "4.3.2", "Shutting down (%s)", s->id);
		return false;
	}
	result = read_command(s, &line);
	s->waiting = false;
	if (result == 0)
		return take_line(s, line);
	if (result == STREAM_LINE_TOO_LONG)
		return too_long(s, line);
	if (result == -ETIMEDOUT)
		session_reply(s, 421, "4.4.2", "Timeout, closing (%s)", s->id);
	if (result == -ECANCELED)
		session_reply(s, 421, "4.3.2", "Shutting down (%s)", s->id);
	return false;
}

static void
session_close(struct session *s)
{
	course_end(s);
	if (s->client && s->quit)
		stream_flush(s->client, session_deadline(s, REPLY_TIMEOUT));
	else if (s->client)
		stream_linger(s->client, loop_now(s->door->loop) + LINGER);
	stream_free(s->client);
	s->client = NULL;
	backend_quit(&s->backend);
	backend_clear(&s->backend);
	arena_free(s->arena);
	strbuf_clear(&s->line);
	if (s->counted)
		limits_leave(
		    s->door->limits, s->door->column, s->conf, &s->limited);
	if (s->next)
		s->next->link = s->link;
	*s->link = s->next;
	s->door->session_count--;
	free(s);
}

static void
session_run(void *arg)
{
	struct session *s = arg;

	if (greet(s))
		while (step(s))
			continue;
	session_close(s);
}

static void
link_in(struct session *s, struct door *door)
{
	s->next = door->sessions;
	s->link = &door->sessions;
	if (s->next)
		s->next->link = &s->next;
	door->sessions = s;
	door->session_count++;
}

void
session_start(struct door *door, int fd, const struct ip *ip, unsigned port)
{
	struct session *s = xcalloc(1, sizeof(*s));

	s->door = door;
	s->conf = door->conf;
	s->client = stream_new(fd);
	strbuf_init(&s->line);
	s->arena = arena_new();
	s->deadline = loop_now(door->loop) + s->conf->session_timeout;
	report_id(s->id);
	s->peer = (struct envelope) {
	    .client = *ip,
	    .client_port = port,
	    .helo = "",
	    .protocol = "SMTP",
	    .listener = s->conf->title,
	    .sender = "",
	    .receiver = door->config->hostname,
	};
	s->wire = *ip;
	net_local(fd, &s->peer.server, &s->peer.server_port);
	backend_init(&s->backend, s->conf, door->dns);
	link_in(s, door);
	s->coro = coro_start(door->loop, session_run, s);
}

void
session_drain(struct door *door)
{
	struct session *s;

	door->draining = true;
	for (s = door->sessions; s; s = s->next)
		if (s->waiting)
			coro_interrupt(s->coro);
}
