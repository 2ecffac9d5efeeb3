/*
 * hold: the octets of a message on their way into the spool.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/log.h"

#include "session.h"

enum {
	ENDLESS = 4,       /* times the limit */
	RATE_GRACE = 60000 /* ms before min_data_rate counts */
};

bool
hold_normalises(const struct session *s)
{
	return s->conf->bare_lf == BARE_LF_NORMALISE ||
	    ip_nets_have(&s->conf->bare_lf_exclusions, &s->peer.client);
}

void
hold_init(struct hold *h, const struct session *s)
{
	const struct listener_conf *conf = s->conf;

	*h = (struct hold) {
	    .most = ehlo_size_limit(&s->offered, conf->message_size_limit),
	    .started = loop_now(s->door->loop),
	    .normalise = hold_normalises(s),
	};
	dotline_init(&h->dots);
}

bool
hold_is_unclean(const struct hold *h)
{
	if (h->normalise)
		return h->dots.bare_cr > 0 || h->dots.nul > 0;
	return !dotline_is_clean(&h->dots);
}

struct hold_refusal
hold_refuses(const struct hold *h)
{
	if (h->spool_failed)
		return (struct hold_refusal) {
		    452, "4.3.1", "Insufficient system storage"};
	if (hold_is_unclean(h))
		return (struct hold_refusal) {
		    554, "5.5.2", "Bare CR, bare LF or NUL in the message"};
	if (h->too_large)
		return (struct hold_refusal) {
		    552, "5.3.4", "Message size exceeds the limit"};
	return (struct hold_refusal) {.code = 0};
}

/* As it will stand in the message. */
static void
put(struct hold *h, struct session *s, struct str octets)
{
	struct error error;

	if (octets.len == 0)
		return;
	if (octets.len == 1)
		h->last[0] = h->last[1];
	else
		h->last[0] = octets.data[octets.len - 2];
	h->last[1] = octets.data[octets.len - 1];
	if (spool_add(&s->tx.spool, octets, &error))
		return;
	log_error("%s: %s", s->tx.id, error.text);
	h->spool_failed = true;
}

void
hold_take(struct hold *h, struct session *s, struct str octets)
{
	struct strbuf fixed;

	h->too_large |= h->dots.size > h->most;
	if (hold_refuses(h).code != 0) {
		spool_clear(&s->tx.spool);
		return;
	}
	if (!h->normalise) {
		put(h, s, octets);
		return;
	}
	strbuf_init(&fixed);
	linefix_add(&h->fix, octets, &fixed);
	put(h, s, strbuf_str(&fixed));
	strbuf_clear(&fixed);
}

void
hold_finish(struct hold *h, struct session *s)
{
	struct strbuf end;

	if (hold_refuses(h).code != 0) {
		spool_clear(&s->tx.spool);
		return;
	}
	strbuf_init(&end);
	if (h->normalise)
		linefix_end(&h->fix, &end);
	put(h, s, strbuf_str(&end));
	if (spool_size(&s->tx.spool) > 0 &&
	    (h->last[0] != '\r' || h->last[1] != '\n'))
		put(h, s, str_c("\r\n"));
	strbuf_clear(&end);
}

enum hold_stop
hold_goes_on(const struct hold *h, const struct session *s)
{
	int64_t spent = loop_now(s->door->loop) - h->started;
	uint64_t least = s->conf->min_data_rate;

	if (h->dots.size > ENDLESS * h->most)
		return HOLD_ENDLESS;
	if (spent > RATE_GRACE &&
	    h->dots.size < least * (uint64_t)(spent / 1000))
		return HOLD_SLOW;
	return HOLD_ON;
}
