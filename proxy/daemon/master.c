/*
 * master: binds, forks, reaps, reloads.
 *
 * A worker that dies is started anew, at once when it had lived, with a growing
 * pause when it had not.  A reload that fails leaves everything as it was.
 * Workers are told by signals, milters by a pipe (milter.h).
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "postern/log.h"
#include "postern/loop.h"
#include "postern/xalloc.h"

#include "limits.h"
#include "master.h"
#include "proxy/milter/milter.h"
#include "sockets.h"
#include "worker.h"

enum {
	WORKERS_MAX = 256,
	SLOTS_MAX = 320,   /* workers, then milters */
	PAUSE_FIRST = 100, /* ms */
	PAUSE_MOST = 5000,
	LIVED = 10000, /* ms after which a worker counts as healthy */
	OLD_MAX = 4096,
	WARNINGS_MAX = 20 /* of one reload, in the log */
};

struct slot {
	pid_t pid; /* 0: to be started at `when` */
	int64_t started;
	int64_t when;
	int64_t pause;
	int control; /* a milter's pipe; 0: none */
};

/* One that drains. */
struct retired {
	pid_t pid;
	int control;
};

struct master {
	struct config *config;
	const char *path;
	bool foreground;
	struct sockets sockets;
	struct limits *limits;
	struct slot slots[SLOTS_MAX];
	unsigned worker_count;
	unsigned slot_count; /* with the milters */
	struct retired old[OLD_MAX];
	size_t old_count;
	bool stopping;
	struct tls_tickets *tickets; /* NULL: not made yet */
};

static unsigned
workers_wanted(const struct config *config)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned count = config->workers;

	if (config->listener_count == 0)
		return 0;
	if (count == 0)
		count = cpus > 0 ? (unsigned)cpus : 1;
	return count < WORKERS_MAX ? count : WORKERS_MAX;
}

static void
count_slots(struct master *m)
{
	m->worker_count = workers_wanted(m->config);
	m->slot_count = m->worker_count + (unsigned)m->config->milter_count;
	if (m->slot_count > SLOTS_MAX)
		m->slot_count = SLOTS_MAX;
}

static sigset_t
master_signals(void)
{
	static const int numbers[] = {
	    SIGCHLD, SIGHUP, SIGTERM, SIGINT, SIGUSR1, SIGUSR2};
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		sigaddset(&set, numbers[i]);
	return set;
}

/* A client may resume with any worker, and after a reload. */
static void
share_tickets(struct master *m)
{
	int64_t period = m->config->tls_ticket_rotation;
	struct tls_tickets *old = m->tickets;
	size_t i;

	if (!old || tls_tickets_period(old) != period) {
		m->tickets = tls_tickets_new(period, clock_ms());
		tls_tickets_free(old);
	}
	for (i = 0; m->tickets && i < m->config->listener_count; i++)
		if (m->config->listeners[i].tls_context)
			tls_share_tickets(
			    m->config->listeners[i].tls_context, m->tickets);
}

static _Noreturn void
run_worker(struct master *m, unsigned slot, unsigned column)
{
	struct config *config = m->config;
	int *fds = xcalloc(config->listener_count, sizeof(*fds));
	size_t i;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	for (i = 0; i < config->listener_count; i++)
		fds[i] = sockets_get(
		    &m->sockets, &config->listeners[i].address, slot);
	worker_run(config, slot, fds, m->limits, column);
	free(fds);
	config_free(config);
	exit(0);
}

/* A child that kept a pipe open would hide the master's end from milters. */
static void
close_controls(struct master *m)
{
	size_t i;

	for (i = 0; i < m->slot_count; i++)
		if (m->slots[i].control > 0)
			close(m->slots[i].control);
	for (i = 0; i < m->old_count; i++)
		if (m->old[i].control > 0)
			close(m->old[i].control);
}

static _Noreturn void
run_milter(struct master *m, unsigned slot, int control)
{
	const struct milter_conf *conf =
	    &m->config->milters[slot - m->worker_count];
	struct milter_start start = {
	    .config = m->config,
	    .conf = conf,
	    .log = m->foreground ? "stderr" : m->config->log,
	    .slot = slot,
	    .socket = sockets_get(&m->sockets, &conf->address, 0),
	    .control = control,
	};

	exit(milter_run(&start));
}

static pid_t
fork_worker(struct master *m, unsigned index)
{
	unsigned column = limits_take_column(m->limits);
	pid_t pid = fork();

	if (pid == 0) {
		close_controls(m);
		run_worker(m, index, column);
	}
	if (pid > 0)
		limits_set_owner(m->limits, column, pid);
	return pid;
}

static pid_t
fork_milter(struct master *m, unsigned index)
{
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		close(ends[1]);
		close_controls(m);
		run_milter(m, index, ends[0]);
	}
	close(ends[0]);
	if (pid > 0)
		m->slots[index].control = ends[1];
	else
		close(ends[1]);
	return pid;
}

static void
start_slot(struct master *m, unsigned index)
{
	struct slot *slot = &m->slots[index];
	pid_t pid = index < m->worker_count ? fork_worker(m, index) :
					      fork_milter(m, index);

	if (pid < 0) {
		log_error("fork: %s", strerror(errno));
		slot->when = clock_ms() + PAUSE_MOST;
		return;
	}
	slot->pid = pid;
	slot->started = clock_ms();
}

static void
start_due(struct master *m)
{
	int64_t now = clock_ms();
	unsigned i;

	for (i = 0; i < m->slot_count; i++)
		if (m->slots[i].pid == 0 && m->slots[i].when <= now)
			start_slot(m, i);
}

static void
tell_milter(int control, enum milter_command command)
{
	char octet = (char)command;
	ssize_t put = write(control, &octet, 1);

	(void)put; /* one that is gone is reaped */
}

static void
tell_all(const struct master *m, int number, enum milter_command command)
{
	unsigned i;

	for (i = 0; i < m->slot_count; i++)
		if (m->slots[i].pid > 0 && m->slots[i].control > 0)
			tell_milter(m->slots[i].control, command);
		else if (m->slots[i].pid > 0)
			kill(m->slots[i].pid, number);
}

static void
tell_end(const struct slot *slot, int status)
{
	const char *what = slot->control > 0 ? "milter" : "worker";

	if (WIFSIGNALED(status))
		log_error("%s %ld was killed by signal %d", what,
		    (long)slot->pid, WTERMSIG(status));
	else
		log_error("%s %ld ended with code %d", what, (long)slot->pid,
		    WEXITSTATUS(status));
}

static void
slot_died(struct master *m, struct slot *slot, int status)
{
	int64_t now = clock_ms();

	if (!m->stopping)
		tell_end(slot, status);
	if (slot->control > 0)
		close(slot->control);
	slot->control = 0;
	if (now - slot->started > LIVED || slot->pause == 0)
		slot->pause = PAUSE_FIRST;
	else if (slot->pause < PAUSE_MOST)
		slot->pause *= 2;
	slot->when = now + (now - slot->started > LIVED ? 0 : slot->pause);
	slot->pid = 0;
}

static void
forget_retired(struct master *m, size_t k)
{
	if (m->old[k].control > 0)
		close(m->old[k].control);
	m->old[k] = m->old[--m->old_count];
}

static void
reap(struct master *m)
{
	unsigned i;
	size_t k;
	pid_t pid;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		limits_forget(m->limits, pid);
		for (i = 0; i < m->slot_count; i++)
			if (m->slots[i].pid == pid)
				slot_died(m, &m->slots[i], status);
		for (k = 0; k < m->old_count; k++)
			if (m->old[k].pid == pid)
				forget_retired(m, k);
	}
}

/* Those that are there become old ones, which drain. */
static void
retire_all(struct master *m)
{
	unsigned i;

	tell_all(m, SIGUSR2, MILTER_RETIRE);
	for (i = 0; i < m->slot_count; i++)
		if (m->slots[i].pid > 0 && m->old_count < OLD_MAX)
			m->old[m->old_count++] = (struct retired) {
			    m->slots[i].pid, m->slots[i].control};
	memset(m->slots, 0, sizeof(m->slots));
}

static struct config *
load_again(struct master *m, struct arena *arena)
{
	struct problems problems;
	struct config *config;
	struct error error;

	problems_init(&problems, arena);
	config = config_load(m->path, CONFIG_SERVE, NULL, &problems);
	problems_log(&problems, WARNINGS_MAX);
	if (problems.errors == 0 &&
	    sockets_bind(&m->sockets, config, workers_wanted(config), &error))
		return config;
	if (problems.errors == 0) {
		log_error("%s", error.text);
		/* what was bound for the new one must not stay */
		sockets_bind(&m->sockets, m->config, m->worker_count, NULL);
		sockets_trim(&m->sockets);
	}
	config_free(config);
	return NULL;
}

static void
reload(struct master *m)
{
	struct arena *arena = arena_new();
	struct config *config = load_again(m, arena);

	arena_free(arena);
	if (!config) {
		log_error("reload failed: the old configuration stays");
		return;
	}
	chain_compare(config->chain, m->config->chain);
	chain_publish(config->chain, config->runtime_directory);
	retire_all(m);
	sockets_trim(&m->sockets);
	config_free(m->config);
	m->config = config;
	share_tickets(m);
	count_slots(m);
	log_open(m->foreground ? "stderr" : config->log, config->log_ident);
	start_due(m);
	log_info("reloaded %s", m->path ? m->path : config_default_path);
}

static void
stop(struct master *m)
{
	size_t i;

	m->stopping = true;
	tell_all(m, SIGTERM, MILTER_STOP);
	for (i = 0; i < m->old_count; i++)
		if (m->old[i].control > 0)
			tell_milter(m->old[i].control, MILTER_STOP);
		else
			kill(m->old[i].pid, SIGTERM);
}

static void
take_signal(struct master *m, int number)
{
	if (number == SIGHUP && !m->stopping)
		reload(m);
	if (number == SIGTERM || number == SIGINT)
		stop(m);
	if (number == SIGUSR1) {
		log_reopen();
		tell_all(m, SIGUSR1, MILTER_REOPEN);
	}
	reap(m);
}

static bool
workers_left(const struct master *m)
{
	unsigned i;

	for (i = 0; i < m->slot_count; i++)
		if (m->slots[i].pid > 0)
			return true;
	return m->old_count > 0;
}

/* Until when there is nothing to do but wait for a signal; ms from now. */
static int64_t
idle_time(const struct master *m)
{
	int64_t now = clock_ms(), least = 60000;
	unsigned i;

	for (i = 0; i < m->slot_count && !m->stopping; i++)
		if (m->slots[i].pid == 0 && m->slots[i].when - now < least)
			least = m->slots[i].when - now;
	return least > 0 ? least : 0;
}

static void
wait_signal(struct master *m, const sigset_t *set)
{
	int64_t ms = idle_time(m);
	struct timespec most = {
	    .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
	int number = sigtimedwait(set, NULL, &most);

	if (number > 0)
		take_signal(m, number);
}

/* A session needs two descriptors, a DNS question one. */
static void
raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

int
master_run(struct config *config, const char *path, bool foreground)
{
	struct master *m = xcalloc(1, sizeof(*m));
	sigset_t set = master_signals();
	struct error error;

	*m = (struct master) {
	    .config = config, .path = path, .foreground = foreground};
	m->limits = limits_new();
	count_slots(m);
	if (!sockets_bind(&m->sockets, config, m->worker_count, &error))
		fatal(EX_UNAVAILABLE, "%s", error.text);
	raise_descriptors();
	share_tickets(m);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	if (!foreground && daemon(0, 0) != 0)
		fatal(EX_OSERR, "daemon: %s", strerror(errno));
	chain_publish(config->chain, config->runtime_directory);
	log_info("serving %zu listener(s) with %u worker(s), %zu milter(s)",
	    config->listener_count, m->worker_count, config->milter_count);
	while (!m->stopping || workers_left(m)) {
		if (m->tickets)
			tls_tickets_advance(m->tickets, clock_ms());
		if (!m->stopping)
			start_due(m);
		wait_signal(m, &set);
	}
	log_info("stopped");
	sockets_close(&m->sockets);
	config_free(m->config);
	limits_free(m->limits);
	tls_tickets_free(m->tickets);
	free(m);
	return EX_OK;
}
