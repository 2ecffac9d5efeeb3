/*
 * verb_hello: HELO and EHLO (RFC 5321 4.1.1.1).
 *
 * Both end a transaction.  By default the backend is not opened for them: its
 * offer is known from the probe and the last session, and checked when it
 * opens.  With backend_connect = accept it is asked each time.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/log.h"

#include "attributes.h"
#include "verbs.h"

enum { HELLOS_MAX = 100 }; /* each is kept until the session ends */

static const struct capabilities *
backend_offer(const struct session *s)
{
	if (backend_is_open(&s->backend))
		return &s->backend.caps;
	return &probes_choose(s->door->probes, s->door->probe_count)->caps;
}

static bool
offer(struct session *s)
{
	const struct listener_conf *conf = s->conf;
	bool clear = !s->peer.tls;
	struct ehlo_ours ours = {
	    .hostname = s->door->config->hostname,
	    .size_limit = conf->message_size_limit,
	    .starttls = clear && conf->tls_context != NULL,
	    .chunking = conf->chunking,
	    .auth = session_offers_auth(s) && !s->peer.login,
	};
	struct strbuf out;
	bool ok;

	if (ip_nets_have(&conf->accept_xclient, &s->wire))
		ours.xclient = ATTRS_XCLIENT;
	if (ip_nets_have(&conf->accept_xforward, &s->wire))
		ours.xforward = ATTRS_XFORWARD;
	strbuf_init(&out);
	ehlo_offer(&s->offered, &ours, &out);
	ok = stream_write(s->client, strbuf_str(&out),
		 session_deadline(s, conf->command_timeout)) >= 0;
	strbuf_clear(&out);
	return ok;
}

/* A backend that was told another name is opened anew when it is needed; one
 * where the client logged in, or that was connected at once, stays. */
static bool
tell_backend(struct session *s)
{
	struct backend *b = &s->backend;

	if (!backend_is_open(b) || s->authenticated)
		return true;
	if (s->conf->backend_connect != CONNECT_AT_ACCEPT) {
		backend_quit(b);
		return true;
	}
	if (backend_hello(b, s->peer.helo))
		return true;
	log_warning("%s: backend lost: %s", s->id, b->error.text);
	session_reply(
	    s, 421, "4.3.0", "Mail server lost, try again later (%s)", s->id);
	return false;
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
	session_reset(s); /* what XFORWARD told of the client goes with it */
	s->peer.helo = arena_text(s->arena, command->argument);
	s->esmtp = command->verb == VERB_EHLO;
	session_set_protocol(s);
	if (!tell_backend(s))
		return false;
	s->phase = PHASE_READY;
	s->offered = *backend_offer(s);
	if (!session_offers_auth(s))
		s->offered.auth[0] = '\0';
	if (s->esmtp)
		return offer(s);
	return session_reply(s, 250, NULL, "%s", s->door->config->hostname);
}
