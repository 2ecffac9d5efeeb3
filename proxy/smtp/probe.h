/*
 * probe: is the backend there, what does it offer, and does it relay for
 * strangers?
 *
 * One for each backend of a listener, in each worker.  It asks as a client of
 * TEST-NET would (RFC 5737), never sends DATA, and asks again for as long as
 * the worker lives.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_PROBE_H
#define PROXY_PROBE_H

#include "backend.h"

enum relay_state {
	RELAY_UNKNOWN, /* not asked yet, not reachable, or no clear answer */
	RELAY_CLOSED,  /* refused the foreign recipient for good */
	RELAY_OPEN
};

struct probe {
	const struct listener_conf *conf;
	const struct endpoint *at; /* the backend it asks */
	struct dns *dns;
	const char *hostname;
	struct coro *coro;
	bool resting; /* between two questions */
	bool asked;   /* at least once, whatever came of it */
	bool reachable;
	enum relay_state relay;
	struct capabilities caps; /* as last seen, by a session too */
	char why[256];            /* why sessions are turned away; "" if not */
};

/* Starts asking, in a coroutine of its own. */
void probe_start(struct probe *p, struct loop *loop,
    const struct listener_conf *conf, const struct endpoint *at,
    struct dns *dns, const char *hostname);

/* Ends it; its coroutine unwinds in the next turns. */
void probe_stop(struct probe *p);

/* May it be used? */
bool probe_is_good(const struct probe *p);

/* A session could not use it: it is asked again, soon.  One that did not even
 * answer is not well until then. */
void probe_ask_again(struct probe *p, bool answered);

/*
 * May a session be served by any of them?  Waits for the first answers up to
 * the deadline.
 */
bool
probes_admit(const struct probe *probes, size_t count, int64_t deadline) WAITS;

/* The first one that is well, else the first. */
const struct probe *probes_choose(const struct probe *probes, size_t count);

#endif
