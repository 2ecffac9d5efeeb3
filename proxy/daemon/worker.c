/*
 * worker: one process, one loop, every session that it accepted.
 *
 * Fails only at its start, with a sysexits code; the master starts another.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sysexits.h>
#include <unistd.h>

#include "postern/dns_event.h"
#include "postern/log.h"
#include "postern/net.h"
#include "postern/xalloc.h"

#include "privileges.h"
#include "proxy/smtp/session.h"
#include "worker.h"

enum {
	ACCEPTS_PER_TURN = 32,
	ACCEPT_PAUSE = 100, /* ms */
	DRAIN_POLL = 50     /* ms */
};

struct port {
	struct worker *worker;
	struct door door;
	struct watch *watch;
	int fd;
};

struct worker {
	const struct config *config;
	struct loop *loop;
	struct dns *dns; /* libunbound's, or NULL when a zone answers */
	struct lanes *lanes;
	struct limits *limits;
	unsigned column;
	struct port *ports;
	struct watch *signals;
	int signal_fd;
	bool retired;  /* a reload has put another in its place */
	bool draining; /* it sends idle clients away */
};

static void accept_some(void *arg);

static void
resume_accepting(void *arg)
{
	struct port *port = arg;

	coro_sleep(loop_now(port->worker->loop) + ACCEPT_PAUSE);
	if (!port->worker->retired)
		port->watch =
		    loop_watch(port->worker->loop, port->fd, accept_some, port);
}

/* Descriptors ran out; the listening socket would wake us for ever. */
static void
pause_accepting(struct port *port)
{
	log_error("accept: %s", strerror(errno));
	loop_unwatch(port->watch);
	port->watch = NULL;
	coro_start(port->worker->loop, resume_accepting, port);
}

static void
accept_some(void *arg)
{
	struct port *port = arg;
	unsigned number;
	struct ip ip;
	int i, fd;

	for (i = 0; i < ACCEPTS_PER_TURN; i++) {
		fd = net_accept(port->fd, &ip, &number);
		if (fd < 0) {
			if (errno == EMFILE || errno == ENFILE)
				pause_accepting(port);
			return;
		}
		session_start(&port->door, fd, &ip, number);
	}
}

static size_t
sessions_left(const struct worker *w)
{
	size_t i, count = 0;

	for (i = 0; i < w->config->listener_count; i++)
		count += w->ports[i].door.session_count;
	return count;
}

static void
cancel_all(struct worker *w)
{
	struct session *s;
	size_t i;

	for (i = 0; i < w->config->listener_count; i++)
		for (s = w->ports[i].door.sessions; s; s = s->next)
			if (!s->committed)
				coro_cancel(s->coro);
}

static bool
probes_left(const struct worker *w)
{
	size_t i, k;

	for (i = 0; i < w->config->listener_count; i++)
		for (k = 0; k < w->ports[i].door.probe_count; k++)
			if (w->ports[i].door.probes[k].coro)
				return true;
	return false;
}

static void
start_probes(struct door *door)
{
	const struct endpoints *backends = &door->conf->backend;
	size_t i;

	door->probe_count = backends->count;
	door->probes = xcalloc(backends->count, sizeof(*door->probes));
	for (i = 0; i < backends->count; i++)
		probe_start(&door->probes[i], door->loop, door->conf,
		    &backends->at[i], door->dns, door->config->hostname);
}

static void
stop_probes(struct door *door)
{
	size_t i;

	for (i = 0; i < door->probe_count; i++)
		probe_stop(&door->probes[i]);
}

/* Waits for the sessions, cancels those that last too long, and stops. */
static void
drain(void *arg)
{
	struct worker *w = arg;
	int64_t end = loop_now(w->loop) + w->config->drain_timeout;
	size_t i;

	while (sessions_left(w) && loop_now(w->loop) < end)
		coro_sleep(loop_now(w->loop) + DRAIN_POLL);
	for (i = 0; i < w->config->listener_count; i++)
		stop_probes(&w->ports[i].door);
	if (sessions_left(w))
		log_warning("drain_timeout: %zu sessions are cut off",
		    sessions_left(w));
	cancel_all(w);
	while (sessions_left(w) || probes_left(w))
		coro_sleep(loop_now(w->loop) + DRAIN_POLL);
	loop_stop(w->loop);
}

/* The listening socket lives on in the master: it leaves our epoll set first,
 * or it would wake us for ever. */
static void
stop_accepting(struct worker *w)
{
	struct port *port;
	size_t i;

	if (w->retired)
		return;
	w->retired = true;
	for (i = 0; i < w->config->listener_count; i++) {
		port = &w->ports[i];
		loop_unwatch(port->watch);
		port->watch = NULL;
		close(port->fd);
	}
}

static void
start_drain(struct worker *w)
{
	size_t i;

	if (w->draining)
		return;
	w->draining = true;
	stop_accepting(w);
	for (i = 0; i < w->config->listener_count; i++)
		session_drain(&w->ports[i].door);
	coro_start(w->loop, drain, w);
}

/* After a reload nobody is sent away: sessions end as their clients like, or
 * are drained when that takes too long. */
static void
outlive(void *arg)
{
	struct worker *w = arg;
	int64_t end = loop_now(w->loop) + w->config->drain_timeout;

	while (sessions_left(w) && loop_now(w->loop) < end && !w->draining)
		coro_sleep(loop_now(w->loop) + DRAIN_POLL);
	start_drain(w);
}

static void
retire(struct worker *w)
{
	if (w->retired)
		return;
	stop_accepting(w);
	coro_start(w->loop, outlive, w);
}

static void
take_signal(void *arg)
{
	struct worker *w = arg;
	struct signalfd_siginfo info;

	while (read(w->signal_fd, &info, sizeof(info)) == sizeof(info))
		if (info.ssi_signo == SIGUSR1)
			log_reopen();
		else if (info.ssi_signo == SIGUSR2)
			retire(w);
		else
			start_drain(w);
}

static void
watch_signals(struct worker *w)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_SETMASK, &set, NULL);
	sigdelset(&set, SIGINT); /* Ctrl-C: the master says TERM */
	sigdelset(&set, SIGHUP);
	w->signal_fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (w->signal_fd < 0)
		fatal(EX_OSERR, "signalfd: %s", strerror(errno));
	w->signals = loop_watch(w->loop, w->signal_fd, take_signal, w);
}

static struct dns *
open_dns(struct worker *w)
{
	struct error error;

	if (w->config->zone)
		return w->config->zone;
	w->dns = dns_event_new(w->loop, w->config->dns, &error);
	if (!w->dns)
		fatal(EX_UNAVAILABLE, "dns: %s", error.text);
	return w->dns;
}

static void
open_ports(struct worker *w, const int *fds)
{
	const struct config *config = w->config;
	struct dns *dns = open_dns(w);
	struct port *port;
	size_t i;

	w->ports = xcalloc(config->listener_count, sizeof(*w->ports));
	for (i = 0; i < config->listener_count; i++) {
		port = &w->ports[i];
		port->worker = w;
		port->fd = fds[i];
		port->door = (struct door) {
		    .config = config,
		    .conf = &config->listeners[i],
		    .loop = w->loop,
		    .dns = dns,
		    .lanes = w->lanes,
		    .limits = w->limits,
		    .column = w->column,
		};
		start_probes(&port->door);
		port->watch = loop_watch(w->loop, port->fd, accept_some, port);
	}
}

/* To bind clients' addresses. */
static bool
needs_net_admin(const struct config *config)
{
	size_t i;

	for (i = 0; i < config->listener_count; i++)
		if (config->listeners[i].identity == IDENTITY_TRANSPARENT)
			return true;
	return false;
}

void
worker_run(const struct config *config, unsigned slot, const int *fds,
    struct limits *limits, unsigned column)
{
	struct worker w = {
	    .config = config, .limits = limits, .column = column};
	struct error error;
	size_t i;

	report_id_worker(slot);
	if (!privileges_drop(config->user, needs_net_admin(config), &error))
		fatal(EX_NOPERM, "%s", error.text);
	w.loop = loop_new();
	w.lanes = lanes_open(config->chain);
	watch_signals(&w);
	open_ports(&w, fds);
	loop_run(w.loop);
	loop_unwatch(w.signals);
	close(w.signal_fd);
	dns_event_free(w.dns);
	lanes_close(w.lanes);
	for (i = 0; i < config->listener_count; i++)
		free(w.ports[i].door.probes);
	free(w.ports);
	loop_free(w.loop);
}
