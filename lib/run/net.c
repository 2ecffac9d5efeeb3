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

#include "loop_private.h"

enum {
	ADDRESSES_MOST = 16,
	KIND = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
	RETRY = 20 /* milliseconds, when a unix socket's queue is full */
};

struct address {
	struct sockaddr_storage at;
	socklen_t len;
};

static struct address
unix_address(const char *path)
{
	struct address to = {.len = sizeof(struct sockaddr_un)};
	struct sockaddr_un *sun = (void *)&to.at;

	sun->sun_family = AF_UNIX;
	snprintf(sun->sun_path, sizeof(sun->sun_path), "%s", path);
	return to;
}

static struct address
ip_address(const struct ip *ip, unsigned port)
{
	struct address to;

	to.len = ip_to_sockaddr(ip, port, &to.at);
	return to;
}

/* "connect to 127.0.0.1:10026: Connection refused".  Returns -1. */
static int
fail(struct error *err, const char *doing, const struct endpoint *ep,
    const char *why)
{
	struct arena *arena = arena_new();

	error_set(
	    err, "%s %s: %s", doing, endpoint_format(ep, arena).data, why);
	arena_free(arena);
	return -1;
}

/* Of an address in the configuration; 0 when either family will do. */
static unsigned
wanted_bits(const struct endpoint *ep)
{
	if (ep->family == ENDPOINT_INET)
		return 32;
	return ep->family == ENDPOINT_INET6 ? 128 : 0;
}

/* Removes a socket that nobody listens on; anything else stays. */
static void
remove_stale(const char *path)
{
	struct address to = unix_address(path);
	struct stat st;
	int fd;

	if (lstat(path, &st) != 0 || !S_ISSOCK(st.st_mode))
		return;
	fd = socket(AF_UNIX, KIND, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&to.at, to.len) != 0 &&
	    errno == ECONNREFUSED)
		unlink(path);
	if (fd >= 0)
		close(fd);
}

/* both: an IPv6 socket that takes IPv4 too.  -1 on error (errno says). */
static int
bind_listen(const struct address *to, bool reuse, bool both)
{
	int fd = socket(to->at.ss_family, KIND, 0);
	int one = 1, v6only = !both, why;

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (reuse && to->at.ss_family != AF_UNIX)
		setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one));
	if (to->at.ss_family == AF_INET6)
		setsockopt(
		    fd, IPPROTO_IPV6, IPV6_V6ONLY, &v6only, sizeof(v6only));
	if (bind(fd, (const struct sockaddr *)&to->at, to->len) == 0 &&
	    listen(fd, SOMAXCONN) == 0)
		return fd;
	why = errno;
	close(fd);
	errno = why;
	return -1;
}

/* Every address of the machine, IPv4 alone where it has no IPv6. */
static int
listen_any(unsigned bits, unsigned port, bool reuse)
{
	struct ip any = {.bits = bits == 32 ? 32 : 128};
	struct address to = ip_address(&any, port);
	int fd = bind_listen(&to, reuse, bits == 0);

	if (fd >= 0 || bits != 0 ||
	    (errno != EAFNOSUPPORT && errno != EADDRNOTAVAIL))
		return fd;
	any.bits = 32;
	to = ip_address(&any, port);
	return bind_listen(&to, reuse, false);
}

static bool
listen_address(const struct endpoint *ep, struct ip *ip)
{
	struct hosts hosts;
	bool found;

	if (ip_parse(str_c(ep->host), ip))
		return true;
	hosts_init(&hosts, "/etc/hosts");
	found = hosts_find(&hosts, ep->host, wanted_bits(ep), 0, ip, 1) == 1;
	hosts_clear(&hosts);
	return found;
}

int
net_listen(const struct endpoint *ep, bool reuse, struct error *err)
{
	struct address to;
	struct ip ip;
	int fd;

	if (ep->family == ENDPOINT_UNIX) {
		remove_stale(ep->path);
		to = unix_address(ep->path);
		fd = bind_listen(&to, reuse, false);
	} else if (!ep->host) {
		fd = listen_any(wanted_bits(ep), ep->port, reuse);
	} else if (listen_address(ep, &ip)) {
		to = ip_address(&ip, ep->port);
		fd = bind_listen(&to, reuse, false);
	} else {
		return fail(err, "listen on", ep,
		    "the host is neither an address nor in /etc/hosts");
	}
	return fd >= 0 ? fd : fail(err, "listen on", ep, strerror(errno));
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

/* connect(2) that waits; 0 or an errno.  A unix socket whose queue is full
 * says EAGAIN and tells nobody when that has changed. */
static int
connect_wait(int fd, const struct address *to, int64_t deadline)
{
	const struct sockaddr *at = (const struct sockaddr *)&to->at;
	struct loop *loop = coro_loop();
	socklen_t size = sizeof(int);
	int result, why = 0;

	while (connect(fd, at, to->len) != 0) {
		if (errno == EINPROGRESS) {
			result = coro_wait_fd(fd, CORO_WRITE, deadline);
			if (result < 0)
				return -result;
			getsockopt(fd, SOL_SOCKET, SO_ERROR, &why, &size);
			return why;
		}
		if (errno != EAGAIN && errno != EINTR)
			return errno;
		if (deadline != CORO_NEVER && deadline <= loop_now(loop))
			return ETIMEDOUT;
		result = coro_sleep(loop_now(loop) + RETRY);
		if (result < 0)
			return -result;
	}
	return 0;
}

/* As a client of another address; the way back is the admin's to route. */
static int
bind_from(int fd, const struct ip *from)
{
	struct address at = ip_address(from, 0);
	int one = 1, result;

	if (ip_is_v4(from))
		result = setsockopt(
		    fd, IPPROTO_IP, IP_TRANSPARENT, &one, sizeof(one));
	else
		result = setsockopt(
		    fd, IPPROTO_IPV6, IPV6_TRANSPARENT, &one, sizeof(one));
	if (result == 0)
		result = bind(fd, (const struct sockaddr *)&at.at, at.len);
	return result == 0 ? 0 : errno;
}

/* from: the address to be bound, or NULL. */
static int
connect_to(
    const struct ip *from, const struct address *to, int64_t deadline, int *why)
{
	int fd = socket(to->at.ss_family, KIND, 0);

	*why = fd < 0 ? errno : 0;
	if (*why == 0 && from)
		*why = bind_from(fd, from);
	if (*why == 0)
		*why = connect_wait(fd, to, deadline);
	if (*why == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static size_t
add_answers(struct dns *dns, const char *name, enum dns_type type,
    int64_t deadline, struct ip *out, size_t count)
{
	unsigned char bits = type == DNS_A ? 32 : 128;
	struct arena *arena = arena_new();
	struct dns_answer answer;
	size_t i;

	dns_lookup(dns, name, type, deadline, arena, &answer);
	for (i = 0; i < answer.count && count < ADDRESSES_MOST; i++) {
		const struct str *data = &answer.records[i].data;

		if (data->len != bits / 8)
			continue;
		out[count] = (struct ip) {.bits = bits};
		memcpy(out[count++].octets, data->data, data->len);
	}
	arena_free(arena);
	return count;
}

/* Every address of the host, IPv6 last: our backends are near. */
static size_t
find_addresses(const struct endpoint *ep, struct dns *dns, int64_t deadline,
    struct ip *out)
{
	const char *host = ep->host ? ep->host : "127.0.0.1";
	struct loop *loop = coro_loop();
	unsigned bits = wanted_bits(ep);
	size_t count;

	if (ip_parse(str_c(host), &out[0]))
		return 1;
	count = hosts_find(
	    &loop->hosts, host, bits, loop_now(loop), out, ADDRESSES_MOST);
	if (count > 0 || !dns)
		return count;
	if (deadline != CORO_NEVER)
		deadline += dns_now(dns) - loop_now(loop);
	if (bits == 0)
		dns_prefetch(dns, host, DNS_AAAA);
	if (bits != 128)
		count = add_answers(dns, host, DNS_A, deadline, out, count);
	if (bits != 32)
		count = add_answers(dns, host, DNS_AAAA, deadline, out, count);
	return count;
}

/* What one address may take, so that a silent one leaves time for the rest. */
static int64_t
fair_deadline(int64_t deadline, size_t addresses)
{
	int64_t now = loop_now(coro_loop());

	if (deadline == CORO_NEVER || deadline <= now)
		return deadline;
	return now + (deadline - now) / (int64_t)addresses;
}

static int
connect_inet(const struct ip *from, const struct endpoint *ep, struct dns *dns,
    int64_t deadline, struct error *err)
{
	struct ip addresses[ADDRESSES_MOST];
	struct address to;
	size_t i, count = find_addresses(ep, dns, deadline, addresses);
	int fd = -1, why = 0;

	if (count == 0)
		return fail(err, "connect to", ep, "no address of this name");
	for (i = 0; fd < 0 && i < count && why != ECANCELED; i++) {
		to = ip_address(&addresses[i], ep->port);
		if (from && from->bits != addresses[i].bits) {
			why = EAFNOSUPPORT;
			continue;
		}
		fd = connect_to(
		    from, &to, fair_deadline(deadline, count - i), &why);
	}
	return fd >= 0 ? fd : fail(err, "connect to", ep, strerror(why));
}

int
net_connect(const struct endpoint *ep, struct dns *dns, int64_t deadline,
    struct error *err)
{
	struct address to;
	int fd, why;

	if (ep->family != ENDPOINT_UNIX)
		return connect_inet(NULL, ep, dns, deadline, err);
	to = unix_address(ep->path);
	fd = connect_to(NULL, &to, deadline, &why);
	return fd >= 0 ? fd : fail(err, "connect to", ep, strerror(why));
}

int
net_connect_from(const struct ip *from, const struct endpoint *ep,
    struct dns *dns, int64_t deadline, struct error *err)
{
	if (ep->family == ENDPOINT_UNIX || from->bits == 0)
		return fail(err, "connect to", ep,
		    "transparent needs an inet backend and client");
	return connect_inet(from, ep, dns, deadline, err);
}

void
net_local(int fd, struct ip *ip, unsigned *port)
{
	struct sockaddr_storage at = {.ss_family = AF_UNSPEC};
	socklen_t len = sizeof(at);

	getsockname(fd, (struct sockaddr *)&at, &len);
	*port = 0;
	ip_from_sockaddr((struct sockaddr *)&at, ip, port);
}
