/*
 * check_dkim: keys kept and asked for, and the library's way to them.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include <check.h>
#include <openssl/rsa.h>

#include "postern/strbuf.h"
#include "postern/xalloc.h"

#include "filters/dkim/dkim_filter.h"
#include "filters/dkim/opendkim_key.h"
#include "filters/dkim/verify.h"

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

/* A resolver that counts; it has one record at every name. */
struct counter {
	struct dns dns; /* first */
	struct str record;
	int64_t now;
	unsigned prefetched;
	unsigned before_first; /* prefetched until the first question */
	unsigned asked;
};

static void
count_lookup(struct dns *dns, const char *name, enum dns_type type,
    int64_t deadline, struct arena *room, struct dns_answer *answer)
{
	struct counter *c = (struct counter *)dns;

	(void)name;
	(void)type;
	(void)deadline;
	if (c->asked++ == 0)
		c->before_first = c->prefetched;
	answer->status = DNS_OK;
	answer->ttl = 60;
	answer->count = 1;
	answer->records = arena_array(room, 1, sizeof(*answer->records));
	answer->records[0].data = c->record;
}

static void
count_prefetch(struct dns *dns, const char *name, enum dns_type type)
{
	struct counter *c = (struct counter *)dns;

	(void)name;
	(void)type;
	c->prefetched++;
}

static int64_t
count_now(struct dns *dns)
{
	return ((struct counter *)dns)->now;
}

static void
counter_init(struct counter *c, struct str record)
{
	*c = (struct counter) {.record = record};
	c->dns = (struct dns) {count_lookup, count_prefetch, count_now};
}

static struct str
base64(const unsigned char *octets, size_t len)
{
	char *text = arena_alloc(arena, len * 2 + 8);

	EVP_EncodeBlock((unsigned char *)text, octets, (int)len);
	return str_c(text);
}

/* Header and empty body, signed with a key of the selectors s0, s1, s2. */
static struct str
signed_mail(EVP_PKEY *key, unsigned signatures)
{
	static const char fields[] = "From: a@example.org\r\nTo: b\r\n\r\n";
	static const char empty[] =
	    "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
	unsigned char b[512];
	size_t len;
	struct strbuf mail;
	struct str field, text;
	EVP_MD_CTX *md;

	strbuf_init(&mail);
	while (signatures-- > 0) {
		field = arena_printf(arena,
		    "v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org; "
		    "s=s%u; h=from:to:to; bh=%s; b=",
		    signatures, empty);
		text = arena_printf(arena,
		    "from:a@example.org\r\nto:b\r\ndkim-signature:%.*s",
		    (int)field.len, field.data);
		md = EVP_MD_CTX_new();
		len = sizeof(b);
		EVP_DigestSignInit(md, NULL, EVP_sha256(), NULL, key);
		ck_assert(EVP_DigestSign(md, b, &len,
			      (const unsigned char *)text.data, text.len) == 1);
		EVP_MD_CTX_free(md);
		strbuf_puts(&mail, "DKIM-Signature: ");
		strbuf_add(&mail, field);
		strbuf_add(&mail, base64(b, len));
		strbuf_puts(&mail, "\r\n");
	}
	strbuf_puts(&mail, fields);
	text = arena_copy(arena, strbuf_str(&mail));
	strbuf_clear(&mail);
	return text;
}

static struct str
record_of(EVP_PKEY *key)
{
	unsigned char *der = NULL;
	int len = i2d_PublicKey(key, &der);
	struct str p = base64(der, (size_t)len);

	OPENSSL_free(der);
	return arena_printf(arena, "v=DKIM1; p=%.*s", (int)p.len, p.data);
}

static enum result
judge(struct counter *c, void *lane, enum engine_choice engine, struct str mail,
    size_t count)
{
	struct scan scan = {.arena = arena, .deadline = INT64_MAX};
	struct dkim_conf conf;
	struct message message;
	void *self;
	size_t i;

	settings_defaults(dkim_filter.settings, &conf, arena);
	conf.engine = engine;
	conf.witness =
	    engine == ENGINE_NATIVE ? WITNESS_OPENDKIM : WITNESS_NATIVE;
	self = dkim_filter.open(&conf, NULL);
	message_parse(mail, arena, &message);
	scan.message = &message;
	scan.dns = &c->dns;
	scan.time = 1000;
	dkim_filter.check(self, lane, STAGE_MESSAGE, &scan);
	dkim_filter.close(self);
	ck_assert_uint_eq(scan.finding_count, count);
	for (i = 1; i < count; i++)
		ck_assert_int_eq(
		    scan.findings[i].result, scan.findings[0].result);
	return scan.findings[0].result;
}

START_TEST(keys_are_asked_for_together_and_kept)
{
	struct verify_lane *lane = dkim_filter.lane_open(NULL);
	EVP_PKEY *key = EVP_RSA_gen(2048);
	struct str mail = signed_mail(key, 3);
	struct counter c;

	counter_init(&c, record_of(key));
	ck_assert_int_eq(judge(&c, lane, ENGINE_NATIVE, mail, 3), RESULT_PASS);
	ck_assert_uint_eq(c.before_first, 3);
	ck_assert_uint_eq(c.asked, 3);
	ck_assert_int_eq(
	    judge(&c, lane, ENGINE_OPENDKIM, mail, 3), RESULT_PASS);
	ck_assert_uint_eq(c.asked, 3);
	ck_assert_uint_eq(c.prefetched, 3);
	c.now = 60 * 1000;
	ck_assert_int_eq(judge(&c, lane, ENGINE_NATIVE, mail, 3), RESULT_PASS);
	ck_assert_uint_eq(c.asked, 6);
	ck_assert_uint_eq(lane->witnessed, 9);
	ck_assert_uint_eq(lane->differences, 0);
	dkim_filter.lane_close(lane);
	EVP_PKEY_free(key);
}
END_TEST

/* Fails where libopendkim no longer calls d2i_PUBKEY_bio through its PLT:
 * doc/decisions/0003-opendkim-key.md. */
START_TEST(the_library_takes_our_key)
{
	EVP_PKEY *key = EVP_RSA_gen(2048), *other = EVP_RSA_gen(2048);
	unsigned long before = opendkim_key_supplied();
	struct str mail = signed_mail(key, 1);
	struct counter c;

	counter_init(&c, record_of(key));
	ck_assert_int_eq(
	    judge(&c, NULL, ENGINE_OPENDKIM, mail, 1), RESULT_PASS);
	ck_assert_uint_eq(opendkim_key_supplied(), before + 1);
	c.record = record_of(other);
	ck_assert_int_eq(
	    judge(&c, NULL, ENGINE_OPENDKIM, mail, 1), RESULT_FAIL);
	ck_assert_uint_eq(opendkim_key_supplied(), before + 2);
	EVP_PKEY_free(key);
	EVP_PKEY_free(other);
}
END_TEST

/* on_fail and on_none of a mail whose one signature does not verify. */
static const struct scan *
react(const char *flags, const char *on_fail, const char *on_none)
{
	static struct scan scan;
	EVP_PKEY *key = EVP_RSA_gen(2048), *other = EVP_RSA_gen(2048);
	struct texts fail = {&on_fail, 1}, none = {&on_none, 1};
	struct str record = record_of(other);
	const struct setting *row;
	struct dkim_conf conf;
	struct message message;
	struct error error;
	struct counter c;
	void *self;

	counter_init(&c,
	    arena_printf(
		arena, "%.*s; t=%s", (int)record.len, record.data, flags));
	settings_defaults(dkim_filter.settings, &conf, arena);
	for (row = dkim_filter.settings; row->name; row++) {
		if (strcmp(row->name, "on_fail") == 0)
			setting_parse(row, &fail, &conf, arena, &error);
		if (strcmp(row->name, "on_none") == 0)
			setting_parse(row, &none, &conf, arena, &error);
	}
	message_parse(signed_mail(key, 1), arena, &message);
	scan = (struct scan) {.arena = arena,
	    .deadline = INT64_MAX,
	    .message = &message,
	    .dns = &c.dns,
	    .time = 1000};
	self = dkim_filter.open(&conf, NULL);
	dkim_filter.check(self, NULL, STAGE_MESSAGE, &scan);
	dkim_filter.close(self);
	EVP_PKEY_free(key);
	EVP_PKEY_free(other);
	ck_assert_int_eq(scan.findings[0].result, RESULT_FAIL);
	return &scan;
}

/* RFC 6376 3.6.1: with t=y, as if it were not signed. */
START_TEST(a_test_key_that_fails_is_no_signature)
{
	ck_assert_uint_eq(react("s", "reject", "ignore")->wish_count, 1);
	ck_assert_uint_eq(react("s", "ignore", "reject")->wish_count, 0);
	ck_assert_uint_eq(react("y", "reject", "ignore")->wish_count, 0);
	ck_assert_uint_eq(react("s:y", "ignore", "reject")->wish_count, 1);
}
END_TEST

START_TEST(a_cache_keeps_no_longer_than_dns_says)
{
	struct keycache *cache = keycache_new();
	struct keyset set = {.count = 1}, out;

	keyrecord_read(str_c("k=rsa"), arena, &set.records[0]);
	keycache_put(cache, "a.example", 1000, 0, &set);
	ck_assert(!keycache_find(cache, "a.example", 1000, &out));
	keycache_put(cache, "a.example", 1000, 5, &set);
	ck_assert(keycache_find(cache, "A.example", 5999, &out));
	ck_assert_str_eq(out.records[0].problem, set.records[0].problem);
	ck_assert(!keycache_find(cache, "b.example", 5999, &out));
	ck_assert(!keycache_find(cache, "a.example", 6000, &out));
	keycache_put(cache, "a.example", 0, UINT32_MAX, &set);
	ck_assert(!keycache_find(
	    cache, "a.example", (int64_t)KEYCACHE_TTL_MAX * 1000, &out));
	keycache_free(cache);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("dkim");
	TCase *all = tcase_create("all");
	SRunner *runner;
	int failed;

	suite_add_tcase(suite, all);
	tcase_add_checked_fixture(all, setup, teardown);
	tcase_set_timeout(all, 60);
	tcase_add_test(all, keys_are_asked_for_together_and_kept);
	tcase_add_test(all, the_library_takes_our_key);
	tcase_add_test(all, a_test_key_that_fails_is_no_signature);
	tcase_add_test(all, a_cache_keeps_no_longer_than_dns_says);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
