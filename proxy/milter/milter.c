/*
 * milter: the process of one milter section.
 *
 * libmilter runs in threads of its own, behind a socket that the master made
 * and keeps, so that a crash or a reload loses no connection.  smfi_stop would
 * leave the sessions there unserved: to go, the socket is replaced by a dead
 * one and the sessions are waited for.  The main thread takes commands, and
 * signals too, because libmilter would stop at once on TERM and HUP.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#include "postern/log.h"
#include "postern/loop.h"

#include "callbacks.h"
#include "milter.h"
#include "proxy/daemon/privileges.h"

enum {
	PACKET_MAX = 4 << 20, /* octets; Postfix sends a header of 102,400 */
	DRAIN_POLL = 50,      /* ms */
	ACCEPTED_GRACE = 2000 /* ms from accept to the first octets, which is
				 when we learn of a session */
};

struct process {
	const struct milter_start *start;
	struct milter_door door;
	pthread_t thread;
	int over[2];     /* libmilter ended, from its thread */
	int64_t leaving; /* when it was told to go; 0: not yet */
	bool stopping;   /* for good, not for a successor */
};

/* The handler's way to the main thread. */
static int signal_pipe[2];

static void
on_signal(int number)
{
	char command = number == SIGUSR1 ? MILTER_REOPEN : MILTER_STOP;
	int saved = errno;
	ssize_t put = write(signal_pipe[1], &command, 1);

	(void)put;
	errno = saved;
}

/*
 * A signal to the process goes to its main thread as long as that does not
 * block it; libmilter's own signal thread then never sees one.
 */
static void
take_signals(void)
{
	struct sigaction act = {
	    .sa_handler = on_signal, .sa_flags = SA_RESTART};
	sigset_t none;

	if (pipe2(signal_pipe, O_CLOEXEC | O_NONBLOCK) != 0)
		fatal(EX_OSERR, "pipe: %s", strerror(errno));
	sigaction(SIGTERM, &act, NULL);
	sigaction(SIGUSR1, &act, NULL);
	signal(SIGHUP, SIG_IGN);
	signal(SIGINT, SIG_IGN); /* Ctrl-C: the master says stop */
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void *
run_library(void *arg)
{
	struct process *p = arg;
	char done = smfi_main() == MI_SUCCESS ? '0' : '1';
	ssize_t put = write(p->over[1], &done, 1);

	(void)put;
	return NULL;
}

static void
start_library(struct process *p)
{
	char address[32];
	sigset_t all, none;

	snprintf(address, sizeof(address), "fd:%d", p->start->socket);
	smfi_setmaxdatasize(PACKET_MAX);
	if (smfi_settimeout((int)(p->start->conf->idle_timeout / 1000)) !=
		MI_SUCCESS ||
	    smfi_setconn(address) != MI_SUCCESS ||
	    !callbacks_register(&p->door) ||
	    smfi_opensocket(false) != MI_SUCCESS ||
	    pipe2(p->over, O_CLOEXEC) != 0)
		fatal(EX_SOFTWARE, "libmilter does not start");
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &none);
	if (pthread_create(&p->thread, NULL, run_library, p) != 0)
		fatal(EX_OSERR, "a thread for libmilter cannot be made");
	pthread_sigmask(SIG_SETMASK, &none, NULL);
}

/* A socket that listens where nobody can connect. */
static int
dead_socket(void)
{
	struct sockaddr to = {.sa_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, &to, sizeof(to.sa_family)) != 0 ||
	    listen(fd, 1) != 0)
		fatal(EX_OSERR, "a socket cannot be made: %s", strerror(errno));
	return fd;
}

static void
leave(struct process *p, bool stopping)
{
	int dead;

	p->stopping |= stopping;
	if (p->leaving)
		return;
	dead = dead_socket();
	dup2(dead, p->start->socket);
	close(dead);
	p->leaving = clock_ms();
}

static bool
may_go(const struct process *p)
{
	const struct milter_conf *conf = p->start->conf;
	int64_t spent = clock_ms() - p->leaving;
	unsigned guests = atomic_load(&p->door.guests);

	if (!p->leaving)
		return false;
	if (p->stopping)
		return atomic_load(&p->door.mails) == 0 ||
		    spent > p->start->config->drain_timeout;
	return (guests == 0 && spent > ACCEPTED_GRACE) ||
	    spent > conf->retire_timeout;
}

static void
obey(struct process *p, int fd)
{
	char commands[64];
	ssize_t i, got = read(fd, commands, sizeof(commands));

	if (got == 0)
		leave(p, true); /* the master is gone */
	for (i = 0; i < got; i++)
		if (commands[i] == MILTER_REOPEN)
			log_reopen();
		else
			leave(p, commands[i] == MILTER_STOP);
}

/* False when libmilter ended by itself. */
static bool
serve(struct process *p)
{
	struct pollfd fds[] = {
	    {.fd = p->start->control, .events = POLLIN},
	    {.fd = signal_pipe[0], .events = POLLIN},
	    {.fd = p->over[0], .events = POLLIN},
	};

	while (!may_go(p)) {
		if (p->stopping)
			fds[0].fd = -1; /* its end would wake us for ever */
		if (poll(fds, 3, p->leaving ? DRAIN_POLL : -1) < 0)
			continue;
		if (fds[0].fd >= 0 && fds[0].revents)
			obey(p, fds[0].fd);
		if (fds[1].revents)
			obey(p, fds[1].fd);
		if (fds[2].revents)
			return false;
	}
	return true;
}

static void
open_door(struct process *p)
{
	const struct milter_start *start = p->start;
	struct error error;

	p->door.config = start->config;
	p->door.conf = start->conf;
	p->door.dns =
	    dns_block_new(start->config->dns, start->config->zone, &error);
	if (!p->door.dns)
		fatal(EX_UNAVAILABLE, "dns: %s", error.text);
	p->door.lanes = lanepool_new(start->config->chain);
}

/*
 * Nothing is given back: libmilter's threads are there until the process ends.
 * With sessions left, they must not even see that it ends in order.
 */
static void
close_door(const struct process *p)
{
	unsigned guests = atomic_load(&p->door.guests);

	if (guests == 0)
		return;
	log_info("milter \"%s\": %u sessions are cut off",
	    p->start->conf->title, guests);
	_exit(EX_OK);
}

int
milter_run(const struct milter_start *start)
{
	static struct process process;
	struct error error;

	process.start = start;
	report_id_worker(start->slot);
	log_open(start->log, start->conf->log_ident);
	if (!privileges_drop(start->config->user, false, &error))
		fatal(EX_NOPERM, "%s", error.text);
	take_signals();
	open_door(&process);
	start_library(&process);
	if (!serve(&process)) {
		log_error("milter \"%s\": libmilter ended", start->conf->title);
		_exit(EX_SOFTWARE);
	}
	close_door(&process);
	return EX_OK;
}
