/*
 * stream_private: what stream, stream_line and stream_tls know of each other.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RUN_STREAM_PRIVATE_H
#define RUN_STREAM_PRIVATE_H

#include <event2/event.h>
#include <event2/event_struct.h>
#include <openssl/ssl.h>

#include "postern/stream.h"

enum {
	STREAM_HEARD = EV_READ | EV_CLOSED,
	LINE_ROOM = 4096, /* buffer for lines */
	BODY_ROOM = 65536 /* buffer for whatever comes */
};

struct stream {
	int fd;
	short watched; /* events that the loop looks for */
	bool readable; /* a read may have something */
	bool ended;    /* the peer closed: recv will not say EAGAIN */
	bool empty;    /* a read said EAGAIN and nothing was heard since */
	bool skipping; /* the rest of an overlong line */
	char begin[STREAM_LINE_BEGIN]; /* of that line */
	bool tls_blocked;              /* a TLS read has to write first */
	bool tls_broken;               /* not even close_notify may be said */
	uint64_t sent_at;              /* the loop's turn of the last write */
	size_t used;                   /* octets of this coroutine's share */
	struct event event;
	struct coro *waiter;
	short wanted; /* events that wake it */
	char *in;     /* NULL while nothing is held */
	size_t in_room, in_start, in_len;
	struct strbuf out;
	SSL *ssl; /* NULL in the clear */
	char *tls_text;
};

/* Sleeps until the loop reports one of these events. */
int stream_wait_event(struct stream *s, short wanted, int64_t deadline) WAITS;

/* Reads more, waiting for it; what is owed goes out before a wait. */
int stream_receive(struct stream *s, size_t room, int64_t deadline) WAITS;

/* Whoever waits holds no more than it needs. */
void stream_shrink(struct stream *s);

/* As the socket's own: octets moved, -EAGAIN, or another -errno. */
ssize_t tls_read(struct stream *s, char *to, size_t room);
ssize_t tls_write(struct stream *s, const struct iovec *iov, int count);

/* Has the peer sent octets, or closed?  Never waits. */
bool tls_is_readable(struct stream *s);

/* close_notify, as far as that goes without waiting; gives back the rest. */
void tls_end(struct stream *s);

#endif
