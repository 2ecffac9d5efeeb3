/*
 * dns_event: libunbound inside the loop; the coroutine sleeps.
 *
 * One a worker, made after fork and freed on the main stack.  What is asked
 * twice at once is asked once, and answers are kept as long as they live.
 * A server that is dead costs each lookup its deadline and no more; when some
 * 2,000 questions (or a quarter of the descriptors) have no answer, a further
 * lookup is DNS_SERVFAIL at once.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_DNS_EVENT_H
#define POSTERN_DNS_EVENT_H

#include "postern/dns.h"
#include "postern/error.h"
#include "postern/loop.h"

/*
 * how: "auto" (the servers of resolv.conf), "recurse" (from the root, with
 * DNSSEC validation by dns-root-data's anchor), or "address" / "address:port"
 * / "[v6]:port" of a forwarder.  NULL on error.
 */
struct dns *
dns_event_new(struct loop *loop, const char *how, struct error *err);

/* Every lookup still under way fails with DNS_TIMEOUT. */
void dns_event_free(struct dns *dns);

#endif
