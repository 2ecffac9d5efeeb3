/*
 * probe: is the backend there, what does it offer, and does it relay for
 * strangers?
 *
 * Closed means an explicit, permanent refusal of the recipient.  That a domain
 * does not exist (5.1.2, 5.1.10) is no such refusal: the next domain may.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <errno.h>
#include <stdio.h>

#include "postern/log.h"

#include "identity.h"
#include "probe.h"

enum {
	RETRY_FIRST = 500, /* ms, doubled up to RETRY_MOST */
	RETRY_MOST = 15000,
	POLL = 20,
	OWN_PORT = 25
};

static const struct envelope stranger = {
    .client = {.octets = {192, 0, 2, 1}, .bits = 32},
    .client_port = 25,
    .helo = "probe.invalid",
    .protocol = "ESMTP",
    .sender = "",
};

/* The same to a backend that may know IPv6 only. */
static const struct envelope stranger6 = {
    .client = {.octets = {0x20, 0x01, 0x0d, 0xb8, [15] = 1}, .bits = 128},
    .client_port = 25,
    .helo = "probe.invalid",
    .protocol = "ESMTP",
    .sender = "",
};

static const struct envelope *
stranger_to(const struct endpoint *at)
{
	struct ip ip;

	if (at->family == ENDPOINT_INET6 ||
	    (at->host && ip_parse(str_c(at->host), &ip) && !ip_is_v4(&ip)))
		return &stranger6;
	return &stranger;
}

static bool
ask(struct backend *b, const char *line)
{
	return backend_command(
	    b, str_c(line), b->conf->backend_command_timeout);
}

/* What the answer to RCPT says about relaying. */
static enum relay_state
judge(const struct reply *reply)
{
	struct str enhanced = reply_enhanced(reply);

	if (reply_is(reply, 2))
		return RELAY_OPEN;
	if (!reply_is(reply, 5) || str_is(enhanced, "5.1.2") ||
	    str_is(enhanced, "5.1.10"))
		return RELAY_UNKNOWN;
	return RELAY_CLOSED;
}

/* What a probe found out; published in one go, so that sessions that come
 * meanwhile go by the last one. */
struct answer {
	bool reachable;
	enum relay_state relay;
	struct capabilities caps;
	char why[256];
};

static void
explain(struct answer *a, const struct probe *p, const struct reply *reply)
{
	struct str text = str_head(reply_text(reply), 100);

	snprintf(a->why, sizeof(a->why),
	    "backend %s a foreign recipient (%.60s): %u %.*s",
	    a->relay == RELAY_OPEN ? "relays for strangers, it accepted" :
				     "did not clearly refuse",
	    p->conf->probe_recipient, reply->code, (int)text.len, text.data);
}

static void
ask_relay(const struct probe *p, struct backend *b, struct answer *a)
{
	char line[512];

	snprintf(
	    line, sizeof(line), "RCPT TO:<%.400s>", p->conf->probe_recipient);
	if ((p->conf->identity != IDENTITY_XFORWARD ||
		identity_xforward(b, stranger_to(p->at))) &&
	    ask(b, "MAIL FROM:<>") && reply_is(&b->reply, 2) && ask(b, line))
		a->relay = judge(&b->reply);
	if (a->relay != RELAY_CLOSED)
		explain(a, p, &b->reply);
	if (ask(b, "RSET"))
		backend_quit(b);
}

static void
publish(struct probe *p, const struct answer *a)
{
	p->reachable = a->reachable;
	p->relay = a->relay;
	if (a->reachable)
		p->caps = a->caps;
	memcpy(p->why, a->why, sizeof(p->why));
	p->asked = true;
}

static void
ask_once(struct probe *p)
{
	struct answer a = {.relay = RELAY_UNKNOWN};
	struct backend b;

	backend_init(&b, p->conf, p->dns);
	a.reachable = backend_open(&b, p->at, stranger_to(p->at), p->hostname);
	if (a.reachable) {
		a.caps = b.caps;
		ask_relay(p, &b, &a);
	} else {
		snprintf(a.why, sizeof(a.why), "backend not reachable: %.200s",
		    b.error.text);
	}
	publish(p, &a);
	backend_clear(&b);
}

/* An open backend is harmless when only listed clients come in. */
static bool
is_safe(const struct probe *p)
{
	return p->relay == RELAY_CLOSED || p->conf->allow_open_backend ||
	    listener_is_private(p->conf);
}

bool
probe_is_good(const struct probe *p)
{
	return p->reachable && is_safe(p);
}

/* One of several: the sessions go to another. */
static void
tell_which(const struct probe *p)
{
	struct arena *arena = arena_new();
	struct str at = endpoint_format(p->at, arena);

	if (probe_is_good(p))
		log_info(
		    "listener %s: backend ready: %s", p->conf->title, at.data);
	else
		log_warning("listener %s: backend %s is not used: %s",
		    p->conf->title, at.data, p->why);
	arena_free(arena);
}

/* The log says when the state changes, not each time it is asked. */
static void
tell(const struct probe *p, bool first, bool was_good)
{
	if (probe_is_good(p) == was_good && !first)
		return;
	if (p->conf->backend.count > 1)
		tell_which(p);
	else if (probe_is_good(p))
		log_info("listener %s: backend ready%s", p->conf->title,
		    p->relay == RELAY_CLOSED ? "" : " (open relay, allowed)");
	else
		log_warning("listener %s: sessions get 421: %s", p->conf->title,
		    p->why);
}

/* Until it is time to ask again, or a session found it is; false at the end. */
static bool
rest(struct probe *p, int64_t ms)
{
	int result;

	p->resting = true;
	result = coro_suspend(loop_now(coro_loop()) + ms);
	p->resting = false;
	return result != -ECANCELED;
}

static void
probe_run(void *arg)
{
	struct probe *p = arg;
	int64_t pause = RETRY_FIRST;
	bool was_good = false, first = true;

	do {
		ask_once(p);
		if (coro_is_cancelled(coro_self()))
			break;
		tell(p, first, was_good);
		first = false;
		was_good = probe_is_good(p);
		if (was_good)
			pause = RETRY_FIRST;
		else if (pause < RETRY_MOST)
			pause *= 2;
	} while (rest(p, was_good ? p->conf->probe_interval : pause));
	p->coro = NULL;
}

void
probe_start(struct probe *p, struct loop *loop,
    const struct listener_conf *conf, const struct endpoint *at,
    struct dns *dns, const char *hostname)
{
	*p = (struct probe) {
	    .conf = conf, .at = at, .dns = dns, .hostname = hostname};
	p->coro = coro_start(loop, probe_run, p);
}

void
probe_stop(struct probe *p)
{
	if (p->coro)
		coro_cancel(p->coro);
}

void
probe_ask_again(struct probe *p, bool answered)
{
	if (!answered) {
		p->reachable = false;
		snprintf(p->why, sizeof(p->why), "a session could not use it");
	}
	if (p->resting)
		coro_wake(p->coro, 0);
}

static bool
all_asked(const struct probe *probes, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (!probes[i].asked)
			return false;
	return true;
}

const struct probe *
probes_choose(const struct probe *probes, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (probe_is_good(&probes[i]))
			return &probes[i];
	return &probes[0];
}

bool
probes_admit(const struct probe *probes, size_t count, int64_t deadline)
{
	const struct probe *p = probes_choose(probes, count);

	while (!probe_is_good(p) && !all_asked(probes, count) &&
	    loop_now(coro_loop()) < deadline) {
		if (coro_sleep(loop_now(coro_loop()) + POLL) != 0)
			return false;
		p = probes_choose(probes, count);
	}
	return probe_is_good(p);
}
