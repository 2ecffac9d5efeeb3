/*
 * stream: a connection with a buffer on each side.
 *
 * The descriptor joins the loop once, edge-triggered, and the stream remembers
 * what the loop said of it: a read is tried only when octets may be there, a
 * write at once, and a wait costs no system call of its own.  An idle stream
 * holds no buffers.  After 64 KB without a wait the others have a turn.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "postern/log.h"
#include "postern/xalloc.h"

#include "loop_private.h"
#include "stream_private.h"

enum {
	OWED_MOST = 65536, /* octets owed before the writer has to wait */
	VECTOR_MOST = 64,  /* spans of one system call */
	LINGER_MOST = 1 << 18,
	SHARE = 65536,    /* octets until the others have a turn */
	LOOK_AGAIN = 2000 /* milliseconds; see wait_readable */
};

struct stream *
stream_new(int fd)
{
	struct stream *s = xcalloc(1, sizeof(*s));
	int flags = fcntl(fd, F_GETFL), one = 1;

	s->fd = fd;
	s->empty = true;
	strbuf_init(&s->out);
	if (!(flags & O_NONBLOCK))
		fcntl(fd, F_SETFL, flags | O_NONBLOCK);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return s;
}

void
stream_free(struct stream *s)
{
	if (!s)
		return;
	if (s->waiter)
		panic("stream_free while a coroutine waits for the stream");
	tls_end(s);
	if (s->watched)
		event_del(&s->event);
	close(s->fd);
	free(s->in);
	strbuf_clear(&s->out);
	free(s);
}

int
stream_fd(const struct stream *s)
{
	return s->fd;
}

static void
on_event(evutil_socket_t fd, short what, void *arg)
{
	struct stream *s = arg;

	(void)fd;
	if (what & STREAM_HEARD)
		s->readable = true;
	if (what & EV_CLOSED)
		s->ended = true;
	if (s->waiter && (what & s->wanted))
		coro_event(s->waiter);
}

/* Adding a descriptor reports its state, so that nothing is missed.  Most
 * streams never wait to write. */
static void
watch(struct stream *s, short events)
{
	if ((s->watched & events) == events)
		return;
	if (s->watched)
		event_del(&s->event);
	s->watched |= events;
	event_assign(&s->event, loop_base(coro_loop()), s->fd,
	    (short)(s->watched | EV_PERSIST | EV_ET), on_event, s);
	if (event_add(&s->event, NULL) != 0)
		panic("cannot watch descriptor %d", s->fd);
}

int
stream_wait_event(struct stream *s, short wanted, int64_t deadline)
{
	int result;

	if (s->waiter)
		panic("two coroutines wait for one stream");
	watch(s, wanted);
	s->wanted = wanted;
	s->waiter = coro_self();
	result = coro_wait_event(deadline);
	s->waiter = NULL;
	s->used = 0;
	return result;
}

/* A peer that is never slow must not keep the loop to itself. */
static int
share(struct stream *s, int64_t deadline)
{
	int result;

	if (s->used < SHARE)
		return 0;
	s->used = 0;
	result = coro_yield();
	if (result < 0)
		return result;
	return deadline != CORO_NEVER && deadline <= loop_now(coro_loop()) ?
	    -ETIMEDOUT :
	    0;
}

/*
 * The socket itself: these two are all that knows it.  Octets moved, -EAGAIN,
 * or another -errno; the end is -ECONNRESET.
 */

/* A read that filled less than its room took all there was. */
static ssize_t
socket_read(struct stream *s, char *to, size_t room)
{
	ssize_t got;

	if (s->ssl)
		return tls_read(s, to, room);
	do
		got = recv(s->fd, to, room, 0);
	while (got < 0 && errno == EINTR);
	s->empty = got < 0 && errno == EAGAIN;
	if (s->empty || (got > 0 && (size_t)got < room && !s->ended))
		s->readable = false;
	if (got > 0)
		return got;
	return got == 0 ? -ECONNRESET : -errno;
}

static ssize_t
socket_write(struct stream *s, struct iovec *iov, int count, bool more)
{
	struct msghdr message = {.msg_iov = iov, .msg_iovlen = (size_t)count};
	ssize_t sent;

	if (s->ssl)
		return tls_write(s, iov, count);
	do
		sent = sendmsg(
		    s->fd, &message, MSG_NOSIGNAL | (more ? MSG_MORE : 0));
	while (sent < 0 && errno == EINTR);
	if (sent < 0)
		return errno == EPIPE ? -ECONNRESET : -errno;
	return sent;
}

/* Moves what is held to the front of a buffer with room for more. */
static void
make_room(struct stream *s, size_t room)
{
	if (s->in_start > 0 && s->in_len > 0)
		memmove(s->in, s->in + s->in_start, s->in_len);
	s->in_start = 0;
	if (s->in_len > 0 && room < 2 * s->in_len)
		room = 2 * s->in_len;
	if (s->in_room < room) {
		s->in = xrealloc(s->in, room);
		s->in_room = room;
	}
}

void
stream_shrink(struct stream *s)
{
	if (s->in_len == 0) {
		free(s->in);
		s->in = NULL;
		s->in_room = s->in_start = 0;
	} else if (s->in_room > LINE_ROOM && s->in_len <= LINE_ROOM) {
		memmove(s->in, s->in + s->in_start, s->in_len);
		s->in = xrealloc(s->in, LINE_ROOM);
		s->in_room = LINE_ROOM;
		s->in_start = 0;
	}
}

static int
receive(struct stream *s, size_t room)
{
	ssize_t got;

	make_room(s, room);
	got = socket_read(s, s->in + s->in_len, s->in_room - s->in_len);
	if (got < 0)
		return (int)got;
	s->in_len += (size_t)got;
	s->used += (size_t)got;
	return 0;
}

/*
 * Waits until the socket may have something.  That a short read took all is
 * wrong in one case: a reset that came together with octets hides behind them
 * and is told only once.  So a wait after a short read looks again.
 */
static int
wait_readable(struct stream *s, int64_t deadline)
{
	int64_t look = loop_now(coro_loop()) + LOOK_AGAIN;
	int result;

	if (s->tls_blocked) {
		result =
		    stream_wait_event(s, STREAM_HEARD | EV_WRITE, deadline);
		s->readable |= result == 0;
		return result;
	}
	if (s->empty || (deadline != CORO_NEVER && deadline <= look))
		return stream_wait_event(s, STREAM_HEARD, deadline);
	result = stream_wait_event(s, STREAM_HEARD, look);
	if (result != -ETIMEDOUT)
		return result;
	s->readable = true;
	return 0;
}

int
stream_receive(struct stream *s, size_t room, int64_t deadline)
{
	int result = share(s, deadline);

	while (result == 0) {
		if (s->readable) {
			result = receive(s, room);
			if (result != -EAGAIN)
				return result;
		}
		if (s->out.len > 0) {
			result = stream_flush(s, deadline);
			continue;
		}
		stream_shrink(s);
		result = wait_readable(s, deadline);
	}
	return result;
}

void
stream_take(struct stream *s, size_t len)
{
	if (len > s->in_len)
		panic("stream: takes more than there is");
	s->in_start += len;
	s->in_len -= len;
}

int
stream_fill(struct stream *s, int64_t deadline, struct str *octets)
{
	int result = 0;

	if (s->in_len == 0)
		result = stream_receive(s, BODY_ROOM, deadline);
	*octets = stream_pending(s);
	return result;
}

int
stream_more(struct stream *s, int64_t deadline, struct str *octets)
{
	int result = stream_receive(s, LINE_ROOM, deadline);

	*octets = stream_pending(s);
	return result;
}

struct str
stream_pending(const struct stream *s)
{
	return s->in ? str_of(s->in + s->in_start, s->in_len) : str_c("");
}

/* What the loop said this turn is as good as asking the kernel, unless we
 * wrote since and so gave the peer something to answer. */
bool
stream_is_readable(struct stream *s)
{
	ssize_t got;
	char octet;

	if (s->in_len > 0)
		return true;
	if ((s->watched & EV_READ) && !s->readable && coro_self() &&
	    s->sent_at < coro_loop()->turns)
		return false;
	if (s->ssl)
		return tls_is_readable(s);
	got = recv(s->fd, &octet, 1, MSG_PEEK | MSG_DONTWAIT);
	return got >= 0 || (errno != EAGAIN && errno != EINTR);
}

void
stream_owe(struct stream *s, struct str octets)
{
	strbuf_add(&s->out, octets);
}

int
stream_write(struct stream *s, struct str octets, int64_t deadline)
{
	struct iovec iov = {(void *)octets.data, octets.len};

	if (s->out.len + octets.len > OWED_MOST)
		return stream_writev(s, &iov, 1, deadline);
	strbuf_add(&s->out, octets);
	return 0;
}

int
stream_puts(struct stream *s, const char *text, int64_t deadline)
{
	return stream_write(s, str_c(text), deadline);
}

/* Drops the first `sent` octets of the spans; returns how many spans went. */
static int
advance(struct iovec *iov, int count, size_t sent)
{
	int i = 0;

	while (i < count && sent >= iov[i].iov_len)
		sent -= iov[i++].iov_len;
	if (i < count) {
		iov[i].iov_base = (char *)iov[i].iov_base + sent;
		iov[i].iov_len -= sent;
	}
	return i;
}

static int
send_all(
    struct stream *s, struct iovec *iov, int count, bool more, int64_t deadline)
{
	int result = 0, gone;
	ssize_t sent;

	s->sent_at = coro_loop()->turns;
	while (result == 0 && count > 0) {
		sent = socket_write(s, iov, count, more);
		if (sent >= 0) {
			s->used += (size_t)sent;
			gone = advance(iov, count, (size_t)sent);
			iov += gone;
			count -= gone;
			result = count > 0 ? share(s, deadline) : 0;
		} else if (sent == -EAGAIN) {
			result = stream_wait_event(s, EV_WRITE, deadline);
		} else {
			result = (int)sent;
		}
	}
	s->sent_at = coro_loop()->turns;
	return result;
}

int
stream_writev(
    struct stream *s, const struct iovec *iov, int count, int64_t deadline)
{
	struct iovec some[VECTOR_MOST];
	int n = 0, i = 0, result = 0;

	if (s->out.len > 0)
		some[n++] = (struct iovec) {s->out.data, s->out.len};
	do {
		while (i < count && n < VECTOR_MOST)
			some[n++] = iov[i++];
		result = send_all(s, some, n, i < count, deadline);
		n = 0;
	} while (result == 0 && i < count);
	strbuf_clear(&s->out);
	return result;
}

int
stream_flush(struct stream *s, int64_t deadline)
{
	return s->out.len > 0 ? stream_writev(s, NULL, 0, deadline) : 0;
}

void
stream_shut(struct stream *s)
{
	shutdown(s->fd, SHUT_WR);
}

void
stream_linger(struct stream *s, int64_t deadline)
{
	size_t most = LINGER_MOST;
	struct str octets;

	if (stream_flush(s, deadline) < 0)
		return;
	tls_end(s);
	stream_shut(s);
	while (stream_fill(s, deadline, &octets) >= 0 && octets.len <= most) {
		most -= octets.len;
		stream_take(s, octets.len);
	}
}
