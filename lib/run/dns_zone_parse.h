/*
 * dns_zone_parse: one line of a zone file.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef LIB_RUN_DNS_ZONE_PARSE_H
#define LIB_RUN_DNS_ZONE_PARSE_H

#include "postern/dns.h"
#include "postern/dns_name.h"
#include "postern/error.h"

enum { DNS_ANY = 255 }; /* as type of a line: whatever has no own records */

struct dns_zone_line {
	unsigned char owner[DNS_WIRE_ROOM]; /* lower case */
	size_t owner_len;                   /* 0: nothing on this line */
	unsigned type;                      /* dns_type, or DNS_ANY */
	uint32_t ttl;
	enum dns_status status; /* DNS_OK, or what "!servfail" ... says */
	struct dns_record record;
	const char *doubt; /* what the writer may not have meant, or NULL */
};

/* Records go into arena.  False when the line cannot be read; err says why. */
bool dns_zone_parse(struct str text, struct arena *arena,
    struct dns_zone_line *line, struct error *err);

#endif
