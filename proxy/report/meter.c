/*
 * meter: a resolver that counts the time spent in another.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "meter.h"

static void
meter_lookup(struct dns *dns, const char *name, enum dns_type type,
    int64_t deadline, struct arena *arena, struct dns_answer *answer)
{
	struct meter *m = (struct meter *)dns;
	int64_t start = dns_now(m->real);

	dns_lookup(m->real, name, type, deadline, arena, answer);
	m->spent += dns_now(m->real) - start;
}

static void
meter_prefetch(struct dns *dns, const char *name, enum dns_type type)
{
	dns_prefetch(((struct meter *)dns)->real, name, type);
}

static int64_t
meter_now(struct dns *dns)
{
	return dns_now(((struct meter *)dns)->real);
}

void
meter_init(struct meter *m, struct dns *real)
{
	*m = (struct meter) {
	    .dns = {meter_lookup, meter_prefetch, meter_now},
	    .real = real,
	};
}
