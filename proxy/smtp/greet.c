/*
 * greet: from the first packet to our greeting.
 *
 * In this order: the load balancer's word about who it is, the lists and
 * limits, TLS where it comes first, the backend's health, the pause, the
 * greeting.  A refusal before TLS is silent where TLS comes first.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <errno.h>
#include <stdio.h>

#include "postern/log.h"

#include "greet.h"
#include "proxy_header.h"
#include "refusal.h"
#include "upstream.h"
#include "verbs.h"

enum {
	HEADER_TIMEOUT = 10000, /* ms for a load balancer's header */
	PROBE_WAIT = 10000 /* ms that a session waits for the first probe */
};

static bool
refuse(struct session *s, unsigned code, const char *enhanced, const char *why,
    const char *told)
{
	char line[400];

	snprintf(
	    line, sizeof(line), "%u %s %s (%s)", code, enhanced, told, why);
	refusal_log(s, "CONNECT", line);
	if (s->conf->tls != TLS_IMPLICIT || s->peer.tls)
		session_reply(s, code, enhanced, "%s (%s)", told, s->id);
	return false;
}

static bool
bad_header(struct session *s, const char *why)
{
	char ip[IP_TEXT_MAX], line[100];

	snprintf(line, sizeof(line), "(no PROXY header: %s)", why);
	if (!refusal_log_json(s, "CONNECT", line))
		log_warning("%s: no PROXY header from [%s]: %s", s->id,
		    ip_format(&s->wire, ip), why);
	return false;
}

static void
believe(struct session *s, const struct proxy_header *header)
{
	if (header->client.bits == 0) /* the balancer's own connection */
		return;
	s->peer.client = s->wire = header->client;
	s->peer.client_port = header->client_port;
	s->peer.server = header->server;
	s->peer.server_port = header->server_port;
}

static bool
read_proxy_header(struct session *s)
{
	int64_t deadline = session_deadline(s, HEADER_TIMEOUT);
	enum proxy_result result = PROXY_MORE;
	struct proxy_header header;
	struct str octets;
	size_t used = 0;

	if (!ip_nets_have(&s->conf->accept_proxy, &s->wire))
		return true;
	while (result == PROXY_MORE) {
		if (stream_more(s->client, deadline, &octets) < 0)
			return bad_header(s, "it is not whole");
		result = proxy_header_parse(octets, &header, &used);
	}
	if (result == PROXY_BAD)
		return bad_header(s, "these octets are none");
	stream_take(s->client, used);
	believe(s, &header);
	return true;
}

static bool
check_limits(struct session *s)
{
	struct door *door = s->door;

	switch (limits_enter(
	    door->limits, door->column, s->conf, &s->peer.client)) {
	case LIMITS_SESSIONS:
		return refuse(
		    s, 421, "4.3.2", "max_sessions", "Too busy, try later");
	case LIMITS_ADDRESS:
		return refuse(s, 421, "4.7.0", "max_sessions_per_address",
		    "Too many connections from your address");
	case LIMITS_NETWORK:
		return refuse(s, 421, "4.7.0", "max_sessions_per_network",
		    "Too many connections from your network");
	default:
		s->limited = s->peer.client;
		s->counted = true;
		return true;
	}
}

static bool
check_lists(struct session *s)
{
	if (s->conf->clients.count &&
	    !ip_nets_have(&s->conf->clients, &s->peer.client))
		return refuse(
		    s, 554, "5.7.1", "not listed in clients", "Access denied");
	if (s->door->draining)
		return refuse(
		    s, 421, "4.3.2", "draining", "Too busy, try later");
	return true;
}

static bool
check_backends(struct session *s)
{
	struct door *door = s->door;
	char why[300];

	if (probes_admit(door->probes, door->probe_count,
		session_deadline(s, PROBE_WAIT)))
		return true;
	snprintf(why, sizeof(why), "%s", door->probes[0].why);
	return refuse(
	    s, 421, "4.3.2", why, "Mail server not ready, try again later");
}

/* A client that cannot wait for our greeting is no mail server. */
static bool
pause_greeting(struct session *s)
{
	struct str octets;
	int result;

	if (s->conf->greet_pause == 0 || s->peer.tls)
		return true;
	/* It may have come together with the PROXY header. */
	result = stream_fill(
	    s->client, session_deadline(s, s->conf->greet_pause), &octets);
	if (result == -ETIMEDOUT)
		return true;
	if (result < 0)
		return false;
	return refuse(s, 554, "5.5.1", "spoke before the greeting",
	    "Protocol error: you spoke too early");
}

bool
greet_again(struct session *s)
{
	struct door *door = s->door;

	if (s->counted)
		limits_leave(door->limits, door->column, s->conf, &s->limited);
	s->counted = false;
	return check_lists(s) && check_limits(s) &&
	    session_reply(s, 220, NULL, "%s ESMTP", door->config->hostname);
}

/* The backend's own greeting, when it is connected at once. */
static bool
relay_greeting(struct session *s)
{
	struct backend *b = &s->backend;

	session_owes_reply(s);
	session_learn_name(s);
	if (upstream_open(s))
		return session_reply(s, 220, NULL, "%.*s",
		    (int)str_head(strbuf_str(&b->greeting), 400).len,
		    b->greeting.data);
	log_warning("%s: backend: %s", s->id, b->error.text);
	if (b->reply.code >= 400) {
		session_relay(s);
		return false;
	}
	return refuse(s, 421, "4.3.2", b->error.text,
	    "Mail server not ready, try again later");
}

bool
greet(struct session *s)
{
	if (!read_proxy_header(s) || !check_lists(s) || !check_limits(s))
		return false;
	if (s->conf->tls == TLS_IMPLICIT && !session_start_tls(s))
		return false;
	if (!check_backends(s) || !pause_greeting(s))
		return false;
	if (s->conf->backend_connect == CONNECT_AT_ACCEPT)
		return relay_greeting(s);
	return session_reply(
	    s, 220, NULL, "%s ESMTP", s->door->config->hostname);
}
