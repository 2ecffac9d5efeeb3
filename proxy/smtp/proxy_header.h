/*
 * proxy_header: the PROXY protocol, versions 1 and 2, in both directions.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_PROXY_HEADER_H
#define PROXY_PROXY_HEADER_H

#include "postern/ip.h"
#include "postern/strbuf.h"

enum { PROXY_HEADER_MAX = 4096 }; /* octets, TLVs of version 2 included */

/* The two ends of the client's connection; bits 0 when they were not told
 * (LOCAL, UNKNOWN, or no inet family). */
struct proxy_header {
	struct ip client, server;
	unsigned client_port, server_port;
};

enum proxy_result {
	PROXY_MORE, /* not whole yet */
	PROXY_DONE,
	PROXY_BAD /* no PROXY header, or longer than PROXY_HEADER_MAX */
};

/* Reads the header at the front of `in`; *used is its length when done. */
enum proxy_result
proxy_header_parse(struct str in, struct proxy_header *out, size_t *used);

/* A server of another family than the client's is told as the unspecified
 * address.  Without a client: UNKNOWN, LOCAL. */
void proxy_header_format(
    struct strbuf *out, unsigned version, const struct proxy_header *header);

#endif
