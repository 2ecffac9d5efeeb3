/*
 * verb_starttls: STARTTLS (RFC 3207).
 *
 * What the client pipelined behind it is discarded, and what it said before
 * is forgotten.  When the handshake fails nothing more is said in the clear.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/log.h"
#include "postern/tls.h"

#include "verbs.h"

bool
session_start_tls(struct session *s)
{
	int64_t deadline = session_deadline(s, s->conf->tls_timeout);
	char ip[IP_TEXT_MAX];
	struct error error;

	if (stream_accept_tls(
		s->client, s->conf->tls_context, deadline, &error) == 0) {
		s->peer.tls = stream_tls(s->client);
		return true;
	}
	log_info("%s: %s with [%s]", s->id, error.text,
	    ip_format(&s->peer.client, ip));
	stream_free(s->client);
	s->client = NULL;
	return false;
}

bool
verb_starttls(struct session *s, const struct command *command)
{
	if (!s->conf->tls_context || s->conf->tls == TLS_IMPLICIT)
		return session_error(
		    s, 502, "5.5.1", "STARTTLS is not offered (%s)", s->id);
	if (command->argument.len)
		return session_error(
		    s, 501, "5.5.4", "STARTTLS takes no argument (%s)", s->id);
	if (s->peer.tls)
		return session_error(
		    s, 503, "5.5.1", "TLS is active already (%s)", s->id);
	if (!session_reply(s, 220, "2.0.0", "Ready to start TLS"))
		return false;
	session_forget(s);
	return session_start_tls(s);
}
