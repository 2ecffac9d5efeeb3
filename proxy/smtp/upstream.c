/*
 * upstream: which backend a session has, and what becomes of it when that one
 * goes away.
 *
 * A session changes its backend only between transactions, and never once it
 * has authenticated there.  The one exception is an envelope that is said
 * again before DATA; the message itself is never sent twice.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/log.h"

#include "identity.h"
#include "upstream.h"

/* What the client was promised at EHLO must still hold. */
static bool
check_promise(struct session *s, struct probe *probe)
{
	if (s->phase == PHASE_GREETED ||
	    ehlo_keeps(&s->backend.caps, &s->offered))
		return true;
	probe->caps = s->backend.caps; /* the next is promised less */
	return backend_lose(
	    &s->backend, "the backend no longer offers what EHLO promised");
}

/* The client has waited as long as it may. */
static bool
is_impatient(const struct session *s)
{
	int64_t now = loop_now(s->door->loop);

	return backend_deadline(&s->backend, 1) <= now;
}

bool
upstream_open(struct session *s)
{
	struct backend *b = &s->backend;
	struct door *door = s->door;
	struct probe *probe;
	bool tried = false;
	size_t i;

	for (i = 0; i < door->probe_count; i++) {
		probe = &door->probes[i];
		if (!probe_is_good(probe))
			continue;
		tried = true;
		if (backend_open(
			b, probe->at, &s->peer, door->config->hostname) &&
		    check_promise(s, probe))
			return true;
		if (coro_is_cancelled(coro_self()))
			return false;
		if (door->probe_count == 1)
			return false;
		log_warning("%s: backend: %s", s->id, b->error.text);
		/* What it refuses to this client it may grant to others. */
		probe_ask_again(probe, b->reply.code != 0);
		if (is_impatient(s)) /* the next one would be blamed for it */
			return false;
	}
	if (!tried) {
		reply_reset(&b->reply);
		error_set(&b->error, "no backend is well");
	}
	return false;
}

static bool
remember(struct session *s, struct str line)
{
	struct course *c = &s->course;

	if (!reply_is(&s->backend.reply, 2))
		return true;
	c->said =
	    arena_push(s->tx.arena, c->said, c->said_count, sizeof(*c->said));
	c->said[c->said_count++] = (struct said) {
	    str_c(arena_text(s->tx.arena, line)), s->backend.reply.code};
	return true;
}

/* MAIL or RCPT: nothing else is said of an envelope. */
static bool
say(struct session *s, struct str line)
{
	return backend_command(&s->backend, line,
	    str_starts(line, "MAIL") ? s->conf->backend_mail_timeout :
				       s->conf->backend_rcpt_timeout);
}

bool
upstream_envelope(struct session *s, struct str line)
{
	return say(s, line) && remember(s, line);
}

static bool
forward_identity(struct session *s)
{
	return s->conf->identity != IDENTITY_XFORWARD ||
	    identity_xforward(&s->backend, &s->peer);
}

/* The accepted part of the envelope; each line must be accepted again. */
static bool
replay(struct session *s)
{
	struct backend *b = &s->backend;
	const struct said *said;
	size_t i;

	for (i = 0; i < s->course.said_count; i++) {
		said = &s->course.said[i];
		if (!say(s, said->line))
			return false;
		if (b->reply.code != said->code)
			return backend_lose(b,
			    "the envelope was answered %u when said again",
			    b->reply.code);
		b->in_transaction = true;
	}
	return true;
}

bool
upstream_still_there(struct session *s)
{
	struct backend *b = &s->backend;

	if (backend_is_open(b) && !stream_is_readable(b->stream))
		return true;
	if (backend_is_open(b))
		backend_lose(b, "closed or spoke while the client was sending");
	if (s->authenticated)
		return false;
	log_info("%s: backend lost before DATA: %s; the envelope is said again",
	    s->tx.id, b->error.text);
	return upstream_open(s) && forward_identity(s) && replay(s);
}
