/*
 * strbuf: octets that grow, on the heap.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdio.h>
#include <stdlib.h>

#include "postern/log.h"
#include "postern/strbuf.h"
#include "postern/xalloc.h"

enum { FIRST_ROOM = 64 };

static char empty[1];

void
strbuf_init(struct strbuf *b)
{
	*b = (struct strbuf) {.data = empty};
}

void
strbuf_clear(struct strbuf *b)
{
	if (b->room)
		free(b->data);
	strbuf_init(b);
}

void
strbuf_reset(struct strbuf *b)
{
	strbuf_truncate(b, 0);
}

char *
strbuf_grow(struct strbuf *b, size_t extra)
{
	size_t room = b->room ? b->room : FIRST_ROOM;
	size_t need = b->len + extra + 1;

	if (need <= extra)
		panic("strbuf: %zu octets more", extra);
	if (need > b->room) {
		while (room < need)
			room = room > SIZE_MAX / 2 ? need : room * 2;
		b->data = xrealloc(b->room ? b->data : NULL, room);
		b->room = room;
		b->data[b->len] = '\0';
	}
	return b->data + b->len;
}

void
strbuf_grew(struct strbuf *b, size_t len)
{
	if (len == 0)
		return;
	if (b->len + len >= b->room)
		panic("strbuf: grew beyond its room");
	b->len += len;
	b->data[b->len] = '\0';
}

void
strbuf_add(struct strbuf *b, struct str s)
{
	if (s.len == 0)
		return;
	memcpy(strbuf_grow(b, s.len), s.data, s.len);
	strbuf_grew(b, s.len);
}

void
strbuf_puts(struct strbuf *b, const char *text)
{
	strbuf_add(b, str_c(text));
}

void
strbuf_putc(struct strbuf *b, char c)
{
	strbuf_add(b, str_of(&c, 1));
}

void
strbuf_vprintf(struct strbuf *b, const char *fmt, va_list args)
{
	va_list again;
	int len;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, fmt, args);
	if (len > 0) {
		vsnprintf(
		    strbuf_grow(b, (size_t)len), (size_t)len + 1, fmt, again);
		strbuf_grew(b, (size_t)len);
	}
	va_end(again);
}

void
strbuf_printf(struct strbuf *b, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	strbuf_vprintf(b, fmt, args);
	va_end(args);
}

void
strbuf_consume(struct strbuf *b, size_t len)
{
	if (len > b->len)
		panic("strbuf: consumes more than there is");
	if (len == 0)
		return;
	memmove(b->data, b->data + len, b->len - len);
	strbuf_truncate(b, b->len - len);
}

void
strbuf_truncate(struct strbuf *b, size_t len)
{
	if (len > b->len)
		panic("strbuf: truncated to more than there is");
	b->len = len;
	if (b->room)
		b->data[len] = '\0';
}

struct str
strbuf_str(const struct strbuf *b)
{
	return str_of(b->data, b->len);
}
