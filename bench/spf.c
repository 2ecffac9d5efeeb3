/*
 * spf: evaluations a CPU second, DNS answered from memory.
 *
 * usage: bench/spf ZONE; prints "engine domain evaluations-a-second result".
 * Plain libspf2 is the library as Debian ships it, asking the same zone.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <arpa/nameser.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>

#include <netinet/in.h>

#include <spf2/spf.h>
#include <spf2/spf_dns.h>

#include "postern/dns_zone.h"
#include "postern/loop.h"

#include "filters/spf/spf_check.h"

enum { BATCH = 1000, CPU_US = 1000000 };

static const char *const senders[] = {
    "alice@simple.example", "alice@chain.example", "alice@macro.example"};

struct job {
	struct dns *zone;
	struct arena *arena;
	struct spf_conf conf;
	struct spf_query query;
	SPF_server_t *server; /* plain libspf2 */
	const char *result;
};

static void
evaluate(struct job *job)
{
	struct spf_result result;

	spf_check_host(
	    &job->conf, job->zone, 1000, job->arena, &job->query, &result);
	job->result = result_word(result.result);
	arena_reset(job->arena);
}

static SPF_dns_rr_t *
zone_lookup(SPF_dns_server_t *dns, const char *name, ns_type type, int cache)
{
	struct job *job = dns->hook;
	struct dns_answer answer;
	SPF_dns_rr_t *rr;
	struct str data;

	(void)cache;
	dns_lookup(
	    job->zone, name, (enum dns_type)type, 1000, job->arena, &answer);
	rr = SPF_dns_rr_new_init(dns, name, type, 300,
	    answer.status == DNS_OK ? NETDB_SUCCESS : HOST_NOT_FOUND);
	if (answer.status != DNS_OK)
		return rr;
	data = answer.records[0].data;
	SPF_dns_rr_buf_realloc(rr, 0, data.len + 1);
	memcpy(rr->rr[0]->txt, data.data, data.len + (type == ns_t_txt));
	rr->num_rr = 1;
	arena_reset(job->arena);
	return rr;
}

static void
evaluate_plain(struct job *job)
{
	SPF_request_t *request = SPF_request_new(job->server);
	SPF_response_t *response = NULL;

	SPF_request_set_ipv4_str(request, "192.0.2.1");
	SPF_request_set_helo_dom(request, job->query.helo);
	SPF_request_set_env_from(request, job->query.sender);
	SPF_request_query_mailfrom(request, &response);
	job->result = SPF_strresult(SPF_response_result(response));
	SPF_response_free(response);
	SPF_request_free(request);
}

static void
measure(const char *name, void (*run)(struct job *job), struct job *job)
{
	size_t i, k, count;
	int64_t start;

	for (i = 0; i < sizeof(senders) / sizeof(senders[0]); i++) {
		job->query.sender = senders[i];
		start = clock_cpu_us();
		count = 0;
		while (clock_cpu_us() - start < CPU_US)
			for (k = 0; k < BATCH; k++, count++)
				run(job);
		printf("%s %s %lld %s\n", name, strchr(senders[i], '@') + 1,
		    (long long)count * 1000000 / (clock_cpu_us() - start),
		    job->result);
		fflush(stdout);
	}
}

int
main(int argc, char **argv)
{
	SPF_dns_server_t dns = {.lookup = zone_lookup, .name = "zone"};
	struct arena *arena = arena_new();
	struct problems problems;
	struct job job = {.arena = arena_new()};

	problems_init(&problems, arena);
	if (argc == 2)
		job.zone = dns_zone_load(argv[1], arena, &problems);
	if (!job.zone) {
		fprintf(stderr, "usage: %s ZONE\n", argv[0]);
		return 64;
	}
	settings_defaults(spf_settings, &job.conf, arena);
	ip_parse(str_c("192.0.2.1"), &job.query.ip);
	job.query.helo = "helo.example";
	job.query.receiver = "mx.example.net";
	job.conf.engine = SPF_ENGINE_INTERNAL;
	measure("internal", evaluate, &job);
	job.conf.engine = SPF_ENGINE_LIBSPF2;
	measure("guarded-libspf2", evaluate, &job);
	dns.hook = &job;
	job.server = SPF_server_new_dns(&dns, 0);
	measure("plain-libspf2", evaluate_plain, &job);
	SPF_server_free(job.server);
	arena_free(job.arena);
	arena_free(arena);
	return 0;
}
