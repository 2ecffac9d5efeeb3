/*
 * meter: a resolver that counts the time spent in another.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_METER_H
#define PROXY_METER_H

#include "postern/dns.h"

struct meter {
	struct dns dns; /* first: what filters hold */
	struct dns *real;
	int64_t spent; /* ms */
};

void meter_init(struct meter *m, struct dns *real);

#endif
