/*
 * check_dns_packet: answers read, and answers that must be refused.
 *
 * Each packet stands at the end of its own heap block, so that a read beyond
 * it is seen.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdio.h>
#include <stdlib.h>

#include "postern/dns_packet.h"

#include "check_dns.h"
#include "dns_wire.h"

static struct arena *arena;
static struct strbuf packet;
static struct dns_answer answer;

static void
setup(void)
{
	arena = arena_new();
	strbuf_init(&packet);
}

static void
teardown(void)
{
	strbuf_clear(&packet);
	arena_free(arena);
}

static enum dns_status
read_octets(struct str octets, const char *name, enum dns_type type)
{
	char *exact = malloc(octets.len + !octets.len);

	memcpy(exact, octets.data, octets.len);
	dns_packet_read(str_of(exact, octets.len), name, type, arena, &answer);
	free(exact);
	ck_assert_int_eq(answer.status == DNS_OK, answer.count > 0);
	return answer.status;
}

static enum dns_status
read_packet(const char *name, enum dns_type type)
{
	return read_octets(strbuf_str(&packet), name, type);
}

/* The packet's answers for every length of it, but the whole, are broken. */
static void
check_cuts(const char *name, enum dns_type type)
{
	size_t len;

	for (len = 0; len < packet.len; len++)
		ck_assert_int_eq(
		    read_octets(str_of(packet.data, len), name, type),
		    DNS_SERVFAIL);
}

#define RDATA(s)                 \
	{                        \
		s, sizeof(s) - 1 \
	}

static const struct {
	enum dns_type type;
	struct str rdata;
	const char *text; /* NULL: broken */
	unsigned preference;
} rdata_table[] = {
    {DNS_A, RDATA("\300\0\2\1"), "\300\0\2\1", 0},
    {DNS_A, RDATA("\300\0\2"), NULL, 0},
    {DNS_A, RDATA("\300\0\2\1\1"), NULL, 0},
    {DNS_A, RDATA(""), NULL, 0},
    {DNS_AAAA, RDATA("0123456789abcdef"), "0123456789abcdef", 0},
    {DNS_AAAA, RDATA("0123456789abcde"), NULL, 0},
    {DNS_AAAA, RDATA("0123456789abcdefg"), NULL, 0},
    {DNS_TXT, RDATA("\3abc\0\2de"), "abcde", 0},
    {DNS_TXT, RDATA("\0"), "", 0},
    {DNS_TXT, RDATA(""), NULL, 0},
    {DNS_TXT, RDATA("\4abc"), NULL, 0},
    {DNS_TXT, RDATA("\3abc\1"), NULL, 0},
    {DNS_SPF, RDATA("\6v=spf1"), "v=spf1", 0},
    {DNS_MX, RDATA("\1\2\4MAIL\2Ex\0"), "mail.ex", 258},
    {DNS_MX, RDATA("\0\0\0"), "", 0},
    {DNS_MX, RDATA("\0\12"), NULL, 0},
    {DNS_MX, RDATA("\0"), NULL, 0},
    {DNS_MX, RDATA("\0\12\4mail\2ex\0x"), NULL, 0},
    {DNS_MX, RDATA("\0\12\4mail\2ex"), NULL, 0},
    {DNS_PTR, RDATA("\3a.b\2\0\\\0"), "a\\046b.\\000\\092", 0},
    {DNS_PTR, RDATA("\1a\300\14"), "a.x.example.org", 0},
    {DNS_PTR, RDATA("\300\14x"), NULL, 0},
    {DNS_PTR, RDATA("\300"), NULL, 0},
    {DNS_PTR, RDATA("\100a"), NULL, 0},
    {DNS_PTR, RDATA("\277a"), NULL, 0},
    {DNS_NS, RDATA("\2ns\0"), "ns", 0},
    {DNS_CNAME, RDATA("\2ns\0"), "ns", 0},
    {DNS_SOA,
	RDATA("\2Ns\0\4root\0"
	      "01234567890123456789"),
	"ns", 0},
    {DNS_SOA,
	RDATA("\2Ns\0\4root\0"
	      "0123456789012345678"),
	NULL, 0},
    {DNS_SOA, RDATA("\2Ns\0"), NULL, 0},
};

START_TEST(rdata_shape)
{
	enum dns_type type = rdata_table[_i].type;
	const char *text = rdata_table[_i].text;
	struct str data;

	wire_start(&packet, WIRE_OK, "x.example.org", type);
	wire_record(&packet, "X.Example.ORG", type, 300, rdata_table[_i].rdata);
	check_cuts("x.example.org", type);
	read_packet("x.EXAMPLE.org.", type);
	if (!text) {
		ck_assert_int_eq(answer.status, DNS_SERVFAIL);
		return;
	}
	ck_assert_int_eq(answer.status, DNS_OK);
	ck_assert_uint_eq(answer.count, 1);
	ck_assert_uint_eq(answer.ttl, 300);
	ck_assert_uint_eq(
	    answer.records[0].preference, rdata_table[_i].preference);
	data = answer.records[0].data;
	ck_assert_uint_eq(data.len, type == DNS_A ? 4 : strlen(text));
	ck_assert_mem_eq(data.data, text, data.len + 1);
}
END_TEST

static const struct {
	unsigned flags;
	enum dns_status status;
} rcode_table[] = {
    {WIRE_OK, DNS_NODATA}, {WIRE_NXDOMAIN, DNS_NXDOMAIN},
    {WIRE_SERVFAIL, DNS_SERVFAIL}, {0x8181, DNS_SERVFAIL},
    {0x8185, DNS_SERVFAIL}, {0x818f, DNS_SERVFAIL},
    {0x0180, DNS_SERVFAIL}, /* a question */
    {0x8380, DNS_SERVFAIL}, /* cut */
};

START_TEST(rcode)
{
	wire_start(&packet, rcode_table[_i].flags, "example.org", DNS_A);
	ck_assert_int_eq(
	    read_packet("example.org", DNS_A), rcode_table[_i].status);
	check_cuts("example.org", DNS_A);
	strbuf_putc(&packet, 0);
	ck_assert_int_eq(read_packet("example.org", DNS_A), DNS_SERVFAIL);
}
END_TEST

/* `hops` aliases, told from the last to the first, and an address behind. */
static void
make_chain(int hops)
{
	char from[32], to[32];
	int i;

	wire_start(&packet, WIRE_OK, "n0.x", DNS_A);
	snprintf(from, sizeof(from), "n%d.x", hops);
	wire_record(&packet, from, DNS_A, 9, str_of("\1\2\3\4", 4));
	for (i = hops - 1; i >= 0; i--) {
		snprintf(from, sizeof(from), "N%d.x", i);
		snprintf(to, sizeof(to), "n%d.X", i + 1);
		wire_alias(&packet, from, DNS_CNAME, to);
	}
}

START_TEST(chain)
{
	make_chain(_i);
	ck_assert_int_eq(
	    read_packet("n0.x", DNS_A), _i <= 16 ? DNS_OK : DNS_SERVFAIL);
	if (_i <= 16)
		ck_assert_uint_eq(answer.ttl, 9);
	if (_i == 3) {
		ck_assert_int_eq(read_packet("n0.x", DNS_TXT), DNS_NODATA);
		ck_assert_uint_eq(answer.ttl, 60);
		ck_assert_int_eq(read_packet("n0.x", DNS_CNAME), DNS_OK);
		ck_assert_str_eq(answer.records[0].data.data, "n1.x");
		ck_assert_int_eq(read_packet("other.x", DNS_A), DNS_NODATA);
	}
}
END_TEST

START_TEST(alias_loops)
{
	wire_start(&packet, WIRE_OK, "a.x", DNS_A);
	wire_alias(&packet, "a.x", DNS_CNAME, "b.x");
	wire_alias(&packet, "b.x", DNS_CNAME, "a.x");
	ck_assert_int_eq(read_packet("a.x", DNS_A), DNS_SERVFAIL);
	ck_assert_int_eq(read_packet("A.X", DNS_CNAME), DNS_OK);
}
END_TEST

/* A record that is left alone, with these octets; where they stand. */
static unsigned
add_octets(struct str octets)
{
	wire_record(&packet, "", 4711, 5, octets);
	return (unsigned)(packet.len - octets.len);
}

/* A record whose whole owner is a pointer. */
static enum dns_status
read_pointer(unsigned to)
{
	packet.data[7]++;
	wire_u16(&packet, 0xc000 | to);
	strbuf_add(&packet, str_of("\0\1\0\1\0\0\0\5\0\4\1\2\3\4", 14));
	return read_packet("a.x", DNS_A);
}

/* The question "a.x" stands at 12, so the record at 21. */
static const struct {
	unsigned to;
	enum dns_status status;
} pointer_table[] = {
    {12, DNS_OK},
    {14, DNS_NODATA}, /* x */
    {16, DNS_NODATA}, /* the root */
    {2, DNS_SERVFAIL},
    {20, DNS_SERVFAIL},
    {21, DNS_SERVFAIL}, /* itself */
    {22, DNS_SERVFAIL},
    {23, DNS_SERVFAIL}, /* forward */
    {0x3fff, DNS_SERVFAIL},
};

START_TEST(pointer)
{
	wire_start(&packet, WIRE_OK, "a.x", DNS_A);
	ck_assert_uint_eq(packet.len, 21);
	ck_assert_int_eq(
	    read_pointer(pointer_table[_i].to), pointer_table[_i].status);
}
END_TEST

START_TEST(pointer_chain)
{
	unsigned at = 12;
	char octets[2];
	int i;

	wire_start(&packet, WIRE_OK, "a.x", DNS_A);
	for (i = 0; i < _i; i++) {
		octets[0] = (char)(0xc0 | at >> 8);
		octets[1] = (char)at;
		at = add_octets(str_of(octets, 2));
	}
	ck_assert_int_eq(read_pointer(at), _i < 127 ? DNS_OK : DNS_SERVFAIL);
}
END_TEST

/* Labels of 63 octets, each pointing at the one before. */
START_TEST(pointer_long)
{
	unsigned at = 16; /* the root */
	char octets[66];
	int i;

	wire_start(&packet, WIRE_OK, "a.x", DNS_A);
	memset(octets, 'a', sizeof(octets));
	octets[0] = 63;
	for (i = 0; i < _i; i++) {
		octets[64] = (char)(0xc0 | at >> 8);
		octets[65] = (char)at;
		at = add_octets(str_of(octets, 66));
	}
	ck_assert_int_eq(read_pointer(at), _i < 4 ? DNS_NODATA : DNS_SERVFAIL);
}
END_TEST

/* RDATA lengths that say one octet more or less, in each record of several. */
START_TEST(rdata_length_lies)
{
	size_t ends[3], i;
	int by;

	wire_start(&packet, WIRE_OK, "x", DNS_A);
	wire_record(&packet, "x", DNS_A, 5, str_of("\1\2\3\4", 4));
	ends[0] = packet.len;
	wire_alias(&packet, "y", DNS_MX, "z");
	ends[1] = packet.len;
	wire_record(&packet, "x", DNS_A, 5, str_of("\1\2\3\5", 4));
	ends[2] = packet.len;
	ck_assert_int_eq(read_packet("x", DNS_A), DNS_OK);
	ck_assert_uint_eq(answer.count, 2);
	for (i = 0; i < 3; i++)
		for (by = -1; by <= 1; by += 2) {
			char *len = packet.data + ends[i] - (i == 1 ? 4 : 5);

			*len = (char)(*len + by);
			ck_assert_int_eq(read_packet("x", DNS_A), DNS_SERVFAIL);
			*len = (char)(*len - by);
		}
}
END_TEST

/* The largest text that a packet of 65,535 octets can hold. */
START_TEST(text_large)
{
	struct strbuf text, rdata;
	size_t i;

	strbuf_init(&text);
	strbuf_init(&rdata);
	for (i = 0; i < 65226; i++)
		strbuf_putc(&text, (char)(i * 7 + i / 256));
	wire_text(&rdata, strbuf_str(&text));
	wire_start(&packet, WIRE_OK, "x", DNS_TXT);
	wire_record(&packet, "x", DNS_TXT, 5, strbuf_str(&rdata));
	ck_assert_uint_le(packet.len, 65535);
	ck_assert_int_eq(read_packet("x", DNS_TXT), DNS_OK);
	ck_assert_uint_eq(answer.records[0].data.len, text.len);
	ck_assert_mem_eq(answer.records[0].data.data, text.data, text.len);
	strbuf_clear(&text);
	strbuf_clear(&rdata);
}
END_TEST

START_TEST(record_count)
{
	unsigned i;

	wire_start(&packet, WIRE_OK, "x", DNS_A);
	for (i = 0; i < 1000; i++)
		wire_record(&packet, "x", DNS_A, 1000 - i % 7,
		    str_of((const char *)&i, 4));
	ck_assert_int_eq(read_packet("x", DNS_A), DNS_OK);
	ck_assert_uint_eq(answer.count, 1000);
	ck_assert_uint_eq(answer.ttl, 994);
	for (i = 0; i < 1000; i++)
		ck_assert_mem_eq(answer.records[i].data.data, &i, 4);
	wire_record(&packet, "x", DNS_A, 5, str_of("\1\2\3\4", 4));
	ck_assert_int_eq(read_packet("x", DNS_A), DNS_SERVFAIL);
}
END_TEST

START_TEST(left_alone)
{
	wire_start(&packet, WIRE_OK, "x", DNS_A);
	wire_record(&packet, "y", DNS_A, 5, str_of("\1\2\3\4", 4));
	wire_record(&packet, "x", DNS_AAAA, 5, str_of("\1\2\3\4", 4));
	wire_record(&packet, "x", DNS_A, 0x80000000, str_of("\1\2\3\4", 4));
	packet.data[packet.len - 11] = 3; /* class CH */
	ck_assert_int_eq(read_packet("x", DNS_A), DNS_NODATA);
	packet.data[packet.len - 11] = 1;
	ck_assert_int_eq(read_packet("x", DNS_A), DNS_OK);
	ck_assert_uint_eq(answer.count, 1);
	ck_assert_uint_eq(answer.ttl, 0);
	ck_assert_int_eq(read_packet("x..", DNS_A), DNS_NXDOMAIN);
	ck_assert_int_eq(read_octets(str_c(""), "x", DNS_A), DNS_SERVFAIL);
}
END_TEST

/* One wrong bit anywhere: any answer is right that is one. */
START_TEST(bits)
{
	size_t i;

	make_chain(3);
	for (i = 0; i < packet.len * 8; i++) {
		packet.data[i / 8] ^= (char)(1 << i % 8);
		ck_assert_int_lt(read_packet("n0.x", DNS_A), DNS_TIMEOUT);
		packet.data[i / 8] ^= (char)(1 << i % 8);
	}
	ck_assert_int_eq(read_packet("n0.x", DNS_A), DNS_OK);
}
END_TEST

TCase *
dns_packet_case(void)
{
	TCase *tc = tcase_create("packet");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(
	    tc, rdata_shape, 0, sizeof(rdata_table) / sizeof(rdata_table[0]));
	tcase_add_loop_test(
	    tc, rcode, 0, sizeof(rcode_table) / sizeof(rcode_table[0]));
	tcase_add_loop_test(tc, chain, 0, 19);
	tcase_add_test(tc, alias_loops);
	tcase_add_loop_test(
	    tc, pointer, 0, sizeof(pointer_table) / sizeof(pointer_table[0]));
	tcase_add_loop_test(tc, pointer_chain, 120, 130);
	tcase_add_loop_test(tc, pointer_long, 1, 6);
	tcase_add_test(tc, rdata_length_lies);
	tcase_add_test(tc, text_large);
	tcase_add_test(tc, record_count);
	tcase_add_test(tc, left_alone);
	tcase_add_test(tc, bits);
	return tc;
}
