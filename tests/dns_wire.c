/*
 * dns_wire: answer packets as a test wants them.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/dns_name.h"
#include "postern/log.h"

#include "dns_wire.h"

enum { CLASS_IN = 1, ANSWERS_AT = 6 };

void
wire_u16(struct strbuf *b, unsigned value)
{
	strbuf_putc(b, (char)(value >> 8));
	strbuf_putc(b, (char)value);
}

void
wire_u32(struct strbuf *b, uint32_t value)
{
	wire_u16(b, value >> 16);
	wire_u16(b, value & 0xffff);
}

void
wire_name(struct strbuf *b, const char *name)
{
	unsigned char wire[DNS_WIRE_ROOM];
	size_t len;

	if (!dns_name_to_wire(name, wire, &len))
		panic("not a name: %s", name);
	strbuf_add(b, str_of((const char *)wire, len));
}

void
wire_start(struct strbuf *b, unsigned flags, const char *name, unsigned type)
{
	strbuf_reset(b);
	wire_u16(b, 0x1234);
	wire_u16(b, flags);
	wire_u16(b, 1);
	wire_u32(b, 0);
	wire_u16(b, 0);
	wire_name(b, name);
	wire_u16(b, type);
	wire_u16(b, CLASS_IN);
}

void
wire_record(struct strbuf *b, const char *owner, unsigned type, uint32_t ttl,
    struct str rdata)
{
	unsigned char *count = (unsigned char *)b->data + ANSWERS_AT;

	if (++count[1] == 0)
		count[0]++;
	wire_name(b, owner);
	wire_u16(b, type);
	wire_u16(b, CLASS_IN);
	wire_u32(b, ttl);
	wire_u16(b, (unsigned)rdata.len);
	strbuf_add(b, rdata);
}

void
wire_alias(struct strbuf *b, const char *owner, unsigned type, const char *name)
{
	struct strbuf rdata;

	strbuf_init(&rdata);
	wire_name(&rdata, name);
	wire_record(b, owner, type, 60, strbuf_str(&rdata));
	strbuf_clear(&rdata);
}

void
wire_text(struct strbuf *b, struct str text)
{
	struct str head;

	do {
		head = str_head(text, 255);
		strbuf_putc(b, (char)head.len);
		strbuf_add(b, head);
		text = str_from(text, head.len);
	} while (text.len > 0);
}
