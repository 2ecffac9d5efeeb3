/*
 * net: sockets that are bound, accepted and connected.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "postern/net.h"

#include "hosts.h"

enum { ADDRESSES_MOST = 16, KIND = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC };

static const char hosts_file[] = "/etc/hosts";

static socklen_t
unix_address(const char *path, struct sockaddr_storage *out)
{
	struct sockaddr_un *sun = (void *)out;

	memset(out, 0, sizeof(*out));
	sun->sun_family = AF_UNIX;
	snprintf(sun->sun_path, sizeof(sun->sun_path), "%s", path);
	return sizeof(*sun);
}

/* Removes a socket that nobody listens on; anything else stays. */
static void
remove_stale(const char *path)
{
	struct sockaddr_storage to;
	socklen_t len = unix_address(path, &to);
	struct stat st;
	int fd;

	if (lstat(path, &st) != 0 || !S_ISSOCK(st.st_mode))
		return;
	fd = socket(AF_UNIX, KIND, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&to, len) != 0 &&
	    errno == ECONNREFUSED)
		unlink(path);
	if (fd >= 0)
		close(fd);
}

/* An address of the host to listen on.  "*" is IPv6 with IPv4 in it where the
 * machine has IPv6. */
static bool
listen_address(const struct endpoint *ep, struct ip *ip, struct error *err)
{
	if (!ep->host) {
		*ip = (struct ip) {
		    .bits = ep->family == ENDPOINT_INET ? 32 : 128};
		return true;
	}
	if (ip_parse(str_c(ep->host), ip) ||
	    hosts_find(hosts_file, ep->host, ip, 1) == 1)
		return true;
	return error_set(
	    err, "%s is neither an address nor in /etc/hosts", ep->host);
}

static int
bind_listen(int family, const struct sockaddr_storage *to, socklen_t len,
    bool reuse, bool both)
{
	int fd = socket(family, KIND, 0), one = 1, v6only = !both;

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (reuse && family != AF_UNIX)
		setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one));
	if (family == AF_INET6)
		setsockopt(
		    fd, IPPROTO_IPV6, IPV6_V6ONLY, &v6only, sizeof(v6only));
	if (bind(fd, (const struct sockaddr *)to, len) == 0 &&
	    listen(fd, SOMAXCONN) == 0)
		return fd;
	close(fd);
	return -1;
}

static int
listen_inet(const struct endpoint *ep, bool reuse, struct error *err)
{
	bool both = !ep->host && ep->family == ENDPOINT_ANY;
	struct sockaddr_storage to;
	struct ip ip;
	socklen_t len;
	int fd;

	if (!listen_address(ep, &ip, err))
		return -1;
	len = ip_to_sockaddr(&ip, ep->port, &to);
	fd = bind_listen(to.ss_family, &to, len, reuse, both);
	if (fd >= 0 || !both ||
	    (errno != EAFNOSUPPORT && errno != EADDRNOTAVAIL))
		return fd;
	ip.bits = 32; /* no IPv6 here */
	len = ip_to_sockaddr(&ip, ep->port, &to);
	return bind_listen(AF_INET, &to, len, reuse, false);
}

int
net_listen(const struct endpoint *ep, bool reuse, struct error *err)
{
	struct arena *arena;
	struct sockaddr_storage to;
	socklen_t len;
	int fd;

	error_set(err, "%s", "");
	if (ep->family == ENDPOINT_UNIX) {
		remove_stale(ep->path);
		len = unix_address(ep->path, &to);
		fd = bind_listen(AF_UNIX, &to, len, reuse, false);
	} else {
		fd = listen_inet(ep, reuse, err);
	}
	if (fd >= 0)
		return fd;
	if (err && err->text[0] == '\0')
		error_set(err, "%s", strerror(errno));
	arena = arena_new();
	error_prefix(err, "listen on %s", endpoint_format(ep, arena).data);
	arena_free(arena);
	return -1;
}

unsigned
net_port(int fd)
{
	struct sockaddr_storage at;
	socklen_t len = sizeof(at);
	unsigned port;
	struct ip ip;

	if (getsockname(fd, (struct sockaddr *)&at, &len) != 0)
		return 0;
	ip_from_sockaddr((struct sockaddr *)&at, &ip, &port);
	return port;
}

int
net_accept(int fd, struct ip *peer, unsigned *port)
{
	struct sockaddr_storage from = {.ss_family = AF_UNSPEC};
	socklen_t len = sizeof(from);
	int got;

	do
		got = accept4(fd, (struct sockaddr *)&from, &len,
		    SOCK_NONBLOCK | SOCK_CLOEXEC);
	while (got < 0 && (errno == EINTR || errno == ECONNABORTED));
	if (got >= 0)
		ip_from_sockaddr((struct sockaddr *)&from, peer, port);
	return got;
}

static int
connect_to(const struct sockaddr_storage *to, socklen_t len, int64_t deadline,
    int *why)
{
	socklen_t size = sizeof(*why);
	int fd = socket(to->ss_family, KIND, 0), result;

	*why = errno;
	if (fd < 0)
		return -1;
	if (connect(fd, (const struct sockaddr *)to, len) == 0)
		return fd;
	*why = errno;
	if (errno == EINPROGRESS) {
		result = coro_wait_fd(fd, CORO_WRITE, deadline);
		if (result < 0)
			*why = -result;
		else
			getsockopt(fd, SOL_SOCKET, SO_ERROR, why, &size);
	}
	if (*why == 0)
		return fd;
	close(fd);
	return -1;
}

static size_t
add_answers(struct dns *dns, const char *name, enum dns_type type,
    int64_t deadline, struct arena *arena, struct ip *out, size_t count)
{
	struct dns_answer answer;
	size_t i;

	dns_lookup(dns, name, type, deadline, arena, &answer);
	for (i = 0; i < answer.count && count < ADDRESSES_MOST; i++) {
		out[count] = (struct ip) {.bits = type == DNS_A ? 32 : 128};
		memcpy(out[count++].octets, answer.records[i].data.data,
		    answer.records[i].data.len);
	}
	return count;
}

/* Every address of the host, IPv6 last: our backends are near. */
static size_t
find_addresses(const struct endpoint *ep, struct dns *dns, int64_t deadline,
    struct ip *out)
{
	const char *host = ep->host ? ep->host : "127.0.0.1";
	struct arena *arena;
	size_t count;

	if (ip_parse(str_c(host), &out[0]))
		return 1;
	count = hosts_find(hosts_file, host, out, ADDRESSES_MOST);
	if (count > 0 || !dns)
		return count;
	deadline += dns_now(dns) - loop_now(coro_loop());
	arena = arena_new();
	if (ep->family != ENDPOINT_INET6)
		count =
		    add_answers(dns, host, DNS_A, deadline, arena, out, count);
	if (ep->family != ENDPOINT_INET)
		count = add_answers(
		    dns, host, DNS_AAAA, deadline, arena, out, count);
	arena_free(arena);
	return count;
}

static int
connect_inet(
    const struct endpoint *ep, struct dns *dns, int64_t deadline, int *why)
{
	struct ip addresses[ADDRESSES_MOST];
	struct sockaddr_storage to;
	socklen_t len;
	size_t i, count;
	int fd = -1;

	count = find_addresses(ep, dns, deadline, addresses);
	*why = count ? 0 : ENXIO;
	for (i = 0; fd < 0 && i < count; i++) {
		len = ip_to_sockaddr(&addresses[i], ep->port, &to);
		fd = connect_to(&to, len, deadline, why);
		if (*why == ECANCELED)
			break;
	}
	return fd;
}

int
net_connect(const struct endpoint *ep, struct dns *dns, int64_t deadline,
    struct error *err)
{
	struct sockaddr_storage to;
	struct arena *arena;
	socklen_t len;
	int fd, why;

	if (ep->family == ENDPOINT_UNIX) {
		len = unix_address(ep->path, &to);
		fd = connect_to(&to, len, deadline, &why);
	} else {
		fd = connect_inet(ep, dns, deadline, &why);
	}
	if (fd >= 0)
		return fd;
	arena = arena_new();
	error_set(err, "connect to %s: %s", endpoint_format(ep, arena).data,
	    why == ENXIO ? "host name not found" : strerror(why));
	arena_free(arena);
	return -1;
}
