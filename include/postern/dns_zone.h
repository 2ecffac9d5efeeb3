/*
 * dns_zone: a resolver that answers from a file and never leaves the machine.
 *
 * Master-file lines (RFC 1035 5.1), one record each, names absolute with or
 * without the last dot, A AAAA CNAME MX NS PTR SOA SPF TXT:
 *
 *	example.org  300 IN TXT "v=spf1 " "-all"   ; strings are joined
 *	mute.example.org    ANY !timeout
 *
 * `!servfail`, `!timeout` or `!nodata` as RDATA stand for the answer to that
 * name and type; type ANY: for every type that has no records of its own.
 * A name without records is DNS_NXDOMAIN, but a name that has names with
 * records below it is DNS_NODATA (RFC 8020).  "*.example.org" is a wildcard
 * (RFC 4592).  Aliases are followed, 16 at most, then DNS_SERVFAIL.
 * Its clock starts at 0 and stands still but for "!timeout", which moves it to
 * the lookup's deadline; from a deadline on a lookup is DNS_TIMEOUT.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_DNS_ZONE_H
#define POSTERN_DNS_ZONE_H

#include "postern/dns.h"
#include "postern/problem.h"
#include "postern/str.h"

/* Lookups (no prefetches) asked, for tests: of all types, and of TXT. */
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

/* For several that take turns with one zone, each with a clock of its own. */
void dns_zone_set_clock(struct dns *zone, int64_t now);

struct dns_zone_counts dns_zone_counts(const struct dns *zone);

#endif
