/*
 * transfer: a judged message to the backend.
 *
 * The octets are sent straight from where they are held.  The last of them
 * and the dot go out together; a reply that comes before the dot was sent is
 * no reply to this message.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <errno.h>

#include "postern/dotline.h"

#include "lmtp.h"
#include "transfer.h"

enum {
	PIECES = 128,       /* spans of one writev */
	BATCH = 256 * 1024, /* octets of one writev: each has its own deadline,
			       so that a slow backend is no dead one */
	SMALL = 512,        /* octets of a piece that is rather copied */
	COPIED = 16 * 1024  /* of such pieces in one writev */
};

struct writer {
	struct session *s;
	struct iovec iov[PIECES];
	int count;
	size_t octets;
	char *copied; /* small pieces, or NULL: a mail may be dots only */
	size_t copied_len;
	bool flushed; /* not all goes in one write */
	int result;   /* first failure, or 0 */
};

static void
flush(struct writer *w)
{
	struct session *s = w->s;
	int64_t deadline =
	    backend_deadline(&s->backend, s->conf->backend_data_timeout);

	if (w->result == 0 && w->count > 0) {
		w->result = stream_writev(
		    s->backend.stream, w->iov, w->count, deadline);
		if (w->result > 0)
			w->result = 0;
	}
	w->count = 0;
	w->octets = 0;
	w->copied_len = 0;
}

static void
put(struct writer *w, struct str piece)
{
	w->iov[w->count].iov_base = (void *)piece.data;
	w->iov[w->count].iov_len = piece.len;
	w->count++;
	w->octets += piece.len;
}

/* Behind the one before, so that both are one span. */
static void
put_copy(struct writer *w, struct str piece)
{
	struct iovec *last = w->iov + (w->count > 0 ? w->count - 1 : 0);
	char *to;

	if (!w->copied)
		w->copied = arena_alloc(w->s->tx.arena, COPIED);
	to = w->copied + w->copied_len;
	memcpy(to, piece.data, piece.len);
	w->copied_len += piece.len;
	if (w->count == 0 || (char *)last->iov_base + last->iov_len != to) {
		put(w, str_of(to, piece.len));
		return;
	}
	last->iov_len += piece.len;
	w->octets += piece.len;
}

static bool
is_full(const struct writer *w)
{
	return w->count + 4 > PIECES || w->octets >= BATCH ||
	    w->copied_len + SMALL + 1 > COPIED;
}

/* One piece of the content, cut where the batch is full. */
static void
put_piece(struct writer *w, bool dot, struct str piece)
{
	struct str part;

	if (dot)
		put_copy(w, str_c("."));
	while (w->result == 0 && piece.len > 0) {
		if (is_full(w)) {
			flush(w);
			w->flushed = true;
		}
		part = str_head(piece, BATCH - w->octets);
		if (w->copied && part.len <= SMALL)
			put_copy(w, part);
		else
			put(w, part);
		piece = str_from(piece, part.len);
	}
}

static void
put_content(struct writer *w, struct str rest, bool *at_line_start)
{
	struct str piece;
	bool dot;

	while (
	    w->result == 0 && dotline_cut(&rest, at_line_start, &dot, &piece))
		put_piece(w, dot, piece);
}

static int
send_content(struct session *s, struct str block, const struct strip *strip)
{
	struct str rest = s->tx.message.bytes, piece;
	struct writer w = {.s = s};
	bool at_line_start = true;
	size_t index = 0;

	put(&w, block);
	while (strip_cut(strip, &index, &rest, &piece))
		put_content(&w, piece, &at_line_start);
	/* A large message waits here and there; a reply that came meanwhile is
	 * none to the end of it. */
	if (w.flushed)
		flush(&w);
	if (w.result == 0 && stream_is_readable(s->backend.stream))
		return -EPROTO;
	put(&w, str_c(".\r\n")); /* what was held ends in CRLF */
	flush(&w);
	return w.result;
}

static bool
start_data(struct session *s, bool *refused)
{
	struct backend *b = &s->backend;

	if (!backend_command(
		b, str_c("DATA"), s->conf->backend_data_start_timeout))
		return false;
	if (b->reply.code == 354)
		return true;
	if (b->reply.code < 400)
		return backend_lose(b, "DATA answered %u", b->reply.code);
	*refused = true;
	return false;
}

bool
transfer_message(struct session *s, struct str block, const struct strip *strip,
    bool *refused)
{
	struct backend *b = &s->backend;
	int result;

	*refused = false;
	if (!start_data(s, refused))
		return false;
	result = send_content(s, block, strip);
	if (result == -EPROTO)
		return backend_lose(b, "reply or close before the dot");
	if (result < 0)
		return backend_lose(
		    b, "%s while sending the message", strerror(-result));
	s->committed = true;
	result = s->conf->protocol == PROTOCOL_LMTP ?
	    lmtp_read_end(s) :
	    backend_read(b, s->conf->backend_end_timeout);
	s->committed = false;
	if (!result)
		return false;
	b->in_transaction = false;
	if (b->reply.code < 400 && !reply_is(&b->reply, 2))
		return backend_lose(
		    b, "end of message answered %u", b->reply.code);
	return true;
}
