/*
 * relays: the hops of one mail, the nearest first.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "relays.h"
#include "target.h"

static void
add_session(struct targets *t, struct relays *relays)
{
	const struct envelope *e = t->scan->envelope;
	struct arena *arena = t->scan->arena;
	struct relay *relay;
	char text[IP_TEXT_MAX];

	if (e->client.bits == 0)
		return;
	relays->at =
	    arena_push(arena, relays->at, relays->count, sizeof(*relays->at));
	relay = &relays->at[relays->count++];
	relay->ip = e->client;
	relay->ip_text = arena_copy(arena, str_c(ip_format(&e->client, text)));
	relay->rdns = str_c(e->client_name);
	relay->helo = str_c(e->helo);
	relay->by = str_c(e->receiver);
	relay->ident = str_c("");
	relay->envfrom = str_c(e->sender);
	relay->id = str_c(e->ident);
	relay->auth = str_c(e->login ? "ESMTPA" : "");
}

const struct relays *
targets_relays(struct targets *t)
{
	if (t->relays)
		return t->relays;
	t->relays = arena_alloc(t->scan->arena, sizeof(*t->relays));
	add_session(t, t->relays);
	return t->relays;
}
