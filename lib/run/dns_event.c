/*
 * dns_event: libunbound inside the loop; the coroutine sleeps.
 *
 * A question waits in a queue that the loop empties, because libunbound wants
 * more stack than a coroutine has.  Its answer is read while its coroutine
 * still sleeps, which is then woken, never resumed, from the callback.  A
 * question whose deadline came is cancelled and answered DNS_TIMEOUT:
 * libunbound alone gives a dead server 17 seconds.
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

#include "dns_setup.h"

enum { CLASS_IN = 1, SEC_BOGUS = 1, SEC_SECURE = 2, RCODE_NXDOMAIN = 3 };

/* One question; on the stack of the coroutine that asks it. */
struct query {
	TAILQ_ENTRY(query) link; /* in the list of its state */
	enum { QUEUED, ASKED, DONE } state;
	struct dns_event *owner;
	struct coro *asker; /* NULL: a prefetch, on the heap */
	const char *name;
	enum dns_type type;
	struct arena *arena;
	struct dns_answer *answer;
	int id; /* libunbound's, once ASKED */
};

TAILQ_HEAD(queries, query);

struct dns_event {
	struct dns dns; /* first: the resolver is this */
	struct loop *loop;
	struct ub_ctx *ctx;
	struct event *submit;
	struct queries queued;
	struct queries asked;
};

static void
query_queue(struct dns_event *self, struct query *q)
{
	TAILQ_INSERT_TAIL(&self->queued, q, link);
	event_active(self->submit, EV_TIMEOUT, 1);
}

static void
query_end(struct query *q)
{
	TAILQ_REMOVE(
	    q->state == ASKED ? &q->owner->asked : &q->owner->queued, q, link);
	q->state = DONE;
}

static void
query_wake(struct query *q)
{
	query_end(q);
	coro_wake(q->asker, 0);
}

/* Ends a question that nobody answered; its callback will not come. */
static void
query_abandon(struct query *q)
{
	if (q->state == ASKED)
		ub_cancel(q->owner->ctx, q->id);
	query_end(q);
	*q->answer = (struct dns_answer) {.status = DNS_TIMEOUT};
}

/*
 * libunbound has an answer.  rcode is 0 for every answer that came, so what
 * it was stands in the packet; without an answer there is none to look at.
 */
static void
query_answered(void *arg, int rcode, void *packet, int len, int sec,
    char *why_bogus, int was_ratelimited)
{
	struct query *q = arg;

	(void)why_bogus;
	(void)was_ratelimited;
	*q->answer = (struct dns_answer) {.status = DNS_SERVFAIL};
	if (rcode == RCODE_NXDOMAIN)
		q->answer->status = DNS_NXDOMAIN;
	if (sec == SEC_BOGUS)
		q->answer->bogus = true;
	else if (rcode == 0 && packet)
		dns_packet_read(str_of(packet, (size_t)len), q->name, q->type,
		    q->arena, q->answer);
	q->answer->secure = sec == SEC_SECURE;
	query_wake(q);
}

/* A prefetch only fills libunbound's cache; a warm-up says that it ran. */
static void
prefetch_answered(void *arg, int rcode, void *packet, int len, int sec,
    char *why_bogus, int was_ratelimited)
{
	bool *ran = arg;

	(void)rcode;
	(void)packet;
	(void)len;
	(void)sec;
	(void)why_bogus;
	(void)was_ratelimited;
	if (ran)
		*ran = true;
}

static void
prefetch_submit(struct query *q)
{
	query_end(q);
	ub_resolve_event(q->owner->ctx, q->name, q->type, CLASS_IN, NULL,
	    prefetch_answered, NULL);
	free(q);
}

/* What the cache knows is answered before ub_resolve_event returns. */
static void
query_submit(struct query *q)
{
	struct dns_event *self = q->owner;
	int result;

	TAILQ_REMOVE(&self->queued, q, link);
	TAILQ_INSERT_TAIL(&self->asked, q, link);
	q->state = ASKED;
	result = ub_resolve_event(
	    self->ctx, q->name, q->type, CLASS_IN, q, query_answered, &q->id);
	if (result == 0 || q->state == DONE)
		return;
	*q->answer = (struct dns_answer) {.status = DNS_SERVFAIL};
	query_wake(q);
}

static void
submit(evutil_socket_t fd, short what, void *arg)
{
	struct dns_event *self = arg;
	struct query *q;

	(void)fd;
	(void)what;
	while ((q = TAILQ_FIRST(&self->queued)) != NULL)
		if (q->asker)
			query_submit(q);
		else
			prefetch_submit(q);
}

/* WAITS */
static void
event_lookup(struct dns *dns, const char *name, enum dns_type type,
    int64_t deadline, struct arena *arena, struct dns_answer *answer)
{
	struct dns_event *self = (struct dns_event *)dns;
	struct query q = {
	    .owner = self,
	    .asker = coro_self(),
	    .name = name,
	    .type = type,
	    .arena = arena,
	    .answer = answer,
	};
	unsigned char wire[DNS_WIRE_ROOM];
	size_t len;

	*answer = (struct dns_answer) {.status = DNS_NXDOMAIN};
	if (!dns_name_to_wire(name, wire, &len))
		return;
	query_queue(self, &q);
	while (q.state != DONE && coro_suspend(deadline) >= 0)
		; /* woken by somebody else before */
	if (q.state != DONE)
		query_abandon(&q);
}

static void
event_prefetch(struct dns *dns, const char *name, enum dns_type type)
{
	struct dns_event *self = (struct dns_event *)dns;
	unsigned char wire[DNS_WIRE_ROOM];
	struct query *q;
	size_t len;
	char *copy;

	if (!dns_name_to_wire(name, wire, &len))
		return;
	q = xcalloc(1, sizeof(*q) + strlen(name) + 1);
	copy = (char *)(q + 1);
	memcpy(copy, name, strlen(name));
	*q = (struct query) {.owner = self, .name = copy, .type = type};
	query_queue(self, q);
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
	bool ran = false;
	int result;

	result = ub_resolve_event(self->ctx, dns_setup_own_name, DNS_A,
	    CLASS_IN, &ran, prefetch_answered, NULL);
	return (result == 0 && ran) ||
	    error_set(err, "libunbound: %s", ub_strerror(result));
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
	TAILQ_INIT(&self->queued);
	TAILQ_INIT(&self->asked);
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

static void
query_drop(struct query *q)
{
	if (!q->asker) {
		query_end(q);
		free(q);
		return;
	}
	query_abandon(q);
	coro_wake(q->asker, 0);
}

void
dns_event_free(struct dns *dns)
{
	struct dns_event *self = (struct dns_event *)dns;
	struct query *q;

	if (!self)
		return;
	while ((q = TAILQ_FIRST(&self->queued)) != NULL)
		query_drop(q);
	while ((q = TAILQ_FIRST(&self->asked)) != NULL)
		query_drop(q);
	event_free(self->submit);
	if (self->ctx)
		ub_ctx_delete(self->ctx);
	free(self);
}
