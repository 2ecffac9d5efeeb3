/*
 * spf: one SPF evaluation, told better than spfquery tells it.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include <jansson.h>

#include "postern/charset.h"

#include "cmd.h"
#include "filters/spf/spf_eval.h"
#include "resolver.h"
#include "spf_trace.h"

struct options {
	const char *config;
	const char *zone;
	bool offline;
	bool json;
	bool explain;
	bool have_ip;
	struct spf_query query;
};

/* One identity. */
struct answer {
	struct spf_result result;
	struct spf_trace trace;
};

struct job {
	const struct options *options;
	const struct spf_conf *conf;
	struct dns *dns;
	struct arena *arena;
	struct answer answers[2]; /* MAIL FROM, or HELO alone; HELO */
	size_t count;
};

/* The settings of filter "spf" in the configuration. */
static void
find_conf(
    const struct config *config, struct spf_conf *conf, struct arena *arena)
{
	const struct conf_node *node;
	struct problems problems; /* they were told when it was loaded */

	problems_init(&problems, arena);
	settings_defaults(spf_settings, conf, arena);
	for (node = config->nodes; node; node = node->next)
		if (node->section && node->title &&
		    strcmp(node->name, "filter") == 0 &&
		    strcmp(node->title, "spf") == 0)
			settings_apply(spf_settings, conf, node->child, node,
			    arena, &problems, NULL);
}

static void
ask(struct job *job, const char *sender, int64_t deadline)
{
	struct answer *answer = &job->answers[job->count++];
	struct spf_query query = job->options->query;

	query.sender = sender;
	answer->trace.arena = job->arena;
	answer->trace.limit = job->conf->max_lookups;
	if (job->options->explain) {
		query.told = spf_trace_add;
		query.context = &answer->trace;
	}
	spf_check_host(
	    job->conf, job->dns, deadline, job->arena, &query, &answer->result);
}

/* As the filter does: HELO as well when there is a sender. */
static void
evaluate(void *arg)
{
	struct job *job = arg;
	const struct spf_query *query = &job->options->query;
	int64_t deadline = dns_now(job->dns) + job->conf->timeout;

	ask(job, query->sender, deadline);
	if (query->sender[0] && query->helo[0] && job->conf->check_helo)
		ask(job, "", deadline);
}

static void
set_text(json_t *object, const char *name, struct str s, struct arena *arena)
{
	struct str utf8 = charset_to_utf8(str_c("utf-8"), s, arena);

	json_object_set_new(object, name, json_stringn(utf8.data, utf8.len));
}

static json_t *
to_json(const struct job *job, const struct answer *answer)
{
	const struct spf_result *r = &answer->result;
	json_t *object = json_object();

	json_object_set_new(
	    object, "result", json_string(result_word(r->result)));
	set_text(object, "explanation", r->explanation, job->arena);
	set_text(object, "term", r->term, job->arena);
	json_object_set_new(object, "lookups", json_integer(r->lookups));
	json_object_set_new(object, "void", json_integer(r->voids));
	json_object_set_new(object, "questions", json_integer(r->asked));
	set_text(object, "problem", str_c(r->problem), job->arena);
	set_text(object, "domain", r->domain, job->arena);
	json_object_set_new(object, "identity",
	    json_string(r->helo_identity ? "helo" : "mailfrom"));
	json_object_set_new(object, "dnssec", json_boolean(r->secure));
	json_object_set_new(object, "bogus", json_boolean(r->bogus));
	if (job->options->explain)
		json_object_set_new(
		    object, "trace", spf_trace_json(&answer->trace));
	return object;
}

static void
print_json(const struct job *job)
{
	json_t *object = to_json(job, &job->answers[0]);
	char *line;

	if (job->count > 1)
		json_object_set_new(
		    object, "helo", to_json(job, &job->answers[1]));
	line = json_dumps(object, JSON_COMPACT | JSON_PRESERVE_ORDER);
	puts(line);
	free(line);
	json_decref(object);
}

static void
print_line(const char *format, struct str text, struct arena *arena)
{
	text = spf_printable(text, arena);
	if (text.len)
		printf("  %s%.*s\n", format, (int)text.len, text.data);
}

static void
print_text(const struct job *job, const struct answer *answer)
{
	const struct spf_result *r = &answer->result;
	struct str domain = spf_printable(r->domain, job->arena);

	printf("%s %.*s: %s\n", r->helo_identity ? "HELO" : "MAIL FROM",
	    (int)domain.len, domain.data, result_word(r->result));
	print_line("decided by ", r->term, job->arena);
	print_line("explanation: ", r->explanation, job->arena);
	print_line("problem: ", str_c(r->problem), job->arena);
	printf("  %u of %u look-ups, %u of %u void, %u questions, DNSSEC: %s\n",
	    r->lookups, job->conf->max_lookups, r->voids, job->conf->max_voids,
	    r->asked, spf_dnssec_word(r));
	spf_trace_print(&answer->trace, stdout);
}

static void
print(const struct job *job)
{
	size_t i;

	if (job->options->json) {
		print_json(job);
		return;
	}
	printf("%s\n", result_word(job->answers[0].result.result));
	for (i = 0; i < job->count; i++)
		print_text(job, &job->answers[i]);
}

static int
run(const struct options *o)
{
	struct config *config = cmd_load(o->config, CONFIG_LOOK, NULL, true);
	struct spf_conf conf;
	struct resolver resolver;
	struct job job = {.options = o, .conf = &conf};
	int code = EX_CONFIG;

	if (!config)
		return code;
	job.arena = arena_new();
	find_conf(config, &conf, job.arena);
	if (resolver_open(&resolver, config, o->zone, o->offline)) {
		job.dns = resolver.dns;
		resolver_run(&resolver, evaluate, &job);
		print(&job);
		resolver_close(&resolver);
		code = EX_OK;
	}
	arena_free(job.arena);
	config_free(config);
	return code;
}

enum {
	OPTION_IP = 256,
	OPTION_HELO,
	OPTION_FROM,
	OPTION_ZONE,
	OPTION_OFFLINE,
	OPTION_JSON,
	OPTION_EXPLAIN,
	OPTION_TIME
};

static const struct option long_options[] = {
    {"ip", required_argument, NULL, OPTION_IP},
    {"helo", required_argument, NULL, OPTION_HELO},
    {"from", required_argument, NULL, OPTION_FROM},
    {"zone", required_argument, NULL, OPTION_ZONE},
    {"offline", no_argument, NULL, OPTION_OFFLINE},
    {"json", no_argument, NULL, OPTION_JSON},
    {"explain", no_argument, NULL, OPTION_EXPLAIN},
    {"time", required_argument, NULL, OPTION_TIME},
    {NULL, 0, NULL, 0},
};

static bool
take_time(struct options *o, const char *value)
{
	uint64_t when;

	if (!str_to_uint(str_c(value), INT64_MAX, &when))
		return false;
	o->query.time = (time_t)when;
	return true;
}

static bool
take_option(struct options *o, int option, const char *value)
{
	switch (option) {
	case 'c':
		o->config = value;
		return true;
	case OPTION_IP:
		return o->have_ip = ip_parse(str_c(value), &o->query.ip);
	case OPTION_HELO:
		o->query.helo = value;
		return true;
	case OPTION_FROM:
		o->query.sender = value;
		return true;
	case OPTION_ZONE:
		o->zone = value;
		return true;
	case OPTION_OFFLINE:
		return o->offline = true;
	case OPTION_JSON:
		return o->json = true;
	case OPTION_EXPLAIN:
		return o->explain = true;
	case OPTION_TIME:
		return take_time(o, value);
	default:
		return false;
	}
}

static int
spf(int argc, char **argv)
{
	struct options o = {
	    .query = {.helo = "", .sender = "", .receiver = "unknown"}};
	int c;

	o.query.time = time(NULL);
	while ((c = getopt_long(argc, argv, "c:", long_options, NULL)) != -1) {
		if (c == '?' || !take_option(&o, c, optarg)) {
			if (c == OPTION_IP)
				fprintf(stderr,
				    "postern spf: \"%s\" is no address\n",
				    optarg);
			return cmd_usage(&cmd_spf);
		}
	}
	if (optind < argc || !o.have_ip ||
	    (o.query.sender[0] == '\0' && o.query.helo[0] == '\0'))
		return cmd_usage(&cmd_spf);
	return run(&o);
}

const struct cmd cmd_spf = {
    "spf",
    "one SPF evaluation: result, explanation, the term that matched",
    "--ip ADDRESS --from SENDER [--helo NAME] [options]\n"
    "  -c FILE      configuration (its filter \"spf\" section counts)\n"
    "  --zone FILE  answer all DNS from this file\n"
    "  --offline    ask no DNS\n"
    "  --time T     the clock (Unix time), for the macro t\n"
    "  --explain    each record, question and term, and what came of it\n"
    "  --json       as one JSON object",
    spf,
};
