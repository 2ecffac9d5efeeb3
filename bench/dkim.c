/*
 * dkim: signatures verified in a CPU second, keys from memory.
 *
 * usage: bench/dkim ZONE MESSAGE...; prints "engine file messages-a-second
 * megabytes-a-second result".  raw-openssl is the limit: one SHA-256 over the
 * octets of body and header as they lie, and one verification with a decoded
 * key.  plain-libopendkim is the library as Debian ships it.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>

#include <netinet/in.h>

#include <opendkim/dkim.h>
#include <openssl/rsa.h>

#include "postern/dns_zone.h"
#include "postern/loop.h"
#include "postern/strbuf.h"

#include "filters/dkim/digest.h"
#include "filters/dkim/dkim_filter.h"
#include "filters/dkim/headercanon.h"
#include "filters/dkim/verify.h"

enum { CPU_US = 2000000, MAIL_MAX = 64 << 20, MB = 1000000 };

struct job {
	struct dns *zone;
	struct arena *arena;
	struct dkim_conf conf;
	void *self;
	void *lane;
	struct str mail;
	DKIM_LIB *lib;
	const char *record;
	const char *result;
	struct keyrecord key; /* raw */
	struct signature sig;
	struct str header;
	struct str body;
};

static void
run_filter(struct job *job)
{
	struct scan scan = {.arena = job->arena,
	    .dns = job->zone,
	    .deadline = INT64_MAX,
	    .time = time(NULL)};
	struct message message;

	message_parse(job->mail, job->arena, &message);
	scan.message = &message;
	dkim_filter.check(job->self, job->lane, STAGE_MESSAGE, &scan);
	job->result = result_word(scan.findings[0].result);
	arena_reset(job->arena);
}

static void
run_raw(struct job *job)
{
	const unsigned char *b = (const unsigned char *)job->sig.b.data;
	unsigned char hash[DIGEST_SIZE];
	EVP_PKEY_CTX *ctx;
	EVP_MD_CTX *md;
	bool good;

	digest_compute(job->body, hash);
	digest_compute(job->header, hash);
	if (job->key.rsa) {
		ctx = EVP_PKEY_CTX_new(job->key.key, NULL);
		EVP_PKEY_verify_init(ctx);
		EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING);
		EVP_PKEY_CTX_set_signature_md(ctx, digest_sha256());
		good = EVP_PKEY_verify(
			   ctx, b, job->sig.b.len, hash, sizeof(hash)) == 1;
		EVP_PKEY_CTX_free(ctx);
	} else {
		md = EVP_MD_CTX_new();
		EVP_DigestVerifyInit(md, NULL, NULL, NULL, job->key.key);
		good = EVP_DigestVerify(
			   md, b, job->sig.b.len, hash, sizeof(hash)) == 1;
		EVP_MD_CTX_free(md);
	}
	job->result = good ? "pass" : "fail";
}

static void
run_hash(struct job *job)
{
	unsigned char hash[DIGEST_SIZE];

	digest_compute(job->mail, hash);
	job->result = "-";
}

static DKIM_CBSTAT
give_record(DKIM *dkim, DKIM_SIGINFO *sig, u_char *buf, size_t len)
{
	const struct job *job = dkim_get_user_context(dkim);

	(void)sig;
	snprintf((char *)buf, len, "%s", job->record);
	return DKIM_CBSTAT_CONTINUE;
}

static void
run_plain(struct job *job)
{
	struct message message;
	struct str raw;
	DKIM_STAT status;
	DKIM *dkim;
	size_t i;

	message_parse(job->mail, job->arena, &message);
	dkim = dkim_verify(job->lib, (const unsigned char *)"-", NULL, &status);
	dkim_set_user_context(dkim, job);
	for (i = 0; i < message.field_count; i++) {
		raw = message.fields[i].raw;
		dkim_header(dkim, (u_char *)raw.data, raw.len - 2);
	}
	status = dkim_eoh(dkim);
	if (status == DKIM_STAT_OK && message.body.len)
		dkim_body(dkim, (u_char *)message.body.data, message.body.len);
	status = dkim_eom(dkim, NULL);
	job->result = status == DKIM_STAT_OK ? "pass" : "fail";
	dkim_free(dkim);
	arena_reset(job->arena);
}

static void
measure(const char *name, const char *file, void (*run)(struct job *job),
    struct job *job)
{
	size_t count = 0;
	int64_t start, spent;
	const char *base = strrchr(file, '/');

	run(job);
	start = clock_cpu_us();
	do {
		run(job);
		count++;
		spent = clock_cpu_us() - start;
	} while (spent < CPU_US);
	printf("%s %s %lld %lld %s\n", name, base ? base + 1 : file,
	    (long long)count * MB / spent,
	    (long long)count * (int64_t)job->mail.len / spent, job->result);
	fflush(stdout);
}

/* Signature, key and octets of the mail, for the raw limit. */
static void
prepare(struct job *job, struct arena *arena)
{
	struct dns_answer answer;
	struct message message;
	struct strbuf header;
	const char *name;

	message_parse(job->mail, arena, &message);
	signature_parse(message_find(&message, "DKIM-Signature", 0), time(NULL),
	    arena, &job->sig);
	strbuf_init(&header);
	headercanon_add(&message, &job->sig, arena, &header);
	job->header = arena_copy(arena, strbuf_str(&header));
	strbuf_clear(&header);
	job->body = message.body;
	name = arena_printf(arena, "%.*s._domainkey.%.*s",
	    (int)job->sig.selector.len, job->sig.selector.data,
	    (int)job->sig.domain.len, job->sig.domain.data)
		   .data;
	dns_lookup(job->zone, name, DNS_TXT, 1000, arena, &answer);
	if (answer.status != DNS_OK) {
		fprintf(stderr, "no key at %s\n", name);
		exit(65);
	}
	job->record = answer.records[0].data.data;
	keyrecord_read(answer.records[0].data, arena, &job->key);
}

static void
measure_file(struct job *job, const char *file)
{
	struct arena *arena = arena_new();
	FILE *in = fopen(file, "rb");
	char *octets = malloc(MAIL_MAX);

	if (!in) {
		perror(file);
		exit(66);
	}
	job->mail = str_of(octets, fread(octets, 1, MAIL_MAX, in));
	fclose(in);
	prepare(job, arena);
	measure("raw-openssl", file, run_raw, job);
	measure("sha256", file, run_hash, job);
	job->conf.engine = ENGINE_NATIVE;
	job->self = dkim_filter.open(&job->conf, NULL);
	measure("native", file, run_filter, job);
	dkim_filter.close(job->self);
	job->conf.engine = ENGINE_OPENDKIM;
	job->self = dkim_filter.open(&job->conf, NULL);
	measure("opendkim", file, run_filter, job);
	dkim_filter.close(job->self);
	measure("plain-libopendkim", file, run_plain, job);
	keyrecord_clear(&job->key);
	arena_free(arena);
	free(octets);
}

int
main(int argc, char **argv)
{
	struct arena *arena = arena_new();
	struct problems problems;
	struct job job = {.arena = arena_new()};
	int i;

	problems_init(&problems, arena);
	if (argc > 2)
		job.zone = dns_zone_load(argv[1], arena, &problems);
	if (!job.zone) {
		fprintf(stderr, "usage: %s ZONE MESSAGE...\n", argv[0]);
		return 64;
	}
	settings_defaults(dkim_filter.settings, &job.conf, arena);
	job.lane = dkim_filter.lane_open(NULL);
	job.lib = dkim_init(NULL, NULL);
	dkim_set_key_lookup(job.lib, give_record);
	for (i = 2; i < argc; i++)
		measure_file(&job, argv[i]);
	dkim_filter.lane_close(job.lane);
	dkim_close(job.lib);
	arena_free(job.arena);
	arena_free(arena);
	return 0;
}
