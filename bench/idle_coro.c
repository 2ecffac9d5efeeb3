/*
 * idle_coro: what a coroutine costs: memory while it waits, time to switch,
 * and a line there and back.
 *
 * usage: idle_coro [memory | switch | line]...
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "postern/stream.h"

enum {
	IDLE = 2000,
	DEEP = 40 * 1024, /* octets of stack that a message may take */
	SWITCHERS = 1000,
	SWITCHES = 2000,
	LINES = 200000
};

static struct loop *loop;
static int done;

static int64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Proportional memory of this process in KB, as the kernel counts it. */
static long
memory_kb(void)
{
	FILE *in = fopen("/proc/self/smaps_rollup", "re");
	char line[256];
	long kb = 0;

	if (!in) {
		perror("/proc/self/smaps_rollup");
		exit(1);
	}
	while (fgets(line, sizeof(line), in))
		if (strncmp(line, "Pss:", 4) == 0)
			kb = strtol(line + 4, NULL, 10);
	fclose(in);
	return kb;
}

static void
turn_for(int64_t ms)
{
	int64_t end = clock_ms() + ms;

	while (clock_ms() < end)
		loop_turn(loop, 50);
}

static __attribute__((noinline)) int
use_stack(size_t octets)
{
	volatile char at[4096];
	size_t i;

	for (i = 0; i < sizeof(at); i += 512)
		at[i] = (char)octets;
	return octets > sizeof(at) ? use_stack(octets - sizeof(at)) + at[0] :
				     at[0];
}

struct idler {
	int fd;
	size_t depth;
};

/* A session between two messages. */
static void
idles(void *arg)
{
	struct idler *me = arg;
	struct stream *s = stream_new(me->fd);
	struct str line;

	while (stream_read_line(s, 512, loop_now(loop) + 300000, &line) == 0) {
		if (me->depth)
			use_stack(me->depth);
		stream_owe(s, str_c("250 2.0.0 Ok\r\n"));
		done++;
	}
	stream_free(s);
	done++;
}

static void
each_says_noop(int (*fds)[2])
{
	int i;

	done = 0;
	for (i = 0; i < IDLE; i++)
		if (write(fds[i][0], "NOOP\r\n", 6) != 6)
			abort();
	while (done < IDLE)
		loop_turn(loop, 50);
}

static void
measure_memory(void)
{
	static struct idler idlers[IDLE];
	static int fds[IDLE][2];
	struct rlimit limit = {2 * IDLE + 64, 2 * IDLE + 64};
	long before;
	int i;

	setrlimit(RLIMIT_NOFILE, &limit);
	for (i = 0; i < IDLE; i++) {
		if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds[i]) != 0) {
			perror("socketpair");
			exit(1);
		}
		idlers[i].fd = fds[i][1];
	}
	before = memory_kb();
	for (i = 0; i < IDLE; i++)
		coro_start(loop, idles, &idlers[i]);
	each_says_noop(fds);
	printf("idle coroutine with stream: %.1f KB\n",
	    (double)(memory_kb() - before) / IDLE);
	for (i = 0; i < IDLE; i++)
		idlers[i].depth = DEEP;
	each_says_noop(fds);
	printf("after %d KB of stack were used: %.1f KB\n", DEEP / 1024,
	    (double)(memory_kb() - before) / IDLE);
	turn_for(3000);
	printf("3 s later: %.1f KB\n", (double)(memory_kb() - before) / IDLE);
	done = 0;
	for (i = 0; i < IDLE; i++)
		close(fds[i][0]);
	while (done < IDLE)
		loop_turn(loop, 50);
	turn_for(3000);
	printf("when all have ended: %ld KB\n", memory_kb() - before);
}

static void
switches(void *arg)
{
	int i;

	(void)arg;
	for (i = 0; i < SWITCHES; i++)
		coro_yield();
	done++;
}

static void
measure_switch(void)
{
	int64_t start;
	int i;

	done = 0;
	for (i = 0; i < SWITCHERS; i++)
		coro_start(loop, switches, NULL);
	loop_turn(loop, 0);
	start = now_ns();
	while (done < SWITCHERS)
		loop_turn(loop, 0);
	printf("switch there and back: %.0f ns\n",
	    (double)(now_ns() - start) / SWITCHERS / SWITCHES);
}

static void
answers(void *arg)
{
	struct stream *s = stream_new(*(int *)arg);
	struct str line;

	while (stream_read_line(s, 512, loop_now(loop) + 300000, &line) == 0)
		stream_owe(s, str_c("250 2.0.0 Ok\r\n"));
	stream_free(s);
	done++;
}

static void
asks(void *arg)
{
	struct stream *s = stream_new(*(int *)arg);
	struct str line;
	int i;

	for (i = 0; i < LINES; i++) {
		stream_owe(s, str_c("NOOP\r\n"));
		if (stream_read_line(s, 512, loop_now(loop) + 300000, &line) !=
		    0)
			abort();
	}
	stream_free(s);
	done++;
}

static void
measure_line(void)
{
	int64_t start = now_ns();
	int fds[2];

	done = 0;
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) != 0)
		abort();
	coro_start(loop, answers, &fds[0]);
	coro_start(loop, asks, &fds[1]);
	while (done < 2)
		loop_turn(loop, 50);
	printf("a line there and back: %.0f ns\n",
	    (double)(now_ns() - start) / LINES);
}

static bool
wanted(int argc, char **argv, const char *what)
{
	int i;

	for (i = 1; i < argc; i++)
		if (strcmp(argv[i], what) == 0)
			return true;
	return argc < 2;
}

int
main(int argc, char **argv)
{
	loop = loop_new();
	if (wanted(argc, argv, "memory"))
		measure_memory();
	if (wanted(argc, argv, "switch"))
		measure_switch();
	if (wanted(argc, argv, "line"))
		measure_line();
	loop_free(loop);
	return 0;
}
