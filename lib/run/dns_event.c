/*
 * dns_event: libunbound inside the loop; the coroutine sleeps.
 *
 * A question waits in a queue that the loop empties, because libunbound wants
 * more stack than a coroutine has.  Its answer is read while its coroutine
 * still sleeps, which is then woken, never resumed, from the callback.  When
 * the deadline comes first the question goes on without anybody waiting:
 * libunbound takes 17 seconds and more to give up a dead server, and cannot be
 * stopped.  So those under way are counted, and beyond a limit a lookup is
 * DNS_SERVFAIL at once.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>
#include <sys/queue.h>

#include <event2/event.h>
#include <unbound.h>
#include <unbound-event.h>

#include "postern/coro.h"
#include "postern/dns_event.h"
#include "postern/dns_packet.h"
#include "postern/log.h"
#include "postern/xalloc.h"

#include "dns_ask.h"
#include "dns_setup.h"

enum {
	CLASS_IN = 1,
	SEC_BOGUS = 1,
	SEC_SECURE = 2,
	RCODE_SERVFAIL = 2,
	RCODE_NXDOMAIN = 3
};

/* On the stack of the coroutine that sleeps in a lookup. */
struct waiter {
	struct dns_ask ask;
	struct coro *coro;
	bool answered;
};

struct query {
	STAILQ_ENTRY(query) link; /* while queued */
	struct dns_event *owner;
	struct dns_ask *ask; /* NULL: nobody waits, or no more */
	enum dns_type type;
	char name[];
};

struct dns_event {
	struct dns dns; /* first: the resolver is this */
	struct loop *loop;
	struct ub_ctx *ctx;
	struct event *submit;
	STAILQ_HEAD(, query) queue;
	size_t under_way; /* queued, or asked and not answered */
	size_t most;
	bool closing;
};

static bool
is_name(const char *name)
{
	unsigned char wire[DNS_WIRE_ROOM];
	size_t len;

	return dns_name_to_wire(name, wire, &len);
}

/* NULL when too many are under way. */
static struct query *
query_new(struct dns_event *self, const char *name, enum dns_type type)
{
	size_t size = strlen(name) + 1;
	struct query *q;

	if (self->under_way >= self->most)
		return NULL;
	q = xcalloc(1, sizeof(*q) + size);
	q->owner = self;
	q->type = type;
	memcpy(q->name, name, size);
	STAILQ_INSERT_TAIL(&self->queue, q, link);
	self->under_way++;
	event_active(self->submit, EV_TIMEOUT, 1);
	return q;
}

/* Whoever waits has the answer by now. */
static void
query_end(struct query *q)
{
	q->owner->under_way--;
	if (q->ask)
		q->ask->done(q->ask);
	free(q);
}

/* rcode is 0 for whatever came in a packet, an NXDOMAIN too. */
static void
answer_read(const struct query *q, int rcode, struct str packet, int sec)
{
	struct dns_answer *answer = q->ask->answer;

	answer->status = q->owner->closing ? DNS_TIMEOUT : DNS_SERVFAIL;
	answer->bogus = sec == SEC_BOGUS;
	if (rcode == RCODE_NXDOMAIN)
		answer->status = DNS_NXDOMAIN;
	if (rcode != 0 || answer->bogus)
		return;
	dns_packet_read(packet, q->name, q->type, q->ask->arena, answer);
	answer->secure = sec == SEC_SECURE;
}

static void
query_answered(void *arg, int rcode, void *packet, int len, int sec,
    char *why_bogus, int was_ratelimited)
{
	struct query *q = arg;

	(void)why_bogus;
	(void)was_ratelimited;
	if (q->ask)
		answer_read(q, rcode, str_of(packet, (size_t)len), sec);
	query_end(q);
}

/* What the cache knows is answered before ub_resolve_event returns. */
static void
submit(evutil_socket_t fd, short what, void *arg)
{
	struct dns_event *self = arg;
	struct query *q;

	(void)fd;
	(void)what;
	while ((q = STAILQ_FIRST(&self->queue)) != NULL) {
		STAILQ_REMOVE_HEAD(&self->queue, link);
		if (ub_resolve_event(self->ctx, q->name, (int)q->type, CLASS_IN,
			q, query_answered, NULL) != 0)
			query_end(q);
	}
}

bool
dns_event_ask(
    struct dns *dns, const char *name, enum dns_type type, struct dns_ask *ask)
{
	*ask->answer = (struct dns_answer) {.status = DNS_NXDOMAIN};
	ask->query = NULL;
	if (!is_name(name))
		return false;
	ask->answer->status = DNS_SERVFAIL;
	ask->query = query_new((struct dns_event *)dns, name, type);
	if (!ask->query)
		return false;
	ask->query->ask = ask;
	return true;
}

static void
wake(struct dns_ask *ask)
{
	struct waiter *w = (struct waiter *)ask;

	w->answered = true;
	coro_wake(w->coro, 0);
}

/* WAITS */
static void
event_lookup(struct dns *dns, const char *name, enum dns_type type,
    int64_t deadline, struct arena *arena, struct dns_answer *answer)
{
	struct waiter w = {
	    .ask = {.arena = arena, .answer = answer, .done = wake},
	    .coro = coro_self(),
	};

	if (!dns_event_ask(dns, name, type, &w.ask))
		return;
	while (!w.answered && coro_suspend(deadline) >= 0)
		; /* somebody else woke us */
	if (w.answered)
		return;
	w.ask.query->ask = NULL;
	answer->status = DNS_TIMEOUT;
}

static void
event_prefetch(struct dns *dns, const char *name, enum dns_type type)
{
	if (is_name(name))
		query_new((struct dns_event *)dns, name, type);
}

static int64_t
event_now(struct dns *dns)
{
	return loop_now(((const struct dns_event *)dns)->loop);
}

/* The first lookup opens what libunbound needs, on much stack. */
static bool
warm_up(struct dns_event *self, struct error *err)
{
	query_new(self, dns_setup_own_name, DNS_A);
	submit(-1, 0, self);
	return self->under_way == 0 ||
	    error_set(err, "libunbound does not answer");
}

struct dns *
dns_event_open(
    struct loop *loop, const struct dns_setup *setup, struct error *err)
{
	struct dns_event *self = xcalloc(1, sizeof(*self));

	if (coro_self())
		panic("a resolver cannot begin in a coroutine");
	self->dns = (struct dns) {event_lookup, event_prefetch, event_now};
	self->loop = loop;
	self->most = setup->most;
	STAILQ_INIT(&self->queue);
	self->submit = evtimer_new(loop_base(loop), submit, self);
	self->ctx = dns_setup_context(setup, loop_base(loop), err);
	if (self->ctx && warm_up(self, err))
		return &self->dns;
	dns_event_free(&self->dns);
	return NULL;
}

struct dns *
dns_event_new(struct loop *loop, const char *how, struct error *err)
{
	struct dns_setup setup;

	if (!dns_setup_parse(how, &setup, err))
		return NULL;
	return dns_event_open(loop, &setup, err);
}

/* libunbound calls back for whatever it was asked and did not answer. */
void
dns_event_free(struct dns *dns)
{
	struct dns_event *self = (struct dns_event *)dns;
	struct query *q;

	if (!self)
		return;
	self->closing = true;
	while ((q = STAILQ_FIRST(&self->queue)) != NULL) {
		STAILQ_REMOVE_HEAD(&self->queue, link);
		query_answered(q, RCODE_SERVFAIL, NULL, 0, 0, NULL, 0);
	}
	if (self->ctx)
		ub_ctx_delete(self->ctx);
	if (self->under_way > 0)
		panic("%zu questions lost", self->under_way);
	event_free(self->submit);
	free(self);
}
