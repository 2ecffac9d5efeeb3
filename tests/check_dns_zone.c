/*
 * check_dns_zone: what a zone file says, and what is wrong with it.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>
#include <unistd.h>

#include "postern/dns_zone.h"
#include "postern/strbuf.h"

#include "check_dns.h"

enum { WAIT = 5000 };

static struct arena *arena;
static struct problems problems;
static struct dns *dns;
static struct dns_answer answer;

static void
setup(void)
{
	arena = arena_new();
	problems_init(&problems, arena);
}

static void
teardown(void)
{
	arena_free(arena);
}

/* The text stands at the end of its heap block and is gone afterwards. */
static void
load(struct str text)
{
	char *exact = malloc(text.len + !text.len);

	memcpy(exact, text.data, text.len);
	dns = dns_zone_new(str_of(exact, text.len), "zone", arena, &problems);
	free(exact);
	ck_assert_ptr_nonnull(dns);
}

static enum dns_status
ask(const char *name, enum dns_type type)
{
	dns_lookup(dns, name, type, dns_now(dns) + WAIT, arena, &answer);
	ck_assert_int_eq(answer.status == DNS_OK, answer.count > 0);
	ck_assert(!answer.secure && !answer.bogus);
	return answer.status;
}

static const char zone_text[] =
    "; the domain\n"
    "example.org. 300 IN TXT \"v=spf1 \" \"-all\" ; joined\n"
    "example.org IN 200 txt \"second; \\\"\\010\\255\\000\\\\\"\n"
    "example.org SPF \"v=spf2\"\r\n"
    "EXAMPLE.org 60 MX 20 Mail2.example.org.\n"
    "example.ORG 50 mx 10\tMAIL.Example.org\n"
    "example.org NS ns.example.org\n"
    "example.org SOA ns.example.org root.example.org 1 2 3 4 5\n"
    "\n"
    "   mail.example.org\tA 192.0.2.1\n"
    "mail.example.org A 192.0.2.2\n"
    "mail.example.org AAAA 2001:db8::1\n"
    "mapped.example.org AAAA ::ffff:192.0.2.1\n"
    "null.example.org MX 0 .\n"
    "1.2.0.192.in-addr.arpa PTR mail.example.org.\n"
    "bare.example.org TXT v=spf1;comment\n"
    "empty.example.org TXT \"\"\n"
    "touch.example.org TXT \"a\"\"b\"c;d\n"
    "alias.example.org 7 CNAME ALIAS2.example.org\n"
    "alias2.example.org 9 CNAME example.org\n"
    "dangling.example.org CNAME nowhere.example.org\n"
    "loop.example.org CNAME pool.example.org\n"
    "pool.example.org CNAME loop.example.org\n"
    "self.example.org CNAME self.example.org\n"
    "some.example.org A 192.0.2.3\n"
    "some.example.org TXT !servfail\n"
    "some.example.org AAAA !TIMEOUT\n"
    "some.example.org SPF !nodata ; nothing\n"
    "any.example.org ANY !servfail\n"
    "any.example.org A 192.0.2.4\n"
    "none.example.org ANY !nodata\n"
    "mute.example.org ANY !timeout\n"
    "to-mute.example.org CNAME mute.example.org\n"
    "quoted.example.org TXT \"!servfail\"\n"
    "a.b.deep.example.org A 192.0.2.5\n"
    "*.wild.example.org 11 A 192.0.2.6\n"
    "*.wild.example.org MX 1 mx.wild.example.org\n"
    "x.y.wild.example.org TXT \"there\"\n"
    "*.star.example.org CNAME example.org\n"
    "*.bad.example.org TXT !servfail\n"
    "a\\.b.odd.example.org PTR \\010\\..\\\"x\\;\n"
    ". TXT \"root\"";

#define ADDRESS(last) "\300\0\2" last
#define TXT1          "v=spf1 -all"
#define TXT2          "second; \"\n\377\0\\"
#define DATA(s)                  \
	{                        \
		s, sizeof(s) - 1 \
	}

static const struct {
	const char *name;
	enum dns_type type;
	enum dns_status status;
	struct str first;
	size_t count;
	uint32_t ttl;
} lookups[] = {
    {"example.org", DNS_TXT, DNS_OK, DATA(TXT1), 2, 200},
    {"example.org.", DNS_TXT, DNS_OK, DATA(TXT1), 2, 200},
    {"eXAMPLE.ORG", DNS_SPF, DNS_OK, DATA("v=spf2"), 1, 0},
    {"example.org", DNS_MX, DNS_OK, DATA("mail2.example.org"), 2, 50},
    {"example.org", DNS_NS, DNS_OK, DATA("ns.example.org"), 1, 0},
    {"example.org", DNS_SOA, DNS_OK, DATA("ns.example.org"), 1, 0},
    {"example.org", DNS_A, DNS_NODATA, DATA(""), 0, 0},
    {"example.org", DNS_CNAME, DNS_NODATA, DATA(""), 0, 0},
    {"mail.example.org", DNS_A, DNS_OK, DATA(ADDRESS("\1")), 2, 0},
    {"mail.example.org", DNS_AAAA, DNS_OK,
	DATA("\40\1\15\270\0\0\0\0\0\0\0\0\0\0\0\1"), 1, 0},
    {"mapped.example.org", DNS_AAAA, DNS_OK,
	DATA("\0\0\0\0\0\0\0\0\0\0\377\377\300\0\2\1"), 1, 0},
    {"null.example.org", DNS_MX, DNS_OK, DATA(""), 1, 0},
    {"1.2.0.192.in-addr.arpa", DNS_PTR, DNS_OK, DATA("mail.example.org"), 1, 0},
    {"bare.example.org", DNS_TXT, DNS_OK, DATA("v=spf1"), 1, 0},
    {"empty.example.org", DNS_TXT, DNS_OK, DATA(""), 1, 0},
    {"touch.example.org", DNS_TXT, DNS_OK, DATA("abc"), 1, 0},
    {"alias.example.org", DNS_TXT, DNS_OK, DATA(TXT1), 2, 7},
    {"alias2.example.org", DNS_TXT, DNS_OK, DATA(TXT1), 2, 9},
    {"alias.example.org", DNS_CNAME, DNS_OK, DATA("alias2.example.org"), 1, 7},
    {"alias.example.org", DNS_A, DNS_NODATA, DATA(""), 0, 7},
    {"dangling.example.org", DNS_A, DNS_NXDOMAIN, DATA(""), 0, 0},
    {"loop.example.org", DNS_A, DNS_SERVFAIL, DATA(""), 0, 0},
    {"self.example.org", DNS_A, DNS_SERVFAIL, DATA(""), 0, 0},
    {"self.example.org", DNS_CNAME, DNS_OK, DATA("self.example.org"), 1, 0},
    {"some.example.org", DNS_A, DNS_OK, DATA(ADDRESS("\3")), 1, 0},
    {"some.example.org", DNS_TXT, DNS_SERVFAIL, DATA(""), 0, 0},
    {"some.example.org", DNS_AAAA, DNS_TIMEOUT, DATA(""), 0, 0},
    {"some.example.org", DNS_SPF, DNS_NODATA, DATA(""), 0, 0},
    {"some.example.org", DNS_MX, DNS_NODATA, DATA(""), 0, 0},
    {"any.example.org", DNS_A, DNS_OK, DATA(ADDRESS("\4")), 1, 0},
    {"any.example.org", DNS_TXT, DNS_SERVFAIL, DATA(""), 0, 0},
    {"none.example.org", DNS_TXT, DNS_NODATA, DATA(""), 0, 0},
    {"mute.example.org", DNS_TXT, DNS_TIMEOUT, DATA(""), 0, 0},
    {"to-mute.example.org", DNS_A, DNS_TIMEOUT, DATA(""), 0, 0},
    {"quoted.example.org", DNS_TXT, DNS_OK, DATA("!servfail"), 1, 0},
    {"nowhere.example.org", DNS_A, DNS_NXDOMAIN, DATA(""), 0, 0},
    {"b.deep.example.org", DNS_A, DNS_NODATA, DATA(""), 0, 0},
    {"deep.example.org", DNS_A, DNS_NODATA, DATA(""), 0, 0},
    {"c.deep.example.org", DNS_A, DNS_NXDOMAIN, DATA(""), 0, 0},
    {"org", DNS_A, DNS_NODATA, DATA(""), 0, 0},
    {"com", DNS_A, DNS_NXDOMAIN, DATA(""), 0, 0},
    {"q.wild.example.org", DNS_A, DNS_OK, DATA(ADDRESS("\6")), 1, 11},
    {"q.r.s.wild.example.org", DNS_A, DNS_OK, DATA(ADDRESS("\6")), 1, 11},
    {"q.wild.example.org", DNS_TXT, DNS_NODATA, DATA(""), 0, 0},
    {"wild.example.org", DNS_A, DNS_NODATA, DATA(""), 0, 0},
    {"*.wild.example.org", DNS_A, DNS_OK, DATA(ADDRESS("\6")), 1, 11},
    {"x.y.wild.example.org", DNS_A, DNS_NODATA, DATA(""), 0, 0},
    {"y.wild.example.org", DNS_A, DNS_NODATA, DATA(""), 0, 0},
    {"z.y.wild.example.org", DNS_A, DNS_NXDOMAIN, DATA(""), 0, 0},
    {"q.star.example.org", DNS_TXT, DNS_OK, DATA(TXT1), 2, 0},
    {"q.bad.example.org", DNS_TXT, DNS_SERVFAIL, DATA(""), 0, 0},
    {"q.bad.example.org", DNS_A, DNS_NODATA, DATA(""), 0, 0},
    {"a\\046b.odd.example.org", DNS_PTR, DNS_OK, DATA("\\010\\046.\"x;"), 1, 0},
    {"a.b.odd.example.org", DNS_PTR, DNS_NXDOMAIN, DATA(""), 0, 0},
    {"", DNS_TXT, DNS_OK, DATA("root"), 1, 0},
    {".", DNS_TXT, DNS_OK, DATA("root"), 1, 0},
    {"a..example.org", DNS_TXT, DNS_NXDOMAIN, DATA(""), 0, 0},
};

START_TEST(lookup)
{
	struct str first = lookups[_i].first;

	load(str_of(zone_text, sizeof(zone_text) - 1));
	problems_print(&problems, stdout);
	ck_assert_uint_eq(problems.count, 0);
	ask(lookups[_i].name, lookups[_i].type);
	ck_assert_int_eq(answer.status, lookups[_i].status);
	ck_assert_uint_eq(answer.count, lookups[_i].count);
	ck_assert_uint_eq(answer.ttl, lookups[_i].ttl);
	ck_assert_int_eq(dns_now(dns), answer.status == DNS_TIMEOUT ? WAIT : 0);
	if (answer.count == 0)
		return;
	ck_assert_uint_eq(answer.records[0].data.len, first.len);
	ck_assert_mem_eq(answer.records[0].data.data, first.data, first.len);
	ck_assert_int_eq(answer.records[0].data.data[first.len], '\0');
}
END_TEST

START_TEST(preference)
{
	load(str_of(zone_text, sizeof(zone_text) - 1));
	ck_assert_int_eq(ask("example.org", DNS_MX), DNS_OK);
	ck_assert_uint_eq(answer.records[0].preference, 20);
	ck_assert_uint_eq(answer.records[1].preference, 10);
	ck_assert_str_eq(answer.records[1].data.data, "mail.example.org");
	ck_assert_int_eq(ask("example.org", DNS_TXT), DNS_OK);
	ck_assert_uint_eq(answer.records[1].data.len, sizeof(TXT2) - 1);
	ck_assert_mem_eq(answer.records[1].data.data, TXT2, sizeof(TXT2) - 1);
}
END_TEST

/* Lines that are no records: what is said of them. */
static const struct {
	const char *line;
	const char *problem;
	bool warning;
} wrong[] = {
    {"x", "a type is missing", false},
    {"x 300", "a type is missing", false},
    {"x 300 IN", "a type is missing", false},
    {"x 300 400 A 192.0.2.1", "not known here: 400", false},
    {"x CH TXT \"a\"", "not known here: CH", false},
    {"x SRV 1 2 3 y", "not known here: SRV", false},
    {"x \"A\" 192.0.2.1", "a type is missing: A", false},
    {"\"x\" A 192.0.2.1", "a name is missing: x", false},
    {"@ A 192.0.2.1", "names are absolute", false},
    {"$ORIGIN example.org", "not known here: example.org", false},
    {"a..b A 192.0.2.1", "not a domain name: a..b", false},
    {"x A", "not an IPv4 address", false},
    {"x A 192.0.2", "not an IPv4 address: 192.0.2", false},
    {"x A 192.0.2.1 192.0.2.2", "nothing more is expected", false},
    {"x A 2001:db8::1", "not an IPv4 address", false},
    {"x AAAA 192.0.2.1", "not an IPv6 address", false},
    {"x AAAA 1111:1111:1111:1111:1111:1111:1111:1111:1111:1111",
	"not an IPv6 address", false},
    {"x MX mail", "a number is missing or too large: mail", false},
    {"x MX 65536 mail", "a number is missing or too large", false},
    {"x MX 10", "a name is missing", false},
    {"x CNAME", "a name is missing", false},
    {"x CNAME \"y\"", "a name is missing: y", false},
    {"x PTR y z", "nothing more is expected here: z", false},
    {"x SOA a b 1 2 3 4", "a number is missing", false},
    {"x TXT", "a text is missing", false},
    {"x TXT ; \"a\"", "a text is missing", false},
    {"x TXT \"a", "a quoted string does not end", false},
    {"x TXT \"a\\\"", "a quoted string does not end", false},
    {"x TXT \"a\" \"b", "a quoted string does not end", false},
    {"x TXT \"\\256\"", "an escape that is none: \\256", false},
    {"x TXT \"\\1\"", "an escape that is none: \\1", false},
    {"x TXT a\\", "an escape that is none: \\", false},
    {"x TXT a b", "joined without a space", true},
    {"x ANY \"a\"", "ANY takes only", false},
    {"x A !nxdomain", "not !nodata, !servfail or !timeout", false},
    {"x A !nodata 1", "nothing more is expected here: 1", false},
};

START_TEST(problem)
{
	struct strbuf text;

	strbuf_init(&text);
	strbuf_printf(&text, "y A 192.0.2.1\n%s\ny TXT \"b\"", wrong[_i].line);
	load(strbuf_str(&text));
	strbuf_clear(&text);
	ck_assert_uint_eq(problems.count, 1);
	ck_assert_str_eq(problems.list[0].file, "zone");
	ck_assert_uint_eq(problems.list[0].line, 2);
	ck_assert_int_eq(problems.list[0].warning, wrong[_i].warning);
	ck_assert_msg(strstr(problems.list[0].text, wrong[_i].problem), "%s",
	    problems.list[0].text);
	ck_assert_int_eq(ask("y", DNS_A), DNS_OK);
	ck_assert_int_eq(ask("y", DNS_TXT), DNS_OK);
}
END_TEST

START_TEST(contradiction)
{
	load(str_c("x A 192.0.2.1\nx A !servfail\ny A !servfail\n"
		   "y A 192.0.2.1\nz ANY !nodata\nz ANY !timeout\n"
		   "z A !servfail\n"));
	ck_assert_uint_eq(problems.errors, 3);
	ck_assert_uint_eq(problems.list[0].line, 2);
	ck_assert_uint_eq(problems.list[1].line, 4);
	ck_assert_uint_eq(problems.list[2].line, 6);
	ck_assert_int_eq(ask("x", DNS_A), DNS_OK);
	ck_assert_int_eq(ask("y", DNS_A), DNS_SERVFAIL);
	ck_assert_int_eq(ask("z", DNS_TXT), DNS_NODATA);
}
END_TEST

START_TEST(aliases)
{
	struct strbuf text;
	int i;

	strbuf_init(&text);
	for (i = 0; i < _i; i++)
		strbuf_printf(&text, "n%d.x CNAME n%d.x\n", i, i + 1);
	strbuf_printf(&text, "n%d.x A 192.0.2.1\n", _i);
	load(strbuf_str(&text));
	strbuf_clear(&text);
	ck_assert_int_eq(ask("n0.x", DNS_A), _i <= 16 ? DNS_OK : DNS_SERVFAIL);
}
END_TEST

START_TEST(text_large)
{
	struct strbuf text;
	int i;

	strbuf_init(&text);
	strbuf_puts(&text, "x TXT");
	for (i = 0; i < 1000; i++)
		strbuf_printf(&text, " \"%0255d\"", i);
	load(strbuf_str(&text));
	strbuf_clear(&text);
	ck_assert_int_eq(ask("x", DNS_TXT), DNS_OK);
	ck_assert_uint_eq(answer.records[0].data.len, 255000);
	ck_assert(str_ends(answer.records[0].data, "000999"));
}
END_TEST

/* As many names as a real list has. */
START_TEST(many)
{
	char name[32];
	struct strbuf text;
	unsigned i;

	strbuf_init(&text);
	for (i = 0; i < 20000; i++)
		strbuf_printf(&text, "n%u.h%u.x MX %u m\n", i, i % 100, i);
	load(strbuf_str(&text));
	strbuf_clear(&text);
	for (i = 0; i < 20000; i++) {
		snprintf(name, sizeof(name), "n%u.h%u.x", i, i % 100);
		ck_assert_int_eq(ask(name, DNS_MX), DNS_OK);
		ck_assert_uint_eq(answer.records[0].preference, i);
	}
	ck_assert_int_eq(ask("n20000.h1.x", DNS_MX), DNS_NXDOMAIN);
}
END_TEST

START_TEST(clock_and_counts)
{
	struct dns_zone_counts counts;

	load(str_c("x TXT \"a\"\nmute TXT !timeout\ny CNAME x\n"));
	ck_assert_int_eq(dns_now(dns), 0);
	dns_prefetch(dns, "x", DNS_TXT);
	ck_assert_int_eq(ask("y", DNS_TXT), DNS_OK);
	ck_assert_int_eq(ask("mute", DNS_A), DNS_NODATA);
	ck_assert_int_eq(dns_now(dns), 0);
	ck_assert_int_eq(ask("mute", DNS_TXT), DNS_TIMEOUT);
	ck_assert_int_eq(dns_now(dns), WAIT);
	dns_lookup(dns, "x", DNS_TXT, WAIT, arena, &answer);
	ck_assert_int_eq(answer.status, DNS_TIMEOUT);
	dns_lookup(dns, "x", DNS_TXT, WAIT + 1, arena, &answer);
	ck_assert_int_eq(answer.status, DNS_OK);
	ck_assert_int_eq(dns_now(dns), WAIT);
	counts = dns_zone_counts(dns);
	ck_assert_uint_eq(counts.all, 5);
	ck_assert_uint_eq(counts.txt, 4);
}
END_TEST

START_TEST(from_file)
{
	char path[] = "check_dns_zone.XXXXXX";
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, zone_text, sizeof(zone_text) - 1),
	    (ssize_t)sizeof(zone_text) - 1);
	close(fd);
	dns = dns_zone_load(path, arena, &problems);
	unlink(path);
	ck_assert_ptr_nonnull(dns);
	ck_assert_uint_eq(problems.count, 0);
	ck_assert_int_eq(ask("mail.example.org", DNS_A), DNS_OK);
	ck_assert_ptr_null(dns_zone_load(path, arena, &problems));
	ck_assert_ptr_null(dns_zone_load("/", arena, &problems));
	ck_assert_uint_eq(problems.errors, 2);
	ck_assert_str_eq(problems.list[0].file, path);
	ck_assert_uint_eq(problems.list[0].line, 0);
}
END_TEST

START_TEST(offline)
{
	dns = dns_offline_new(arena);
	dns_prefetch(dns, "x", DNS_A);
	ck_assert_int_eq(ask("x", DNS_A), DNS_SERVFAIL);
	ck_assert_int_eq(dns_now(dns), 0);
}
END_TEST

TCase *
dns_zone_case(void)
{
	TCase *tc = tcase_create("zone");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(
	    tc, lookup, 0, sizeof(lookups) / sizeof(lookups[0]));
	tcase_add_test(tc, preference);
	tcase_add_loop_test(tc, problem, 0, sizeof(wrong) / sizeof(wrong[0]));
	tcase_add_test(tc, contradiction);
	tcase_add_loop_test(tc, aliases, 0, 19);
	tcase_add_test(tc, text_large);
	tcase_add_test(tc, many);
	tcase_add_test(tc, clock_and_counts);
	tcase_add_test(tc, from_file);
	tcase_add_test(tc, offline);
	return tc;
}
