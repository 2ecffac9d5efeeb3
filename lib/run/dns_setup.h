/*
 * dns_setup: whom the resolver asks, and how libunbound is told.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RUN_DNS_SETUP_H
#define RUN_DNS_SETUP_H

#include "postern/dns.h"
#include "postern/error.h"
#include "postern/ip.h"
#include "postern/loop.h"

struct event_base;
struct ub_ctx;

enum { DNS_SERVERS_MAX = 8 };

struct dns_server {
	struct ip ip;
	unsigned port;
};

struct dns_setup {
	struct dns_server servers[DNS_SERVERS_MAX];
	size_t count;       /* 0: resolve from the root */
	const char *anchor; /* file that validation begins with, or NULL */
	size_t most;        /* questions under way; each has a socket */
};

/* The setting `dns`: see dns_event.h. */
bool dns_setup_parse(const char *how, struct dns_setup *out, struct error *err);

/*
 * The name servers of resolv.conf's text; 127.0.0.1 when it names none that
 * can be asked, as resolv.conf(5) has it.
 */
void dns_setup_resolv_conf(struct str text, struct dns_setup *out);

/* A context that nobody has asked yet; NULL on error.  ub_ctx_delete ends. */
struct ub_ctx *dns_setup_context(
    const struct dns_setup *setup, struct event_base *base, struct error *err);

/* dns_event_new with a set-up of its own; for tests. */
struct dns *dns_event_open(
    struct loop *loop, const struct dns_setup *setup, struct error *err);

/* A name that is answered without asking anybody, for a first lookup. */
extern const char dns_setup_own_name[];

#endif
