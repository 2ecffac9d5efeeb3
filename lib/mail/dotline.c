/*
 * dotline: the octets of DATA (RFC 5321 4.1.1.4, 4.5.2), in both directions.
 *
 * The reader is a state machine over single octets, which alone says what a
 * line start, a dot to be removed and the end are.  It is helped over plain
 * stretches, where nothing of that can occur, 64 octets at a time; in those
 * the compiler compares many octets at once.  It cannot fail.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/dotline.h"

enum {
	LINE_START, /* behind CRLF, or nothing read yet */
	TEXT,
	CR,     /* behind a CR that was handed out */
	DOT,    /* behind a dot at a line start, not handed out */
	DOT_CR, /* behind a CR after that, not handed out */
	BLOCK = 64
};

/* What becomes of an octet. */
enum fate {
	KEEP,   /* content */
	DROP,   /* no content, or not known yet */
	RELEASE /* a CR held back is content; ask again for this octet */
};

void
dotline_init(struct dotline *d)
{
	*d = (struct dotline) {.state = LINE_START};
}

bool
dotline_is_clean(const struct dotline *d)
{
	return d->bare_cr == 0 && d->bare_lf == 0 && d->nul == 0;
}

void
dotline_count(struct dotline *d, struct str in, bool last)
{
	size_t i;

	for (i = 0; i < in.len; i++) {
		d->bare_cr += d->state == CR && in.data[i] != '\n';
		d->bare_lf += d->state != CR && in.data[i] == '\n';
		d->nul += in.data[i] == '\0';
		d->state = in.data[i] == '\r' ? CR : TEXT;
	}
	d->size += in.len;
	d->bare_cr += last && d->state == CR;
}

/* In every state but DOT and DOT_CR. */
static enum fate
step_content(struct dotline *d, char c)
{
	if (c == '\n' && d->state == CR) {
		d->state = LINE_START;
		return KEEP;
	}
	d->bare_cr += d->state == CR;
	d->bare_lf += c == '\n';
	d->nul += c == '\0';
	d->state = c == '\r' ? CR : TEXT;
	return KEEP;
}

static enum fate
step(struct dotline *d, char c)
{
	switch (d->state) {
	case LINE_START:
		if (c != '.')
			return step_content(d, c);
		d->state = DOT;
		return DROP;
	case DOT:
		if (c != '\r')
			return step_content(d, c);
		d->state = DOT_CR;
		return DROP;
	case DOT_CR:
		d->done = c == '\n';
		if (d->done)
			return DROP;
		d->state = CR;
		return RELEASE;
	default:
		return step_content(d, c);
	}
}

/*
 * Is each CR before an LF, each LF behind a CR, none before a dot, and no NUL
 * there?  Looks at the octet behind the block, too.
 */
static bool
block_is_plain(const char *p)
{
	unsigned char odd = 0;
	size_t i;

	for (i = 0; i < BLOCK; i++) {
		odd |= (p[i] == '\r') ^ (p[i + 1] == '\n');
		odd |= (p[i] == '\n') & (p[i + 1] == '.');
		odd |= p[i] == '\0';
	}
	return odd == 0;
}

/* Steps over whole plain blocks; returns how many octets that were. */
static size_t
skip_plain(struct dotline *d, struct str in)
{
	size_t i = 0;

	if (d->state != TEXT && d->state != LINE_START)
		return 0;
	if (in.len <= BLOCK || *in.data == '\n' ||
	    (*in.data == '.' && d->state == LINE_START))
		return 0;
	while (i + BLOCK < in.len && block_is_plain(in.data + i))
		i += BLOCK;
	if (i == 0)
		return 0;
	if (in.data[i - 1] == '\n')
		d->state = LINE_START;
	else
		d->state = in.data[i - 1] == '\r' ? CR : TEXT;
	return i;
}

/* Steps over content; the octet at the end, if any, is none: see *fate. */
static size_t
content_length(struct dotline *d, struct str in, enum fate *fate)
{
	size_t i = 0, end;

	*fate = KEEP;
	while (i < in.len) {
		i += skip_plain(d, str_from(in, i));
		end = in.len - i < BLOCK ? in.len : i + BLOCK;
		for (; i < end; i++) {
			*fate = step(d, in.data[i]);
			if (*fate != KEEP)
				return i;
		}
	}
	return i;
}

static bool
hand_out(
    struct dotline *d, struct str octets, dotline_sink *sink, void *context)
{
	if (octets.len == 0)
		return true;
	d->size += octets.len;
	return sink(context, octets);
}

size_t
dotline_read(struct dotline *d, struct str in, dotline_sink *sink,
    void *context, bool *stopped)
{
	size_t taken = 0, length;
	enum fate fate;

	*stopped = false;
	while (taken < in.len && !d->done && !*stopped) {
		length = content_length(d, str_from(in, taken), &fate);
		*stopped = !hand_out(
		    d, str_of(in.data + taken, length), sink, context);
		taken += length;
		if (fate == DROP)
			taken++;
		if (fate == RELEASE &&
		    !hand_out(d, str_of("\r", 1), sink, context))
			*stopped = true;
	}
	return taken;
}

bool
dotline_cut(struct str *rest, bool *at_line_start, bool *dot, struct str *piece)
{
	const char *end = rest->data + rest->len, *lf = rest->data;

	if (rest->len == 0)
		return false;
	*dot = *at_line_start && *rest->data == '.';
	while ((lf = memchr(lf, '\n', (size_t)(end - lf))) != NULL) {
		lf++;
		if (lf == end || *lf == '.')
			break;
	}
	*piece = str_head(*rest, lf ? (size_t)(lf - rest->data) : rest->len);
	*at_line_start = lf != NULL;
	*rest = str_from(*rest, piece->len);
	return true;
}

const char *
dotline_end(bool at_line_start)
{
	return at_line_start ? ".\r\n" : "\r\n.\r\n";
}
