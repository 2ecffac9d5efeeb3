/*
 * verb_auth: AUTH (RFC 4954), relayed to the backend line by line.
 *
 * Nothing of the exchange is logged but the mechanism, the outcome and, where
 * the mechanism shows it, who logs in.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/log.h"

#include "sasl.h"
#include "verbs.h"

enum {
	RESPONSE_MAX = 12288, /* RFC 4954 4 */
	ROUNDS_MAX = 20
};

/* base64, "=" for an empty response, or "*" to cancel. */
static bool
is_response(struct str text)
{
	size_t i;

	if (str_is(text, "*"))
		return true;
	for (i = 0; i < text.len; i++)
		if (!ascii_is_alnum(text.data[i]) &&
		    !ascii_is_one_of(text.data[i], "+/="))
			return false;
	return true;
}

static void
log_outcome(struct session *s, const struct sasl *sasl)
{
	struct str text = reply_text(&s->backend.reply);
	char ip[IP_TEXT_MAX];

	log_info("%s: auth %s from [%s]: method=%s login=<%s>%s%.*s", s->id,
	    s->peer.login ? "accepted" : "failed",
	    ip_format(&s->peer.client, ip), sasl->mechanism, sasl->login,
	    s->peer.login ? "" : ": ",
	    s->peer.login ? 0 : (int)str_head(text, 200).len, text.data);
}

/* The backend's last word. */
static bool
finish(struct session *s, const struct sasl *sasl)
{
	const struct reply *reply = &s->backend.reply;

	if (reply->code == 235) {
		s->peer.login = arena_text(
		    s->arena, str_c(sasl->login[0] ? sasl->login : "unknown"));
		s->authenticated = true;
		session_set_protocol(s);
	}
	log_outcome(s, sasl);
	return session_relay(s) &&
	    (reply->code == 235 || session_count_error(s));
}

/* The client's next response into s->line; 0, or less when it is none. */
static int
read_response(struct session *s)
{
	struct str line;
	int result;

	result = stream_read_line(s->client, RESPONSE_MAX,
	    session_deadline(s, s->conf->command_timeout), &line);
	if (result != 0)
		return result;
	if (!session_cut_cr(s, &line))
		return STREAM_LINE_TOO_LONG;
	strbuf_reset(&s->line);
	strbuf_add(&s->line, line);
	return is_response(strbuf_str(&s->line)) ? 0 : STREAM_LINE_TOO_LONG;
}

static bool
command(struct session *s, struct str line)
{
	return backend_command(
	    &s->backend, line, s->conf->backend_command_timeout);
}

/* A challenge to the client, and its answer to the backend. */
static bool
round_trip(struct session *s, struct sasl *sasl, bool *gone)
{
	int result;

	*gone = stream_write(s->client, strbuf_str(&s->backend.reply.raw),
		    session_deadline(s, s->conf->command_timeout)) < 0;
	result = *gone ? -1 : read_response(s);
	*gone = result < 0 && result != STREAM_LINE_TOO_LONG;
	if (*gone)
		return false;
	session_owes_reply(s);
	if (result != 0) /* no response: as good as cancelled */
		return command(s, str_c("*"));
	sasl_see(sasl, strbuf_str(&s->line));
	return command(s, strbuf_str(&s->line));
}

/* Built from what was understood, as every command is. */
static bool
begin(struct session *s, const struct sasl *sasl, struct str initial)
{
	struct strbuf line;
	bool ok;

	strbuf_init(&line);
	strbuf_printf(
	    &line, "AUTH %s%s", sasl->mechanism, initial.len > 0 ? " " : "");
	strbuf_add(&line, initial);
	ok = command(s, strbuf_str(&line));
	explicit_bzero(line.data, line.len);
	strbuf_clear(&line);
	return ok;
}

static bool
exchange(struct session *s, struct sasl *sasl, struct str initial)
{
	bool gone = false, ok;
	unsigned rounds = 0;

	ok = begin(s, sasl, initial);
	while (ok && s->backend.reply.code == 334 && rounds++ < ROUNDS_MAX)
		ok = round_trip(s, sasl, &gone);
	explicit_bzero(s->line.data, s->line.len);
	strbuf_reset(&s->line);
	if (gone)
		return false;
	if (!ok)
		return session_backend_lost(s);
	return finish(s, sasl);
}

/* Why not now?  True when it may begin; otherwise it was answered. */
static bool
may_begin(struct session *s, struct str mechanism, bool *keep)
{
	if (!session_offers_auth(s) || s->offered.auth[0] == '\0')
		*keep = session_error(
		    s, 502, "5.5.1", "AUTH is not offered (%s)", s->id);
	else if (s->peer.login)
		*keep = session_error(
		    s, 503, "5.5.1", "Already authenticated (%s)", s->id);
	else if (!sasl_is_offered(s->offered.auth, mechanism))
		*keep = session_error(s, 504, "5.5.4",
		    "This mechanism is not offered (%s)", s->id);
	else
		return session_need_backend(s, keep);
	return false;
}

bool
verb_auth(struct session *s, const struct command *command)
{
	struct str rest = command->argument, mechanism = str_c("");
	struct str initial = str_c("");
	struct sasl sasl;
	bool keep;

	str_cut_word(&rest, &mechanism);
	str_cut_word(&rest, &initial);
	if (mechanism.len == 0 || !is_response(initial) ||
	    str_is(initial, "*") || str_trim(rest).len > 0)
		return session_error(s, 501, "5.5.4",
		    "Syntax: AUTH mechanism [response] (%s)", s->id);
	if (!may_begin(s, mechanism, &keep))
		return keep;
	sasl_start(&sasl, mechanism);
	if (initial.len > 0)
		sasl_see(&sasl, initial);
	return exchange(s, &sasl, initial);
}
