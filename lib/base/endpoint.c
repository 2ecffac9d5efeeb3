/*
 * endpoint: a socket address as mail admins write it.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/endpoint.h"
#include "postern/ip.h"

static bool
set_port(struct str text, struct endpoint *out, struct error *err)
{
	uint64_t port;

	if (!str_to_uint(text, 65535, &port))
		return error_set(err,
		    "\"%.*s\" is not a port number from 0 to 65535",
		    (int)text.len, text.data);
	out->port = (unsigned)port;
	return true;
}

static bool
is_name(struct str host)
{
	size_t i;

	for (i = 0; i < host.len; i++)
		if (!ascii_is_alnum(host.data[i]) &&
		    !ascii_is_one_of(host.data[i], "-._"))
			return false;
	return host.len > 0 && host.len < 254;
}

static bool
set_host(struct str host, struct arena *arena, struct endpoint *out,
    struct error *err)
{
	struct str inner = host;
	struct ip ip;

	if (str_is(host, "*"))
		return true;
	if (host.len > 2 && host.data[0] == '[' &&
	    host.data[host.len - 1] == ']')
		inner = str_of(host.data + 1, host.len - 2);
	if (!ip_parse(inner, &ip) && (inner.len != host.len || !is_name(host)))
		return error_set(err, "\"%.*s\" is not a host name or address",
		    (int)host.len, host.data);
	if (ip.bits == 128 && out->family == ENDPOINT_INET)
		return error_set(err, "inet: takes no IPv6 address");
	if (ip.bits == 32 && out->family == ENDPOINT_INET6)
		return error_set(err, "inet6: takes no IPv4 address");
	out->host = arena_text(arena, inner);
	return true;
}

/* port@host, or host:port. */
static bool
parse_inet(struct str text, struct arena *arena, struct endpoint *out,
    struct error *err)
{
	size_t at = str_find(text, '@'), colon = str_find_last(text, ':');
	struct str host;

	if (at < text.len)
		return set_port(str_head(text, at), out, err) &&
		    set_host(str_from(text, at + 1), arena, out, err);
	if (colon == text.len)
		return error_set(err,
		    "\"%.*s\" is no socket address such as 127.0.0.1:25, "
		    "*:25, inet:25@host or unix:/path",
		    (int)text.len, text.data);
	host = str_head(text, colon);
	if (str_find(host, ':') < host.len && host.data[0] != '[')
		return error_set(err,
		    "\"%.*s\": write an IPv6 address in brackets, [%.*s]:%.*s",
		    (int)text.len, text.data, (int)host.len, host.data,
		    (int)(text.len - colon - 1), text.data + colon + 1);
	return set_port(str_from(text, colon + 1), out, err) &&
	    set_host(host, arena, out, err);
}

static bool
parse_unix(struct str path, struct arena *arena, struct endpoint *out,
    struct error *err)
{
	if (path.len == 0 || path.data[0] != '/')
		return error_set(err,
		    "\"%.*s\": the path of a socket must begin with /",
		    (int)path.len, path.data);
	if (path.len > 107)
		return error_set(
		    err, "the path of a socket is longer than 107 octets");
	out->family = ENDPOINT_UNIX;
	out->path = arena_text(arena, path);
	return true;
}

bool
endpoint_parse(struct str text, struct arena *arena, struct endpoint *out,
    struct error *err)
{
	*out = (struct endpoint) {.family = ENDPOINT_ANY};
	if (str_case_starts(text, "unix:"))
		return parse_unix(str_from(text, 5), arena, out, err);
	if (str_case_starts(text, "local:"))
		return parse_unix(str_from(text, 6), arena, out, err);
	if (str_case_starts(text, "inet:")) {
		out->family = ENDPOINT_INET;
		return parse_inet(str_from(text, 5), arena, out, err);
	}
	if (str_case_starts(text, "inet6:")) {
		out->family = ENDPOINT_INET6;
		return parse_inet(str_from(text, 6), arena, out, err);
	}
	return parse_inet(text, arena, out, err);
}

struct str
endpoint_format(const struct endpoint *ep, struct arena *arena)
{
	const char *host = ep->host ? ep->host : "*";
	const char *kind = "";

	if (ep->family == ENDPOINT_UNIX)
		return arena_printf(arena, "unix:%s", ep->path);
	if (!ep->host && ep->family == ENDPOINT_INET)
		kind = "inet:";
	if (!ep->host && ep->family == ENDPOINT_INET6)
		kind = "inet6:";
	if (strchr(host, ':'))
		return arena_printf(arena, "[%s]:%u", host, ep->port);
	return arena_printf(arena, "%s%s:%u", kind, host, ep->port);
}
