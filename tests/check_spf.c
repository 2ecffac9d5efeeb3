/*
 * check_spf: what all tests of SPF share.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdarg.h>
#include <stdlib.h>

#include "check_spf.h"

struct spf_test t;

enum { WAIT = 20000 };

static void
setup(void)
{
	t = (struct spf_test) {.arena = arena_new()};
	strbuf_init(&t.zone);
	settings_defaults(spf_settings, &t.conf, t.arena);
	ck_assert(ip_parse(str_c("192.0.2.1"), &t.query.ip));
	t.query.helo = "helo.example";
	t.query.sender = "a@example.org";
	t.query.receiver = "mx.example.net";
	t.query.time = 1700000000;
}

static void
teardown(void)
{
	strbuf_clear(&t.zone);
	arena_free(t.arena);
}

void
zone_add(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	strbuf_vprintf(&t.zone, fmt, args);
	va_end(args);
	strbuf_putc(&t.zone, '\n');
}

void
zone_add_text(const char *name, struct str text)
{
	size_t i;

	strbuf_printf(&t.zone, "%s TXT \"", name);
	for (i = 0; i < text.len; i++) {
		if (i > 0 && i % 200 == 0)
			strbuf_puts(&t.zone, "\" \"");
		strbuf_printf(&t.zone, "\\%03u", (unsigned char)text.data[i]);
	}
	strbuf_puts(&t.zone, "\"\n");
}

static void
probe_lookup(struct dns *dns, const char *name, enum dns_type type,
    int64_t deadline, struct arena *arena, struct dns_answer *answer)
{
	struct probe *probe = (struct probe *)dns;
	size_t len = strlen(name);

	probe->asked++;
	probe->txt += type == DNS_TXT;
	if (len > probe->longest)
		probe->longest = len;
	if (probe->asked == probe->fail_at) {
		probe->failed = type;
		answer->status = probe->status;
		answer->bogus = probe->bogus;
		return;
	}
	dns_lookup(probe->zone, name, type, deadline, arena, answer);
	answer->secure = probe->secure && probe->asked != probe->insecure_at;
}

static void
probe_prefetch(struct dns *dns, const char *name, enum dns_type type)
{
	struct probe *probe = (struct probe *)dns;

	dns_prefetch(probe->zone, name, type);
}

static int64_t
probe_now(struct dns *dns)
{
	struct probe *probe = (struct probe *)dns;

	return dns_now(probe->zone);
}

static void
probe_start(struct probe *probe)
{
	struct problems problems;

	problems_init(&problems, t.arena);
	probe->dns = (struct dns) {probe_lookup, probe_prefetch, probe_now};
	probe->zone =
	    dns_zone_new(strbuf_str(&t.zone), "zone", t.arena, &problems);
	ck_assert_msg(problems.count == 0, "zone:%u: %s",
	    problems.list ? problems.list[0].line : 0,
	    problems.list ? problems.list[0].text : "");
	probe->asked = probe->txt = 0;
	probe->longest = 0;
}

void
test_ask(enum spf_engine engine)
{
	int64_t start;

	probe_start(&t.probe);
	t.conf.engine = (int)engine;
	start = dns_now(&t.probe.dns);
	spf_check_host(
	    &t.conf, &t.probe.dns, start + WAIT, t.arena, &t.query, &t.result);
	t.took = dns_now(&t.probe.dns) - start;
}

static void
same(const struct spf_result *a, const struct spf_result *b)
{
	ck_assert_str_eq(result_word(a->result), result_word(b->result));
	ck_assert(str_eq(a->explanation, b->explanation));
	ck_assert(str_eq(a->term, b->term));
	ck_assert_str_eq(a->problem, b->problem);
	ck_assert_uint_eq(a->lookups, b->lookups);
	ck_assert_uint_eq(a->voids, b->voids);
	ck_assert_uint_eq(a->asked, b->asked);
	ck_assert(a->secure == b->secure && a->bogus == b->bogus);
}

void
test_expect(enum result result, const char *term, const char *problem)
{
	struct spf_result internal;

	test_ask(SPF_ENGINE_INTERNAL);
	internal = t.result;
	test_ask(SPF_ENGINE_LIBSPF2);
	same(&t.result, &internal);
	ck_assert_msg(t.result.result == result, "%s, not %s (%s)",
	    result_word(t.result.result), result_word(result),
	    t.result.problem);
	if (term)
		ck_assert_msg(str_is(t.result.term, term), "%.*s, not %s",
		    (int)t.result.term.len, t.result.term.data, term);
	if (problem)
		ck_assert_str_eq(t.result.problem, problem);
}

int
main(void)
{
	TCase *cases[] = {spf_terms_case(), spf_hostile_case(), spf_dns_case(),
	    spf_filter_case(), spf_wait_case()};
	Suite *suite = suite_create("spf");
	SRunner *runner;
	size_t i;
	int failed;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		tcase_add_checked_fixture(cases[i], setup, teardown);
		tcase_set_timeout(cases[i], 120);
		suite_add_tcase(suite, cases[i]);
	}
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
