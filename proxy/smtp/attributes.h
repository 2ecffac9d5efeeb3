/*
 * attributes: NAME=value pairs of XCLIENT and XFORWARD, as Postfix has them.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_ATTRIBUTES_H
#define PROXY_ATTRIBUTES_H

#include "postern/envelope.h"
#include "postern/strbuf.h"

enum { ATTRIBUTE_LINE_MAX = 500 }; /* octets; below 512 with CRLF */

/* Bits of what was told, offered or wanted. */
enum attribute {
	ATTR_NAME = 1 << 0,
	ATTR_REVERSE_NAME = 1 << 1,
	ATTR_ADDR = 1 << 2,
	ATTR_PORT = 1 << 3,
	ATTR_PROTO = 1 << 4,
	ATTR_HELO = 1 << 5,
	ATTR_LOGIN = 1 << 6,
	ATTR_DESTADDR = 1 << 7,
	ATTR_DESTPORT = 1 << 8,
	ATTR_IDENT = 1 << 9,
	ATTR_SOURCE = 1 << 10,
	ATTRS_XCLIENT = (1 << 9) - 1,
	ATTRS_XFORWARD = ATTR_NAME | ATTR_ADDR | ATTR_PORT | ATTR_PROTO |
	    ATTR_HELO | ATTR_IDENT | ATTR_SOURCE
};

/* The words of an offer, as bits; unknown ones are left out. */
unsigned attributes_parse_names(struct str words);

/* Appends " NAME ADDR ..." */
void attributes_format_names(struct strbuf *out, unsigned bits);

/*
 * Sets in *client what the arguments of a command tell.  allowed: the
 * attributes of that command.  *told: those that were there.  Text in arena.
 * False, with *client in part changed, on an unknown attribute, a bad xtext
 * or a value that cannot be.
 */
bool attributes_apply(struct str arguments, unsigned allowed,
    struct envelope *client, unsigned *told, struct arena *arena);

/* " NAME=value" of one attribute of the client, in xtext. */
void attributes_format(struct strbuf *out, enum attribute which,
    const struct envelope *client, bool forward);

/* An xtext (RFC 3461 4) of any text: printable, without '+', '=' and space. */
void xtext_encode(struct strbuf *out, const char *text);
bool xtext_decode(struct str in, struct arena *arena, struct str *out);

#endif
