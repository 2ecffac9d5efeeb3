/*
 * check_net: sockets bound, accepted and connected.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "postern/net.h"

#include "check_fake_dns.h"
#include "check_run.h"

static struct arena *arena;
static char folder[32];
static struct error error;

static struct endpoint
endpoint(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static struct endpoint
endpoint(const char *fmt, ...)
{
	struct endpoint ep;
	char text[200];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	ck_assert_msg(
	    endpoint_parse(str_c(text), arena, &ep, &error), "%s", error.text);
	return ep;
}

static void
setup(void)
{
	arena = arena_new();
	strcpy(folder, "/tmp/check_net.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	error.text[0] = '\0';
}

static void
teardown(void)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/s", folder);
	unlink(path);
	ck_assert_int_eq(rmdir(folder), 0);
	arena_free(arena);
}

struct connecting {
	struct endpoint to;
	struct dns *dns;
	int64_t within; /* ms */
	int64_t took;
	int fd;
};

static void
connects(void *arg)
{
	struct connecting *c = arg;
	int64_t start = clock_ms();

	c->fd = net_connect(&c->to, c->dns, in_ms(c->within), &error);
	c->took = clock_ms() - start;
}

static int
connect_now(struct endpoint to, struct dns *dns)
{
	struct connecting c = {.to = to, .dns = dns, .within = 5000};

	run(connects, &c);
	return c.fd;
}

static bool
have_ipv6(void)
{
	struct endpoint ep = endpoint("[::1]:0");
	int fd = net_listen(&ep, false, NULL);

	close(fd);
	return fd >= 0;
}

/* A connection to the listener, as that sees it. */
static void
check_meeting(int listener, struct endpoint to, const char *seen)
{
	char name[IP_TEXT_MAX];
	unsigned port = 0;
	struct ip ip;
	int client = connect_now(to, NULL);
	int server = net_accept(listener, &ip, &port);

	ck_assert_msg(client >= 0, "%s", error.text);
	ck_assert_int_ge(server, 0);
	ck_assert_str_eq(ip_format(&ip, name), seen);
	ck_assert_uint_eq(port, net_port(client));
	ck_assert(fcntl(server, F_GETFL) & O_NONBLOCK);
	ck_assert(fcntl(server, F_GETFD) & FD_CLOEXEC);
	ck_assert(fcntl(client, F_GETFL) & O_NONBLOCK);
	ck_assert(fcntl(client, F_GETFD) & FD_CLOEXEC);
	close(client);
	close(server);
	ck_assert_int_lt(net_accept(listener, &ip, &port), 0);
	ck_assert_int_eq(errno, EAGAIN);
}

static int
listen_on(struct endpoint ep)
{
	int fd = net_listen(&ep, false, &error);

	ck_assert_msg(fd >= 0, "%s", error.text);
	return fd;
}

START_TEST(ipv4_is_met)
{
	int fd = listen_on(endpoint("127.0.0.1:0"));

	check_meeting(fd, endpoint("127.0.0.1:%u", net_port(fd)), "127.0.0.1");
	check_meeting(
	    fd, endpoint("inet:%u@127.0.0.1", net_port(fd)), "127.0.0.1");
	check_meeting(fd, endpoint("*:%u", net_port(fd)), "127.0.0.1");
	close(fd);
}
END_TEST

START_TEST(every_address_is_met)
{
	int fd = listen_on(endpoint("*:0"));

	check_meeting(fd, endpoint("127.0.0.1:%u", net_port(fd)), "127.0.0.1");
	if (have_ipv6())
		check_meeting(fd, endpoint("[::1]:%u", net_port(fd)), "::1");
	else
		puts("skipped: IPv6: this machine has none");
	close(fd);
}
END_TEST

START_TEST(one_family_is_met)
{
	struct endpoint ep;
	int fd = listen_on(endpoint("inet:0@*")), fd6;

	check_meeting(fd, endpoint("127.0.0.1:%u", net_port(fd)), "127.0.0.1");
	if (have_ipv6()) {
		ep = endpoint("inet6:%u@*", net_port(fd));
		fd6 = listen_on(ep);
		check_meeting(fd6, endpoint("[::1]:%u", net_port(fd6)), "::1");
		check_meeting(
		    fd, endpoint("127.0.0.1:%u", net_port(fd)), "127.0.0.1");
		close(fd6);
	} else {
		puts("skipped: IPv6: this machine has none");
	}
	close(fd);
}
END_TEST

START_TEST(names_of_etc_hosts_are_met)
{
	int fd = listen_on(endpoint("inet:0@localhost"));

	check_meeting(
	    fd, endpoint("inet:%u@localhost", net_port(fd)), "127.0.0.1");
	close(fd);
}
END_TEST

START_TEST(a_port_is_shared_only_on_demand)
{
	struct endpoint ep = endpoint("127.0.0.1:0");
	int first = net_listen(&ep, true, &error), second;
	char wanted[100];

	ep.port = net_port(first);
	second = net_listen(&ep, true, &error);
	ck_assert_int_ge(second, 0);
	ck_assert_uint_eq(net_port(second), ep.port);
	ck_assert_int_lt(net_listen(&ep, false, &error), 0);
	snprintf(wanted, sizeof(wanted),
	    "listen on 127.0.0.1:%u: Address already in use", ep.port);
	ck_assert_str_eq(error.text, wanted);
	ck_assert_int_lt(net_listen(&ep, false, NULL), 0);
	close(first);
	close(second);
}
END_TEST

START_TEST(what_cannot_be_bound_is_said)
{
	struct endpoint ep = endpoint("no-such-host.invalid:25");

	ck_assert_int_lt(net_listen(&ep, false, &error), 0);
	ck_assert_str_eq(error.text,
	    "listen on no-such-host.invalid:25: the host is neither an "
	    "address nor in /etc/hosts");
	ep = endpoint("198.51.100.1:25");
	ck_assert_int_lt(net_listen(&ep, false, &error), 0);
	ck_assert_str_eq(error.text,
	    "listen on 198.51.100.1:25: Cannot assign requested address");
	ck_assert_uint_eq(net_port(-1), 0);
}
END_TEST

START_TEST(a_unix_socket_is_met)
{
	struct endpoint ep = endpoint("unix:%s/s", folder);
	int fd = listen_on(ep), client, server;
	unsigned port = 1;
	struct ip ip;

	client = connect_now(ep, NULL);
	server = net_accept(fd, &ip, &port);
	ck_assert_int_ge(client, 0);
	ck_assert_int_ge(server, 0);
	ck_assert_int_eq(ip.bits, 0);
	ck_assert_uint_eq(port, 0);
	ck_assert_uint_eq(net_port(fd), 0);
	close(client);
	close(server);
	close(fd);
}
END_TEST

/* The path of a dead server is taken over, one of a living is not. */
START_TEST(a_stale_unix_path_is_replaced)
{
	struct endpoint ep = endpoint("unix:%s/s", folder);
	char wanted[100];
	int fd;

	close(listen_on(ep));
	fd = listen_on(ep);
	ck_assert_int_lt(net_listen(&ep, false, &error), 0);
	snprintf(wanted, sizeof(wanted),
	    "listen on unix:%s/s: Address already in use", folder);
	ck_assert_str_eq(error.text, wanted);
	close(fd);
}
END_TEST

START_TEST(a_file_in_the_way_stays)
{
	struct endpoint ep = endpoint("unix:%s/s", folder);
	struct stat st;

	close(open(ep.path, O_WRONLY | O_CREAT, 0600));
	ck_assert_int_lt(net_listen(&ep, false, &error), 0);
	ck_assert_int_eq(stat(ep.path, &st), 0);
	ck_assert_int_lt(connect_now(ep, NULL), 0);
	ck_assert_ptr_nonnull(strstr(error.text, "Connection refused"));
}
END_TEST

START_TEST(refusals_are_said)
{
	int fd = listen_on(endpoint("127.0.0.1:0"));
	unsigned port = net_port(fd);
	char wanted[100];

	close(fd);
	ck_assert_int_lt(connect_now(endpoint("127.0.0.1:%u", port), NULL), 0);
	snprintf(wanted, sizeof(wanted),
	    "connect to 127.0.0.1:%u: Connection refused", port);
	ck_assert_str_eq(error.text, wanted);
	ck_assert_int_lt(
	    connect_now(endpoint("no-such-host.invalid:25"), NULL), 0);
	ck_assert_str_eq(error.text,
	    "connect to no-such-host.invalid:25: no address of this name");
	ck_assert_int_lt(connect_now(endpoint("unix:%s/s", folder), NULL), 0);
	ck_assert_ptr_nonnull(strstr(error.text, "No such file"));
}
END_TEST

enum { HOLES = 8 };

/* A port that lets connections hang: its queue is full.  False when the
 * kernel takes them all the same. */
static bool
open_hole(const char *host, unsigned *port, int fds[HOLES])
{
	struct endpoint ep = endpoint("%s:%u", host, *port);
	struct connecting c = {.within = 50};
	int i;

	fds[0] = net_listen(&ep, false, &error);
	ck_assert_int_ge(fds[0], 0);
	ck_assert_int_eq(listen(fds[0], 0), 0);
	*port = net_port(fds[0]);
	c.to = endpoint("%s:%u", host, *port);
	for (i = 1, c.fd = 0; i < HOLES && c.fd >= 0; i++) {
		run(connects, &c);
		fds[i] = c.fd;
	}
	for (; i < HOLES; i++)
		fds[i] = -1;
	return c.fd < 0;
}

static void
close_hole(int fds[HOLES])
{
	int i;

	for (i = 0; i < HOLES; i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

START_TEST(a_silent_host_costs_its_deadline)
{
	struct connecting c = {.within = 150};
	unsigned port = 0;
	int fds[HOLES];
	char wanted[100];

	ck_assert(open_hole("127.0.0.1", &port, fds));
	c.to = endpoint("127.0.0.1:%u", port);
	run(connects, &c);
	ck_assert_int_lt(c.fd, 0);
	ck_assert_int_ge(c.took, 149);
	ck_assert_int_lt(c.took, 2000);
	snprintf(wanted, sizeof(wanted),
	    "connect to 127.0.0.1:%u: Connection timed out", port);
	ck_assert_str_eq(error.text, wanted);
	close_hole(fds);
}
END_TEST

START_TEST(connecting_can_be_cancelled)
{
	struct connecting c = {.within = 50000};
	unsigned port = 0;
	struct coro *co;
	int fds[HOLES];

	ck_assert(open_hole("127.0.0.1", &port, fds));
	c.to = endpoint("127.0.0.1:%u", port);
	co = coro_start(test_loop(), connects, &c);
	loop_turn(test_loop(), 0);
	coro_cancel(co);
	run_all();
	ck_assert_int_lt(c.fd, 0);
	ck_assert_int_lt(c.took, 2000);
	ck_assert_ptr_nonnull(strstr(error.text, "canceled"));
	close_hole(fds);
}
END_TEST

static void
accepts_later(void *arg)
{
	struct ip ip;
	unsigned port;

	coro_sleep(in_ms(60));
	close(net_accept(*(int *)arg, &ip, &port));
}

/* A unix socket whose queue is full says EAGAIN; there is nothing to wait
 * for, so it is tried again. */
START_TEST(a_full_unix_socket_is_tried_again)
{
	struct endpoint ep = endpoint("unix:%s/s", folder);
	struct connecting c = {.to = ep, .within = 100};
	int fd = listen_on(ep), first;

	ck_assert_int_eq(listen(fd, 0), 0);
	first = connect_now(ep, NULL);
	ck_assert_int_ge(first, 0);
	run(connects, &c);
	ck_assert_int_lt(c.fd, 0);
	ck_assert_ptr_nonnull(strstr(error.text, "timed out"));
	c.within = 5000;
	coro_start(test_loop(), accepts_later, &fd);
	run(connects, &c);
	ck_assert_int_ge(c.fd, 0);
	ck_assert_int_ge(c.took, 55);
	close(c.fd);
	close(first);
	close(fd);
}
END_TEST

START_TEST(each_address_is_tried)
{
	struct fake_dns fake = new_fake();
	int fd = listen_on(endpoint("127.0.0.1:0")), client;

	client =
	    connect_now(endpoint("mx.example:%u", net_port(fd)), &fake.dns);
	ck_assert_msg(client >= 0, "%s", error.text);
	ck_assert_int_eq(fake.asked, 2);
	close(client);
	fake.a[1] = (struct str) {"", 0};
	ck_assert_int_lt(
	    connect_now(endpoint("mx.example:%u", net_port(fd)), &fake.dns), 0);
	ck_assert_ptr_nonnull(strstr(error.text, ": Connection refused"));
	ck_assert_ptr_nonnull(strstr(error.text, "connect to mx.example:"));
	close(fd);
}
END_TEST

START_TEST(a_silent_address_leaves_time_for_the_next)
{
	struct fake_dns fake = new_fake();
	int fd = listen_on(endpoint("127.0.0.1:0")), fds[HOLES];
	struct connecting c = {.dns = &fake.dns, .within = 400};
	unsigned port = net_port(fd);

	ck_assert(open_hole("127.0.0.2", &port, fds));
	c.to = endpoint("mx.example:%u", port);
	run(connects, &c);
	ck_assert_msg(c.fd >= 0, "%s", error.text);
	ck_assert_int_ge(c.took, 199);
	close(c.fd);
	close(fd);
	close_hole(fds);
}
END_TEST

START_TEST(only_the_wanted_family_is_asked)
{
	struct fake_dns fake = new_fake();

	connect_now(endpoint("inet6:9@mx.example"), &fake.dns);
	ck_assert_int_eq(fake.asked, 1);
	ck_assert_ptr_nonnull(strstr(error.text, "no address of this name"));
	fake.a[0] = (struct str) {"\177\0\0\2x", 5}; /* not an address */
	fake.a[1] = (struct str) {"", 0};
	connect_now(endpoint("inet:9@mx.example"), &fake.dns);
	ck_assert_int_eq(fake.asked, 2);
	ck_assert_ptr_nonnull(strstr(error.text, "no address of this name"));
}
END_TEST

TCase *
run_net_case(void)
{
	TCase *tc = case_with_loop("net");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, ipv4_is_met);
	tcase_add_test(tc, every_address_is_met);
	tcase_add_test(tc, one_family_is_met);
	tcase_add_test(tc, names_of_etc_hosts_are_met);
	tcase_add_test(tc, a_port_is_shared_only_on_demand);
	tcase_add_test(tc, what_cannot_be_bound_is_said);
	tcase_add_test(tc, a_unix_socket_is_met);
	tcase_add_test(tc, a_stale_unix_path_is_replaced);
	tcase_add_test(tc, a_file_in_the_way_stays);
	tcase_add_test(tc, refusals_are_said);
	tcase_add_test(tc, a_silent_host_costs_its_deadline);
	tcase_add_test(tc, connecting_can_be_cancelled);
	tcase_add_test(tc, a_full_unix_socket_is_tried_again);
	tcase_add_test(tc, each_address_is_tried);
	tcase_add_test(tc, a_silent_address_leaves_time_for_the_next);
	tcase_add_test(tc, only_the_wanted_family_is_asked);
	return tc;
}
