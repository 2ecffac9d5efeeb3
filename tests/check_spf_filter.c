/*
 * check_spf_filter: what the filter finds, and what the admin makes of it.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "check_spf.h"

#include "filters/policy.h"
#include "filters/spf/spf_filter.h"
#include "filters/spf/spf_received.h"
#include "postern/authres.h"

static struct envelope envelope;
static struct scan scan;
static struct dns *zone;

/* One MAIL through the filter, with the zone that the test wrote. */
static void
run(void)
{
	struct problems problems;

	problems_init(&problems, t.arena);
	zone = dns_zone_new(strbuf_str(&t.zone), "zone", t.arena, &problems);
	ck_assert_uint_eq(problems.count, 0);
	envelope = (struct envelope) {.client = t.query.ip,
	    .helo = t.query.helo,
	    .sender = t.query.sender,
	    .receiver = t.query.receiver};
	scan = (struct scan) {.arena = t.arena,
	    .envelope = &envelope,
	    .dns = zone,
	    .deadline = dns_now(zone) + 60000,
	    .time = t.query.time,
	    .authenticated = scan.authenticated};
	spf_filter.check(&t.conf, NULL, STAGE_MAIL, &scan);
}

/* Sets a row of the filter's table as the admin would. */
static void
set(const char *name, const char *value)
{
	const struct setting *row = spf_settings;
	struct texts values = {&value, 1};
	struct error error;

	while (strcmp(row->name, name) != 0)
		row++;
	ck_assert_msg(setting_parse(row, &values, &t.conf, t.arena, &error),
	    "%s: %s", name, error.text);
}

static void
found(size_t index, const char *property, const char *value, enum result result)
{
	const struct finding *f = &scan.findings[index];

	ck_assert_uint_gt(scan.finding_count, index);
	ck_assert_str_eq(f->method, "spf");
	ck_assert_str_eq(f->properties[0].name, property);
	ck_assert(str_is(f->properties[0].value, value));
	ck_assert_str_eq(result_word(f->result), result_word(result));
}

START_TEST(both_identities_are_checked)
{
	zone_add("example.org TXT \"v=spf1 +all\"");
	zone_add("helo.example TXT \"v=spf1 ~all\"");
	run();
	ck_assert_uint_eq(scan.finding_count, 2);
	found(0, "mailfrom", "a@example.org", RESULT_PASS);
	found(1, "helo", "helo.example", RESULT_SOFTFAIL);
	ck_assert_uint_eq(scan.points_count, 0); /* only fail of HELO counts */
	set("check_helo", "no");
	run();
	ck_assert_uint_eq(scan.finding_count, 1);
	found(0, "mailfrom", "a@example.org", RESULT_PASS);
	set("check_helo", "yes");
	t.query.helo = "localhost"; /* no name that can have a record */
	run();
	ck_assert_uint_eq(scan.finding_count, 1);
}
END_TEST

START_TEST(the_null_sender_is_helo_once)
{
	zone_add("helo.example TXT \"v=spf1 -all\"");
	t.query.sender = "";
	run();
	ck_assert_uint_eq(scan.finding_count, 1);
	found(0, "helo", "helo.example", RESULT_FAIL);
	ck_assert_uint_eq(scan.points_count, 1);
	ck_assert_int_eq(scan.points[0].score, 3000);
}
END_TEST

START_TEST(helo_has_a_reaction_of_its_own)
{
	zone_add("example.org TXT \"v=spf1 +all\"");
	zone_add("helo.example TXT \"v=spf1 -all\"");
	run();
	ck_assert_uint_eq(scan.points_count, 1);
	ck_assert_int_eq(scan.points[0].score, 1000);
	ck_assert_str_eq(scan.points[0].source, "spf helo fail");
	set("on_helo_fail", "reject");
	run();
	ck_assert_uint_eq(scan.wish_count, 1);
	ck_assert_uint_eq(scan.wishes[0].code, 550);
	ck_assert_str_eq(scan.wishes[0].text,
	    "SPF HELO fail: 192.0.2.1 is not allowed to send mail for "
	    "helo.example");
	set("on_helo_fail", "ignore");
	run();
	ck_assert_uint_eq(scan.wish_count + scan.points_count, 0);
}
END_TEST

START_TEST(each_result_has_its_reaction)
{
	static const struct {
		const char *record, *setting, *value;
		enum action action;
		unsigned code;
		const char *enhanced;
	} cases[] = {
	    {"\"v=spf1 -all\"", "on_fail", "reject", ACTION_REJECT, 550,
		"5.7.23"},
	    {"\"v=spf1 -all\"", "on_fail", "defer", ACTION_DEFER, 451,
		"4.7.23"},
	    {"\"v=spf1 ~all\"", "on_softfail", "reject", ACTION_REJECT, 550,
		"5.7.23"},
	    {"\"v=spf1 ~all\"", "on_softfail", "defer", ACTION_DEFER, 451,
		"4.7.23"},
	    {"\"v=spf1 foo\"", "on_permerror", "reject", ACTION_REJECT, 550,
		"5.7.24"},
	    {"\"v=spf1 foo\"", "on_permerror", "defer", ACTION_DEFER, 451,
		"4.7.24"},
	    {"!servfail", "on_temperror", "defer", ACTION_DEFER, 451, "4.4.3"},
	    {"!timeout", "on_temperror", "defer", ACTION_DEFER, 451, "4.4.3"},
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		strbuf_reset(&t.zone);
		zone_add("example.org TXT %s", cases[i].record);
		set(cases[i].setting, cases[i].value);
		run();
		ck_assert_uint_eq(scan.wish_count, 1);
		ck_assert_int_eq(scan.wishes[0].action, cases[i].action);
		ck_assert_uint_eq(scan.wishes[0].code, cases[i].code);
		ck_assert_str_eq(scan.wishes[0].enhanced, cases[i].enhanced);
		set(cases[i].setting, "2.5");
		run();
		ck_assert_uint_eq(scan.wish_count, 0);
		ck_assert_int_eq(scan.points[0].score, 2500);
		set(cases[i].setting, "ignore");
		run();
		ck_assert_uint_eq(scan.wish_count + scan.points_count, 0);
	}
}
END_TEST

START_TEST(who_explains_is_said)
{
	zone_add("example.org TXT \"v=spf1 -all exp=x.example\"");
	zone_add("x.example TXT \"see http://example.org/why?%%{S}\"");
	set("on_fail", "reject");
	run();
	ck_assert_str_eq(scan.wishes[0].text,
	    "SPF fail: example.org explains: see "
	    "http://example.org/why?a%40example.org");
}
END_TEST

/* Both identities and a mute resolver: the time of one. */
START_TEST(a_mute_resolver_costs_one_timeout)
{
	zone_add("example.org ANY !timeout");
	zone_add("helo.example ANY !timeout");
	set("timeout", "3s");
	run();
	ck_assert_int_eq(dns_now(zone), 3000);
	ck_assert_uint_eq(scan.finding_count, 2);
	found(0, "mailfrom", "a@example.org", RESULT_TEMPERROR);
	found(1, "helo", "helo.example", RESULT_TEMPERROR);
}
END_TEST

START_TEST(what_is_skipped_is_told)
{
	static const struct {
		const char *setting, *value, *why;
	} cases[] = {
	    {"skip_networks", "192.0.2.0/24", "spf: skip_networks"},
	    {"skip_networks", "192.0.2.1", "spf: skip_networks"},
	    {"skip_domains", "EXAMPLE.org", "spf: skip_domains"},
	};
	size_t i;

	zone_add("example.org TXT \"v=spf1 -all\"");
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		settings_defaults(spf_settings, &t.conf, t.arena);
		set(cases[i].setting, cases[i].value);
		run();
		ck_assert_uint_eq(scan.finding_count, 0);
		ck_assert_uint_eq(scan.points_count, 0);
		ck_assert_uint_eq(scan.unchecked_count, 1);
		ck_assert_str_eq(scan.unchecked[0], cases[i].why);
		ck_assert_uint_eq(dns_zone_counts(zone).all, 0);
	}
	settings_defaults(spf_settings, &t.conf, t.arena);
	scan.authenticated = true;
	run();
	ck_assert_str_eq(scan.unchecked[0], "spf: authenticated client");
	set("skip_authenticated", "no");
	run();
	scan.authenticated = false;
	ck_assert_uint_eq(scan.unchecked_count, 0);
	found(0, "mailfrom", "a@example.org", RESULT_FAIL);
}
END_TEST

START_TEST(skip_domains_hold_for_helo_alone)
{
	zone_add("example.org TXT \"v=spf1 +all\"");
	zone_add("helo.example TXT \"v=spf1 -all\"");
	set("skip_domains", "helo.example");
	run();
	ck_assert_uint_eq(scan.finding_count, 1);
	found(0, "mailfrom", "a@example.org", RESULT_PASS);
	t.query.sender = "";
	run();
	ck_assert_uint_eq(scan.finding_count, 0);
	ck_assert_uint_eq(scan.unchecked_count, 1);
}
END_TEST

/* RFC 7208 9.1; one field for each identity. */
START_TEST(received_spf_says_what_was_found)
{
	struct str value;

	zone_add("example.org TXT \"v=spf1 ip4:192.0.2.0/24 -all\"");
	zone_add("helo.example TXT \"v=spf1 nonsense\"");
	run();
	value = spf_received(&scan.findings[0], &envelope, t.arena);
	ck_assert_str_eq(value.data,
	    "pass (mx.example.net: domain of \"a@example.org\"\r\n"
	    "\tdesignates the client as permitted sender) "
	    "client-ip=192.0.2.1;\r\n"
	    "\treceiver=mx.example.net; identity=mailfrom;\r\n"
	    "\tenvelope-from=\"a@example.org\";\r\n"
	    "\thelo=\"helo.example\";\r\n"
	    "\tmechanism=\"ip4:192.0.2.0/24\"");
	value = spf_received(&scan.findings[1], &envelope, t.arena);
	ck_assert_str_eq(value.data,
	    "permerror (mx.example.net: domain of \"helo.example\"\r\n"
	    "\tcould not be checked) client-ip=192.0.2.1;\r\n"
	    "\treceiver=mx.example.net; identity=helo;\r\n"
	    "\tenvelope-from=\"a@example.org\";\r\n"
	    "\thelo=\"helo.example\";\r\n"
	    "\tproblem=\"helo.example: unknown mechanism in "
	    "\\\"nonsense\\\"\"");
}
END_TEST

/* Nothing that a client says ends a quoted string, a comment or the field. */
START_TEST(received_spf_cannot_be_forged)
{
	static const char *const senders[] = {
	    "\"x) client-ip=198.51.100.1 (\"@example.org",
	    "\"x\\\\\"; client-ip=198.51.100.1\"@example.org",
	    "a\r\nX-Evil: 1@example.org", "((((@example.org"};
	struct str value;
	size_t i, k, open;
	bool quoted;

	zone_add("example.org TXT \"v=spf1 ?all\"");
	for (i = 0; i < sizeof(senders) / sizeof(senders[0]); i++) {
		t.query.sender = senders[i];
		run();
		value = spf_received(&scan.findings[0], &envelope, t.arena);
		quoted = false;
		open = 0;
		for (k = 0; k < value.len; k++) {
			char c = value.data[k];

			if (c == '\\') {
				k++;
				continue;
			}
			if (c == '"' && open == 0)
				quoted = !quoted;
			if (!quoted)
				open += (c == '(') - (size_t)(c == ')');
			if (c == '\r')
				ck_assert(
				    str_starts(str_from(value, k), "\r\n\t"));
			if (str_starts(str_from(value, k), "client-ip=") &&
			    !quoted && open == 0)
				ck_assert(str_starts(
				    str_from(value, k), "client-ip=192.0.2.1"));
		}
		ck_assert(!quoted && open == 0);
	}
}
END_TEST

START_TEST(authentication_results_name_both)
{
	struct str value;

	zone_add("example.org TXT \"v=spf1 +all\"");
	zone_add("helo.example TXT \"v=spf1 +all\"");
	run();
	value = authres_format(
	    "mx.example.net", scan.findings, scan.finding_count, t.arena);
	ck_assert(
	    str_find_str(value, str_c("spf=pass smtp.mailfrom=a@example.org")) <
	    value.len);
	ck_assert(
	    str_find_str(value, str_c("spf=pass smtp.helo=")) < value.len);
}
END_TEST

START_TEST(max_lookups_has_an_end)
{
	struct problems problems;

	problems_init(&problems, t.arena);
	ck_assert_ptr_nonnull(spf_filter.open(&t.conf, &problems));
	set("max_lookups", "21");
	ck_assert_ptr_null(spf_filter.open(&t.conf, &problems));
	ck_assert_uint_eq(problems.errors, 1);
}
END_TEST

TCase *
spf_filter_case(void)
{
	TCase *c = tcase_create("filter");

	tcase_add_test(c, both_identities_are_checked);
	tcase_add_test(c, the_null_sender_is_helo_once);
	tcase_add_test(c, helo_has_a_reaction_of_its_own);
	tcase_add_test(c, each_result_has_its_reaction);
	tcase_add_test(c, who_explains_is_said);
	tcase_add_test(c, a_mute_resolver_costs_one_timeout);
	tcase_add_test(c, what_is_skipped_is_told);
	tcase_add_test(c, skip_domains_hold_for_helo_alone);
	tcase_add_test(c, received_spf_says_what_was_found);
	tcase_add_test(c, received_spf_cannot_be_forged);
	tcase_add_test(c, authentication_results_name_both);
	tcase_add_test(c, max_lookups_has_an_end);
	return c;
}
