/*
 * check_filters: the parsers of the filters, by tables.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <check.h>
#include <openssl/evp.h>
#include <stdlib.h>

#include "filters/dkim/bodyhash.h"
#include "filters/dkim/signature.h"
#include "filters/policy.h"
#include "filters/rules/set/ruleset.h"
#include "filters/spf/spf_macro.h"
#include "filters/spf/spf_record.h"

static struct arena *arena;

static void
setup(void)
{
	arena = arena_new();
}

static void
teardown(void)
{
	arena_free(arena);
}

START_TEST(spf_records_are_checked_whole)
{
	static const struct {
		const char *text;
		bool good;
	} cases[] = {
	    {"v=spf1", true},
	    {"v=spf1 -all", true},
	    {"v=spf1  ip4:192.0.2.0/24   -all ", true},
	    {"v=spf1 a:foo:bar/baz.example.com -all", true},
	    {"v=spf1 a/24//64 mx:example.org//64 ?all", true},
	    {"v=spf1 exists:%{ir}.%{v}._spf.%{d2} -all", true},
	    {"v=spf1 unknown-modifier=%{d} -all", true},
	    {"v=spf1 ip4:192.0.2.0/4294967297 -all", false},
	    {"v=spf1 ip4:192.0.2.0/024 -all", false},
	    {"v=spf1 ip4:192.0.2 -all", false},
	    {"v=spf1 ip6:192.0.2.1 -all", false},
	    {"v=spf1 a/33", false},
	    {"v=spf1 a//129", false},
	    {"v=spf1 include: -all", false},
	    {"v=spf1 include -all", false},
	    {"v=spf1 all:x", false},
	    {"v=spf1 mx:example.123", false},
	    {"v=spf1 exists:%{x}.example", false},
	    {"v=spf1 exists:%{c}.example", false},
	    {"v=spf1 exists:%{d0}.example", false},
	    {"v=spf1 redirect=a.example redirect=b.example", false},
	    {"v=spf1 exp=a.example exp=a.example", false},
	    {"v=spf1 \tall", false},
	    {"v=spf1 -all\r\nX: y", false},
	};
	struct spf_record record;
	struct error error;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ck_assert_msg(spf_record_parse(str_c(cases[i].text), arena,
				  &record, &error) == cases[i].good,
		    "%s", cases[i].text);
	ck_assert(!spf_record_is_spf(str_c("v=spf10 -all")));
}
END_TEST

START_TEST(spf_records_are_never_cut)
{
	struct spf_record record;
	struct strbuf text;
	struct error error;
	int i;

	strbuf_init(&text);
	strbuf_puts(&text, "v=spf1");
	for (i = 0; i < 300; i++)
		strbuf_printf(&text, " ip4:192.0.%d.%d", i / 250, i % 250);
	strbuf_puts(&text, " -all");
	ck_assert(spf_record_parse(strbuf_str(&text), arena, &record, &error));
	ck_assert_uint_eq(record.count, 301);
	ck_assert_int_eq(record.terms[300].qualifier, '-');
	while (text.len <= SPF_RECORD_MAX)
		strbuf_puts(&text, " ip4:192.0.2.1");
	ck_assert(!spf_record_parse(strbuf_str(&text), arena, &record, &error));
	strbuf_clear(&text);
}
END_TEST

static struct str
no_name(void *context)
{
	(void)context;
	return str_c("unknown");
}

/* RFC 7208 7.4. */
START_TEST(spf_macros_expand_as_the_rfc_shows)
{
	static const struct {
		const char *text, *expanded;
	} cases[] = {
	    {"%{s}", "strong-bad@email.example.com"},
	    {"%{o}", "email.example.com"},
	    {"%{d4}", "email.example.com"},
	    {"%{d1}", "com"},
	    {"%{dr}", "com.example.email"},
	    {"%{d2r}", "example.email"},
	    {"%{l-}", "strong.bad"},
	    {"%{lr-}", "bad.strong"},
	    {"%{l1r-}", "strong"},
	    {"%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"},
	    {"%{p}", "unknown"},
	    {"a%%b%_c%-d", "a%b c%20d"},
	    {"%{S}", "strong-bad%40email.example.com"},
	};
	struct spf_macros m = {
	    .sender = str_c("strong-bad@email.example.com"),
	    .local = str_c("strong-bad"),
	    .origin = str_c("email.example.com"),
	    .domain = str_c("email.example.com"),
	    .validated = no_name,
	};
	struct str got;
	size_t i;

	ck_assert(ip_parse(str_c("192.0.2.3"), &m.ip));
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ck_assert(spf_macro_is_valid(str_c(cases[i].text), true));
		got = spf_macro_expand(str_c(cases[i].text), &m, arena);
		ck_assert_msg(str_is(got, cases[i].expanded), "%s: %.*s",
		    cases[i].text, (int)got.len, got.data);
	}
}
END_TEST

START_TEST(dkim_signatures_are_checked_first)
{
#define GOOD                                                   \
	"v=1; a=rsa-sha256; d=example.org; s=sel; h=From:To; " \
	"bh=frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=; b=AAAA"
	static const struct {
		const char *text;
		enum result result;
	} cases[] = {
	    {GOOD, RESULT_NONE},
	    {GOOD ";", RESULT_NONE},
	    {GOOD "; i=user@mail.example.org; c=relaxed/simple; l=10",
		RESULT_NONE},
	    {GOOD "; x=999", RESULT_POLICY},
	    {GOOD "; t=2000; x=1500", RESULT_PERMERROR},
	    {GOOD "; d=example.net", RESULT_PERMERROR},
	    {GOOD "; i=@evil.example", RESULT_PERMERROR},
	    {GOOD "; i=@notexample.org", RESULT_PERMERROR},
	    {GOOD "; c=weird", RESULT_PERMERROR},
	    {GOOD "; l=-1", RESULT_PERMERROR},
	    {GOOD "; q=http", RESULT_PERMERROR},
	    {GOOD ";;", RESULT_PERMERROR},
	    {GOOD "; n=\x01", RESULT_PERMERROR},
	    {"", RESULT_PERMERROR},
	    {"v=2" GOOD, RESULT_PERMERROR},
	};
	struct field field = {.name = {"DKIM-Signature", 14}};
	struct signature sig;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		field.raw = field.value = str_c(cases[i].text);
		signature_parse(&field, 1000, arena, &sig);
		ck_assert_msg(sig.result == cases[i].result, "%s: %s (%.*s)",
		    cases[i].text, result_word(sig.result), (int)sig.reason.len,
		    sig.reason.data ? sig.reason.data : "");
	}
#undef GOOD
}
END_TEST

/* RFC 6376 3.4.3 and 3.4.4 as plainly as can be: a line at a time. */
static struct str
slow_canon(struct str body, bool relaxed)
{
	struct strbuf out;
	struct str copy;
	size_t i, start = 0;

	strbuf_init(&out);
	for (i = 0; i <= body.len; i++) {
		bool end = i + 1 < body.len && body.data[i] == '\r' &&
		    body.data[i + 1] == '\n';
		size_t k, from = out.len;

		if (!end && i < body.len)
			continue;
		if (i == body.len && start == i)
			break;
		for (k = start; k < i; k++) {
			char c = body.data[k];
			bool blank = c == ' ' || c == '\t';

			if (relaxed && blank) {
				if (out.len == from ||
				    out.data[out.len - 1] != ' ')
					strbuf_putc(&out, ' ');
			} else {
				strbuf_putc(&out, c);
			}
		}
		while (
		    relaxed && out.len > from && out.data[out.len - 1] == ' ')
			strbuf_truncate(&out, out.len - 1);
		strbuf_puts(&out, "\r\n");
		i++;
		start = i + 1;
	}
	while (str_ends(strbuf_str(&out), "\r\n\r\n"))
		strbuf_truncate(&out, out.len - 2);
	if (str_is(strbuf_str(&out), "\r\n"))
		strbuf_reset(&out);
	if (out.len == 0 && !relaxed)
		strbuf_puts(&out, "\r\n");
	copy = arena_copy(arena, strbuf_str(&out));
	strbuf_clear(&out);
	return copy;
}

START_TEST(dkim_body_hashes_agree_with_the_plain_model)
{
	static const char octets[] = {'a', ' ', '\t', '\r', '\n', '\n'};
	unsigned char want[32];
	char body[40];
	size_t len, i, round;
	unsigned seed = 1;
	struct str canon;

	for (round = 0; round < 60000; round++) {
		len = round % sizeof(body);
		for (i = 0; i < len; i++) {
			seed = seed * 1103515245 + 12345;
			body[i] = octets[(seed >> 16) % sizeof(octets)];
			if (body[i] == '\n' && i > 0 && (seed >> 24) % 4)
				body[i - 1] = '\r';
		}
		struct bodyhash h = {.relaxed = round & 64};

		canon = slow_canon(str_of(body, len), h.relaxed);
		bodyhash_compute(&h, str_of(body, len), NULL, NULL);
		EVP_Digest(
		    canon.data, canon.len, want, NULL, EVP_sha256(), NULL);
		ck_assert_msg(
		    memcmp(want, h.digest, 32) == 0 && h.size == canon.len,
		    "relaxed %d, %zu octets, %zu and not %zu, round %zu",
		    h.relaxed, len, (size_t)h.size, canon.len, round);
		arena_reset(arena);
	}
}
END_TEST

START_TEST(regexes_are_bounded)
{
	struct matcher *m = matcher_new(100000, 8 << 20);
	struct error error;
	struct regex *slow, *plain;
	char *text = malloc(200000);
	struct search s = {str_of(text, 40), 0, 40, 0, 0};

	slow = regex_new(str_c("/(a+)+$/"), &error);
	plain = regex_new(str_c("m{x(?=y)}i"), &error);
	ck_assert(slow && plain);
	memset(text, 'a', 200000);
	text[39] = 'b';
	ck_assert_int_eq(regex_match(slow, m, &s, NULL, NULL), MATCH_LIMIT);
	memcpy(text + 150000, "XY", 2);
	s.subject.len = s.last = 200000;
	ck_assert_int_eq(regex_match(plain, m, &s, NULL, NULL), MATCH_YES);
	ck_assert_uint_eq(s.from, 150000);
	ck_assert_uint_eq(s.to, 150001);
	s.first = 100;
	s.last = 149999;
	ck_assert_int_eq(regex_match(plain, m, &s, NULL, NULL), MATCH_NO);
	ck_assert(regex_new(str_c("/x/q"), &error) == NULL);
	ck_assert(regex_new(str_c("/x"), &error) == NULL);
	regex_free(slow);
	regex_free(plain);
	matcher_free(m);
	free(text);
}
END_TEST

START_TEST(the_strongest_wish_wins)
{
	static const struct {
		enum action first, second, action;
		int mode;
		bool discard;
	} cases[] = {
	    {ACTION_DISCARD, ACTION_REJECT, ACTION_REJECT, MODE_ENFORCE, true},
	    {ACTION_DISCARD, ACTION_TAG, ACTION_DISCARD, MODE_ENFORCE, true},
	    {ACTION_DISCARD, ACTION_TAG, ACTION_REJECT, MODE_ENFORCE, false},
	    {ACTION_DEFER, ACTION_TAG, ACTION_DEFER, MODE_ENFORCE, false},
	    {ACTION_REJECT, ACTION_TAG, ACTION_NONE, MODE_MONITOR, false},
	};
	struct envelope envelope = {.sender = ""};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct policy_conf policy = {.tag = 5000,
		    .reject = 15000,
		    .mode = cases[i].mode,
		    .allow_discard = cases[i].discard};
		struct scan scan = {.arena = arena, .envelope = &envelope};
		struct wish first = {cases[i].first, 0, NULL, NULL, "first"};
		struct wish second = {cases[i].second, 0, NULL, NULL, "second"};
		struct verdict v;

		scan_add_wish(&scan, &first);
		scan_add_wish(&scan, &second);
		policy_decide(&policy, &scan, &v);
		ck_assert_msg(v.action == cases[i].action, "case %zu: %s", i,
		    action_word(v.action));
		if (v.would >= ACTION_DEFER)
			ck_assert_uint_eq(
			    v.code / 100, v.would == ACTION_DEFER ? 4 : 5);
	}
}
END_TEST

START_TEST(one_exempt_recipient_opens_no_way)
{
	static const char *list[] = {"postmaster", "@free.example"};
	struct policy_conf policy = {
	    .tag = 5000, .reject = 1000, .bypass_recipients = {list, 2}};
	struct recipient to[] = {
	    {"postmaster@x.example", true}, {"bob@x.example", true}};
	struct envelope e = {.recipients = to, .recipient_count = 1};
	struct scan scan = {.arena = arena, .envelope = &e};
	struct verdict v;

	scan_add_points(&scan, 2000, "test");
	policy_decide(&policy, &scan, &v);
	ck_assert_int_eq(v.action, ACTION_NONE);
	ck_assert_ptr_nonnull(v.bypass);
	e.recipient_count = 2;
	policy_decide(&policy, &scan, &v);
	ck_assert_int_eq(v.action, ACTION_REJECT);
	ck_assert(policy_exempts(&policy, "any@FREE.example"));
	ck_assert(!policy_exempts(&policy, "any@notfree.example"));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("filters");
	TCase *all = tcase_create("all");
	SRunner *runner;
	int failed;

	suite_add_tcase(suite, all);
	tcase_add_checked_fixture(all, setup, teardown);
	tcase_set_timeout(all, 60);
	tcase_add_test(all, spf_records_are_checked_whole);
	tcase_add_test(all, spf_records_are_never_cut);
	tcase_add_test(all, spf_macros_expand_as_the_rfc_shows);
	tcase_add_test(all, dkim_signatures_are_checked_first);
	tcase_add_test(all, dkim_body_hashes_agree_with_the_plain_model);
	tcase_add_test(all, regexes_are_bounded);
	tcase_add_test(all, the_strongest_wish_wins);
	tcase_add_test(all, one_exempt_recipient_opens_no_way);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
