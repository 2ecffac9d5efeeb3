/*
 * sink: a small SMTP server that stores mail in a Maildir.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <sysexits.h>
#include <unistd.h>

#include "postern/net.h"

#include "cmd.h"
#include "sink.h"

struct listening {
	struct sink *sink;
	int fd;
};

static void
accept_all(void *arg)
{
	struct listening *l = arg;
	unsigned port;
	struct ip ip;
	int fd;

	while ((fd = net_accept(l->fd, &ip, &port)) >= 0)
		sink_start(l->sink, fd, &ip);
}

static void
add(struct texts *list, const char *text, struct arena *arena)
{
	list->at = arena_push(arena, list->at, list->count, sizeof(*list->at));
	list->at[list->count++] = text;
}

static int
run(struct sink *sink, const struct endpoint *at)
{
	struct listening l = {.sink = sink};
	struct error error;

	if (sink->maildir && !sink_maildir_make(sink->maildir, &error)) {
		fprintf(stderr, "postern sink: %s\n", error.text);
		return EX_CANTCREAT;
	}
	l.fd = net_listen(at, false, &error);
	if (l.fd < 0) {
		fprintf(stderr, "postern sink: %s\n", error.text);
		return EX_UNAVAILABLE;
	}
	signal(SIGPIPE, SIG_IGN);
	sink->loop = loop_new();
	loop_watch(sink->loop, l.fd, accept_all, &l);
	printf("sink ready on port %u\n", net_port(l.fd));
	fflush(stdout);
	loop_run(sink->loop); /* until it is killed */
	return EX_OK;
}

static const struct option options[] = {
    {"listen", required_argument, NULL, 'l'},
    {"maildir", required_argument, NULL, 'm'},
    {"domain", required_argument, NULL, 'd'},
    {"refuse", required_argument, NULL, 'r'},
    {"quiet", no_argument, NULL, 'q'},
    {NULL, 0, NULL, 0},
};

static int
sink(int argc, char **argv)
{
	const char *listen = "127.0.0.1:10026";
	struct arena *arena = arena_new();
	struct sink conf = {.maildir = NULL};
	struct endpoint at;
	struct error error;
	int c, code;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'l')
			listen = optarg;
		else if (c == 'm')
			conf.maildir = optarg;
		else if (c == 'd')
			add(&conf.domains, optarg, arena);
		else if (c == 'r')
			add(&conf.refusals, optarg, arena);
		else if (c == 'q')
			conf.quiet = true;
		else
			return cmd_usage(&cmd_sink);
	}
	if (optind < argc)
		return cmd_usage(&cmd_sink);
	if (!endpoint_parse(str_c(listen), arena, &at, &error)) {
		fprintf(stderr, "postern sink: --listen: %s\n", error.text);
		return EX_USAGE;
	}
	code = run(&conf, &at);
	arena_free(arena);
	return code;
}

const struct cmd cmd_sink = {
    "sink",
    "a small SMTP server that stores mail in a Maildir",
    "[--listen ADDRESS:PORT] [--maildir DIR] [--domain D]... "
    "[--refuse RCPT]... [--quiet]\n"
    "  --listen A:P   where to listen (127.0.0.1:10026)\n"
    "  --maildir DIR  where mail goes, octet for octet; else it is dropped\n"
    "  --domain D     a domain whose mail is taken; default: every domain\n"
    "                 but .invalid\n"
    "  --refuse RCPT  a recipient that does not exist\n"
    "  --quiet        print no line for each mail",
    sink,
};
