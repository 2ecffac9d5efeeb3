/*
 * check_dns: names, and the program that runs the room's suites.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "postern/dns_name.h"

#include "check_dns.h"

#define L63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define L61 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct {
	const char *text;
	const char *wire; /* NULL: not a name */
	const char *normal;
} names[] = {
    {"example.org", "\7example\3org", "example.org"},
    {"EXAMPLE.Org.", "\7EXAMPLE\3Org", "example.org"},
    {"", "", ""},
    {".", "", ""},
    {"a\\.b.c", "\3a.b\1c", "a\\046b.c"},
    {"a\\032b", "\3a b", "a\\032b"},
    {"a b", "\3a b", "a\\032b"},
    {"\\065\\\\", "\2A\\", "a\\092"},
    {"\377", "\1\377", "\\255"},
    {"_dmarc.x", "\6_dmarc\1x", "_dmarc.x"},
    {"*.x", "\1*\1x", "*.x"},
    {L63 ".b", "\77" L63 "\1b", L63 ".b"},
    {L63 "." L63 "." L63 "." L61, "\77" L63 "\77" L63 "\77" L63 "\75" L61,
	L63 "." L63 "." L63 "." L61},
    {L63 "." L63 "." L63 "." L61 ".", "\77" L63 "\77" L63 "\77" L63 "\75" L61,
	L63 "." L63 "." L63 "." L61},
    {L63 "." L63 "." L63 "." L61 "A", NULL, L63 "." L63 "." L63 "." L61 "a"},
    {L63 "." L63 "." L63 "." L61 ".A", NULL, L63 "." L63 "." L63 "." L61 ".a"},
    {L63 "A", NULL, L63 "a"},
    {"A..b", NULL, "a..b"},
    {".A", NULL, ".a"},
    {"..", NULL, ".."},
    {"A\\", NULL, "a\\"},
    {"A\\25", NULL, "a\\25"},
    {"A\\256", NULL, "a\\256"},
    {"A\\2x5", NULL, "a\\2x5"},
};

START_TEST(name_table)
{
	struct str text = str_c(names[_i].text);
	char *exact = memcpy(malloc(text.len + 1), text.data, text.len + 1);
	struct arena *arena = arena_new();
	unsigned char wire[DNS_WIRE_ROOM];
	struct str normal;
	size_t len;
	bool ok;

	ok = dns_name_to_wire(exact, wire, &len);
	ck_assert_int_eq(ok, names[_i].wire != NULL);
	if (ok) {
		ck_assert_uint_eq(len, strlen(names[_i].wire) + 1);
		ck_assert_mem_eq(wire, names[_i].wire, len);
	}
	free(exact);
	exact = memcpy(malloc(text.len + 1), text.data, text.len);
	normal = dns_name_normal(str_of(exact, text.len), arena);
	ck_assert_str_eq(normal.data, names[_i].normal);
	ck_assert_uint_eq(normal.len, strlen(names[_i].normal));
	free(exact);
	arena_free(arena);
}
END_TEST

/* Every octet goes to text and back, in the longest name there can be. */
START_TEST(name_round)
{
	unsigned char wire[DNS_WIRE_ROOM] = {63}, again[DNS_WIRE_ROOM];
	struct arena *arena = arena_new();
	struct str text;
	size_t i, len;

	for (i = 1; i < 254; i++)
		wire[i] = i % 64 == 0 ? 63 : (unsigned char)(i + _i);
	wire[192] = 61;
	wire[254] = 0;
	text = dns_name_text(wire, arena);
	ck_assert(dns_name_to_wire(text.data, again, &len));
	ck_assert_uint_eq(len, 255);
	dns_name_lower(wire, len);
	ck_assert_mem_eq(wire, again, len);
	arena_free(arena);
}
END_TEST

TCase *
dns_name_case(void)
{
	TCase *tc = tcase_create("name");

	tcase_add_loop_test(
	    tc, name_table, 0, sizeof(names) / sizeof(names[0]));
	tcase_add_loop_test(tc, name_round, 0, 256);
	return tc;
}

int
main(void)
{
	Suite *suite = suite_create("dns");
	SRunner *runner;
	int failed;

	suite_add_tcase(suite, dns_name_case());
	suite_add_tcase(suite, dns_packet_case());
	suite_add_tcase(suite, dns_zone_case());
	suite_add_tcase(suite, dns_setup_case());
	suite_add_tcase(suite, dns_event_case());
	suite_add_tcase(suite, dns_peer_case());
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
