/*
 * stream_line: lines of a stream.
 *
 * A line that is too long is not kept, and its sender is read so slowly that it
 * costs the others nothing, however fast it sends.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <string.h>

#include "loop_private.h"
#include "stream_private.h"

/* Milliseconds between reads of an overlong line. */
enum { SKIP_PAUSE = 20 };

/* Octets of the held line with its LF, or 0 when its end is not there. */
static size_t
line_length(const struct stream *s, size_t from)
{
	struct str all = stream_pending(s);
	size_t at = from + str_find(str_from(all, from), '\n');

	return at < all.len ? at + 1 : 0;
}

static void
keep_begin(struct stream *s)
{
	struct str begin = str_head(stream_pending(s), sizeof(s->begin));

	memset(s->begin, 0, sizeof(s->begin));
	memcpy(s->begin, begin.data, begin.len);
}

/* Forgets what is held of an overlong line and reads more of it, later. */
static int
skip_more(struct stream *s, int64_t deadline)
{
	int64_t until = loop_now(coro_loop()) + SKIP_PAUSE;
	int result;

	if (!s->skipping)
		keep_begin(s);
	s->skipping = true;
	stream_take(s, s->in_len);
	result = stream_flush(s, deadline);
	if (result < 0)
		return result;
	stream_shrink(s);
	if (deadline != CORO_NEVER && deadline < until)
		until = deadline;
	result = coro_sleep(until);
	return result < 0 ? result : stream_receive(s, BODY_ROOM, deadline);
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
			result = skip_more(s, deadline);
			seen = 0;
		} else {
			result = stream_receive(s, LINE_ROOM, deadline);
		}
		if (result < 0)
			return result;
	}
	*line = str_head(stream_pending(s), len - 1);
	stream_take(s, len);
	too_long = s->skipping || line->len - str_ends(*line, "\r") > max;
	if (s->skipping)
		*line = str_of(s->begin, sizeof(s->begin));
	s->skipping = false;
	if (too_long)
		*line = str_head(*line, STREAM_LINE_BEGIN);
	return too_long ? STREAM_LINE_TOO_LONG : 0;
}
