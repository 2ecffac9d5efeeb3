/*
 * receive: the octets of DATA or of a BDAT chunk from the client.
 *
 * Everything that the client sends for the message is read, so that the next
 * command is found where it begins; hold.c says what is wrong with it.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <errno.h>

#include "postern/log.h"

#include "receive.h"

enum { TURN = 1 << 20 /* octets after which the others get theirs */ };

static bool
take(void *context, struct str octets)
{
	struct session *s = context;

	hold_take(&s->course.hold, s, octets);
	return true;
}

/* More octets, or a negative errno when the client is gone or too slow. */
static int
fill(struct session *s, struct str *octets)
{
	int result = stream_fill(
	    s->client, session_deadline(s, s->conf->data_timeout), octets);

	if (result < 0)
		return result;
	switch (hold_goes_on(&s->course.hold, s)) {
	case HOLD_ENDLESS:
		return -ECONNABORTED;
	case HOLD_SLOW:
		return -ETIMEDOUT;
	default:
		return 0;
	}
}

/* A client that is never out of octets must not keep the others. */
static int
share(uint64_t size, uint64_t *turn)
{
	bool due = size / TURN != *turn;

	*turn = size / TURN;
	return due && coro_yield() != 0 ? -ECANCELED : 0;
}

static int
read_to_dot(struct session *s)
{
	struct dotline *dots = &s->course.hold.dots;
	bool stopped = false;
	struct str octets;
	uint64_t turn = 0;
	int result = 0;

	while (!dots->done && result == 0) {
		result = fill(s, &octets);
		if (result < 0)
			return result;
		stream_take(
		    s->client, dotline_read(dots, octets, take, s, &stopped));
		result = share(dots->size, &turn);
	}
	return result;
}

static int
read_octets(struct session *s, uint64_t size, bool last)
{
	struct hold *hold = &s->course.hold;
	struct str octets;
	uint64_t turn = hold->dots.size / TURN;
	int result = 0;

	if (size == 0)
		dotline_count(&hold->dots, str_c(""), last);
	while (size > 0 && result == 0) {
		result = fill(s, &octets);
		if (result < 0)
			return result;
		octets = str_head(octets, size);
		size -= octets.len;
		dotline_count(&hold->dots, octets, last && size == 0);
		hold_take(hold, s, octets);
		stream_take(s->client, octets.len);
		result = share(hold->dots.size, &turn);
	}
	return result;
}

static enum receive_result
hang_up(struct session *s, int result)
{
	const char *why = result == -ETIMEDOUT ? "timeout" : "lost connection";

	if (result == -ETIMEDOUT)
		session_reply(
		    s, 421, "4.4.2", "Timeout in data (%s)", s->tx.id);
	log_info("%s: %s in DATA from [%s] after %llu octets", s->tx.id, why,
	    ip_format(&s->peer.client, (char[IP_TEXT_MAX]) {0}),
	    (unsigned long long)s->course.hold.dots.size);
	return RECEIVE_GONE;
}

static void
log_refusal(struct session *s, const struct hold_refusal *refusal)
{
	const struct dotline *dots = &s->course.hold.dots;

	course_log(s, "DATA",
	    arena_printf(s->tx.arena,
		"%u %s %s (%llu octets, cr=%llu lf=%llu nul=%llu)",
		refusal->code, refusal->enhanced, refusal->text,
		(unsigned long long)dots->size,
		(unsigned long long)dots->bare_cr,
		(unsigned long long)dots->bare_lf,
		(unsigned long long)dots->nul));
}

enum receive_result
receive_refuse(struct session *s)
{
	struct hold_refusal refusal = hold_refuses(&s->course.hold);

	if (refusal.code == 0)
		return RECEIVE_OK;
	log_refusal(s, &refusal);
	if (!session_reply(s, refusal.code, refusal.enhanced, "%s (%s)",
		refusal.text, s->tx.id))
		return RECEIVE_GONE;
	return RECEIVE_REFUSED;
}

enum receive_result
receive_message(struct session *s)
{
	enum receive_result answer;
	int result;

	hold_init(&s->course.hold, s);
	result = read_to_dot(s);
	if (result < 0)
		return hang_up(s, result);
	hold_finish(&s->course.hold, s);
	answer = receive_refuse(s);
	/*
	 * Somebody in front of us may have taken another place for the end of
	 * this message.  What comes behind it could be part of it, even when
	 * it comes later, and is not obeyed.
	 */
	if (answer == RECEIVE_REFUSED && hold_is_unclean(&s->course.hold))
		return RECEIVE_GONE;
	return answer;
}

enum receive_result
receive_chunk(struct session *s, uint64_t size, bool last)
{
	int result = read_octets(s, size, last);

	if (result < 0)
		return hang_up(s, result);
	if (last)
		hold_finish(&s->course.hold, s);
	return hold_refuses(&s->course.hold).code ? RECEIVE_REFUSED :
						    RECEIVE_OK;
}

bool
receive_nothing(struct session *s, uint64_t size)
{
	struct str octets;
	uint64_t turn = 0, seen = 0;
	int result = 0;

	while (size > 0 && result == 0) {
		result = stream_fill(s->client,
		    session_deadline(s, s->conf->data_timeout), &octets);
		if (result < 0)
			break;
		octets = str_head(octets, size);
		size -= octets.len;
		seen += octets.len;
		stream_take(s->client, octets.len);
		result = share(seen, &turn);
	}
	if (result == -ETIMEDOUT)
		session_reply(s, 421, "4.4.2", "Timeout in data (%s)", s->id);
	return result == 0;
}
