/*
 * dns_name: domain names as text and as octets on the wire.
 *
 * Pure and bounded: a text of any length is left at its 255th octet.  A name
 * that cannot be gives false; nothing else fails.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdio.h>

#include "postern/dns_name.h"

bool
dns_name_octet(struct str text, size_t *at, unsigned char *out)
{
	const char *p = text.data + *at;
	size_t left = text.len - *at;
	int value;

	if (*p != '\\') {
		*out = (unsigned char)*p;
		*at += 1;
		return true;
	}
	if (left < 2)
		return false;
	if (!ascii_is_digit(p[1])) {
		*out = (unsigned char)p[1];
		*at += 2;
		return true;
	}
	if (left < 4 || !ascii_is_digit(p[2]) || !ascii_is_digit(p[3]))
		return false;
	value = (p[1] - '0') * 100 + (p[2] - '0') * 10 + (p[3] - '0');
	if (value > 255)
		return false;
	*out = (unsigned char)value;
	*at += 4;
	return true;
}

/* One label, and the dot behind it. */
static bool
label_parse(struct str name, size_t *at, unsigned char *out, size_t *used)
{
	unsigned char *size = out + (*used)++;

	*size = 0;
	while (*at < name.len && name.data[*at] != '.') {
		if (*size == DNS_LABEL_MAX || *used == DNS_WIRE_MAX - 1)
			return false;
		if (!dns_name_octet(name, at, out + *used))
			return false;
		*size += 1;
		*used += 1;
	}
	if (*at < name.len)
		*at += 1;
	return *size > 0;
}

bool
dns_name_parse(struct str name, unsigned char *out, size_t *len)
{
	size_t at = 0, used = 0;

	if (str_is(name, "."))
		name = str_c("");
	while (at < name.len)
		if (used >= DNS_WIRE_MAX - 1 ||
		    !label_parse(name, &at, out, &used))
			return false;
	out[used++] = 0;
	*len = used;
	return true;
}

bool
dns_name_to_wire(const char *name, unsigned char *out, size_t *len)
{
	return dns_name_parse(str_c(name), out, len);
}

void
dns_name_lower(unsigned char *wire, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		wire[i] = (unsigned char)ascii_lower((char)wire[i]);
}

static size_t
octet_format(unsigned char octet, char *out)
{
	bool plain = octet > ' ' && octet < 0x7f;

	if (!plain || octet == '.' || octet == '\\')
		return (size_t)snprintf(out, 5, "\\%03u", octet);
	*out = ascii_lower((char)octet);
	return 1;
}

struct str
dns_name_text(const unsigned char *wire, struct arena *arena)
{
	char text[DNS_TEXT_ROOM];
	size_t used = 0;
	unsigned i;

	while (*wire) {
		if (used)
			text[used++] = '.';
		for (i = 1; i <= *wire; i++)
			used += octet_format(wire[i], text + used);
		wire += 1 + *wire;
	}
	return arena_copy(arena, str_of(text, used));
}

struct str
dns_name_normal(struct str name, struct arena *arena)
{
	unsigned char wire[DNS_WIRE_ROOM];
	size_t len, i;
	char *text;

	if (dns_name_parse(name, wire, &len))
		return dns_name_text(wire, arena);
	text = arena_text(arena, name);
	for (i = 0; i < name.len; i++)
		text[i] = ascii_lower(text[i]);
	return str_of(text, name.len);
}
