/*
 * check_dns_event: lookups in the loop, against a server in the same loop.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdio.h>
#include <stdlib.h>

#include "postern/coro.h"
#include "postern/dns_event.h"

#include "check_dns.h"
#include "dns_fake.h"

#include "../lib/run/dns_setup.h"

/* SLACK: a busy machine is late; libunbound alone would be 17 s late. */
enum { JOBS = 300, PATIENCE = 5000, SLACK = 1000 };

/* A lookup in a coroutine of its own. */
struct job {
	const char *name;
	enum dns_type type;
	int64_t timeout;
	bool done;
	int64_t took;
	struct coro *coro;
	struct arena *arena;
	struct dns_answer answer;
};

static struct loop *loop;
static struct dns_fake fake;
static struct dns *dns;
static struct job jobs[JOBS];

static void
open_dns(const unsigned *ports, size_t count, size_t most)
{
	struct dns_setup how = {.count = count, .most = most};
	struct error err;
	size_t i;

	for (i = 0; i < count; i++) {
		ip_parse(str_c("127.0.0.1"), &how.servers[i].ip);
		how.servers[i].port = ports[i];
	}
	dns = dns_event_open(loop, &how, &err);
	ck_assert_msg(dns != NULL, "%s", err.text);
}

static void
setup(void)
{
	loop = loop_new();
	dns_fake_start(&fake, loop);
	open_dns(&fake.port, 1, JOBS);
}

static void
teardown(void)
{
	int i;

	dns_fake_stop(&fake);
	dns_event_free(dns);
	while (coro_count(loop) > 0)
		loop_turn(loop, 10);
	for (i = 0; i < JOBS; i++) {
		arena_free(jobs[i].arena);
		jobs[i].arena = NULL;
	}
	loop_free(loop);
}

static void
job_run(void *arg)
{
	struct job *job = arg;
	int64_t start = clock_ms();

	dns_lookup(dns, job->name, job->type, dns_now(dns) + job->timeout,
	    job->arena, &job->answer);
	job->took = clock_ms() - start;
	job->done = true;
}

static struct job *
start(int i, const char *name, enum dns_type type, int64_t timeout)
{
	struct job *job = &jobs[i];

	arena_free(job->arena);
	*job = (struct job) {
	    .name = name,
	    .type = type,
	    .timeout = timeout,
	    .arena = arena_new(),
	};
	job->coro = coro_start(loop, job_run, job);
	return job;
}

static void
wait_for(const struct job *job)
{
	while (!job->done)
		loop_turn(loop, 1000);
	ck_assert_int_eq(job->answer.status == DNS_OK, job->answer.count > 0);
}

static const struct job *
ask(const char *name, enum dns_type type, int64_t timeout)
{
	struct job *job = start(0, name, type, timeout);

	wait_for(job);
	return job;
}

static const struct {
	const char *name;
	enum dns_type type;
	enum dns_status status;
	const char *data;
} statuses[] = {
    {"a.example", DNS_A, DNS_OK, "\306\63\144\1"},
    {"A.Example.", DNS_TXT, DNS_OK, "fake"},
    {"nx.example", DNS_A, DNS_NXDOMAIN, NULL},
    {"no.example", DNS_A, DNS_NODATA, NULL},
    {"fail.example", DNS_A, DNS_SERVFAIL, NULL},
    {"alias.example", DNS_A, DNS_OK, "\306\63\144\1"},
    {"alias.example", DNS_CNAME, DNS_OK, "a.example"},
    {"loop.example", DNS_A, DNS_SERVFAIL, NULL},
    {"cut.example", DNS_A, DNS_SERVFAIL, NULL},
    {"other.example", DNS_A, DNS_TIMEOUT, NULL},
    {"mute.example", DNS_A, DNS_TIMEOUT, NULL},
    {"a-\\000\\046\\\\x\\255.example", DNS_PTR, DNS_OK,
	"a-\\000\\046\\092x\\255.example"},
    {"a..example", DNS_A, DNS_NXDOMAIN, NULL},
    {"a.1.0.0.10.in-addr.arpa", DNS_PTR, DNS_OK, NULL},
    {"a.1.0.0.127.in-addr.arpa", DNS_PTR, DNS_OK, NULL},
    {"a.8.b.d.0.1.0.0.2.ip6.arpa", DNS_PTR, DNS_OK, NULL},
    {"a.localhost", DNS_A, DNS_OK, NULL},
    {"a.test", DNS_A, DNS_OK, NULL},
    {"a.x.invalid", DNS_A, DNS_OK, NULL},
    {"a.onion", DNS_A, DNS_OK, NULL},
    {"a.home.arpa", DNS_A, DNS_OK, NULL},
    {"a.local", DNS_A, DNS_OK, NULL},
};

START_TEST(status)
{
	const struct job *job = ask(statuses[_i].name, statuses[_i].type, 1000);

	ck_assert_int_eq(job->answer.status, statuses[_i].status);
	ck_assert(!job->answer.secure && !job->answer.bogus);
	if (statuses[_i].data)
		ck_assert_str_eq(
		    job->answer.records[0].data.data, statuses[_i].data);
}
END_TEST

START_TEST(cached)
{
	int i;

	ask("a.example", DNS_A, PATIENCE);
	ck_assert_uint_eq(fake.asked, 1);
	for (i = 0; i < 1000; i++)
		ck_assert_int_eq(
		    ask("a.example", DNS_A, PATIENCE)->answer.status, DNS_OK);
	ck_assert_uint_eq(fake.asked, 1);
}
END_TEST

/* 200 lookups of 50 ms take about as long as one. */
START_TEST(parallel)
{
	char names[200][32];
	int64_t begin = clock_ms(), took;
	int i;

	for (i = 0; i < 200; i++) {
		snprintf(names[i], sizeof(names[i]), "slow-%d.example", i);
		start(i, names[i], DNS_A, PATIENCE);
	}
	for (i = 0; i < 200; i++) {
		wait_for(&jobs[i]);
		ck_assert_int_eq(jobs[i].answer.status, DNS_OK);
	}
	took = clock_ms() - begin;
	ck_assert_uint_eq(fake.asked, 200);
	ck_assert_int_ge(took, FAKE_SLOW_MS);
	ck_assert_int_lt(took, FAKE_SLOW_MS + SLACK);
}
END_TEST

START_TEST(same_question)
{
	int i;

	for (i = 0; i < 50; i++)
		start(i, "slow.example", DNS_A, PATIENCE);
	for (i = 0; i < 50; i++) {
		wait_for(&jobs[i]);
		ck_assert_int_eq(jobs[i].answer.status, DNS_OK);
	}
	ck_assert_uint_eq(fake.asked, 1);
}
END_TEST

START_TEST(prefetch)
{
	int64_t until = clock_ms() + 2 * FAKE_SLOW_MS;

	dns_prefetch(dns, "slow.example", DNS_TXT);
	dns_prefetch(dns, "a..example", DNS_TXT);
	while (clock_ms() < until)
		loop_turn(loop, 10);
	ck_assert_uint_eq(fake.asked, 1);
	ask("slow.example", DNS_TXT, PATIENCE);
	ck_assert_str_eq(jobs[0].answer.records[0].data.data, "fake");
	ck_assert_uint_eq(fake.asked, 1);
}
END_TEST

/* A dead server costs the deadline, no more; and is asked again when alive. */
START_TEST(dead_server)
{
	const struct job *job;

	fake.mute = true;
	job = ask("a-1.example", DNS_A, 300);
	ck_assert_int_eq(job->answer.status, DNS_TIMEOUT);
	ck_assert_int_ge(job->took, 299);
	ck_assert_int_lt(job->took, 300 + SLACK);
	fake.mute = false;
	job = ask("a-2.example", DNS_A, PATIENCE);
	ck_assert_int_eq(job->answer.status, DNS_OK);
}
END_TEST

/* A server that was quick may be silent for a while. */
START_TEST(quick_then_silent)
{
	char name[32];
	int i;

	for (i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "a-%d.example", i);
		ck_assert_int_eq(
		    ask(name, DNS_A, PATIENCE)->answer.status, DNS_OK);
	}
	fake.mute = true;
	ck_assert_int_eq(
	    ask("a-x.example", DNS_A, 2500)->answer.status, DNS_TIMEOUT);
	fake.mute = false;
	ck_assert_int_eq(
	    ask("a-y.example", DNS_A, PATIENCE)->answer.status, DNS_OK);
}
END_TEST

START_TEST(nobody_listens)
{
	const struct job *job;
	unsigned port = 1;

	dns_event_free(dns);
	open_dns(&port, 1, JOBS);
	job = ask("a.example", DNS_A, 300);
	ck_assert_int_ne(job->answer.status, DNS_OK);
	ck_assert_int_lt(job->took, 300 + SLACK);
}
END_TEST

START_TEST(second_server)
{
	struct dns_fake mute;
	unsigned ports[2];

	dns_event_free(dns);
	dns_fake_start(&mute, loop);
	mute.mute = true;
	ports[0] = mute.port;
	ports[1] = fake.port;
	open_dns(ports, 2, JOBS);
	ck_assert_int_eq(
	    ask("a-1.example", DNS_A, PATIENCE)->answer.status, DNS_OK);
	ck_assert_int_eq(
	    ask("a-2.example", DNS_A, PATIENCE)->answer.status, DNS_OK);
	dns_fake_stop(&mute);
}
END_TEST

/* Beyond the limit nobody waits; and it counts what was given up. */
START_TEST(too_many)
{
	enum { MOST = 10 };
	int i;

	dns_event_free(dns);
	open_dns(&fake.port, 1, MOST);
	for (i = 0; i < MOST + 1; i++)
		start(i, "mute.example", DNS_A, 200);
	for (i = 0; i < MOST + 1; i++) {
		wait_for(&jobs[i]);
		ck_assert_int_eq(jobs[i].answer.status,
		    i < MOST ? DNS_TIMEOUT : DNS_SERVFAIL);
	}
	ck_assert_int_eq(
	    ask("a.example", DNS_A, PATIENCE)->answer.status, DNS_SERVFAIL);
	dns_event_free(dns);
	open_dns(&fake.port, 1, MOST);
	for (i = 0; i < 5 * MOST; i++)
		ck_assert_int_eq(
		    ask("a.example", DNS_A, PATIENCE)->answer.status, DNS_OK);
}
END_TEST

START_TEST(deadline_past)
{
	ck_assert_int_eq(
	    ask("a.example", DNS_A, 0)->answer.status, DNS_TIMEOUT);
	ck_assert_int_eq(
	    ask("a.example", DNS_A, -1)->answer.status, DNS_TIMEOUT);
	ck_assert_int_eq(
	    ask("a.example", DNS_A, PATIENCE)->answer.status, DNS_OK);
}
END_TEST

/* An answer that comes behind its deadline hurts nobody and is kept. */
START_TEST(late_answer)
{
	int64_t until = clock_ms() + 2 * FAKE_LATE_MS;

	ck_assert_int_eq(
	    ask("late.example", DNS_A, 100)->answer.status, DNS_TIMEOUT);
	while (clock_ms() < until)
		loop_turn(loop, 10);
	ck_assert_int_eq(
	    ask("late.example", DNS_A, PATIENCE)->answer.status, DNS_OK);
	ck_assert_uint_eq(fake.asked, 1);
}
END_TEST

/* Cancelled before the question left, and while it is under way. */
START_TEST(cancelled)
{
	int64_t until = clock_ms() + _i;
	struct job *job = start(0, "mute.example", DNS_A, PATIENCE);

	if (_i > 0)
		do
			loop_turn(loop, 1);
		while (clock_ms() < until);
	coro_cancel(job->coro);
	wait_for(job);
	ck_assert_int_eq(job->answer.status, DNS_TIMEOUT);
	ck_assert_int_lt(job->took, _i + SLACK);
	ck_assert_int_eq(
	    ask("a.example", DNS_A, PATIENCE)->answer.status, DNS_OK);
}
END_TEST

START_TEST(woken_by_another)
{
	struct job *job = start(0, "slow.example", DNS_A, PATIENCE);
	int64_t until = clock_ms() + FAKE_SLOW_MS / 2;

	while (clock_ms() < until) {
		loop_turn(loop, 1);
		coro_wake(job->coro, 0);
	}
	wait_for(job);
	ck_assert_int_eq(job->answer.status, DNS_OK);
}
END_TEST

START_TEST(freed_under_way)
{
	int i;

	for (i = 0; i < 10; i++)
		start(i, "mute.example", DNS_A, PATIENCE);
	for (i = 0; i < 20; i++)
		loop_turn(loop, 1);
	start(10, "a.example", DNS_A, PATIENCE);
	loop_turn(loop, 0); /* it is queued, and not yet asked */
	dns_prefetch(dns, "mute.example", DNS_TXT);
	dns_event_free(dns);
	dns = NULL;
	for (i = 0; i <= 10; i++) {
		wait_for(&jobs[i]);
		ck_assert_int_eq(jobs[i].answer.status, DNS_TIMEOUT);
	}
}
END_TEST

TCase *
dns_event_case(void)
{
	TCase *tc = tcase_create("event");

	tcase_set_timeout(tc, 30);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(
	    tc, status, 0, sizeof(statuses) / sizeof(statuses[0]));
	tcase_add_test(tc, cached);
	tcase_add_test(tc, parallel);
	tcase_add_test(tc, same_question);
	tcase_add_test(tc, prefetch);
	tcase_add_test(tc, dead_server);
	tcase_add_test(tc, quick_then_silent);
	tcase_add_test(tc, nobody_listens);
	tcase_add_test(tc, second_server);
	tcase_add_test(tc, too_many);
	tcase_add_test(tc, deadline_past);
	tcase_add_test(tc, late_answer);
	tcase_add_loop_test(tc, cancelled, 0, 3);
	tcase_add_test(tc, woken_by_another);
	tcase_add_test(tc, freed_under_way);
	return tc;
}
