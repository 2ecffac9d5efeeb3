/*
 * dns_ask: a question to dns_event by somebody who is no coroutine.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RUN_DNS_ASK_H
#define RUN_DNS_ASK_H

#include "postern/dns.h"

struct query;

struct dns_ask {
	struct arena *arena; /* where the records go */
	struct dns_answer *answer;
	void (*done)(struct dns_ask *ask); /* from the loop, once */
	struct query *query;               /* dns_event's */
};

/*
 * Asks, from the loop's own thread, a resolver of dns_event_new.  False when
 * *answer is final already; otherwise ask stays until done was called.
 */
bool dns_event_ask(
    struct dns *dns, const char *name, enum dns_type type, struct dns_ask *ask);

#endif
