/*
 * ip: addresses and networks, both families.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>

#include "postern/ip.h"

static const unsigned char mapped[12] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static void
set_v4(struct ip *out, const void *octets)
{
	*out = (struct ip) {.bits = 32};
	memcpy(out->octets, octets, 4);
}

static void
set_v6(struct ip *out, const unsigned char *octets)
{
	if (memcmp(octets, mapped, sizeof(mapped)) == 0) {
		set_v4(out, octets + 12);
		return;
	}
	*out = (struct ip) {.bits = 128};
	memcpy(out->octets, octets, 16);
}

bool
ip_parse(struct str text, struct ip *out)
{
	unsigned char octets[16];
	char copy[IP_TEXT_MAX];

	*out = (struct ip) {.bits = 0};
	if (text.len == 0 || text.len >= sizeof(copy) ||
	    str_find(text, '\0') < text.len)
		return false;
	memcpy(copy, text.data, text.len);
	copy[text.len] = '\0';
	if (inet_pton(AF_INET, copy, octets) == 1)
		set_v4(out, octets);
	else if (inet_pton(AF_INET6, copy, octets) == 1)
		set_v6(out, octets);
	return out->bits != 0;
}

const char *
ip_format(const struct ip *ip, char *out)
{
	int family = ip_is_v4(ip) ? AF_INET : AF_INET6;

	if (ip->bits == 0 || !inet_ntop(family, ip->octets, out, IP_TEXT_MAX))
		snprintf(out, IP_TEXT_MAX, "unknown");
	return out;
}

void
ip_from_sockaddr(const struct sockaddr *sa, struct ip *out, unsigned *port)
{
	const struct sockaddr_in *in = (const void *)sa;
	const struct sockaddr_in6 *in6 = (const void *)sa;
	unsigned number = 0;

	*out = (struct ip) {.bits = 0};
	if (sa->sa_family == AF_INET) {
		set_v4(out, &in->sin_addr);
		number = ntohs(in->sin_port);
	} else if (sa->sa_family == AF_INET6) {
		set_v6(out, in6->sin6_addr.s6_addr);
		number = ntohs(in6->sin6_port);
	}
	if (port)
		*port = number;
}

socklen_t
ip_to_sockaddr(const struct ip *ip, unsigned port, struct sockaddr_storage *out)
{
	struct sockaddr_in *in = (void *)out;
	struct sockaddr_in6 *in6 = (void *)out;

	memset(out, 0, sizeof(*out));
	if (ip_is_v4(ip)) {
		in->sin_family = AF_INET;
		in->sin_port = htons((uint16_t)port);
		memcpy(&in->sin_addr, ip->octets, 4);
		return sizeof(*in);
	}
	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons((uint16_t)port);
	memcpy(&in6->sin6_addr, ip->octets, 16);
	return sizeof(*in6);
}

bool
ip_eq(const struct ip *a, const struct ip *b)
{
	return a->bits == b->bits &&
	    memcmp(a->octets, b->octets, sizeof(a->octets)) == 0;
}

bool
ip_is_loopback(const struct ip *ip)
{
	static const unsigned char one[16] = {[15] = 1};

	if (ip_is_v4(ip))
		return ip->octets[0] == 127;
	return ip->bits == 128 && memcmp(ip->octets, one, 16) == 0;
}

struct ip
ip_mask(const struct ip *ip, unsigned prefix)
{
	struct ip out = *ip;
	unsigned i;

	for (i = 0; i < sizeof(out.octets); i++) {
		if (prefix >= 8) {
			prefix -= 8;
			continue;
		}
		out.octets[i] &= (unsigned char)(0xff00u >> prefix);
		prefix = 0;
	}
	return out;
}

bool
ip_net_parse(struct str text, struct ip_net *out)
{
	size_t slash = str_find(text, '/');
	struct ip masked;
	uint64_t prefix;

	if (!ip_parse(str_head(text, slash), &out->base))
		return false;
	prefix = out->base.bits;
	if (slash < text.len &&
	    !str_to_uint(str_from(text, slash + 1), out->base.bits, &prefix))
		return false;
	out->prefix = (unsigned)prefix;
	masked = ip_mask(&out->base, out->prefix);
	return ip_eq(&masked, &out->base);
}

struct str
ip_net_format(const struct ip_net *net, struct arena *arena)
{
	char text[IP_TEXT_MAX];

	ip_format(&net->base, text);
	if (net->prefix == net->base.bits)
		return arena_printf(arena, "%s", text);
	return arena_printf(arena, "%s/%u", text, net->prefix);
}

bool
ip_net_has(const struct ip_net *net, const struct ip *ip)
{
	struct ip masked;

	if (ip->bits == 0 || ip->bits != net->base.bits)
		return false;
	masked = ip_mask(ip, net->prefix);
	return ip_eq(&masked, &net->base);
}

bool
ip_nets_have(const struct ip_nets *nets, const struct ip *ip)
{
	size_t i;

	for (i = 0; i < nets->count; i++)
		if (ip_net_has(&nets->at[i], ip))
			return true;
	return false;
}

struct str
ip_reverse_name(const struct ip *ip, struct arena *arena)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *o = ip->octets;
	char nibbles[65];
	int i;

	if (ip_is_v4(ip))
		return arena_printf(
		    arena, "%u.%u.%u.%u.in-addr.arpa", o[3], o[2], o[1], o[0]);
	for (i = 0; i < 16; i++) {
		nibbles[4 * i] = digits[o[15 - i] & 15];
		nibbles[4 * i + 2] = digits[o[15 - i] >> 4];
		nibbles[4 * i + 1] = nibbles[4 * i + 3] = '.';
	}
	nibbles[64] = '\0';
	return arena_printf(arena, "%sip6.arpa", nibbles);
}
