/*
 * scan: judges saved mail with the chain that judges live mail.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <time.h>

#include "cmd.h"
#include "proxy/report/meter.h"
#include "proxy/report/report.h"
#include "proxy/report/strip.h"
#include "resolver.h"
#include "saved.h"
#include "scan_print.h"
#include "scan_target.h"

struct options {
	struct arena *arena;
	const char *config;
	const char *zone;
	const char *rules;
	const char *helo;
	const char *from;
	struct ip ip;
	struct texts rcpts;
	bool offline;
	bool exit_code;
	bool all_rules; /* hits of __subrules are told, too */
	int64_t when;   /* 0: now */
	struct scan_style style;
	struct scan_target target;
	char **files;
	int file_count;
};

struct job {
	const struct options *options;
	const struct config *config;
	struct dns *dns;
	struct lanes *lanes;
	struct ruleset *set; /* for --target, or NULL */
	enum action strongest;
	bool failed;
};

/* One mail; everything about it ends with the arena. */
struct item {
	struct job *job;
	const char *file;
	struct arena *arena;
	struct envelope envelope;
	struct message message;
	struct meter meter;
	struct scan scan;
	struct verdict verdict;
	char id[REPORT_ID_SIZE];
};

static void
fill_envelope(struct item *item)
{
	const struct options *o = item->job->options;
	struct envelope *e = &item->envelope;
	size_t i;

	*e = (struct envelope) {
	    .client = o->ip,
	    .helo = o->helo ? o->helo : "",
	    .protocol = "ESMTP",
	    .listener = "scan",
	    .sender = o->from,
	    .receiver = item->job->config->hostname,
	};
	e->recipients = arena_array(
	    item->arena, o->rcpts.count + 1, sizeof(*e->recipients));
	for (i = 0; i < o->rcpts.count; i++)
		e->recipients[i] = (struct recipient) {o->rcpts.at[i], true};
	e->recipient_count = o->rcpts.count;
	if (saved_guess(&item->message, e, item->arena))
		scan_print_guess(item->file, e);
}

static void
begin(struct item *item)
{
	const struct config *config = item->job->config;
	const struct options *o = item->job->options;

	meter_init(&item->meter, item->job->dns);
	item->scan = (struct scan) {
	    .arena = item->arena,
	    .envelope = &item->envelope,
	    .dns = &item->meter.dns,
	    .all_hits = o->all_rules,
	    .time = o->when ? (time_t)o->when : time(NULL),
	    .quarantines = config->milter_count > 0,
	};
}

static void
check(struct item *item)
{
	const struct config *config = item->job->config;
	int stage;

	for (stage = STAGE_CONNECT; stage <= STAGE_MESSAGE; stage++) {
		item->scan.deadline = dns_now(item->job->dns) + 20000;
		if (stage == STAGE_MESSAGE)
			item->scan.message = &item->message;
		chain_check(config->chain, item->job->lanes, (enum stage)stage,
		    &item->scan);
	}
	chain_decide(config->chain, &item->scan, &item->verdict);
}

/* No judgement: what its rules would be matched against. */
static void
show_target(struct item *item)
{
	const struct options *o = item->job->options;

	item->scan.message = &item->message;
	scan_target_print(
	    &o->target, item->file, &item->scan, item->job->set, o->style.json);
}

static struct str
reply_of(struct item *item)
{
	const struct verdict *v = &item->verdict;

	if (v->would < ACTION_DEFER)
		return str_c("");
	return arena_printf(
	    item->arena, "%u %s %s", v->code, v->enhanced, v->text);
}

static void
tell(struct item *item, int64_t started)
{
	const struct config *config = item->job->config;
	struct report report = {
	    .config = config,
	    .id = item->id,
	    .file = item->file,
	    .scan = &item->scan,
	    .verdict = &item->verdict,
	    .reply = reply_of(item),
	    .size = item->message.bytes.len,
	    .dns_ms = item->meter.spent,
	    .scan_ms = clock_ms() - started,
	};
	struct strip strip;

	strip_find(
	    &item->message, config->authserv_id, false, item->arena, &strip);
	report.removed_authres = strip.authres;
	scan_print(&report, &item->job->options->style);
}

static void
scan_file(struct job *job, const char *file)
{
	struct item item = {.job = job, .file = file};
	int64_t started = clock_ms();
	struct strbuf bytes;
	struct error error;

	strbuf_init(&bytes);
	if (!saved_read(file, &bytes, &error)) {
		fprintf(stderr, "postern: %s\n", error.text);
		job->failed = true;
		strbuf_clear(&bytes);
		return;
	}
	item.arena = arena_new();
	report_id(item.id);
	message_parse(strbuf_str(&bytes), item.arena, &item.message);
	fill_envelope(&item);
	begin(&item);
	if (job->options->target.kind != SCAN_TARGET_NONE) {
		show_target(&item);
	} else {
		check(&item);
		tell(&item, started);
	}
	if (item.verdict.action > job->strongest)
		job->strongest = item.verdict.action;
	arena_free(item.arena);
	strbuf_clear(&bytes);
}

static void
scan_all(void *arg)
{
	struct job *job = arg;
	int i;

	for (i = 0; i < job->options->file_count; i++)
		scan_file(job, job->options->files[i]);
}

static int
exit_code(const struct options *o, const struct job *job)
{
	/* The contract numbers them in another order than their strength. */
	static const int codes[] = {
	    [ACTION_NONE] = 0,
	    [ACTION_TAG] = 1,
	    [ACTION_QUARANTINE] = 2,
	    [ACTION_DEFER] = 3,
	    [ACTION_REJECT] = 4,
	    [ACTION_DISCARD] = 5,
	};

	if (job->failed)
		return EX_NOINPUT;
	return o->exit_code ? codes[job->strongest] : EX_OK;
}

/* The trusted networks that the named rules set, for --target. */
static struct ruleset *
load_lists(const struct options *o)
{
	const struct texts dirs = {.at = (const char **)&o->rules, .count = 1};
	struct problems problems;

	if (o->target.kind == SCAN_TARGET_NONE || !o->rules)
		return NULL;
	problems_init(&problems, o->arena);
	return ruleset_load(&dirs, &problems);
}

static int
run(const struct options *o)
{
	struct job job = {.options = o};
	struct resolver resolver;
	struct config *config;
	int code = EX_CONFIG;

	config = cmd_load(o->config, CONFIG_TOOL, o->rules, false);
	if (!config)
		return code;
	if (resolver_open(&resolver, config, o->zone, o->offline)) {
		job.config = config;
		job.dns = resolver.dns;
		job.lanes = lanes_open(config->chain);
		job.set = load_lists(o);
		resolver_run(&resolver, scan_all, &job);
		ruleset_free(job.set);
		lanes_close(job.lanes);
		resolver_close(&resolver);
		code = exit_code(o, &job);
	}
	config_free(config);
	return code;
}

enum {
	OPTION_IP = 256,
	OPTION_HELO,
	OPTION_FROM,
	OPTION_RCPT,
	OPTION_ZONE,
	OPTION_OFFLINE,
	OPTION_TIME,
	OPTION_RULES,
	OPTION_JSON,
	OPTION_HEADERS,
	OPTION_EXPLAIN,
	OPTION_TARGET,
	OPTION_EXIT_CODE,
	OPTION_ALL_RULES
};

static const struct option long_options[] = {
    {"ip", required_argument, NULL, OPTION_IP},
    {"helo", required_argument, NULL, OPTION_HELO},
    {"from", required_argument, NULL, OPTION_FROM},
    {"rcpt", required_argument, NULL, OPTION_RCPT},
    {"zone", required_argument, NULL, OPTION_ZONE},
    {"offline", no_argument, NULL, OPTION_OFFLINE},
    {"time", required_argument, NULL, OPTION_TIME},
    {"rules", required_argument, NULL, OPTION_RULES},
    {"json", no_argument, NULL, OPTION_JSON},
    {"headers", no_argument, NULL, OPTION_HEADERS},
    {"explain", no_argument, NULL, OPTION_EXPLAIN},
    {"target", required_argument, NULL, OPTION_TARGET},
    {"exit-code", no_argument, NULL, OPTION_EXIT_CODE},
    {"all-rules", no_argument, NULL, OPTION_ALL_RULES},
    {NULL, 0, NULL, 0},
};

static bool
take_value(struct options *o, int option, const char *value)
{
	uint64_t when;

	switch (option) {
	case OPTION_IP:
		return ip_parse(str_c(value), &o->ip);
	case OPTION_TIME:
		if (!str_to_uint(str_c(value), INT64_MAX, &when))
			return false;
		o->when = (int64_t)when;
		return true;
	case OPTION_TARGET:
		return scan_target_parse(value, o->arena, &o->target);
	case OPTION_RCPT:
		o->rcpts.at[o->rcpts.count++] = value;
		return true;
	default:
		return false;
	}
}

static bool
take_option(struct options *o, int option, const char *value)
{
	switch (option) {
	case 'c':
		o->config = value;
		return true;
	case OPTION_HELO:
		o->helo = value;
		return true;
	case OPTION_FROM:
		o->from = value;
		return true;
	case OPTION_ZONE:
		o->zone = value;
		return true;
	case OPTION_RULES:
		o->rules = value;
		return true;
	case OPTION_OFFLINE:
		return o->offline = true;
	case OPTION_JSON:
		return o->style.json = true;
	case OPTION_HEADERS:
		return o->style.headers = true;
	case OPTION_EXPLAIN:
		return o->style.explain = true;
	case OPTION_EXIT_CODE:
		return o->exit_code = true;
	case OPTION_ALL_RULES:
		return o->all_rules = true;
	default:
		return take_value(o, option, value);
	}
}

static void
complain(int option, const char *value)
{
	const char *what = option == OPTION_IP ? "address" :
	    option == OPTION_TIME              ? "Unix time" :
	    option == OPTION_TARGET            ? "target" :
						 NULL;

	if (what)
		fprintf(stderr, "postern scan: \"%s\" is no %s\n", value, what);
}

static int
scan(int argc, char **argv)
{
	struct options o = {.arena = arena_new()};
	int c, code = EX_USAGE;

	o.rcpts.at = arena_array(o.arena, (size_t)argc + 1, sizeof(char *));
	while ((c = getopt_long(argc, argv, "c:", long_options, NULL)) != -1) {
		if (c == '?' || !take_option(&o, c, optarg)) {
			complain(c, optarg);
			goto out;
		}
	}
	o.files = argv + optind;
	o.file_count = argc - optind;
	if (o.file_count > 0)
		code = run(&o);
	else
		cmd_usage(&cmd_scan);
out:
	arena_free(o.arena);
	return code;
}

const struct cmd cmd_scan = {
    "scan",
    "judge saved mail with the same chain as live mail",
    "[options] FILE... (- is stdin)\n"
    "  -c FILE      configuration\n"
    "  --ip A       client address (else from the topmost Received)\n"
    "  --helo H     HELO name\n"
    "  --from S     envelope sender (else from Return-Path)\n"
    "  --rcpt R     recipient, repeatable\n"
    "  --zone FILE  answer all DNS from this file\n"
    "  --offline    ask no DNS\n"
    "  --time T     the clock (Unix time) for expiry\n"
    "  --rules DIR  rules directory\n"
    "  --json       one JSON object a mail\n"
    "  --headers    the header block that would be added\n"
    "  --explain    each rule with its place and the matched text, and the\n"
    "               one without which the verdict would be another\n"
    "  --target T   print what rules are matched against: body, rawbody,\n"
    "               full, uri, relays, header:NAME[:PART], mimeheader:NAME\n"
    "  --all-rules  subrules (__NAME) as well\n"
    "  --exit-code  0 accept, 1 tag, 2 quarantine, 3 defer, 4 reject, "
    "5 discard",
    scan,
};
