/*
 * relays: the hops of one mail, the nearest first.
 *
 * The first is the session itself, which is known and not read from text;
 * deeper ones are read from Received fields.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_RELAYS_H
#define RULES_RELAYS_H

#include "postern/arena.h"
#include "postern/ip.h"

struct targets;

struct relay {
	struct ip ip; /* bits 0: unknown */
	struct str ip_text;
	struct str rdns; /* reverse name, "" when there is none */
	struct str helo;
	struct str by; /* who received */
	struct str ident;
	struct str envfrom;
	struct str id;   /* queue id */
	struct str auth; /* how it authenticated, or "" */
	bool trusted;
	bool internal;
	bool msa;
};

struct relays {
	struct relay *at;
	size_t count;
	size_t trusted_count;  /* the first so many are trusted */
	size_t internal_count; /* ... internal */
};

/* Made when first asked for. */
const struct relays *targets_relays(struct targets *t);

#endif
