/*
 * dns_block: the resolver for threads; the thread sleeps.
 *
 * One thread of its own asks for all others, with libunbound in a loop.  A
 * zone file answers too, without that thread.  Each check holds a view.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_DNS_BLOCK_H
#define POSTERN_DNS_BLOCK_H

#include "postern/dns.h"
#include "postern/error.h"

struct dns_block;

/*
 * how: as dns_event_new has it; zone: answers instead of it, or NULL.  Called
 * once privileges are dropped.  NULL on error.
 */
struct dns_block *
dns_block_new(const char *how, struct dns *zone, struct error *err);

/* Nobody may be in a lookup.  Ends the thread.  NULL is allowed. */
void dns_block_free(struct dns_block *block);

/* What one check holds; not for two threads at once. */
struct dns_view {
	struct dns dns; /* first: the resolver is this */
	struct dns_block *block;
	int64_t clock; /* a zone's clock is the check's own */
	void (*tick)(void *context);
	void *context;
};

/* tick, which may be NULL, is called every second or so of a long wait. */
void dns_view_init(struct dns_view *view, struct dns_block *block,
    void (*tick)(void *context), void *context);

#endif
