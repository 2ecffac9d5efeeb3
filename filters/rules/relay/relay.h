/*
 * relay: one hop of a mail, as a Received field tells it.
 *
 * Pure, and linear in the field's length whatever stands in it; what is
 * longer than RELAY_LINE_MAX is cut there.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_RELAY_H
#define RULES_RELAY_H

#include "postern/arena.h"
#include "postern/ip.h"

enum { RELAY_LINE_MAX = 8192 };

/* Text is never NULL; brackets, space and their like in it became "!". */
struct relay {
	struct ip ip;       /* bits 0 when ip_text is none */
	struct str ip_text; /* as written; "" when it was not told */
	struct str rdns;
	struct str helo;
	struct str by;
	struct str id;
	struct str ident;
	struct str envfrom;
	struct str auth; /* how the peer proved who it is, or "" */
	bool has_envfrom;
	bool no_reverse_dns; /* looked up, and there was none */
	bool rdns_not_looked_up;
	bool is_private; /* of a network that is not on the Internet */
	bool trusted;
	bool internal;
	bool msa;
};

enum relay_result {
	RELAY_READ,
	RELAY_IGNORED, /* no hop between hosts, or nothing about them */
	RELAY_FETCHED, /* by POP3 or IMAP */
	RELAY_UNREADABLE
};

/*
 * value: the field behind its colon, folded or not.  handed is the sender that
 * a line above handed down ("" when none); it may be set for the next one.
 */
enum relay_result relay_read(struct str value, struct arena *arena,
    struct relay *out, struct str *handed);

/* All text empty, nothing known. */
void relay_init(struct relay *r);

/* Sets ip and is_private from ip_text, and "!" for what must not be in text:
 * for a relay that was not read but known. */
void relay_finish(struct relay *r, struct arena *arena);

/* Is the address of a private, local or shared network? */
bool relay_is_private(const struct ip *ip);

/* "[ ip=192.0.2.1 rdns=a helo=b by=c ident= envfrom= intl=0 id=x auth= msa=0 ]"
 */
struct str relay_format(const struct relay *r, struct arena *arena);

#endif
