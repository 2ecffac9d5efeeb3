/*
 * dns_fake: a name server inside a test's own loop, honest or not.
 *
 * What it does stands in the first label of the question, up to a '-':
 *	a       an address; TXT: the text "fake"; PTR: the name itself
 *	slow    the same after 50 ms
 *	late    the same after 200 ms
 *	mute    nothing
 *	nx, no, fail    NXDOMAIN, no data, SERVFAIL
 *	alias   CNAME to "a.<the rest>", with its address
 *	loop    CNAME to itself
 *	cut     half an answer
 *	other   an answer with another ID
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef TESTS_DNS_FAKE_H
#define TESTS_DNS_FAKE_H

#include <netinet/in.h>

#include "postern/coro.h"

enum { FAKE_SLOW_MS = 50, FAKE_LATE_MS = 200 };

struct dns_fake {
	struct loop *loop;
	struct coro *coro;
	int fd;
	unsigned port;  /* on 127.0.0.1 */
	unsigned asked; /* questions that came */
	bool mute;      /* whatever is asked */
};

void dns_fake_start(struct dns_fake *fake, struct loop *loop);

/* The loop must not be running; takes turns of it. */
void dns_fake_stop(struct dns_fake *fake);

#endif
