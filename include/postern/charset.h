/*
 * charset: text in any charset mail uses, to UTF-8.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_CHARSET_H
#define POSTERN_CHARSET_H

#include "postern/arena.h"

/* Valid UTF-8 by RFC 3629 (no surrogates, nothing overlong). */
bool charset_is_utf8(struct str text);

/*
 * Always gives valid UTF-8: octets that the charset does not know become
 * U+FFFD.  An unknown or unlisted charset is read as UTF-8 when it is valid
 * UTF-8, else as windows-1252.  The result is bounded by 4 times the input
 * and may be the input itself.
 */
struct str
charset_to_utf8(struct str charset, struct str text, struct arena *arena);

/*
 * Mail text as readers take it: what is valid UTF-8 is UTF-8 whatever is
 * declared, else the declared charset counts if it fits every octet, else it
 * is windows-1252.  Valid UTF-8.  *decoded tells whether a charset was read at
 * all: not for ASCII that stands for itself.
 */
struct str charset_read(
    struct str charset, struct str text, struct arena *arena, bool *decoded);

/* Appends one code point. Above U+10FFFF or a surrogate: U+FFFD. Returns the
 * octets written to out (1 to 4). */
size_t charset_put_utf8(uint32_t code, char out[4]);

/* The code point of an octet of windows-1252; U+FFFD for the five unused. */
uint32_t charset_windows_1252(unsigned char octet);

#endif
