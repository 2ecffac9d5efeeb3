/*
 * stream: a connection with a buffer on each side.
 *
 * Reading waits for octets, writing collects them until a flush, or until the
 * buffer holds 64 KB (back-pressure: the writer then waits).  Deadlines are
 * absolute, on loop_now.  Results: 0 or more is success, -ETIMEDOUT,
 * -ECANCELED, -ECONNRESET (closed by the peer, any way) or another -errno.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_STREAM_H
#define POSTERN_STREAM_H

#include <sys/types.h>
#include <sys/uio.h>

#include "postern/coro.h"
#include "postern/strbuf.h"

enum {
	STREAM_LINE_TOO_LONG = -4096, /* of stream_read_line */
	STREAM_LINE_BEGIN = 4         /* octets that are told of such a line */
};

struct stream;

/* Takes over fd (made non-blocking, TCP_NODELAY).  Buffers are allocated when
 * first needed and given back when empty and idle. */
struct stream *stream_new(int fd);

/* Closes fd; what was not flushed is lost.  NULL is allowed. */
void stream_free(struct stream *s);
int stream_fd(const struct stream *s);

/*
 * Reads a line that ends in LF; *line is without its LF, but with a CR that
 * stands before it (the caller judges what that means), valid until the next
 * read.  Flushes what was written first when it has to wait.  A line longer
 * than `max` octets is skipped to its end, slowly (64 KB in 20 ms), and gives
 * STREAM_LINE_TOO_LONG once, with its first STREAM_LINE_BEGIN octets in *line.
 * 0 on success.
 */
int stream_read_line(
    struct stream *s, size_t max, int64_t deadline, struct str *line) WAITS;

/*
 * Waits until at least one octet is there; *octets is all that is (at most
 * 64 KB).  Flushes first when it has to wait.  Take them with stream_take.
 */
int stream_fill(struct stream *s, int64_t deadline, struct str *octets) WAITS;
void stream_take(struct stream *s, size_t len);

/* The same, but waits for more than is there already. */
int stream_more(struct stream *s, int64_t deadline, struct str *octets) WAITS;

/* Octets read and not yet taken; never waits, never reads the socket. */
struct str stream_pending(const struct stream *s);

/*
 * Did the peer send or close unasked?  True when octets are pending or the
 * socket has some, or its end.  Never waits.
 */
bool stream_is_readable(struct stream *s);

/* Adds to the write buffer; waits only to hold it below 64 KB. */
int stream_write(struct stream *s, struct str octets, int64_t deadline) WAITS;
int stream_puts(struct stream *s, const char *text, int64_t deadline) WAITS;

/* Adds to the write buffer whatever its size and never waits. */
void stream_owe(struct stream *s, struct str octets);

/* Sends what is owed, then these spans, straight from where they are. */
int stream_writev(struct stream *s, const struct iovec *iov, int count,
    int64_t deadline) WAITS;

int stream_flush(struct stream *s, int64_t deadline) WAITS;

/*
 * The end that we chose: sends what is owed, says that nothing more comes, and
 * reads and forgets what the peer still sends, up to its end, 256 KB or the
 * deadline.  To close at once would reset the connection, and the peer might
 * never read our last words.  Only stream_free is of use then.
 */
void stream_linger(struct stream *s, int64_t deadline) WAITS;

/* Tells the peer that nothing more comes (FIN). */
void stream_shut(struct stream *s);

#endif
