/*
 * stream: a connection with a buffer on each side.
 *
 * The descriptor joins the loop once, edge-triggered for both directions: each
 * operation is tried first and waits only when the kernel says EAGAIN, so a
 * wait costs no system call of its own.  An idle stream holds no buffers.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <event2/event.h>
#include <event2/event_struct.h>

#include "postern/log.h"
#include "postern/stream.h"
#include "postern/xalloc.h"

enum {
	BUFFER_FIRST = 4096,
	BUFFER_MOST = 65536,
	OWED_MOST = 65536,
	VECTOR_MOST = 64 /* spans of one system call */
};

struct stream {
	int fd;
	bool joined;   /* the loop watches it */
	bool skipping; /* the rest of an overlong line */
	struct event event;
	struct coro *waiter;
	char *in; /* NULL while nothing is held */
	size_t in_room, in_start, in_len;
	size_t in_want; /* room for the next buffer */
	struct strbuf out;
};

struct stream *
stream_new(int fd)
{
	struct stream *s = xcalloc(1, sizeof(*s));
	int one = 1;

	s->fd = fd;
	s->in_want = BUFFER_FIRST;
	strbuf_init(&s->out);
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return s;
}

void
stream_free(struct stream *s)
{
	if (!s)
		return;
	if (s->joined)
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
	(void)what;
	if (s->waiter)
		coro_wake(s->waiter, 0);
}

static void
join(struct stream *s)
{
	struct event_base *base = loop_base(coro_loop());

	event_assign(&s->event, base, s->fd,
	    EV_READ | EV_WRITE | EV_PERSIST | EV_ET, on_event, s);
	if (event_add(&s->event, NULL) != 0)
		panic("cannot watch descriptor %d", s->fd);
	s->joined = true;
}

/* Until something happened on the socket. */
static int
wait_event(struct stream *s, int64_t deadline)
{
	int result;

	if (s->waiter)
		panic("two coroutines wait for one stream");
	if (!s->joined)
		join(s);
	s->waiter = coro_self();
	result = coro_suspend(deadline);
	s->waiter = NULL;
	return result;
}

static void
drop_input(struct stream *s)
{
	free(s->in);
	s->in = NULL;
	s->in_room = s->in_start = s->in_len = 0;
}

/* Moves what is held to the front of a buffer with room for more. */
static void
make_room(struct stream *s)
{
	if (s->in_len == 0)
		s->in_start = 0;
	if (!s->in) {
		s->in_room = s->in_want;
		s->in = xrealloc(NULL, s->in_room);
	}
	if (s->in_start > 0) {
		memmove(s->in, s->in + s->in_start, s->in_len);
		s->in_start = 0;
	}
	if (s->in_len == s->in_room) {
		s->in_room *= 2;
		s->in = xrealloc(s->in, s->in_room);
	}
}

/* One read.  0 when octets came, -EAGAIN when none are there. */
static int
receive(struct stream *s)
{
	size_t room;
	ssize_t got;

	make_room(s);
	room = s->in_room - s->in_len;
	do
		got = recv(s->fd, s->in + s->in_len, room, MSG_NOSIGNAL);
	while (got < 0 && errno == EINTR);
	if (got == 0)
		return -ECONNRESET;
	if (got < 0)
		return errno == EPIPE ? -ECONNRESET : -errno;
	s->in_len += (size_t)got;
	if ((size_t)got == room && s->in_want < BUFFER_MOST)
		s->in_want *= 2;
	else if ((size_t)got < s->in_want / 8 && s->in_want > BUFFER_FIRST)
		s->in_want /= 2;
	return 0;
}

/* Reads more, waiting for it; what is owed goes out first. */
static int
receive_wait(struct stream *s, int64_t deadline)
{
	int result;

	if (s->out.len > 0) {
		result = stream_flush(s, deadline);
		if (result < 0)
			return result;
	}
	for (;;) {
		result = receive(s);
		if (result != -EAGAIN)
			return result;
		if (s->in_len == 0)
			drop_input(s);
		result = wait_event(s, deadline);
		if (result < 0)
			return result;
	}
}

static struct str
held(const struct stream *s)
{
	return s->in ? str_of(s->in + s->in_start, s->in_len) : str_c("");
}

void
stream_take(struct stream *s, size_t len)
{
	if (len > s->in_len)
		panic("stream: takes more than there is");
	s->in_start += len;
	s->in_len -= len;
}

/* Octets of the held line with its LF, or 0 when its end is not there. */
static size_t
line_length(const struct stream *s, size_t from)
{
	struct str all = held(s);
	size_t at = from + str_find(str_from(all, from), '\n');

	return at < all.len ? at + 1 : 0;
}

int
stream_read_line(
    struct stream *s, size_t max, int64_t deadline, struct str *line)
{
	size_t seen = 0, len;
	bool too_long;
	int result;

	for (;;) {
		len = line_length(s, seen);
		if (len > 0)
			break;
		seen = s->in_len;
		if (s->skipping || seen > max + 1) {
			s->skipping = true;
			stream_take(s, seen);
			seen = 0;
		}
		result = receive_wait(s, deadline);
		if (result < 0)
			return result;
	}
	*line = str_head(held(s), len - 1);
	stream_take(s, len);
	too_long = s->skipping ||
	    len - 1 - (len > 1 && line->data[len - 2] == '\r') > max;
	s->skipping = false;
	return too_long ? STREAM_LINE_TOO_LONG : 0;
}

int
stream_fill(struct stream *s, int64_t deadline, struct str *octets)
{
	int result = 0;

	if (s->in_len == 0)
		result = receive_wait(s, deadline);
	*octets = held(s);
	return result;
}

struct str
stream_pending(const struct stream *s)
{
	return held(s);
}

bool
stream_is_readable(struct stream *s)
{
	ssize_t got;
	char octet;

	if (s->in_len > 0)
		return true;
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
	if (s->out.len > 0 && s->out.len + octets.len > OWED_MOST) {
		int result = stream_flush(s, deadline);

		if (result < 0)
			return result;
	}
	strbuf_add(&s->out, octets);
	return s->out.len > OWED_MOST ? stream_flush(s, deadline) : 0;
}

int
stream_puts(struct stream *s, const char *text, int64_t deadline)
{
	return stream_write(s, str_c(text), deadline);
}

/* One write of these spans.  How many octets went, or -errno. */
static ssize_t
transmit(struct stream *s, struct iovec *iov, int count)
{
	struct msghdr message = {.msg_iov = iov, .msg_iovlen = (size_t)count};
	ssize_t sent;

	do
		sent = sendmsg(s->fd, &message, MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	if (sent < 0)
		return errno == EPIPE ? -ECONNRESET : -errno;
	return sent;
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
send_all(struct stream *s, struct iovec *iov, int count, int64_t deadline)
{
	ssize_t sent;
	int result, gone;

	while (count > 0) {
		sent = transmit(s, iov, count);
		if (sent >= 0) {
			gone = advance(iov, count, (size_t)sent);
			iov += gone;
			count -= gone;
			continue;
		}
		if (sent != -EAGAIN)
			return (int)sent;
		result = wait_event(s, deadline);
		if (result < 0)
			return result;
	}
	return 0;
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
		result = send_all(s, some, n, deadline);
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
