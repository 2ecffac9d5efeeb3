/*
 * strbuf: octets that grow, on the heap, owned by whoever embeds it.
 *
 * data is always NUL-terminated after strbuf_init.  Growing never fails: the
 * program panics when memory ends, so whoever adds octets from outside bounds
 * them first.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_STRBUF_H
#define POSTERN_STRBUF_H

#include <stdarg.h>

#include "postern/str.h"

struct strbuf {
	char *data;
	size_t len;
	size_t room; /* octets allocated; 0 while data is the static empty */
};

void strbuf_init(struct strbuf *b);

/* Frees the octets and leaves an empty, usable buffer. */
void strbuf_clear(struct strbuf *b);

/* Forgets the octets and keeps the room. */
void strbuf_reset(struct strbuf *b);

/* Makes room for `extra` more octets and returns where they go. */
char *strbuf_grow(struct strbuf *b, size_t extra);

/* Says that `len` octets were written where strbuf_grow pointed. */
void strbuf_grew(struct strbuf *b, size_t len);

void strbuf_add(struct strbuf *b, struct str s);
void strbuf_puts(struct strbuf *b, const char *text);
void strbuf_putc(struct strbuf *b, char c);
void strbuf_printf(struct strbuf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void strbuf_vprintf(struct strbuf *b, const char *fmt, va_list args)
    __attribute__((format(printf, 2, 0)));

/* Drops the first `len` octets. */
void strbuf_consume(struct strbuf *b, size_t len);

/* Cuts the buffer to its first `len` octets. */
void strbuf_truncate(struct strbuf *b, size_t len);

/* The octets; valid until the buffer changes. */
struct str strbuf_str(const struct strbuf *b);

#endif
