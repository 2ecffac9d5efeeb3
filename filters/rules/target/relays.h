/*
 * relays: the hops of one mail, the nearest first.
 *
 * The first is the session itself, which is known and not read from text;
 * deeper ones are read from Received fields.  Where the session is not known
 * (a saved mail), the topmost Received stands for it.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_RELAYS_H
#define RULES_RELAYS_H

#include "filters/rules/relay/relay.h"

struct targets;

enum { RELAYS_MAX = 1000 }; /* lines read; no mail comes so far */

/* Indexes of relays. */
struct relay_list {
	size_t *at;
	size_t count;
};

struct relays {
	struct relay *at;
	size_t count;
	/* Trusted ones stand before untrusted ones, internal before external;
	 * where mail was fetched, what was above is in neither but untrusted. */
	struct relay_list trusted, untrusted, internal, external;
	size_t unreadable;
	/* Received fields (with one for the session, if it has none in the
	 * mail) that are trusted or internal: the next one begins the rest. */
	size_t trusted_lines, internal_lines;
	bool session; /* the first hop has no Received field in the mail */
	struct str trusted_text, untrusted_text, internal_text, external_text;
};

/* Made when first asked for. */
const struct relays *targets_relays(struct targets *t);

/* The nth of a list; NULL when there are fewer. */
const struct relay *relays_get(
    const struct relays *relays, const struct relay_list *list, size_t n);

/* "10.0.0.0/8", "192.168.", "10.1/16", one address: host bits may be set. */
bool relays_net_parse(struct str word, struct ip_net *net);

#endif
