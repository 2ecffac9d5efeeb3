/*
 * dns_wire: answer packets as a test wants them, right or wrong.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef TESTS_DNS_WIRE_H
#define TESTS_DNS_WIRE_H

#include "postern/dns.h"
#include "postern/strbuf.h"

enum { WIRE_OK = 0x8180, WIRE_NXDOMAIN = 0x8183, WIRE_SERVFAIL = 0x8182 };

void wire_u16(struct strbuf *b, unsigned value);
void wire_u32(struct strbuf *b, uint32_t value);

/* Uncompressed; the text must be a name. */
void wire_name(struct strbuf *b, const char *name);

/* A header and one question; no records yet. */
void
wire_start(struct strbuf *b, unsigned flags, const char *name, unsigned type);

/* One more record at the end of the answer. */
void wire_record(struct strbuf *b, const char *owner, unsigned type,
    uint32_t ttl, struct str rdata);

/* The same with RDATA that is a name. */
void wire_alias(
    struct strbuf *b, const char *owner, unsigned type, const char *name);

/* A TXT's RDATA, in strings of 255 octets. */
void wire_text(struct strbuf *b, struct str text);

#endif
