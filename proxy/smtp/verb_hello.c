/*
 * verb_hello: HELO and EHLO (RFC 5321 4.1.1.1).
 *
 * Both end a transaction.  The backend is not opened for them: its offer is
 * known from the probe and the last session, and checked when it opens.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "verbs.h"

enum { HELLOS_MAX = 100 }; /* each is kept until the session ends */

static bool
offer(struct session *s)
{
	struct strbuf out;
	bool ok;

	s->offered = s->door->probe.caps;
	strbuf_init(&out);
	ehlo_offer(&s->offered, s->door->config->hostname,
	    s->conf->message_size_limit, &out);
	ok = stream_write(s->client, strbuf_str(&out),
		 session_deadline(s, s->conf->command_timeout)) >= 0;
	strbuf_clear(&out);
	return ok;
}

/* The backend was told another name; it is opened anew when it is needed. */
static void
forget_backend(struct session *s)
{
	session_reset(s);
	backend_quit(&s->backend);
}

bool
verb_hello(struct session *s, const struct command *command)
{
	if (command->argument.len == 0)
		return session_error(s, 501, "5.5.4",
		    "%s needs a host name (%s)", verb_name(command->verb),
		    s->id);
	if (!helo_is_acceptable(command->argument))
		return session_error(
		    s, 501, "5.5.4", "Invalid host name (%s)", s->id);
	if (++s->hellos > HELLOS_MAX)
		return session_error(
		    s, 503, "5.5.1", "Too many greetings (%s)", s->id);
	forget_backend(s);
	s->phase = PHASE_READY;
	s->peer.helo = arena_text(s->arena, command->argument);
	s->peer.protocol = command->verb == VERB_EHLO ? "ESMTP" : "SMTP";
	if (command->verb == VERB_EHLO)
		return offer(s);
	s->offered = s->door->probe.caps;
	return session_reply(s, 250, NULL, "%s", s->door->config->hostname);
}
