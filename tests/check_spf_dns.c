/*
 * check_spf_dns: a resolver that fails at one place, or says what is secure.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "check_spf.h"

/* A record that asks everything there is, and whose last word decides. */
static void
add_everything(void)
{
	zone_add("example.org TXT \"v=spf1 include:in.example a mx "
		 "exists:%%{l}.ex.example ptr:other.example "
		 "redirect=re.example\"");
	zone_add("in.example TXT \"v=spf1 a:in2.example include:in3.example "
		 "?all\"");
	zone_add("in2.example A 192.0.2.9");
	zone_add("in3.example TXT \"v=spf1 -all\"");
	zone_add("example.org A 192.0.2.9");
	zone_add("example.org MX 1 m1.example");
	zone_add("example.org MX 2 m2.example");
	zone_add("m1.example A 192.0.2.9");
	zone_add("m2.example A 192.0.2.9");
	zone_add("1.2.0.192.in-addr.arpa PTR h.client.example");
	zone_add("h.client.example A 192.0.2.1");
	zone_add("re.example TXT \"v=spf1 ip4:192.0.2.1 -all\"");
}

/* What the n-th failure leads to; RFC 7208 5.5 forgives it in ptr. */
static void
fail_everywhere(enum dns_status status, bool bogus)
{
	unsigned at, count, forgiven = 0;

	add_everything();
	test_expect(RESULT_PASS, "ip4:192.0.2.1", "");
	count = t.probe.asked;
	ck_assert_uint_eq(count, 12);
	t.probe.status = status;
	t.probe.bogus = bogus;
	for (at = 1; at <= count; at++) {
		t.probe.fail_at = at;
		test_ask(SPF_ENGINE_INTERNAL);
		if (t.result.result == RESULT_PASS) {
			ck_assert(t.probe.failed == DNS_PTR || at == 11);
			forgiven++;
			test_expect(RESULT_PASS, "ip4:192.0.2.1", "");
			continue;
		}
		test_expect(RESULT_TEMPERROR, "", NULL);
		ck_assert_uint_eq(t.probe.asked, at);
		ck_assert(strstr(t.result.problem,
		    bogus                     ? "DNSSEC" :
			status == DNS_TIMEOUT ? "timeout" :
						"failure"));
	}
	ck_assert_uint_eq(forgiven, 2);
}

START_TEST(servfail_at_every_place)
{
	fail_everywhere(DNS_SERVFAIL, false);
}
END_TEST

START_TEST(timeout_at_every_place)
{
	fail_everywhere(DNS_TIMEOUT, false);
}
END_TEST

START_TEST(bogus_at_every_place)
{
	fail_everywhere(DNS_SERVFAIL, true);
}
END_TEST

/* The whole time, and no more, at whatever name nobody answers. */
START_TEST(a_mute_name_costs_the_configured_time)
{
	static const char *const mute[] = {"example.org TXT", "in.example TXT",
	    "in2.example A", "in3.example TXT", "example.org A",
	    "example.org MX", "m1.example A", "m2.example A", "a.ex.example A",
	    "1.2.0.192.in-addr.arpa PTR", "h.client.example A",
	    "re.example TXT"};
	size_t i;

	for (i = 0; i < sizeof(mute) / sizeof(mute[0]); i++) {
		const char *space = strchr(mute[i], ' ');
		struct strbuf kept;
		struct str rest, line;

		strbuf_reset(&t.zone);
		add_everything();
		strbuf_init(&kept);
		rest = strbuf_str(&t.zone);
		while (str_cut_line(&rest, &line))
			if (!str_starts(line, mute[i])) {
				strbuf_add(&kept, line);
				strbuf_putc(&kept, '\n');
			}
		strbuf_clear(&t.zone);
		t.zone = kept;
		zone_add(
		    "%.*s%s !timeout", (int)(space - mute[i]), mute[i], space);
		test_expect(RESULT_TEMPERROR, "", NULL);
		ck_assert_int_eq(t.took, 20000);
	}
}
END_TEST

/* Every name of the client mute, eleven of them: the time counts once. */
START_TEST(mute_names_of_the_client)
{
	int i;

	zone_add("example.org TXT \"v=spf1 ptr exists:%%{p}.x -all "
		 "exp=%%{p}.y.example\"");
	for (i = 0; i < 10; i++) {
		zone_add("1.2.0.192.in-addr.arpa PTR m%d.example", i);
		zone_add("m%d.example A !timeout", i);
	}
	test_expect(RESULT_TEMPERROR, "", "no answer from DNS in time");
	ck_assert_int_eq(t.took, 20000);
}
END_TEST

START_TEST(dnssec_is_carried)
{
	unsigned at;

	add_everything();
	test_expect(RESULT_PASS, NULL, NULL);
	ck_assert_str_eq(spf_dnssec_word(&t.result), "insecure");
	t.probe.secure = true;
	test_expect(RESULT_PASS, NULL, NULL);
	ck_assert_str_eq(spf_dnssec_word(&t.result), "secure");
	for (at = 1; at <= 12; at++) { /* one weak link is enough */
		t.probe.insecure_at = at;
		test_expect(RESULT_PASS, NULL, NULL);
		ck_assert_str_eq(spf_dnssec_word(&t.result), "insecure");
	}
	t.probe.insecure_at = 0;
	t.query.sender = "a@localhost"; /* nothing is asked */
	test_expect(RESULT_NONE, NULL, NULL);
	ck_assert_str_eq(spf_dnssec_word(&t.result), "insecure");
	t.query.sender = "a@example.org";
	t.probe.fail_at = 3;
	t.probe.status = DNS_SERVFAIL;
	t.probe.bogus = true;
	test_expect(RESULT_TEMPERROR, "",
	    "DNS answer that fails DNSSEC for in2.example");
	ck_assert_str_eq(spf_dnssec_word(&t.result), "bogus");
}
END_TEST

TCase *
spf_dns_case(void)
{
	TCase *c = tcase_create("dns");

	tcase_add_test(c, servfail_at_every_place);
	tcase_add_test(c, timeout_at_every_place);
	tcase_add_test(c, bogus_at_every_place);
	tcase_add_test(c, a_mute_name_costs_the_configured_time);
	tcase_add_test(c, mute_names_of_the_client);
	tcase_add_test(c, dnssec_is_carried);
	return c;
}
