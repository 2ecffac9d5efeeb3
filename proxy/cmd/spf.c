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
#include "filters/spf/spf_check.h"
#include "resolver.h"

struct options {
	const char *config;
	const char *zone;
	bool offline;
	bool json;
	bool have_ip;
	struct spf_query query;
};

struct job {
	const struct options *options;
	const struct spf_conf *conf;
	struct dns *dns;
	struct arena *arena;
	struct spf_result result;
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
evaluate(void *arg)
{
	struct job *job = arg;

	spf_check_host(job->conf, job->dns,
	    dns_now(job->dns) + job->conf->timeout, job->arena,
	    &job->options->query, &job->result);
}

static void
set_text(json_t *object, const char *name, struct str s, struct arena *arena)
{
	struct str utf8 = charset_to_utf8(str_c("utf-8"), s, arena);

	json_object_set_new(object, name, json_stringn(utf8.data, utf8.len));
}

static void
print_json(const struct job *job)
{
	const struct spf_result *r = &job->result;
	json_t *object = json_object();
	char *line;

	json_object_set_new(
	    object, "result", json_string(result_word(r->result)));
	set_text(object, "explanation", r->explanation, job->arena);
	set_text(object, "term", r->term, job->arena);
	json_object_set_new(object, "lookups", json_integer(r->lookups));
	json_object_set_new(object, "void", json_integer(r->voids));
	set_text(object, "problem", str_c(r->problem), job->arena);
	set_text(object, "domain", r->domain, job->arena);
	json_object_set_new(object, "identity",
	    json_string(r->helo_identity ? "helo" : "mailfrom"));
	json_object_set_new(object, "dnssec", json_boolean(r->secure));
	line = json_dumps(object, JSON_COMPACT | JSON_PRESERVE_ORDER);
	puts(line);
	free(line);
	json_decref(object);
}

static void
print_text(const struct job *job)
{
	const struct spf_result *r = &job->result;

	printf("%s\n", result_word(r->result));
	printf("  checked %.*s (%s)\n", (int)r->domain.len, r->domain.data,
	    r->helo_identity ? "HELO" : "MAIL FROM");
	if (r->term.len)
		printf(
		    "  decided by \"%.*s\"\n", (int)r->term.len, r->term.data);
	if (r->explanation.len)
		printf("  explanation: %.*s\n", (int)r->explanation.len,
		    r->explanation.data);
	if (r->problem[0])
		printf("  problem: %s\n", r->problem);
	printf("  %u of %u look-ups, %u of %u void, %s\n", r->lookups,
	    job->conf->max_lookups, r->voids, job->conf->max_voids,
	    r->secure ? "DNSSEC validated" : "not validated by DNSSEC");
}

static int
run(const struct options *o)
{
	struct config *config = cmd_load(o->config, CONFIG_LOOK, NULL);
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
		if (o->json)
			print_json(&job);
		else
			print_text(&job);
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
	OPTION_TIME
};

static const struct option long_options[] = {
    {"ip", required_argument, NULL, OPTION_IP},
    {"helo", required_argument, NULL, OPTION_HELO},
    {"from", required_argument, NULL, OPTION_FROM},
    {"zone", required_argument, NULL, OPTION_ZONE},
    {"offline", no_argument, NULL, OPTION_OFFLINE},
    {"json", no_argument, NULL, OPTION_JSON},
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
    "  --json       as one JSON object",
    spf,
};
