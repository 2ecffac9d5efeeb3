/*
 * check_spf_wait: many evaluations at once, each in a coroutine that sleeps
 * 50 ms for every answer.  All of them must wait together; the time is only
 * printed, for a machine that is busy has its own.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "check_spf.h"
#include "postern/coro.h"

enum { MANY = 200, DELAY = 50, CLOCK_STEP = 10000 };

/* A zone behind a wait. */
struct slow {
	struct dns dns; /* first */
	struct dns *zone;
	struct loop *loop;
	size_t running;
	size_t waiting, most; /* at once */
};

struct one {
	struct slow *slow;
	struct spf_query query;
	struct arena *arena;
	char sender[32];
	struct spf_result result;
};

static void
slow_lookup(struct dns *dns, const char *name, enum dns_type type,
    int64_t deadline, struct arena *arena, struct dns_answer *answer)
{
	struct slow *slow = (struct slow *)dns;

	if (++slow->waiting > slow->most)
		slow->most = slow->waiting;
	coro_sleep(loop_now(slow->loop) + DELAY);
	slow->waiting--;
	dns_lookup(slow->zone, name, type, deadline, arena, answer);
}

static void
slow_prefetch(struct dns *dns, const char *name, enum dns_type type)
{
	(void)dns;
	(void)name;
	(void)type;
}

static int64_t
slow_now(struct dns *dns)
{
	return dns_now(((struct slow *)dns)->zone);
}

static void
evaluate(void *arg)
{
	struct one *one = arg;

	spf_check_host(&t.conf, &one->slow->dns, CLOCK_STEP, one->arena,
	    &one->query, &one->result);
	if (--one->slow->running == 0)
		loop_stop(one->slow->loop);
}

/* Milliseconds for so many at once.  Each has its own domain and answer. */
static int64_t
run(struct slow *slow, size_t count)
{
	struct one *all = arena_array(t.arena, count, sizeof(*all));
	int64_t start = clock_ms();
	size_t i;

	slow->running = count;
	for (i = 0; i < count; i++) {
		all[i].slow = slow;
		all[i].query = t.query;
		all[i].arena = arena_new();
		snprintf(all[i].sender, sizeof(all[i].sender), "a@d%zu.example",
		    i % MANY);
		all[i].query.sender = all[i].sender;
		coro_start(slow->loop, evaluate, &all[i]);
	}
	loop_run(slow->loop);
	for (i = 0; i < count; i++) {
		ck_assert_int_eq(
		    all[i].result.result, i % 2 ? RESULT_PASS : RESULT_FAIL);
		ck_assert_uint_eq(all[i].result.lookups, 4 + !(i % 2));
		ck_assert_int_eq(all[i].result.explained, !(i % 2));
		arena_free(all[i].arena);
	}
	ck_assert_uint_eq(slow->waiting, 0);
	ck_assert_uint_eq(slow->most, count);
	return clock_ms() - start;
}

static void
add_domains(void)
{
	int i;

	for (i = 0; i < MANY; i++) {
		zone_add("d%d.example TXT \"v=spf1 a include:i%d.example "
			 "%sexists:%%{ir}.%%{v}.y.example -all "
			 "exp=x.example\"",
		    i, i, i % 2 ? "+" : "?include:j.example -");
		zone_add("i%d.example TXT \"v=spf1 mx -all\"", i);
		zone_add("i%d.example MX 1 m.example", i);
		zone_add("d%d.example A 192.0.2.9", i);
	}
	zone_add("m.example A 192.0.2.9");
	zone_add("j.example TXT \"v=spf1 -all\"");
	zone_add("1.2.0.192.in-addr.y.example A 127.0.0.2");
	zone_add("x.example TXT \"%%{d} says no\"");
}

static void
many(enum spf_engine engine)
{
	struct slow slow = {
	    .dns = {slow_lookup, slow_prefetch, slow_now}, .loop = loop_new()};
	struct problems problems;
	int64_t single, all;

	add_domains();
	problems_init(&problems, t.arena);
	slow.zone =
	    dns_zone_new(strbuf_str(&t.zone), "zone", t.arena, &problems);
	ck_assert_uint_eq(problems.count, 0);
	t.conf.engine = (int)engine;
	single = run(&slow, 1);
	all = run(&slow, MANY);
	printf("%s: one evaluation %lld ms, %d at once %lld ms\n",
	    engine == SPF_ENGINE_LIBSPF2 ? "libspf2" : "internal",
	    (long long)single, MANY, (long long)all);
	ck_assert_int_ge(single, 8 * DELAY);
	loop_free(slow.loop);
}

START_TEST(many_wait_as_long_as_one)
{
	many(SPF_ENGINE_LIBSPF2);
}
END_TEST

START_TEST(many_wait_as_long_as_one_in_our_engine)
{
	many(SPF_ENGINE_INTERNAL);
}
END_TEST

TCase *
spf_wait_case(void)
{
	TCase *c = tcase_create("wait");

	tcase_add_test(c, many_wait_as_long_as_one);
	tcase_add_test(c, many_wait_as_long_as_one_in_our_engine);
	return c;
}
