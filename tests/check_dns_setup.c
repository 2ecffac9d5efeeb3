/*
 * check_dns_setup: the setting `dns`, resolv.conf, and opening either way.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/dns_event.h"

#include "check_dns.h"

#include "../lib/run/dns_setup.h"

static struct loop *loop;

static void
setup(void)
{
	loop = loop_new();
}

static void
teardown(void)
{
	loop_free(loop);
}

static const struct {
	const char *how;
	const char *first; /* NULL: refused */
	unsigned port;
} hows[] = {
    {"127.0.0.1", "127.0.0.1", 53},
    {"127.0.0.1:5353", "127.0.0.1", 5353},
    {"::1", "::1", 53},
    {"[::1]:5353", "::1", 5353},
    {"2001:db8::53", "2001:db8::53", 53},
    {"", NULL, 0},
    {"Auto", NULL, 0},
    {"zone:x", NULL, 0},
    {"127.0.0.1:0", NULL, 0},
    {"127.0.0.1:65536", NULL, 0},
    {"127.0.0.1:", NULL, 0},
    {"localhost:53", NULL, 0},
    {"*:53", NULL, 0},
    {"unix:/x", NULL, 0},
};

START_TEST(setup_parse)
{
	struct error err = {.text = ""};
	struct dns_setup out;
	char text[IP_TEXT_MAX];
	bool ok = dns_setup_parse(hows[_i].how, &out, &err);

	ck_assert_int_eq(ok, hows[_i].first != NULL);
	if (!ok) {
		ck_assert_ptr_nonnull(strstr(err.text, "neither auto"));
		ck_assert_ptr_null(dns_event_new(loop, hows[_i].how, &err));
		return;
	}
	ck_assert_uint_eq(out.count, 1);
	ck_assert_ptr_null(out.anchor);
	ck_assert_str_eq(ip_format(&out.servers[0].ip, text), hows[_i].first);
	ck_assert_uint_eq(out.servers[0].port, hows[_i].port);
}
END_TEST

static const struct {
	const char *text;
	size_t count;
	const char *first;
} resolv_confs[] = {
    {"nameserver 192.0.2.1\nnameserver 2001:db8::1", 2, "192.0.2.1"},
    {"# x\n; y\nsearch example.org\n  nameserver\t192.0.2.1  # z\r\n", 1,
	"192.0.2.1"},
    {"nameserver x\nnameserver\nnameservers 192.0.2.1\n"
     "nameserver fe80::1%eth0\nnameserver ::1\noptions edns0",
	1, "::1"},
    {"", 1, "127.0.0.1"},
    {"search example.org\n", 1, "127.0.0.1"},
    {"nameserver ::1\nnameserver ::2\nnameserver ::3\nnameserver ::4\n"
     "nameserver ::5\nnameserver ::6\nnameserver ::7\nnameserver ::8\n"
     "nameserver ::9\n",
	8, "::1"},
};

START_TEST(resolv_conf)
{
	char text[IP_TEXT_MAX];
	struct dns_setup out = {.count = 3};

	dns_setup_resolv_conf(str_c(resolv_confs[_i].text), &out);
	ck_assert_uint_eq(out.count, resolv_confs[_i].count);
	ck_assert_str_eq(
	    ip_format(&out.servers[0].ip, text), resolv_confs[_i].first);
	ck_assert_uint_eq(out.servers[0].port, 53);
}
END_TEST

/* Opening asks nobody, so this needs no network. */
START_TEST(opens)
{
	struct dns_setup bad = {.most = 1, .anchor = "/nowhere/root.key"};
	struct error err;
	struct dns *other = dns_event_new(loop, "auto", &err);

	ck_assert_msg(other != NULL, "%s", err.text);
	dns_event_free(other);
	dns_event_free(NULL);
	ck_assert_ptr_null(dns_event_open(loop, &bad, &err));
	ck_assert_ptr_nonnull(strstr(err.text, "dns-root-data"));
	other = dns_event_new(loop, "recurse", &err);
	if (!other)
		ck_assert_ptr_nonnull(strstr(err.text, "dns-root-data"));
	dns_event_free(other);
	bad.anchor = "/dev/null/x";
	ck_assert_ptr_null(dns_event_open(loop, &bad, &err));
}
END_TEST

TCase *
dns_setup_case(void)
{
	TCase *tc = tcase_create("setup");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, setup_parse, 0, sizeof(hows) / sizeof(hows[0]));
	tcase_add_loop_test(
	    tc, resolv_conf, 0, sizeof(resolv_confs) / sizeof(resolv_confs[0]));
	tcase_add_test(tc, opens);
	return tc;
}
