/*
 * dns_name: domain names as text and as octets on the wire (RFC 1035 3.1).
 *
 * Text is what people write: labels with dots between, \DDD for any octet and
 * \X for X itself.  The normal spelling is lower case, without a last dot,
 * and escapes (\DDD) only octets outside graphic ASCII, '.' and '\' inside a
 * label.  The root is "".
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_DNS_NAME_H
#define POSTERN_DNS_NAME_H

#include "postern/arena.h"

enum {
	DNS_LABEL_MAX = 63,
	DNS_WIRE_MAX = 255,
	DNS_WIRE_ROOM = 256,  /* for a name in wire form */
	DNS_TEXT_ROOM = 1024, /* for its normal spelling, and a NUL */
};

/*
 * Name text to wire form; false when it cannot be a name (empty label, label
 * above 63 octets, above 255 in all).  out has room for 256 octets.
 */
bool dns_name_to_wire(const char *name, unsigned char *out, size_t *len);
bool dns_name_parse(struct str name, unsigned char *out, size_t *len);

/* Wire form to lower case; lengths are below 'A' and stay. */
void dns_name_lower(unsigned char *wire, size_t len);

/* The normal spelling of a name in wire form; ends in NUL (not counted). */
struct str dns_name_text(const unsigned char *wire, struct arena *arena);

/*
 * The normal spelling of name text; what cannot be a name is only made lower
 * case.
 */
struct str dns_name_normal(struct str name, struct arena *arena);

/*
 * The octet that text spells at *at, which is inside text: itself, \DDD or
 * \X.  Moves *at behind it; false when the escape is cut or above 255.
 */
bool dns_name_octet(struct str text, size_t *at, unsigned char *out);

#endif
