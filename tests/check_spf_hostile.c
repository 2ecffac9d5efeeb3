/*
 * check_spf_hostile: what a domain may publish to hurt whoever asks.
 *
 * Right answer, few questions, little memory; under valgrind and ASan with
 * the real libspf2 this is also the test that nothing of it reaches there.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "check_spf.h"

enum { MEMORY_MAX = 8 << 20 };

static void
add_repeated(struct strbuf *out, const char *text, int times)
{
	while (times-- > 0)
		strbuf_puts(out, text);
}

static bool
is_one_plain_line(struct str s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (s.data[i] < 0x20 || s.data[i] > 0x7e)
			return false;
	return true;
}

/* An explanation of any octets: either expanded, or our own words. */
static void
explain(struct str text, bool own_words)
{
	strbuf_reset(&t.zone);
	zone_add("example.org TXT \"v=spf1 -all exp=x.example\"");
	zone_add_text("x.example", text);
	test_expect(RESULT_FAIL, "-all", "");
	ck_assert(t.result.explained != own_words);
	ck_assert(is_one_plain_line(t.result.explanation));
	ck_assert_uint_le(t.result.explanation.len, 4096);
	ck_assert_uint_le(arena_size(t.arena), MEMORY_MAX);
	arena_reset(t.arena);
}

/* CVE-2023-42118: an exp= text of 568 octets; %{i} 127 times, then text. */
START_TEST(cve_2023_42118_explanations)
{
	static const char *const macros[] = {"%{i}", "%{I}", "%{s}", "%{S}",
	    "%{ir}", "%{sr-}", "%{t}", "%{c}", "%{p}", "%%", "%_", "%-",
	    "%{d2147483647r.-+,/_=}", "%{h}", "%{o1}"};
	struct strbuf text;
	size_t i;
	int n;

	settings_defaults(spf_settings, &t.conf, t.arena);
	strbuf_init(&text);
	for (n = 500; n < 640; n++) {
		strbuf_reset(&text);
		add_repeated(&text, "x", n);
		explain(strbuf_str(&text), false);
	}
	for (i = 0; i < sizeof(macros) / sizeof(macros[0]); i++) {
		for (n = 120; n < 135; n++) {
			strbuf_reset(&text);
			add_repeated(&text, macros[i], n);
			add_repeated(&text, "y", 3 * n);
			explain(strbuf_str(&text), false);
		}
	}
	strbuf_clear(&text);
}
END_TEST

START_TEST(explanations_hold_no_controls)
{
	char text[] = "before ? after";
	int c;

	for (c = 0; c < 256; c++) {
		text[7] = (char)c;
		explain(str_of(text, sizeof(text) - 1),
		    c < 0x20 || c > 0x7e || c == '%');
	}
	explain(str_c("550 5.7.1 a\r\n250 2.0.0 b"), true);
}
END_TEST

/* What the sender says comes back through macros, and may be anything. */
START_TEST(explanations_of_hostile_senders)
{
	static const char *const senders[] = {"a\r\n250 ok@example.org",
	    "a\033[2J@example.org", "\303\244@example.org",
	    "\"a b\"@example.org", "a\177@example.org"};
	size_t i;

	for (i = 0; i < sizeof(senders) / sizeof(senders[0]); i++) {
		t.query.sender = senders[i];
		explain(str_c("%{s} %{l}"), i != 3);
		explain(str_c("%{S} %{L}"), false);
	}
}
END_TEST

/* Any octet in a record: permerror, never a part of it evaluated. */
START_TEST(records_hold_no_controls)
{
	char text[] = "v=spf1 ip4:192.0.2.1 a:x.example? -all";
	struct str record = str_of(text, sizeof(text) - 1);
	char *at = strchr(text, '?');
	int c;

	for (c = 0; c < 256; c++) {
		if (c >= 0x20 && c < 0x7f)
			continue;
		*at = (char)c;
		strbuf_reset(&t.zone);
		zone_add_text("example.org", record);
		test_expect(RESULT_PERMERROR, "", NULL);
		ck_assert_uint_eq(t.probe.asked, 1);
		ck_assert(is_one_plain_line(str_c(t.result.problem)));
	}
}
END_TEST

/* A record of count terms, then "-all": nothing is dropped. */
static void
add_long(const char *before, const char *between, const char *after, int count)
{
	struct strbuf text;
	int i;

	strbuf_init(&text);
	strbuf_puts(&text, "v=spf1");
	for (i = 0; i < count; i++)
		strbuf_printf(&text, " %s%d%s%d%s", before, i / 256 + 1,
		    between, i % 256, after);
	strbuf_puts(&text, " -all");
	strbuf_reset(&t.zone);
	zone_add_text("example.org", strbuf_str(&text));
	strbuf_clear(&text);
}

START_TEST(long_records_are_read_to_their_end)
{
	static const int counts[] = {25, 26, 27, 63, 64, 65, 70, 127, 128, 300};
	size_t i;

	for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		add_long("ip4:198.51.", ".", "", counts[i]);
		test_expect(RESULT_FAIL, "-all", "");
		add_long("ip6:2001:db8::", ":", "", counts[i]);
		test_expect(RESULT_FAIL, "-all", "");
		add_long("?ip4:192.", ".", ".0/24", counts[i]);
		test_expect(RESULT_FAIL, "-all", "");
		add_long("foo", "=bar", "", counts[i]);
		test_expect(RESULT_FAIL, "-all", "");
	}
	add_long("ip4:192.0.", ".", "", 600); /* 192.0.2.1 is the 258th */
	test_expect(RESULT_PASS, "ip4:192.0.2.1", "");
	ck_assert(ip_parse(str_c("2001:db8::2:7"), &t.query.ip));
	add_long("ip6:2001:db8::", ":", "", 300);
	test_expect(RESULT_PASS, "ip6:2001:db8::2:7", "");
}
END_TEST

/* 70 terms that ask: the eleventh ends it, wherever it stands. */
START_TEST(seventy_terms_that_ask)
{
	static const char *const terms[] = {
	    "a:a", "mx:a", "ptr:a", "?a:%{d1}."};
	size_t i;

	for (i = 0; i < sizeof(terms) / sizeof(terms[0]); i++) {
		add_long(terms[i], "-", ".example", 70);
		zone_add("*.example A 192.0.2.9");
		zone_add("*.example MX 1 m.x.example");
		test_expect(
		    RESULT_PERMERROR, "", "more than 10 terms that ask DNS");
		ck_assert_uint_le(t.probe.asked, 21);
	}
}
END_TEST

/* Ten includes in each record, depth 6: plain libspf2 asks 1,111,111 times. */
START_TEST(include_trees_share_one_limit)
{
	int level, i;

	for (level = 0; level <= 6; level++) {
		strbuf_printf(&t.zone, "l%d.example TXT \"v=spf1", level);
		for (i = 0; i < 10 && level < 6; i++)
			strbuf_printf(
			    &t.zone, " include:l%d.example", level + 1);
		zone_add(" ?all\"");
	}
	t.query.sender = "a@l0.example";
	test_expect(RESULT_PERMERROR, "", "more than 10 terms that ask DNS");
	ck_assert_uint_le(t.probe.txt, 11);
	ck_assert_uint_le(t.probe.asked, 11);
}
END_TEST

/* The deepest that may be configured; each record full to its brim. */
START_TEST(chains_end_where_the_limit_says)
{
	int limit, level, i;

	for (limit = 0; limit <= SPF_LOOKUPS_MAX; limit++) {
		t.conf.max_lookups = (unsigned)limit;
		strbuf_reset(&t.zone);
		for (level = 0; level <= limit; level++) {
			strbuf_printf(
			    &t.zone, "l%d.example TXT \"v=spf1", level);
			if (level < limit)
				strbuf_printf(
				    &t.zone, " include:l%d.example", level + 1);
			for (i = 0; i < 60 && level < limit; i++)
				strbuf_puts(&t.zone, " a:a.example");
			zone_add(" +all\"");
		}
		t.query.sender = "a@l0.example";
		test_expect(RESULT_PASS, NULL, "");
		ck_assert_uint_eq(t.result.lookups, (unsigned)limit);
		t.conf.max_lookups = (unsigned)limit - (limit > 0);
		if (limit > 0)
			test_expect(RESULT_PERMERROR, "", NULL);
		arena_reset(t.arena);
	}
}
END_TEST

START_TEST(records_that_name_themselves)
{
	zone_add("example.org TXT \"v=spf1 include:example.org -all\"");
	test_expect(RESULT_PERMERROR, "", "more than 10 terms that ask DNS");
	ck_assert_uint_eq(t.probe.asked, 11);
	strbuf_reset(&t.zone);
	zone_add("example.org TXT \"v=spf1 redirect=example.org\"");
	test_expect(RESULT_PERMERROR, "", "more than 10 terms that ask DNS");
	ck_assert_uint_eq(t.probe.asked, 11);
}
END_TEST

/* Names that double at each step: 743 MB at the sixth in plain libspf2. */
START_TEST(names_do_not_grow)
{
	static const char *const specs[] = {"%{d}.%{d}.%{d}.%{d}",
	    "%{d}%{d}.%{d}", "%{s}.%{d}.%{d}.%{d}", "%{D}.%{D}.%{D}.example",
	    "%{dr}.%{d1}.%{d}.%{d}"};
	size_t i;

	for (i = 0; i < sizeof(specs) / sizeof(specs[0]); i++) {
		strbuf_reset(&t.zone);
		zone_add("*.example TXT \"v=spf1 include:%s -all\"", specs[i]);
		t.query.sender = "a@abcdefgh.example";
		test_expect(RESULT_PERMERROR, "", NULL);
		ck_assert_uint_le(t.probe.longest, 253);
		ck_assert_uint_le(t.probe.asked, 11);
		ck_assert_uint_le(arena_size(t.arena), MEMORY_MAX);
		arena_reset(t.arena);
	}
}
END_TEST

/* As many macros as a record holds, with the longest sender. */
START_TEST(records_full_of_macros)
{
	static const char *const macros[] = {
	    "%{S}", "%{sr.-}", "%{L253R.}", "%{l}.", "%{ir}.", "%{p}."};
	struct strbuf text, sender;
	size_t i;

	strbuf_init(&text);
	strbuf_init(&sender);
	add_repeated(&sender, "a.%", 60);
	strbuf_puts(&sender, "@example.org");
	t.query.sender = sender.data;
	for (i = 0; i < sizeof(macros) / sizeof(macros[0]); i++) {
		strbuf_reset(&text);
		strbuf_puts(&text, "v=spf1 exists:");
		while (text.len + 40 < SPF_RECORD_MAX)
			strbuf_puts(&text, macros[i]);
		strbuf_puts(&text, "x.example -all");
		strbuf_reset(&t.zone);
		zone_add_text("example.org", strbuf_str(&text));
		zone_add("x.example A 127.0.0.2");
		test_expect(RESULT_FAIL, "-all", "");
		ck_assert_uint_le(t.probe.longest, 253);
		ck_assert_uint_le(arena_size(t.arena), MEMORY_MAX);
		arena_reset(t.arena);
	}
	strbuf_clear(&sender);
	strbuf_clear(&text);
}
END_TEST

/* 2^32 and more wrap to a small prefix where a machine word is all. */
START_TEST(prefixes_do_not_wrap)
{
	static const char *const terms[] = {"ip4:0.0.0.0/4294967296",
	    "ip4:192.0.2.1/4294967297", "ip4:192.0.2.1/33",
	    "ip4:192.0.2.1/18446744073709551616", "ip4:192.0.2.1/-1",
	    "ip4:192.0.2.1/024", "ip4:192.0.2.1/+24", "ip4:192.0.2.1/",
	    "ip6:::1/129", "ip6:::1/4294967296", "a/4294967297",
	    "a//4294967297", "mx/256", "mx//18446744073709551617", "a/24//",
	    "exists:%{d4294967297}.example", "exists:%{d2147483648}.example",
	    "exists:%{d0}.example", "ip4:3221225985", "ip4:0xc0000201",
	    "ip4:192.0.2", "ip4:0300.0.2.1", "ip6:::ffff:192.0.2.1/136"};
	size_t i;

	for (i = 0; i < sizeof(terms) / sizeof(terms[0]); i++) {
		strbuf_reset(&t.zone);
		zone_add("example.org TXT \"v=spf1 %s -all\"", terms[i]);
		zone_add("example.org A 192.0.2.1");
		zone_add("example.org MX 1 example.org");
		test_expect(RESULT_PERMERROR, "", NULL);
		ck_assert_uint_eq(t.probe.asked, 1);
	}
}
END_TEST

START_TEST(sixty_four_kilobytes_of_txt)
{
	struct strbuf text;

	strbuf_init(&text);
	strbuf_puts(&text, "v=spf1 ip4:192.0.2.1");
	while (text.len < 65000)
		strbuf_puts(&text, " ip4:192.0.2.2");
	zone_add_text("example.org", strbuf_str(&text));
	test_expect(RESULT_PERMERROR, "", NULL);
	strbuf_reset(&t.zone);
	text.data[0] = 'x'; /* some other record of that size */
	zone_add_text("example.org", strbuf_str(&text));
	zone_add("example.org TXT \"v=spf1 -all exp=x.example\"");
	zone_add_text("x.example", strbuf_str(&text));
	test_expect(RESULT_FAIL, "-all", "");
	ck_assert(!t.result.explained);
	strbuf_clear(&text);
}
END_TEST

START_TEST(a_hundred_txt_records)
{
	int i;

	for (i = 0; i < 100; i++)
		zone_add("example.org TXT \"verification=%d\"", i);
	zone_add("example.org TXT \"v=spf1 -all\"");
	test_expect(RESULT_FAIL, "-all", "");
	for (i = 0; i < 100; i++)
		zone_add("example.org TXT \"v=spf1 +all %d=x\"", i);
	test_expect(
	    RESULT_PERMERROR, "", "example.org has several SPF records");
	ck_assert_uint_eq(t.probe.asked, 1);
}
END_TEST

START_TEST(aliases_that_never_end)
{
	static const char *const terms[] = {"include:loop.example",
	    "a:loop.example", "mx:loop.example", "exists:loop.example",
	    "redirect=loop.example"};
	size_t i;

	for (i = 0; i < sizeof(terms) / sizeof(terms[0]); i++) {
		strbuf_reset(&t.zone);
		zone_add("example.org TXT \"v=spf1 %s\"", terms[i]);
		zone_add("loop.example CNAME pool.example");
		zone_add("pool.example CNAME loop.example");
		test_expect(
		    RESULT_TEMPERROR, "", "DNS failure for loop.example");
		ck_assert_uint_eq(t.probe.asked, 2);
	}
	strbuf_reset(&t.zone);
	zone_add("example.org CNAME example.org");
	test_expect(RESULT_TEMPERROR, "", "DNS failure for example.org");
	strbuf_reset(&t.zone);
	zone_add("example.org TXT \"v=spf1 -all exp=loop.example\"");
	zone_add("loop.example CNAME loop.example");
	test_expect(RESULT_FAIL, "-all", "");
	ck_assert(!t.result.explained);
}
END_TEST

/* The client's 100 names are asked once, and 10 of them. */
START_TEST(p_in_every_term)
{
	int i;

	zone_add("example.org TXT \"v=spf1 ptr:%%{p}.a exists:%%{p}.b.example "
		 "a:%%{p}.c.example mx:%%{p}.d.example "
		 "include:%%{p}.e.example -all exp=%%{p}.f.example\"");
	for (i = 0; i < 100; i++) {
		zone_add("1.2.0.192.in-addr.arpa PTR p%d.example", i);
		zone_add("p%d.example A 192.0.2.99", i);
	}
	zone_add("*.c.example A 192.0.2.99");
	zone_add("*.d.example MX 1 p1.example");
	zone_add("*.e.example TXT \"v=spf1 exists:%%{p}.b.example ?all\"");
	zone_add("*.b.example A !nodata");
	test_expect(RESULT_FAIL, "-all", "");
	ck_assert_uint_eq(t.result.lookups, 7); /* six terms, and p once */
	ck_assert_uint_le(t.probe.asked, 1 + 11 + 2 * 5 + 1);
}
END_TEST

TCase *
spf_hostile_case(void)
{
	TCase *c = tcase_create("hostile");

	tcase_add_test(c, cve_2023_42118_explanations);
	tcase_add_test(c, explanations_hold_no_controls);
	tcase_add_test(c, explanations_of_hostile_senders);
	tcase_add_test(c, records_hold_no_controls);
	tcase_add_test(c, long_records_are_read_to_their_end);
	tcase_add_test(c, seventy_terms_that_ask);
	tcase_add_test(c, include_trees_share_one_limit);
	tcase_add_test(c, chains_end_where_the_limit_says);
	tcase_add_test(c, records_that_name_themselves);
	tcase_add_test(c, names_do_not_grow);
	tcase_add_test(c, records_full_of_macros);
	tcase_add_test(c, prefixes_do_not_wrap);
	tcase_add_test(c, sixty_four_kilobytes_of_txt);
	tcase_add_test(c, a_hundred_txt_records);
	tcase_add_test(c, aliases_that_never_end);
	tcase_add_test(c, p_in_every_term);
	return c;
}
