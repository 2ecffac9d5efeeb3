/*
 * dns: the resolver as a filter sees it.
 *
 * One interface, several tenants: on the loop (the coroutine sleeps), for
 * threads, from a zone file, and none at all (--offline).  A filter cannot
 * tell which it holds.  Time is part of it, so that a zone file can let a
 * "!timeout" cost its time without anybody waiting.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_DNS_H
#define POSTERN_DNS_H

#include <stdbool.h>
#include <stdint.h>

#include "postern/arena.h"

/* Put behind the prototype of every function that may suspend its caller. */
#define WAITS

enum dns_type {
	DNS_A = 1,
	DNS_NS = 2,
	DNS_CNAME = 5,
	DNS_SOA = 6,
	DNS_PTR = 12,
	DNS_MX = 15,
	DNS_TXT = 16,
	DNS_AAAA = 28,
	DNS_SPF = 99
};

enum dns_status {
	DNS_OK,       /* at least one record */
	DNS_NODATA,   /* the name exists, without records of the type */
	DNS_NXDOMAIN, /* the name does not exist */
	DNS_SERVFAIL, /* any other failure, bogus DNSSEC among them */
	DNS_TIMEOUT   /* no answer before the deadline */
};

struct dns_record {
	/*
	 * A: 4 octets.  AAAA: 16 octets.  TXT, SPF: the strings joined without
	 * anything between them, any octet.  NS, CNAME, PTR, MX: the name in
	 * text, lower case, without its last dot ("" is the root), octets
	 * outside printable ASCII, '.' and '\' inside a label as \DDD.
	 * SOA: the primary's name only.  Followed by a NUL (not counted).
	 */
	struct str data;
	unsigned preference; /* MX */
};

struct dns_answer {
	enum dns_status status;
	struct dns_record *records; /* of the type asked for, CNAMEs followed */
	size_t count;
	uint32_t ttl; /* seconds; least of the chain, 0 when unknown */
	bool secure;  /* validated with DNSSEC */
	bool bogus;   /* failed validation; status is then DNS_SERVFAIL */
};

struct dns {
	/*
	 * Fills *answer (zeroed before), its records in arena.  name is text
	 * without escapes beyond \DDD; a name that cannot be asked (empty
	 * label, label above 63, name above 253 octets) is DNS_NXDOMAIN.
	 * deadline: on the clock of now().  WAITS.
	 */
	void (*lookup)(struct dns *dns, const char *name, enum dns_type type,
	    int64_t deadline, struct arena *arena, struct dns_answer *answer);

	/* Starts a lookup whose answer will be wanted soon.  Never waits. */
	void (*prefetch)(struct dns *dns, const char *name, enum dns_type type);

	/* Milliseconds on a clock that only goes forward. */
	int64_t (*now)(struct dns *dns);
};

/* The wrappers that everyone uses. */
static inline void
dns_lookup(struct dns *dns, const char *name, enum dns_type type,
    int64_t deadline, struct arena *arena, struct dns_answer *answer) WAITS
{
	*answer = (struct dns_answer) {.status = DNS_SERVFAIL};
	dns->lookup(dns, name, type, deadline, arena, answer);
}

static inline void
dns_prefetch(struct dns *dns, const char *name, enum dns_type type)
{
	dns->prefetch(dns, name, type);
}

static inline int64_t
dns_now(struct dns *dns)
{
	return dns->now(dns);
}

#endif
