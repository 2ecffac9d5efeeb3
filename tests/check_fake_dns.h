/*
 * check_fake_dns: a resolver for tests of whoever asks one.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef TESTS_CHECK_FAKE_DNS_H
#define TESTS_CHECK_FAKE_DNS_H

#include "postern/dns.h"

/* A resolver that knows what a test tells it. */
struct fake_dns {
	struct dns dns;
	struct str a[3]; /* octets; ends with an empty one */
	struct str aaaa[2];
	int asked;
};

/* Knows two addresses of mx.example, 127.0.0.2 and 127.0.0.1; its clock is
 * another than the loop's. */
struct fake_dns new_fake(void);

#endif
