/*
 * bench_dns: what a lookup costs.
 *
 * Not a test: `make tests/bench_dns && tests/bench_dns`.  The server answers
 * in a process of its own; CPU is that of the resolver's process alone.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "postern/coro.h"
#include "postern/dns_event.h"
#include "postern/log.h"

#include "dns_fake.h"

enum { LOOKUPS = 20000, CACHED = 200000, PATIENCE = 10000 };

static struct loop *loop;
static struct dns *dns;
static unsigned next; /* of the names that nobody asked before */
static size_t left, answered;
static const char *first; /* label */
static bool fresh;        /* each name is a new one */

static long
rss_kb(void)
{
	FILE *in = fopen("/proc/self/statm", "re");
	long pages = 0;

	if (in && fscanf(in, "%*d %ld", &pages) != 1)
		pages = 0;
	if (in)
		fclose(in);
	return pages * sysconf(_SC_PAGESIZE) / 1024;
}

/* The server's process; its port comes through the pipe. */
static pid_t
start_server(unsigned *port)
{
	struct dns_fake fake;
	int ends[2];
	pid_t pid;

	if (pipe(ends) != 0 || (pid = fork()) < 0)
		panic("no server");
	if (pid == 0) {
		loop = loop_new();
		dns_fake_start(&fake, loop);
		if (write(ends[1], &fake.port, sizeof(fake.port)) < 0)
			_exit(1);
		loop_run(loop);
		_exit(0);
	}
	if (read(ends[0], port, sizeof(*port)) != sizeof(*port))
		panic("no server");
	return pid;
}

static void
asker(void *arg)
{
	struct arena *arena = arena_new();
	struct dns_answer answer;
	char name[64];

	(void)arg;
	while (left > 0) {
		left--;
		snprintf(name, sizeof(name), "%s-%u.example", first,
		    fresh ? ++next : 0);
		dns_lookup(
		    dns, name, DNS_A, dns_now(dns) + PATIENCE, arena, &answer);
		answered += answer.status == DNS_OK;
		arena_reset(arena);
	}
	arena_free(arena);
	if (coro_count(loop) == 1)
		loop_stop(loop);
}

static void
measure(const char *what, const char *label, size_t lookups, int at_once)
{
	int64_t begin = clock_ms(), cpu = clock_cpu_us();
	double wall;
	int i;

	first = label;
	fresh = strcmp(what, "cached") != 0;
	left = lookups;
	answered = 0;
	for (i = 0; i < at_once; i++)
		coro_start(loop, asker, NULL);
	loop_run(loop);
	wall = (double)(clock_ms() - begin) / 1000;
	cpu = clock_cpu_us() - cpu;
	printf("%-9s %4d at once: %7.0f/s, %6.2f us of CPU each, %zu of %zu "
	       "answered, %ld KB resident\n",
	    what, at_once, (double)lookups / wall,
	    (double)cpu / (double)lookups, answered, lookups, rss_kb());
}

int
main(void)
{
	char server[64];
	struct error err;
	unsigned port;
	pid_t pid;
	long before;

	pid = start_server(&port);
	loop = loop_new();
	before = rss_kb();
	snprintf(server, sizeof(server), "127.0.0.1:%u", port);
	dns = dns_event_new(loop, server, &err);
	if (!dns)
		panic("%s", err.text);
	printf("context: %ld KB resident\n", rss_kb() - before);
	measure("uncached", "a", LOOKUPS, 1);
	measure("uncached", "a", LOOKUPS, 100);
	measure("slow", "slow", 200, 200);
	measure("cached", "a", CACHED, 1);
	measure("cached", "a", CACHED, 100);
	dns_event_free(dns);
	loop_free(loop);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return 0;
}
