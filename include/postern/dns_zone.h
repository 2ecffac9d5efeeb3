/*
 * dns_zone: a resolver that answers from a file and never leaves the machine.
 *
 * Master-file lines (RFC 1035 5.1), names absolute with or without the last
 * dot, `!servfail`, `!timeout` and `!nodata` as RDATA; see doc: interfaces.
 * Its clock stands still but for timeouts, which move it to their deadline.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_DNS_ZONE_H
#define POSTERN_DNS_ZONE_H

#include "postern/dns.h"
#include "postern/problem.h"
#include "postern/str.h"

/* Lookups that were asked, for tests: of all types, and of TXT. */
struct dns_zone_counts {
	unsigned long all;
	unsigned long txt;
};

/* Lives in arena; never NULL: lines that cannot be read are problems. */
struct dns *dns_zone_new(struct str text, const char *file, struct arena *arena,
    struct problems *problems);

/* Reads the file; NULL when it cannot be read (a problem says why). */
struct dns *
dns_zone_load(const char *file, struct arena *arena, struct problems *problems);

/* A resolver for --offline: every lookup is DNS_SERVFAIL at once. */
struct dns *dns_offline_new(struct arena *arena);

struct dns_zone_counts dns_zone_counts(const struct dns *zone);

#endif
