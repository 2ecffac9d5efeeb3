/*
 * check_spf_terms: RFC 7208 by its sections, a line or more for each MUST.
 *
 * Every case runs through both engines, which must agree in everything.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "check_spf.h"

struct case_of {
	const char *section;
	const char *zone;
	const char *ip;     /* NULL: 192.0.2.1 */
	const char *sender; /* NULL: a@example.org */
	enum result result;
	const char *term;
	const char *problem;
};

#define R "example.org TXT \"v=spf1 "
#define I "in.example TXT \"v=spf1 "

static void
run(const struct case_of *cases, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		strbuf_reset(&t.zone);
		strbuf_puts(&t.zone, cases[i].zone);
		ck_assert(
		    ip_parse(str_c(cases[i].ip ? cases[i].ip : "192.0.2.1"),
			&t.query.ip));
		t.query.sender =
		    cases[i].sender ? cases[i].sender : "a@example.org";
		mark_point();
		test_ask(SPF_ENGINE_INTERNAL);
		ck_assert_msg(t.result.result == cases[i].result,
		    "RFC 7208 %s, \"%s\": %s (%s)", cases[i].section,
		    cases[i].zone, result_word(t.result.result),
		    t.result.problem);
		test_expect(cases[i].result, cases[i].term, cases[i].problem);
	}
}

/* Which domains are asked about at all, and what their records are. */
static const struct case_of records[] = {
    {"4.3", R "-all\"", NULL, "a@[192.0.2.1]", RESULT_NONE, "", "not a domain"},
    {"4.3", R "-all\"", NULL, "a@localhost", RESULT_NONE, "", "not a domain"},
    {"4.3", R "-all\"", NULL, "a@example..org", RESULT_NONE, "", NULL},
    {"4.3", R "-all\"", NULL, "a@\303\244.example", RESULT_NONE, "", NULL},
    {"4.3", R "-all\"", NULL, "a@example\\.org", RESULT_NONE, "", NULL},
    {"4.3", R "-all\"", NULL, "a@EXAMPLE.ORG.", RESULT_FAIL, "-all", NULL},
    {"4.3", "*.org TXT \"v=spf1 -all\"", NULL,
	"a@12345678901234567890123456789012345678901234567890123456789012345"
	".example.org",
	RESULT_NONE, "", NULL},
    {"4.3", R "-exists:%{l}.l.example\"\npostmaster.l.example A 192.0.2.9",
	NULL, "@example.org", RESULT_FAIL, "-exists:%{l}.l.example", NULL},
    {"4.3", R "-exists:%{l}.l.example\"\npostmaster.l.example A 192.0.2.9",
	NULL, "example.org", RESULT_FAIL, "-exists:%{l}.l.example", NULL},
    {"4.4", "example.net A 192.0.2.1", NULL, NULL, RESULT_NONE, "", ""},
    {"4.4", "example.org A 192.0.2.1", NULL, NULL, RESULT_NONE, "", ""},
    {"4.4", "example.org TXT !servfail", NULL, NULL, RESULT_TEMPERROR, "",
	"DNS failure for example.org"},
    {"4.4", "example.org TXT !timeout", NULL, NULL, RESULT_TEMPERROR, "",
	"DNS timeout for example.org"},
    {"4.4 (3.1)", "example.org SPF \"v=spf1 -all\"", NULL, NULL, RESULT_NONE,
	"", ""},
    {"4.5", R "-all\"\nexample.org TXT \"v=spf1 +all\"", NULL, NULL,
	RESULT_PERMERROR, "", "example.org has several SPF records"},
    {"4.5", "example.org TXT \"v=spf10 -all\"", NULL, NULL, RESULT_NONE, "",
	""},
    {"4.5", "example.org TXT \" v=spf1 -all\"", NULL, NULL, RESULT_NONE, "",
	""},
    {"4.5", "example.org TXT \"V=SPF1 -all\"", NULL, NULL, RESULT_FAIL, "-all",
	""},
    {"4.5", R "-all\"\nexample.org TXT \"other\"", NULL, NULL, RESULT_FAIL,
	"-all", ""},
    {"3.3", "example.org TXT \"v=sp\" \"f1 -\" \"all\"", NULL, NULL,
	RESULT_FAIL, "-all", ""},
    {"4.6", R "ip4:192.0.2.1 nonsense\"", NULL, NULL, RESULT_PERMERROR, "",
	"example.org: unknown mechanism in \"nonsense\""},
    {"4.6", R "ip4:192.0.2.1 a:x.123\"", NULL, NULL, RESULT_PERMERROR, "",
	"example.org: syntax error in \"a:x.123\""},
    {"4.6.1", R "-ALL\"", NULL, NULL, RESULT_FAIL, "-ALL", ""},
    {"4.6.2", R "?all\"", NULL, NULL, RESULT_NEUTRAL, "?all", ""},
    {"4.6.2", R "~all\"", NULL, NULL, RESULT_SOFTFAIL, "~all", ""},
    {"4.6.2", R "all\"", NULL, NULL, RESULT_PASS, "all", ""},
    {"4.6.2", R "-ip4:192.0.2.1 +all\"", NULL, NULL, RESULT_FAIL,
	"-ip4:192.0.2.1", ""},
    {"4.7", R "ip4:192.0.2.2\"", NULL, NULL, RESULT_NEUTRAL, "", ""},
    {"4.7", "example.org TXT \"v=spf1\"", NULL, NULL, RESULT_NEUTRAL, "", ""},
};

START_TEST(rfc_4_records)
{
	run(records, sizeof(records) / sizeof(records[0]));
}
END_TEST

static const struct case_of limits[] = {
    {"4.6.4",
	R "a a a a a a a a a a ip4:192.0.2.1 -all\"\n"
	  "example.org A 192.0.2.9",
	NULL, NULL, RESULT_PASS, "ip4:192.0.2.1", ""},
    {"4.6.4", R "a a a a a a a a a a a all\"\nexample.org A 192.0.2.9", NULL,
	NULL, RESULT_PERMERROR, "", "more than 10 terms that ask DNS"},
    {"4.6.4",
	R "include:in.example include:in.example a redirect=in.example\"\n"
	  "example.org A 192.0.2.9\n" I
	  "a:example.org a:example.org -a:example.org ?exp.a=x\"",
	NULL, NULL, RESULT_PERMERROR, "", NULL},
    {"4.6.4", R "a:x1.example a:x2.example a:x3.example all\"", NULL, NULL,
	RESULT_PERMERROR, "", "more than 2 look-ups that find nothing"},
    {"4.6.4", R "a:x1.example a:x2.example all\"", NULL, NULL, RESULT_PASS,
	"all", ""},
    {"4.6.4",
	R "mx -all\"\n"
	  "example.org MX 1 m1.example\nexample.org MX 1 m2.example\n"
	  "example.org MX 1 m3.example\nexample.org MX 1 m4.example\n"
	  "example.org MX 1 m5.example\nexample.org MX 1 m6.example\n"
	  "example.org MX 1 m7.example\nexample.org MX 1 m8.example\n"
	  "example.org MX 1 m9.example\nexample.org MX 1 m10.example\n"
	  "example.org MX 1 m11.example\n*.example A 192.0.2.1",
	NULL, NULL, RESULT_PERMERROR, "",
	"example.org has more than 10 mail exchangers"},
    {"4.6.4", R "mx -all\"\nexample.org MX 0 .", NULL, NULL, RESULT_FAIL,
	"-all", ""},
};

START_TEST(rfc_4_6_4_limits)
{
	run(limits, sizeof(limits) / sizeof(limits[0]));
}
END_TEST

static const struct case_of mechanisms[] = {
    {"4.8", R "a:%{d} -all\"\nexample.org A 192.0.2.1", NULL, NULL, RESULT_PASS,
	"a:%{d}", ""},
    {"5.1", R "all -ip4:192.0.2.1\"", NULL, NULL, RESULT_PASS, "all", ""},
    {"5.1", R "-all redirect=in.example\"\n" I "+all\"", NULL, NULL,
	RESULT_FAIL, "-all", ""},
    {"5.1", R "redirect=in.example ?all\"\n" I "-all\"", NULL, NULL,
	RESULT_NEUTRAL, "?all", ""},
    {"5.2", R "?include:in.example -all\"\n" I "ip4:192.0.2.1\"", NULL, NULL,
	RESULT_NEUTRAL, "?include:in.example", ""},
    {"5.2", R "include:in.example -all\"\n" I "-ip4:192.0.2.1\"", NULL, NULL,
	RESULT_FAIL, "-all", ""},
    {"5.2", R "include:in.example -all\"\n" I "~all\"", NULL, NULL, RESULT_FAIL,
	"-all", ""},
    {"5.2", R "include:in.example -all\"\n" I "?all\"", NULL, NULL, RESULT_FAIL,
	"-all", ""},
    {"5.2", R "include:in.example -all\"\n" I "bad\"", NULL, NULL,
	RESULT_PERMERROR, "", "in.example: unknown mechanism in \"bad\""},
    {"5.2", R "include:in.example -all\"\nin.example TXT !servfail", NULL, NULL,
	RESULT_TEMPERROR, "", "DNS failure for in.example"},
    {"5.2", R "include:in.example -all\"", NULL, NULL, RESULT_PERMERROR, "",
	"include of in.example: no SPF record"},
    {"5.3", R "a -all\"\nexample.org A 192.0.2.1", NULL, NULL, RESULT_PASS, "a",
	""},
    {"5.3", R "a/24 -all\"\nexample.org A 192.0.2.77", NULL, NULL, RESULT_PASS,
	"a/24", ""},
    {"5.3", R "a/0 -all\"\nexample.org A 198.51.100.1", NULL, NULL, RESULT_PASS,
	"a/0", ""},
    {"5.3", R "a//64 -all\"\nexample.org AAAA 2001:db8::99", "2001:db8::1",
	NULL, RESULT_PASS, "a//64", ""},
    {"5.3", R "a/24//64 -all\"\nexample.org AAAA 2001:db8:0:1::1",
	"2001:db8::1", NULL, RESULT_FAIL, "-all", ""},
    {"5", R "a -all\"\nexample.org A 192.0.2.1", "::ffff:192.0.2.1", NULL,
	RESULT_PASS, "a", ""},
    {"5.3", R "a -all\"\nexample.org AAAA ::ffff:192.0.2.1", NULL, NULL,
	RESULT_FAIL, "-all", ""},
    {"5.4", R "mx -all\"\nexample.org MX 1 m.example\nm.example A 192.0.2.1",
	NULL, NULL, RESULT_PASS, "mx", ""},
    {"5.4", R "mx -all\"\nexample.org A 192.0.2.1", NULL, NULL, RESULT_FAIL,
	"-all", ""},
    {"5.5",
	R "ptr -all\"\n1.2.0.192.in-addr.arpa PTR h.example.org\n"
	  "h.example.org A 192.0.2.1",
	NULL, NULL, RESULT_PASS, "ptr", ""},
    {"5.5",
	R "ptr -all\"\n1.2.0.192.in-addr.arpa PTR h.notexample.org\n"
	  "h.notexample.org A 192.0.2.1",
	NULL, NULL, RESULT_FAIL, "-all", ""},
    {"5.5",
	R "ptr -all\"\n1.2.0.192.in-addr.arpa PTR h.example.org\n"
	  "h.example.org A 192.0.2.2",
	NULL, NULL, RESULT_FAIL, "-all", ""},
    {"5.5", R "ptr -all\"\n1.2.0.192.in-addr.arpa PTR !servfail", NULL, NULL,
	RESULT_FAIL, "-all", ""},
    {"5.5",
	R "ptr -all\"\n1.2.0.192.in-addr.arpa PTR g.example.org\n"
	  "1.2.0.192.in-addr.arpa PTR h.example.org\n"
	  "g.example.org A !servfail\nh.example.org A 192.0.2.1",
	NULL, NULL, RESULT_PASS, "ptr", ""},
    {"5.5",
	R "ptr:other.example -all\"\n1.2.0.192.in-addr.arpa PTR h.example.org\n"
	  "h.example.org A 192.0.2.1",
	NULL, NULL, RESULT_FAIL, "-all", ""},
    {"5.6", R "ip4:192.0.2.0/24 -all\"", NULL, NULL, RESULT_PASS,
	"ip4:192.0.2.0/24", ""},
    {"5.6", R "ip4:192.0.2.99/24 -all\"", NULL, NULL, RESULT_PASS, NULL, ""},
    {"5.6", R "ip4:0.0.0.0/0 -all\"", NULL, NULL, RESULT_PASS, NULL, ""},
    {"5.6", R "ip4:192.0.2.1 -all\"", "2001:db8::1", NULL, RESULT_FAIL, "-all",
	""},
    {"5.6", R "ip6:::/0 -all\"", NULL, NULL, RESULT_FAIL, "-all", ""},
    {"5.6", R "ip6:2001:db8::/32 -all\"", "2001:db8::1", NULL, RESULT_PASS,
	NULL, ""},
    {"5.6", R "ip4:192.0.2.1/33 -all\"", NULL, NULL, RESULT_PERMERROR, "",
	NULL},
    {"5.7", R "exists:%{ir}.l.example -all\"\n1.2.0.192.l.example A 127.0.0.2",
	NULL, NULL, RESULT_PASS, NULL, ""},
    {"5.7",
	R "exists:%{ir}.l.example -all\"\n*.l.example A 127.0.0.2\n"
	  "*.l.example AAAA ::1",
	"2001:db8::1", NULL, RESULT_PASS, NULL, ""},
};

START_TEST(rfc_5_mechanisms)
{
	run(mechanisms, sizeof(mechanisms) / sizeof(mechanisms[0]));
}
END_TEST

static const struct case_of modifiers[] = {
    {"6", R "redirect=in.example redirect=in.example\"\n" I "-all\"", NULL,
	NULL, RESULT_PERMERROR, "", NULL},
    {"6", R "exp=x.example exp=x.example -all\"", NULL, NULL, RESULT_PERMERROR,
	"", NULL},
    {"6", R "foo=%{d} -all\"", NULL, NULL, RESULT_FAIL, "-all", ""},
    {"6", R "foo=%{z} -all\"", NULL, NULL, RESULT_PERMERROR, "", NULL},
    {"6", R "foo=a foo=b -all\"", NULL, NULL, RESULT_FAIL, "-all", ""},
    {"6", R "-all a-b_c.9=\"", NULL, NULL, RESULT_FAIL, "-all", ""},
    {"6", R "9a=b -all\"", NULL, NULL, RESULT_PERMERROR, "", NULL},
    {"6.1", R "redirect=in.example\"\n" I "-all\"", NULL, NULL, RESULT_FAIL,
	"-all", ""},
    {"6.1", R "redirect=%{l}.in..example\"", NULL, NULL, RESULT_PERMERROR, "",
	NULL},
    {"6.1", R "redirect=in.example\"\nin.example TXT !servfail", NULL, NULL,
	RESULT_TEMPERROR, "", "DNS failure for in.example"},
    {"6.1", R "redirect=in.example a\"\nexample.org A 192.0.2.1\n" I "-all\"",
	NULL, NULL, RESULT_PASS, "a", ""},
    {"6.1", R "redirect=in.example\"", NULL, NULL, RESULT_PERMERROR, "",
	"redirect to in.example: no SPF record"},
    {"6.1", R "redirect=in.example\"\n" I "a -all\"\nin.example A 192.0.2.1",
	NULL, NULL, RESULT_PASS, "a", ""},
    {"7.1", R "exists:%{d}.x} -all\"", NULL, NULL, RESULT_PERMERROR, "", NULL},
    {"7.1", R "exists:a%%{d} -all\"", NULL, NULL, RESULT_PERMERROR, "", NULL},
    {"7.1", R "exists:%(d).org -all\"", NULL, NULL, RESULT_PERMERROR, "", NULL},
    {"7.1", R "exists:%{d.example -all\"", NULL, NULL, RESULT_PERMERROR, "",
	NULL},
    {"7.1", R "exists:a.b.%% -all\"", NULL, NULL, RESULT_FAIL, "-all", ""},
    {"7.2", R "exists:%{c}.example -all\"", NULL, NULL, RESULT_PERMERROR, "",
	NULL},
    {"7.2", R "exists:%{r}.example -all\"", NULL, NULL, RESULT_PERMERROR, "",
	NULL},
    {"7.2", R "exists:%{t}.example -all\"", NULL, NULL, RESULT_PERMERROR, "",
	NULL},
    {"7.3", R "exists:%{l}.x.example -all\"\na\\046b.x.example A 127.0.0.2",
	NULL, "a\\046b@example.org", RESULT_FAIL, "-all", ""},
    {"7.3", R "exists:%{l}.x.example -all\"\n*.x.example A 127.0.0.2", NULL,
	"\303\244@example.org", RESULT_FAIL, "-all", ""},
    {"7.3", R "exists:%{d0}.x.example -all\"", NULL, NULL, RESULT_PERMERROR, "",
	NULL},
    {"7.3",
	R "exists:%{d127}.x.example -all\"\n"
	  "example.org.x.example A 127.0.0.2",
	NULL, NULL, RESULT_PASS, NULL, ""},
    {"7.3", R "exists:%{L}.x.example -all\"\na%2Fb.x.example A 127.0.0.2", NULL,
	"a/b@example.org", RESULT_PASS, NULL, ""},
    {"7.3",
	R "exists:%{l1r+-}.x.example -all\"\n"
	  "one.x.example A 127.0.0.2",
	NULL, "one-two+three@example.org", RESULT_PASS, NULL, ""},
    {"7.3", R "exists:%{o} -all\"", NULL, "a@example.org", RESULT_FAIL, "-all",
	""},
};

START_TEST(rfc_6_and_7_modifiers_and_macros)
{
	run(modifiers, sizeof(modifiers) / sizeof(modifiers[0]));
}
END_TEST

/* RFC 7208 7.3: labels go from the left, whole, until 253 octets are left. */
START_TEST(rfc_7_3_long_names_lose_their_left)
{
	struct strbuf name;
	int i;

	strbuf_init(&name);
	for (i = 0; i < 1000; i++)
		strbuf_printf(&name, "n%03d.", i);
	strbuf_reset(&t.zone);
	zone_add(R "exists:%sx.example -all\"", name.data);
	zone_add("*.x.example A 127.0.0.2");
	test_expect(RESULT_PASS, NULL, "");
	/* 49 times "nNNN." and "x.example": 254 octets would be one more */
	ck_assert_uint_eq(t.probe.longest, 49 * 5 - 5 + 9);
	strbuf_clear(&name);
}
END_TEST

#define X       "example.org TXT \"v=spf1 -all exp=x.example\"\nx.example TXT "
#define DEFAULT "192.0.2.1 is not allowed to send mail for example.org"

/* RFC 7208 6.2 and 7. */
START_TEST(rfc_6_2_explanations)
{
	static const struct {
		const char *zone, *words;
	} cases[] = {
	    {X "\"%{i} is not %{d}'s\"", "192.0.2.1 is not example.org's"},
	    {X "\"%{c} %{r} %{t} %{h} %{v} %{o} %{l} %{s}\"",
		"192.0.2.1 mx.example.net 1700000000 helo.example in-addr "
		"example.org a a@example.org"},
	    {X "\"%{S} a%%b%_c%-d\"", "a%40example.org a%b c%20d"},
	    {X "\"join\" \"ed\"", "joined"},
	    {X "\"one\"\nx.example TXT \"two\"", DEFAULT},
	    {X "!timeout", DEFAULT},
	    {X "!servfail", DEFAULT},
	    {X "\"bad %{z}\"", DEFAULT},
	    {X "\"bad %\"", DEFAULT},
	    {X "\"caf\\233\"", DEFAULT},
	    {X "\"two\\010lines\"", DEFAULT},
	    {X "\"two\\013\\010550 lines\"", DEFAULT},
	    {X "\"bell\\007\"", DEFAULT},
	    {X "\"esc\\027[2J\"", DEFAULT},
	    {X "\"nul\\000\"", DEFAULT},
	    {X "\"\"", DEFAULT},
	    {R "-all\"", DEFAULT},
	    {R "-all exp=none.example\"", DEFAULT},
	    /* of the record that a redirect leads to, not of this one */
	    {R "redirect=in.example exp=x.example\"\nx.example TXT "
	       "\"outer\"\n" I "-all exp=y.example\"\ny.example TXT \"%{d}\"",
		"in.example"},
	    {R "redirect=in.example exp=x.example\"\nx.example TXT "
	       "\"outer\"\n" I "-all\"",
		DEFAULT},
	    /* never that of an include */
	    {R "-include:in.example exp=x.example\"\nx.example TXT "
	       "\"outer\"\n" I "+all exp=y.example\"\ny.example TXT \"inner\"",
		"outer"},
	    {R "-include:in.example\"\n" I
	       "+all exp=y.example\"\ny.example TXT \"inner\"",
		DEFAULT},
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		strbuf_reset(&t.zone);
		strbuf_puts(&t.zone, cases[i].zone);
		test_expect(RESULT_FAIL, NULL, "");
		ck_assert_msg(str_is(t.result.explanation, cases[i].words),
		    "%s: %.*s", cases[i].zone, (int)t.result.explanation.len,
		    t.result.explanation.data);
		ck_assert(t.result.explained ==
		    (strcmp(cases[i].words, DEFAULT) != 0));
	}
}
END_TEST

/* RFC 7208 2.3, 2.4: the null sender; %{s}, %{l} and %{o} of HELO. */
START_TEST(rfc_2_4_null_senders)
{
	zone_add("helo.example TXT \"v=spf1 -exists:%%{l}.%%{o}.%%{h} +all\"");
	zone_add("postmaster.helo.example.helo.example A 127.0.0.2");
	t.query.sender = "";
	test_expect(RESULT_FAIL, "-exists:%{l}.%{o}.%{h}", "");
	ck_assert(t.result.helo_identity);
	ck_assert(str_is(t.result.domain, "helo.example"));
	t.query.helo = "[192.0.2.1]";
	test_expect(RESULT_NONE, "", "not a domain");
	t.query.helo = "";
	test_expect(RESULT_NONE, "", "not a domain");
}
END_TEST

/* RFC 7208 7.4, the examples for IPv6 and p. */
START_TEST(rfc_7_4_addresses_and_names)
{
	ck_assert(ip_parse(str_c("2001:db8::cb01"), &t.query.ip));
	zone_add(R "exists:%%{ir}.%%{v}._spf.%%{d2} -all\"");
	zone_add("1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0."
		 "1.0.0.2.ip6._spf.example.org A 127.0.0.2");
	test_expect(RESULT_PASS, NULL, "");
	ck_assert(ip_parse(str_c("192.0.2.1"), &t.query.ip));
	strbuf_reset(&t.zone);
	zone_add(R "exists:%%{p}.x.example -all\"");
	zone_add("1.2.0.192.in-addr.arpa PTR other.example");
	zone_add("1.2.0.192.in-addr.arpa PTR b.example.org");
	zone_add("1.2.0.192.in-addr.arpa PTR forged.example");
	zone_add("other.example A 192.0.2.1");
	zone_add("b.example.org A 192.0.2.1");
	zone_add("b.example.org.x.example A 127.0.0.2");
	test_expect(RESULT_PASS, NULL, "");
	ck_assert_uint_eq(t.result.lookups, 2); /* exists, and p */
}
END_TEST

TCase *
spf_terms_case(void)
{
	TCase *c = tcase_create("terms");

	tcase_add_test(c, rfc_4_records);
	tcase_add_test(c, rfc_4_6_4_limits);
	tcase_add_test(c, rfc_5_mechanisms);
	tcase_add_test(c, rfc_6_and_7_modifiers_and_macros);
	tcase_add_test(c, rfc_7_3_long_names_lose_their_left);
	tcase_add_test(c, rfc_6_2_explanations);
	tcase_add_test(c, rfc_2_4_null_senders);
	tcase_add_test(c, rfc_7_4_addresses_and_names);
	return c;
}
