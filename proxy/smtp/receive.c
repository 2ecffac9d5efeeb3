/*
 * receive: the octets of DATA from the client into the spool.
 *
 * A message that will be refused is read to its end all the same: only then
 * is it known where the next command begins.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <errno.h>

#include "postern/dotline.h"
#include "postern/log.h"

#include "receive.h"

enum {
	TURN = 1 << 20, /* octets after which the others get theirs */
	ENDLESS = 4     /* times the limit, after which nobody listens */
};

struct receiver {
	struct session *s;
	struct dotline dots;
	uint64_t most;
	bool too_large;
	bool spool_failed;
};

static bool
take(void *context, struct str octets)
{
	struct receiver *r = context;
	struct error error;

	if (r->too_large || r->spool_failed || !dotline_is_clean(&r->dots))
		return true;
	if (r->dots.size > r->most) {
		r->too_large = true;
		return true;
	}
	if (spool_add(&r->s->tx.spool, octets, &error))
		return true;
	log_error("%s: %s", r->s->tx.id, error.text);
	r->spool_failed = true;
	return true;
}

/* Reads to the end of the message; a negative errno when the client is gone. */
static int
read_all(struct receiver *r)
{
	struct session *s = r->s;
	bool stopped = false;
	struct str octets;
	uint64_t turn = 0;
	size_t taken;
	int result;

	while (!r->dots.done) {
		result = stream_fill(s->client,
		    session_deadline(s, s->conf->data_timeout), &octets);
		if (result < 0)
			return result;
		taken = dotline_read(&r->dots, octets, take, r, &stopped);
		stream_take(s->client, taken);
		if (r->dots.size > ENDLESS * r->most)
			return -ECONNABORTED;
		if (r->dots.size / TURN != turn && coro_yield() != 0)
			return -ECANCELED;
		turn = r->dots.size / TURN;
		if (r->too_large || r->spool_failed ||
		    !dotline_is_clean(&r->dots))
			spool_clear(&s->tx.spool);
	}
	return 0;
}

static enum receive_result
hang_up(struct session *s, int result)
{
	if (result == -ETIMEDOUT)
		session_reply(
		    s, 421, "4.4.2", "Timeout in data (%s)", s->tx.id);
	log_info("%s: lost connection in DATA from [%s] after %zu octets",
	    s->tx.id, ip_format(&s->peer.client, (char[IP_TEXT_MAX]) {0}),
	    spool_size(&s->tx.spool));
	return RECEIVE_GONE;
}

static enum receive_result
refuse(
    struct receiver *r, unsigned code, const char *enhanced, const char *text)
{
	struct session *s = r->s;
	char ip[IP_TEXT_MAX];

	log_info("%s: reject: DATA from %s[%s]: %u %s %s; from=<%s> proto=%s "
		 "helo=<%s> size=%llu cr=%llu lf=%llu nul=%llu",
	    s->tx.id, s->peer.client_name ? s->peer.client_name : "unknown",
	    ip_format(&s->peer.client, ip), code, enhanced, text,
	    s->tx.envelope.sender, s->peer.protocol, s->peer.helo,
	    (unsigned long long)r->dots.size,
	    (unsigned long long)r->dots.bare_cr,
	    (unsigned long long)r->dots.bare_lf,
	    (unsigned long long)r->dots.nul);
	if (!session_reply(s, code, enhanced, "%s (%s)", text, s->tx.id))
		return RECEIVE_GONE;
	return RECEIVE_REFUSED;
}

/*
 * Somebody may have taken another place for the end of this message.  What
 * came with it in one breath could be part of it, and is not obeyed.
 */
static enum receive_result
refuse_unclean(struct receiver *r)
{
	bool more = stream_pending(r->s->client).len > 0;
	enum receive_result result =
	    refuse(r, 554, "5.5.2", "Bare CR, bare LF or NUL in the message");

	return more ? RECEIVE_GONE : result;
}

enum receive_result
receive_message(struct session *s)
{
	struct receiver r = {.s = s};
	int result;

	dotline_init(&r.dots);
	r.most = ehlo_size_limit(&s->offered, s->conf->message_size_limit);
	result = read_all(&r);
	if (result < 0)
		return hang_up(s, result);
	if (r.spool_failed)
		return refuse(&r, 452, "4.3.1", "Insufficient system storage");
	if (!dotline_is_clean(&r.dots))
		return refuse_unclean(&r);
	if (r.too_large)
		return refuse(
		    &r, 552, "5.3.4", "Message size exceeds the limit");
	return RECEIVE_OK;
}
