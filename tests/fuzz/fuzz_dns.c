/*
 * fuzz_dns: answer packets and zone files.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/dns_packet.h"
#include "postern/dns_zone.h"
#include "postern/log.h"

#include "fuzz.h"

static const enum dns_type types[] = {DNS_A, DNS_NS, DNS_CNAME, DNS_SOA,
    DNS_PTR, DNS_MX, DNS_TXT, DNS_AAAA, DNS_SPF};

enum { TYPES = sizeof(types) / sizeof(types[0]) };

static bool
is_name_type(enum dns_type type)
{
	return type == DNS_NS || type == DNS_CNAME || type == DNS_SOA ||
	    type == DNS_PTR || type == DNS_MX;
}

/* What every answer promises, from whomever it is. */
static void
check_answer(
    const struct dns_answer *answer, enum dns_type type, struct arena *arena)
{
	unsigned char wire[DNS_WIRE_ROOM];
	struct str data, normal;
	size_t i, len;

	if ((answer->status == DNS_OK) != (answer->count > 0))
		panic("status %d with %zu records", answer->status,
		    answer->count);
	for (i = 0; i < answer->count; i++) {
		data = answer->records[i].data;
		if (data.data[data.len] != '\0')
			panic("no NUL behind a record");
		if (!is_name_type(type))
			continue;
		if (!dns_name_to_wire(data.data, wire, &len))
			panic("not a name: %s", data.data);
		normal = dns_name_normal(data, arena);
		if (!str_eq(normal, data))
			panic("not normal: %s", data.data);
	}
}

static void
packet_run(struct str input)
{
	struct arena *arena = arena_new();
	struct dns_answer answer;
	size_t i;

	for (i = 0; i < TYPES; i++) {
		dns_packet_read(input, "example.org", types[i], arena, &answer);
		check_answer(&answer, types[i], arena);
	}
	arena_free(arena);
}

static void
zone_run(struct str input)
{
	static const char *names[] = {
	    "example.org", "a.example.org", "", "a.b"};
	struct arena *arena = arena_new();
	struct dns_answer answer;
	struct problems problems;
	struct dns *dns;
	size_t i;

	problems_init(&problems, arena);
	dns = dns_zone_new(input, "fuzz", arena, &problems);
	for (i = 0; i < TYPES * 4; i++) {
		dns_lookup(dns, names[i % 4], types[i / 4], dns_now(dns) + 9,
		    arena, &answer);
		check_answer(&answer, types[i / 4], arena);
	}
	arena_free(arena);
}

const struct fuzz_target fuzz_targets[] = {
    {"dns_packet", packet_run},
    {"dns_zone", zone_run},
    {NULL, NULL},
};
