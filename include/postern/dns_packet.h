/*
 * dns_packet: an answer packet (RFC 1035) to a dns_answer.  Pure, bounded.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_DNS_PACKET_H
#define POSTERN_DNS_PACKET_H

#include "postern/dns.h"
#include "postern/dns_name.h"

/*
 * Follows CNAMEs from `name` within the packet (16 at most).  A packet that is
 * cut or broken anywhere, in a section that nobody asked for too, gives
 * DNS_SERVFAIL, and so does one with more than 1,000 records in its answer:
 * part of a set of records would be a lie.
 */
void dns_packet_read(struct str packet, const char *name, enum dns_type type,
    struct arena *arena, struct dns_answer *answer);

#endif
