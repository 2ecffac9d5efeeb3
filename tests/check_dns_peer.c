/*
 * check_dns_peer: lookups that a real name server answers.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdio.h>
#include <stdlib.h>

#include "postern/coro.h"
#include "postern/dns_event.h"
#include "postern/strbuf.h"

#include "check_dns.h"
#include "dns_peer.h"

#include "../lib/run/dns_setup.h"

enum { PATIENCE = 5000, LARGE = 60000 };

static struct loop *loop;
static struct dns_peer peer;
static struct dns *dns;
static struct arena *arena;
static struct dns_answer answer;

/* What a lookup asks, and whether it was answered. */
struct asked {
	const char *name;
	enum dns_type type;
	bool done;
};

static const char records[] = "@ MX 10 mail\n"
			      "@ MX 20 mail2.Peer.Example.\n"
			      "@ TXT \"v=spf1 \" \"mx -all\"\n"
			      "mail A 198.51.100.1\n"
			      "mail AAAA 2001:db8::1\n"
			      "null MX 0 .\n"
			      "alias CNAME alias2\n"
			      "alias2 60 CNAME mail\n"
			      "away CNAME nowhere\n"
			      "*.wild A 198.51.100.7\n"
			      "a.b.deep A 198.51.100.8\n"
			      "a\\.b PTR x\\032\\.y\\255\n"
			      "octets TXT \"\\000\\255\\\"\"\n";

static void
large_add(struct strbuf *zone)
{
	int i;

	strbuf_puts(zone, "large TXT (");
	for (i = 0; i < LARGE / 250; i++)
		strbuf_printf(zone, "\n \"%0250d\"", i);
	strbuf_puts(zone, " )\n");
}

static void
setup(void)
{
	struct dns_setup how = {.count = 1, .most = 100};
	struct strbuf zone;
	struct error err;

	strbuf_init(&zone);
	strbuf_puts(&zone, records);
	large_add(&zone);
	dns_peer_start(&peer, zone.data);
	strbuf_clear(&zone);
	loop = loop_new();
	arena = arena_new();
	ip_parse(str_c("127.0.0.1"), &how.servers[0].ip);
	how.servers[0].port = peer.port;
	if (peer.is_signed)
		how.anchor = peer.anchor;
	dns = dns_event_open(loop, &how, &err);
	ck_assert_msg(dns != NULL, "%s", err.text);
}

static void
teardown(void)
{
	dns_event_free(dns);
	arena_free(arena);
	loop_free(loop);
	dns_peer_stop(&peer);
}

static void
ask_run(void *arg)
{
	struct asked *asked = arg;

	dns_lookup(dns, asked->name, asked->type, dns_now(dns) + PATIENCE,
	    arena, &answer);
	asked->done = true;
	loop_stop(loop);
}

static enum dns_status
ask(const char *name, enum dns_type type)
{
	struct asked asked = {.name = name, .type = type};

	coro_start(loop, ask_run, &asked);
	loop_run(loop);
	ck_assert(asked.done);
	ck_assert_int_eq(answer.status == DNS_OK, answer.count > 0);
	return answer.status;
}

static void
expect(const char *name, enum dns_type type, size_t count, const char *data)
{
	size_t i;

	ck_assert_int_eq(ask(name, type), DNS_OK);
	ck_assert_uint_eq(answer.count, count);
	for (i = 0; i < count; i++)
		if (str_is(answer.records[i].data, data))
			return;
	ck_abort_msg("%s: no %s", name, data);
}

START_TEST(records_of_each_type)
{
	expect("mail.peer.example", DNS_A, 1, "\306\63\144\1");
	expect("peer.example", DNS_MX, 2, "mail.peer.example");
	expect("PEER.example.", DNS_MX, 2, "mail2.peer.example");
	ck_assert_uint_eq(
	    answer.records[0].preference + answer.records[1].preference, 30);
	expect("peer.example", DNS_TXT, 1, "v=spf1 mx -all");
	expect("peer.example", DNS_NS, 1, "ns.peer.example");
	expect("peer.example", DNS_SOA, 1, "ns.peer.example");
	expect("null.peer.example", DNS_MX, 1, "");
	expect("a\\046b.peer.example", DNS_PTR, 1,
	    "x\\032\\046y\\255.peer.example");
	expect("x.y.wild.peer.example", DNS_A, 1, "\306\63\144\7");
	ck_assert_int_eq(ask("mail.peer.example", DNS_AAAA), DNS_OK);
	ck_assert_mem_eq(answer.records[0].data.data,
	    "\40\1\15\270\0\0\0\0\0\0\0\0\0\0\0\1", 17);
	ck_assert_int_eq(ask("octets.peer.example", DNS_TXT), DNS_OK);
	ck_assert_mem_eq(answer.records[0].data.data, "\0\377\"", 4);
}
END_TEST

START_TEST(aliases)
{
	expect("alias.peer.example", DNS_A, 1, "\306\63\144\1");
	ck_assert_uint_le(answer.ttl, 60);
	ck_assert_uint_ge(answer.ttl, 58);
	expect("alias.peer.example", DNS_CNAME, 1, "alias2.peer.example");
	ck_assert_int_eq(ask("alias.peer.example", DNS_TXT), DNS_NODATA);
	ck_assert_int_eq(ask("away.peer.example", DNS_A), DNS_NXDOMAIN);
}
END_TEST

START_TEST(nothing_there)
{
	ck_assert_int_eq(ask("mail.peer.example", DNS_TXT), DNS_NODATA);
	ck_assert_int_eq(ask("deep.peer.example", DNS_A), DNS_NODATA);
	ck_assert_int_eq(ask("nowhere.peer.example", DNS_A), DNS_NXDOMAIN);
	ck_assert_int_eq(ask("c.b.deep.peer.example", DNS_A), DNS_NXDOMAIN);
	ck_assert_int_eq(ask("other.example", DNS_A), DNS_SERVFAIL);
}
END_TEST

/* More than UDP carries: over TCP, in the loop. */
START_TEST(large_text)
{
	ck_assert_int_eq(ask("large.peer.example", DNS_TXT), DNS_OK);
	ck_assert_uint_eq(answer.count, 1);
	ck_assert_uint_eq(answer.records[0].data.len, LARGE);
}
END_TEST

START_TEST(validated)
{
	ck_assert(peer.is_signed);
	expect("good.signed.example", DNS_A, 1, "\306\63\144\1");
	ck_assert(answer.secure && !answer.bogus);
	expect("good.signed.example", DNS_TXT, 1, "v=spf1 -all");
	ck_assert(answer.secure && !answer.bogus);
	ck_assert_int_eq(ask("no.signed.example", DNS_A), DNS_NXDOMAIN);
	ck_assert(answer.secure && !answer.bogus);
	ck_assert_int_eq(ask("spoiled.signed.example", DNS_A), DNS_SERVFAIL);
	ck_assert(!answer.secure && answer.bogus);
	expect("mail.peer.example", DNS_A, 1, "\306\63\144\1");
	ck_assert(!answer.secure && !answer.bogus);
}
END_TEST

TCase *
dns_peer_case(void)
{
	const char *missing = dns_peer_missing();
	TCase *tc = tcase_create("peer");

	tcase_set_timeout(tc, 30);
	if (missing) {
		printf("skipped: peer: %s\n", missing);
		return tc;
	}
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, records_of_each_type);
	tcase_add_test(tc, aliases);
	tcase_add_test(tc, nothing_there);
	tcase_add_test(tc, large_text);
	missing = dns_peer_unsigned();
	if (missing)
		printf("skipped: validated: %s\n", missing);
	else
		tcase_add_test(tc, validated);
	return tc;
}
