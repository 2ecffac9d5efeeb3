/*
 * dns_packet: an answer packet (RFC 1035) to a dns_answer.  Pure, bounded.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_DNS_PACKET_H
#define POSTERN_DNS_PACKET_H

#include "postern/dns.h"

/*
 * Follows CNAMEs from `name` within the packet (16 at most).  A packet that is
 * cut or broken anywhere gives DNS_SERVFAIL.  At most 1,000 records.
 */
void dns_packet_read(struct str packet, const char *name, enum dns_type type,
    struct arena *arena, struct dns_answer *answer);

/*
 * Name text to wire form; false when it cannot be a name (empty label, label
 * above 63 octets, above 255 in all).  out has room for 256 octets.
 */
bool dns_name_to_wire(const char *name, unsigned char *out, size_t *len);

/* Lower case, last dot removed. */
struct str dns_name_normal(struct str name, struct arena *arena);

#endif
