/*
 * verb_xclient: XCLIENT and XFORWARD from hosts that the admin trusts.
 *
 * XCLIENT makes another client of this session, from the greeting on.
 * XFORWARD tells who the client of the next transaction was; it ends with it.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/log.h"

#include "attributes.h"
#include "greet.h"
#include "verbs.h"

static bool
refuse(struct session *s, const struct command *command,
    const struct ip_nets *trusted)
{
	if (trusted->count == 0)
		return session_error(s, 502, "5.5.1", "%s is not offered (%s)",
		    verb_name(command->verb), s->id);
	return session_error(s, 550, "5.7.0",
	    "You are not authorized to say %s (%s)", verb_name(command->verb),
	    s->id);
}

static bool
bad_argument(struct session *s, const struct command *command)
{
	return session_error(s, 501, "5.5.4", "Bad %s argument (%s)",
	    verb_name(command->verb), s->id);
}

/* What XFORWARD told is of one mail, not of the client that XCLIENT tells. */
bool
verb_xclient(struct session *s, const struct command *command)
{
	struct envelope peer = s->forwarded ? s->saved : s->peer;
	unsigned told;

	if (!ip_nets_have(&s->conf->accept_xclient, &s->wire))
		return refuse(s, command, &s->conf->accept_xclient);
	if (!attributes_apply(
		command->argument, ATTRS_XCLIENT, &peer, &told, s->arena))
		return bad_argument(s, command);
	session_forget(s);
	s->named = s->named || (told & (ATTR_NAME | ATTR_ADDR));
	if ((told & ATTR_ADDR) && !(told & ATTR_NAME)) {
		s->named = false;
		peer.client_name = NULL;
		peer.client_name_failed = false;
	}
	if (!(told & ATTR_HELO))
		peer.helo = "";
	if (!(told & ATTR_LOGIN)) /* another client, or not proven again */
		peer.login = NULL;
	s->peer = peer;
	session_set_protocol(s);
	return greet_again(s);
}

/* Who the next mail is from, behind a server in front of us. */
bool
verb_xforward(struct session *s, const struct command *command)
{
	struct envelope peer = s->peer;
	unsigned told;

	if (!ip_nets_have(&s->conf->accept_xforward, &s->wire))
		return refuse(s, command, &s->conf->accept_xforward);
	if (!s->forwarded) { /* the name is of whoever forwards */
		peer.client_name = NULL;
		peer.client_name_failed = false;
	}
	if (!attributes_apply(
		command->argument, ATTRS_XFORWARD, &peer, &told, s->arena))
		return bad_argument(s, command);
	/* A backend that was told another client is no good any more. */
	if (s->conf->identity != IDENTITY_XFORWARD)
		backend_quit(&s->backend);
	if (!s->forwarded) {
		s->saved = s->peer;
		s->saved_named = s->named;
		s->named = false;
	}
	s->forwarded = true;
	s->named |= (told & ATTR_NAME) != 0;
	s->peer = peer;
	return session_reply(s, 250, "2.0.0", "Ok");
}
