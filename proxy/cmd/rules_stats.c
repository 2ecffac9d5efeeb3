/*
 * rules_stats: what the rules of the running server did since it read them.
 *
 * The counters are read from a file of the runtime directory that the workers
 * map; the server is not asked and does not notice.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <time.h>

#include <jansson.h>

#include "postern/setting.h"
#include "postern/xalloc.h"

#include "cmd.h"
#include "filters/rules/counters.h"
#include "rules_tools.h"

struct stats {
	const char *config, *file;
	enum { STATS_TEXT, STATS_JSON, STATS_METRICS } shape;
	bool verbose;
	struct counter_sum *rules;
	size_t count;
};

static int
busiest_first(const void *a, const void *b)
{
	const struct counter_sum *x = a, *y = b;

	if (x->hits != y->hits)
		return x->hits < y->hits ? 1 : -1;
	if (x->spent != y->spent)
		return x->spent < y->spent ? 1 : -1;
	return strcmp(x->name, y->name);
}

static void
format_time(uint64_t when, char out[32])
{
	time_t t = (time_t)when;
	struct tm tm;

	snprintf(out, 32, "-");
	if (when && gmtime_r(&t, &tm))
		strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

static void
print_text(const struct stats *s, const struct counters *c)
{
	const struct counter_sum *r;
	char last[32], score[16];

	format_time((uint64_t)counters_since(c), last);
	printf("since %s: %llu mails, %zu rules\n", last,
	    (unsigned long long)counters_mails(c), s->count);
	printf("%10s %-20s %10s %7s %7s  %s\n", "HITS", "LAST", "MS", "ERRORS",
	    "SCORE", "NAME");
	for (r = s->rules; r < s->rules + s->count; r++) {
		if (!s->verbose && !r->hits && !r->errors)
			continue;
		format_time(r->last, last);
		printf("%10llu %-20s %10.3f %7llu %7s  %s\n",
		    (unsigned long long)r->hits, last, (double)r->spent / 1e6,
		    (unsigned long long)r->errors,
		    score_format(r->score, score), r->name);
	}
}

static void
put_json(json_t *object)
{
	char *line = json_dumps(object, JSON_COMPACT);

	puts(line);
	free(line);
	json_decref(object);
}

static void
print_json(const struct stats *s, const struct counters *c)
{
	const struct counter_sum *r;

	for (r = s->rules; r < s->rules + s->count; r++)
		if (s->verbose || r->hits || r->errors)
			put_json(json_pack("{s:s,s:s,s:f,s:I,s:I,s:f,s:I}",
			    "name", r->name, "where", r->where, "score",
			    r->score / 1000.0, "hits", (json_int_t)r->hits,
			    "last", (json_int_t)r->last, "ms",
			    (double)r->spent / 1e6, "errors",
			    (json_int_t)r->errors));
	put_json(json_pack("{s:I,s:I,s:I}", "rules", (json_int_t)s->count,
	    "mails", (json_int_t)counters_mails(c), "since",
	    (json_int_t)counters_since(c)));
}

static void
print_metric(const struct stats *s, const char *name, const char *help)
{
	const struct counter_sum *r;

	printf("# HELP postern_rule_%s %s\n# TYPE postern_rule_%s counter\n",
	    name, help, name);
	for (r = s->rules; r < s->rules + s->count; r++) {
		if (!s->verbose && !r->hits && !r->errors)
			continue;
		printf("postern_rule_%s{rule=\"%s\"} ", name, r->name);
		if (strcmp(name, "seconds_total") == 0)
			printf("%.6f\n", (double)r->spent / 1e9);
		else
			printf("%llu\n",
			    (unsigned long long)(name[0] == 'h' ? r->hits :
								  r->errors));
	}
}

static void
print_metrics(const struct stats *s, const struct counters *c)
{
	printf("# HELP postern_rules_mails_total Mails judged by rules.\n"
	       "# TYPE postern_rules_mails_total counter\n"
	       "postern_rules_mails_total %llu\n",
	    (unsigned long long)counters_mails(c));
	print_metric(s, "hits_total", "Mails that the rule hit.");
	print_metric(s, "errors_total", "Mails in which it met its limit.");
	print_metric(s, "seconds_total", "Time in its regex, estimated.");
}

static void
print(struct stats *s, const struct counters *c)
{
	size_t i;

	s->count = counters_rules(c);
	s->rules = xcalloc(s->count + 1, sizeof(*s->rules));
	for (i = 0; i < s->count; i++)
		counters_sum(c, i, &s->rules[i]);
	if (s->count)
		qsort(s->rules, s->count, sizeof(*s->rules), busiest_first);
	if (s->shape == STATS_JSON)
		print_json(s, c);
	else if (s->shape == STATS_METRICS)
		print_metrics(s, c);
	else
		print_text(s, c);
	free(s->rules);
}

static int
read_and_print(struct stats *s, const char *path)
{
	struct error error;
	struct counters *c = counters_open(path, &error);

	if (!c) {
		fprintf(stderr,
		    "postern rules: %s; does a server run, and does it have "
		    "a runtime_directory?\n",
		    error.text);
		return EX_UNAVAILABLE;
	}
	print(s, c);
	counters_close(c);
	return EX_OK;
}

static int
find_and_print(struct stats *s)
{
	struct config *config;
	char path[4096];
	int code;

	if (s->file)
		return read_and_print(s, s->file);
	config = cmd_load(s->config, CONFIG_LOOK, NULL, false);
	if (!config)
		return EX_CONFIG;
	snprintf(path, sizeof(path), "%s/rules.stats",
	    config->runtime_directory ? config->runtime_directory : "");
	code = read_and_print(s, path);
	config_free(config);
	return code;
}

static const struct option long_options[] = {
    {"file", required_argument, NULL, 'f'},
    {"json", no_argument, NULL, 'j'},
    {"metrics", no_argument, NULL, 'm'},
    {NULL, 0, NULL, 0},
};

int
rules_stats(int argc, char **argv)
{
	struct stats s = {.config = NULL};
	int c;

	while ((c = getopt_long(argc, argv, "c:v", long_options, NULL)) != -1) {
		if (c == '?')
			return RULES_USAGE;
		if (c == 'c')
			s.config = optarg;
		if (c == 'f')
			s.file = optarg;
		if (c == 'j' || c == 'm')
			s.shape = c == 'j' ? STATS_JSON : STATS_METRICS;
		s.verbose |= c == 'v';
	}
	return optind == argc ? find_and_print(&s) : RULES_USAGE;
}
