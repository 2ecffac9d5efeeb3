/*
 * ip: addresses and networks, both families.
 *
 * An IPv4-mapped IPv6 address (::ffff:192.0.2.1) is the IPv4 address: every
 * way in normalises it, so that no list or policy can be walked around.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_IP_H
#define POSTERN_IP_H

#include <sys/socket.h>

#include "postern/arena.h"
#include "postern/str.h"

enum { IP_TEXT_MAX = 46 }; /* longest text form and its NUL */

struct ip {
	unsigned char octets[16]; /* the first 4 when v4 */
	unsigned char bits;       /* 32, 128, or 0 for "no address" */
};

struct ip_net {
	struct ip base; /* host bits are zero */
	unsigned prefix;
};

struct ip_nets {
	struct ip_net *at;
	size_t count;
};

static inline bool
ip_is_v4(const struct ip *ip)
{
	return ip->bits == 32;
}

/* Dotted quad or RFC 4291 text, without brackets, scope or prefix. */
bool ip_parse(struct str text, struct ip *out);

/* RFC 5952 text; out has room for IP_TEXT_MAX.  "unknown" for no address.
 * Returns out. */
const char *ip_format(const struct ip *ip, char *out);

/* From AF_INET or AF_INET6; any other family gives "no address".  port may be
 * NULL. */
void
ip_from_sockaddr(const struct sockaddr *sa, struct ip *out, unsigned *port);

/* Fills a sockaddr for connect or bind and returns its length. */
socklen_t ip_to_sockaddr(
    const struct ip *ip, unsigned port, struct sockaddr_storage *out);

bool ip_eq(const struct ip *a, const struct ip *b);

/* 127.0.0.0/8 or ::1. */
bool ip_is_loopback(const struct ip *ip);

/* "10.0.0.0/8", "2001:db8::/32" or one address.  Host bits set: refused. */
bool ip_net_parse(struct str text, struct ip_net *out);

/* "10.0.0.0/8"; the prefix is left out when it covers one address. */
struct str ip_net_format(const struct ip_net *net, struct arena *arena);
bool ip_net_has(const struct ip_net *net, const struct ip *ip);
bool ip_nets_have(const struct ip_nets *nets, const struct ip *ip);

/* The address with everything behind the first `prefix` bits set to zero. */
struct ip ip_mask(const struct ip *ip, unsigned prefix);

/* "1.2.0.192.in-addr.arpa", "...ip6.arpa": the name that PTR records have. */
struct str ip_reverse_name(const struct ip *ip, struct arena *arena);

#endif
