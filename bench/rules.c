/*
 * rules: whole scans with a rule set, from the octets of a mail to its hits.
 *
 * usage: bench/rules RULES LIST [NAME=VALUE...]; LIST names a mail on each
 * line; settings are those of the filter, such as prefilter=no.  Prints a line
 * "what value" for each figure; times are CPU time of one thread.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "postern/strbuf.h"
#include "postern/xalloc.h"

#include "filters/rules/rules_filter.h"
#include "proxy/cmd/saved.h"

enum { WORKERS = 4, WORKER_MAILS = 50 };

struct bench {
	struct arena *arena;
	void *config;
	void *self;
	void *lane;
	struct strbuf *mails;
	double *took; /* ms */
	size_t count;
	size_t hits;
	size_t unchecked;
	unsigned long mail_kb;
};

static double
cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void
set(struct bench *b, const char *name, const char *value)
{
	const struct texts texts = {.at = &value, .count = 1};
	const struct setting *row;
	struct error error;

	for (row = rules_filter.settings; row->name; row++) {
		if (strcmp(row->name, name) != 0)
			continue;
		if (setting_parse(row, &texts, b->config, b->arena, &error))
			return;
		fprintf(stderr, "%s: %s\n", name, error.text);
		exit(64);
	}
	fprintf(stderr, "%s: no such setting\n", name);
	exit(64);
}

static void
open_rules(struct bench *b, int argc, char **argv)
{
	struct problems problems;
	double start = cpu_ms();
	char *equals;
	int i;

	b->config = arena_alloc(b->arena, rules_filter.config_size);
	settings_defaults(rules_filter.settings, b->config, b->arena);
	set(b, "directories", argv[1]);
	for (i = 3; i < argc; i++) {
		equals = strchr(argv[i], '=');
		if (!equals)
			continue;
		*equals = '\0';
		set(b, argv[i], equals + 1);
	}
	problems_init(&problems, b->arena);
	b->self = rules_filter.open(b->config, &problems);
	if (!b->self) {
		problems_print(&problems, stderr);
		exit(78);
	}
	printf("load_ms %.1f\n", cpu_ms() - start);
}

static void
read_mails(struct bench *b, const char *list)
{
	FILE *in = fopen(list, "r");
	char name[4096];
	struct error error;

	if (!in) {
		perror(list);
		exit(66);
	}
	while (fgets(name, sizeof(name), in)) {
		name[strcspn(name, "\n")] = '\0';
		b->mails =
		    xrealloc(b->mails, (b->count + 1) * sizeof(*b->mails));
		strbuf_init(&b->mails[b->count]);
		if (saved_read(name, &b->mails[b->count], &error))
			b->count++;
		else
			fprintf(stderr, "%s\n", error.text);
	}
	fclose(in);
	b->took = xcalloc(b->count + 1, sizeof(*b->took));
}

static void
scan_one(struct bench *b, struct arena *arena, struct str mail)
{
	struct envelope envelope = {
	    .helo = "", .protocol = "SMTP", .listener = "", .receiver = ""};
	struct message message;
	struct scan scan = {.arena = arena, .envelope = &envelope};

	message_parse(mail, arena, &message);
	saved_guess(&message, &envelope, arena);
	scan.message = &message;
	scan.time = time(NULL);
	rules_filter.check(b->self, b->lane, STAGE_MESSAGE, &scan);
	b->hits += scan.hit_count;
	b->unchecked += scan.unchecked_count > 0;
}

static void
scan_all(struct bench *b, size_t count)
{
	struct arena *arena = arena_new();
	double start;
	size_t i;

	for (i = 0; i < count; i++) {
		start = cpu_ms();
		arena_reset(arena);
		scan_one(b, arena, strbuf_str(&b->mails[i]));
		b->took[i] = cpu_ms() - start;
	}
	arena_free(arena);
}

static int
compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* Kilobytes of a line of /proc/self/smaps_rollup. */
static unsigned long
memory(const char *what)
{
	FILE *in = fopen("/proc/self/smaps_rollup", "r");
	unsigned long kilobytes = 0;
	char line[256];

	while (in && fgets(line, sizeof(line), in))
		if (strncmp(line, what, strlen(what)) == 0)
			kilobytes = strtoul(line + strlen(what), NULL, 10);
	if (in)
		fclose(in);
	return kilobytes;
}

/* Tells its memory when all have scanned: `ready` ends when the last closes. */
static void
be_worker(struct bench *b, int ready[2], int told)
{
	unsigned long kilobytes[2];
	char end;

	b->lane = rules_filter.lane_open(b->self);
	scan_all(b, b->count < WORKER_MAILS ? b->count : WORKER_MAILS);
	close(ready[1]);
	if (read(ready[0], &end, 1) != 0)
		_exit(1);
	/* The mails are not a worker's: all share them here. */
	kilobytes[0] = memory("Pss:") - b->mail_kb / (WORKERS + 1);
	kilobytes[1] = memory("Private_Clean:") + memory("Private_Dirty:");
	if (write(told, kilobytes, sizeof(kilobytes)) < 0)
		_exit(1);
	pause(); /* as long as all are there */
	_exit(0);
}

static void
share(struct bench *b)
{
	unsigned long kilobytes[2], sum[2] = {0, 0};
	pid_t workers[WORKERS];
	int ready[2], told[2], i;

	fflush(stdout);
	if (pipe(ready) != 0 || pipe(told) != 0)
		return;
	for (i = 0; i < WORKERS; i++) {
		workers[i] = fork();
		if (workers[i] == 0)
			be_worker(b, ready, told[1]);
	}
	close(ready[1]);
	for (i = 0; i < WORKERS; i++) {
		if (read(told[0], kilobytes, sizeof(kilobytes)) < 0)
			break;
		sum[0] += kilobytes[0];
		sum[1] += kilobytes[1];
	}
	for (i = 0; i < WORKERS; i++) {
		kill(workers[i], SIGTERM);
		waitpid(workers[i], NULL, 0);
	}
	printf("workers %d\nworker_pss_kb %lu\nworker_private_kb %lu\n",
	    WORKERS, sum[0] / WORKERS, sum[1] / WORKERS);
}

static void
report(struct bench *b)
{
	double sum = 0;
	size_t i;

	for (i = 0; i < b->count; i++)
		sum += b->took[i];
	qsort(b->took, b->count, sizeof(*b->took), compare);
	printf("messages %zu\nhits %zu\nunchecked %zu\n", b->count, b->hits,
	    b->unchecked);
	printf("cpu_ms %.1f\nrate %.1f\n", sum, (double)b->count / sum * 1e3);
	printf("p50_ms %.3f\np99_ms %.3f\nmax_ms %.3f\n", b->took[b->count / 2],
	    b->took[b->count * 99 / 100], b->took[b->count - 1]);
	/* Without the mails, which a worker does not keep. */
	printf("engine_kb %lu\n", memory("Pss:") - b->mail_kb);
}

int
main(int argc, char **argv)
{
	struct bench b = {.arena = arena_new()};
	unsigned long before;

	if (argc < 3) {
		fprintf(
		    stderr, "usage: %s RULES LIST [NAME=VALUE...]\n", argv[0]);
		return 64;
	}
	before = memory("Rss:");
	open_rules(&b, argc, argv);
	printf("rules_kb %lu\n", memory("Rss:") - before);
	before = memory("Pss:");
	read_mails(&b, argv[2]);
	b.mail_kb = memory("Pss:") - before;
	if (b.count == 0)
		return 66;
	share(&b);
	b.lane = rules_filter.lane_open(b.self);
	scan_all(&b, b.count);
	report(&b);
	return 0;
}
