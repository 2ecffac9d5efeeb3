/*
 * dns_block: the resolver for threads; the thread sleeps.
 *
 * A question goes over a queue to the one thread that asks.  Whoever waits
 * gives up at its deadline; the answer then finds nobody and is thrown away.
 * Questions have arenas of their own, because no arena is for two threads.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/queue.h>
#include <time.h>
#include <unistd.h>

#include "postern/dns_block.h"
#include "postern/dns_event.h"
#include "postern/dns_zone.h"
#include "postern/log.h"
#include "postern/xalloc.h"

#include "dns_ask.h"

enum { TICK = 1000 /* ms */ };

struct question {
	struct dns_ask ask; /* first: dns_event gives it back */
	STAILQ_ENTRY(question) link;
	struct dns_block *owner;
	struct dns_answer answer;
	pthread_cond_t answered;
	enum dns_type type;
	bool done;
	bool orphan; /* nobody waits, or no more */
	char name[];
};

STAILQ_HEAD(questions, question);

struct dns_block {
	struct dns *zone; /* NULL: the thread asks */
	const char *how;
	pthread_t thread;
	pthread_mutex_t lock; /* of what follows, and of each question */
	pthread_cond_t started;
	struct questions queue;
	bool ready;
	bool failed;
	bool stopping;
	struct error error;
	int wake; /* eventfd */
	struct loop *loop;
	struct dns *dns;
};

static void
cond_init(pthread_cond_t *cond)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(cond, &attr);
	pthread_condattr_destroy(&attr);
}

static struct question *
question_new(struct dns_block *block, const char *name, enum dns_type type)
{
	size_t size = strlen(name) + 1;
	struct question *q = xcalloc(1, sizeof(*q) + size);

	q->owner = block;
	q->type = type;
	q->ask.arena = arena_new();
	q->ask.answer = &q->answer;
	cond_init(&q->answered);
	memcpy(q->name, name, size);
	return q;
}

static void
question_free(struct question *q)
{
	pthread_cond_destroy(&q->answered);
	arena_free(q->ask.arena);
	free(q);
}

/* In the asking thread: the answer stands. */
static void
question_done(struct dns_ask *ask)
{
	struct question *q = (struct question *)ask;
	struct dns_block *block = q->owner;
	bool orphan;

	pthread_mutex_lock(&block->lock);
	q->done = true;
	orphan = q->orphan;
	pthread_cond_signal(&q->answered);
	pthread_mutex_unlock(&block->lock);
	if (orphan)
		question_free(q);
}

static void
ask_queued(void *arg)
{
	struct dns_block *block = arg;
	struct questions queue = STAILQ_HEAD_INITIALIZER(queue);
	struct question *q;
	uint64_t count;
	bool stopping;

	while (read(block->wake, &count, sizeof(count)) < 0 && errno == EINTR)
		continue;
	pthread_mutex_lock(&block->lock);
	STAILQ_CONCAT(&queue, &block->queue);
	stopping = block->stopping;
	pthread_mutex_unlock(&block->lock);
	while ((q = STAILQ_FIRST(&queue)) != NULL) {
		STAILQ_REMOVE_HEAD(&queue, link);
		q->ask.done = question_done;
		if (!dns_event_ask(block->dns, q->name, q->type, &q->ask))
			question_done(&q->ask);
	}
	if (stopping)
		loop_stop(block->loop);
}

static void
tell_started(struct dns_block *block)
{
	pthread_mutex_lock(&block->lock);
	block->ready = true;
	block->failed = block->dns == NULL;
	pthread_cond_signal(&block->started);
	pthread_mutex_unlock(&block->lock);
}

static void *
run(void *arg)
{
	struct dns_block *block = arg;
	struct watch *watch;

	block->loop = loop_new();
	block->dns = dns_event_new(block->loop, block->how, &block->error);
	tell_started(block);
	if (block->dns) {
		watch = loop_watch(block->loop, block->wake, ask_queued, block);
		loop_run(block->loop);
		loop_unwatch(watch);
		dns_event_free(block->dns);
	}
	loop_free(block->loop);
	return NULL;
}

static void
wake_up(struct dns_block *block)
{
	uint64_t one = 1;

	while (write(block->wake, &one, sizeof(one)) < 0 && errno == EINTR)
		continue;
}

/* Signals are for other threads. */
static bool
start(struct dns_block *block, struct error *err)
{
	sigset_t all, before;
	int why;

	block->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (block->wake < 0)
		return error_set(err, "eventfd: %s", strerror(errno));
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	why = pthread_create(&block->thread, NULL, run, block);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (why != 0)
		return error_set(err, "a thread for DNS: %s", strerror(why));
	pthread_mutex_lock(&block->lock);
	while (!block->ready)
		pthread_cond_wait(&block->started, &block->lock);
	pthread_mutex_unlock(&block->lock);
	if (!block->failed)
		return true;
	pthread_join(block->thread, NULL);
	return error_set(err, "%s", block->error.text);
}

static void
block_free(struct dns_block *block)
{
	if (block->wake >= 0)
		close(block->wake);
	pthread_cond_destroy(&block->started);
	pthread_mutex_destroy(&block->lock);
	free(block);
}

struct dns_block *
dns_block_new(const char *how, struct dns *zone, struct error *err)
{
	struct dns_block *block = xcalloc(1, sizeof(*block));

	block->how = how;
	block->zone = zone;
	block->wake = -1;
	STAILQ_INIT(&block->queue);
	pthread_mutex_init(&block->lock, NULL);
	cond_init(&block->started);
	if (zone || start(block, err))
		return block;
	block_free(block);
	return NULL;
}

void
dns_block_free(struct dns_block *block)
{
	if (!block)
		return;
	if (!block->zone) {
		pthread_mutex_lock(&block->lock);
		block->stopping = true;
		pthread_mutex_unlock(&block->lock);
		wake_up(block);
		pthread_join(block->thread, NULL);
	}
	block_free(block);
}

static void
enqueue(struct dns_block *block, struct question *q)
{
	pthread_mutex_lock(&block->lock);
	STAILQ_INSERT_TAIL(&block->queue, q, link);
	pthread_mutex_unlock(&block->lock);
	wake_up(block);
}

/* Until it is answered, the deadline, or the next tick; the lock is held. */
static void
wait_a_while(struct question *q, int64_t deadline)
{
	int64_t until = clock_ms() + TICK;
	struct timespec at;

	if (until > deadline)
		until = deadline;
	at.tv_sec = until / 1000;
	at.tv_nsec = until % 1000 * 1000000;
	if (!q->done)
		pthread_cond_timedwait(&q->answered, &q->owner->lock, &at);
}

/* False when the deadline came first: the question is no longer ours. */
static bool
wait_answer(struct dns_view *view, struct question *q, int64_t deadline)
{
	struct dns_block *block = view->block;
	bool done;

	pthread_mutex_lock(&block->lock);
	while (!q->done && clock_ms() < deadline) {
		wait_a_while(q, deadline);
		if (q->done || !view->tick)
			continue;
		pthread_mutex_unlock(&block->lock);
		view->tick(view->context);
		pthread_mutex_lock(&block->lock);
	}
	done = q->done;
	q->orphan = !done;
	pthread_mutex_unlock(&block->lock);
	return done;
}

static void
copy_answer(
    const struct dns_answer *from, struct arena *arena, struct dns_answer *to)
{
	size_t i;

	*to = *from;
	to->records = arena_array(arena, from->count + 1, sizeof(*to->records));
	for (i = 0; i < from->count; i++) {
		to->records[i] = from->records[i];
		to->records[i].data = arena_copy(arena, from->records[i].data);
	}
}

static void
zone_lookup(struct dns_view *view, const char *name, enum dns_type type,
    int64_t deadline, struct arena *arena, struct dns_answer *answer)
{
	struct dns *zone = view->block->zone;

	pthread_mutex_lock(&view->block->lock);
	dns_zone_set_clock(zone, view->clock);
	dns_lookup(zone, name, type, deadline, arena, answer);
	view->clock = dns_now(zone);
	pthread_mutex_unlock(&view->block->lock);
}

static void
view_lookup(struct dns *dns, const char *name, enum dns_type type,
    int64_t deadline, struct arena *arena, struct dns_answer *answer)
{
	struct dns_view *view = (struct dns_view *)dns;
	struct question *q;

	if (view->block->zone) {
		zone_lookup(view, name, type, deadline, arena, answer);
		return;
	}
	q = question_new(view->block, name, type);
	enqueue(view->block, q);
	answer->status = DNS_TIMEOUT;
	if (!wait_answer(view, q, deadline))
		return;
	copy_answer(&q->answer, arena, answer);
	question_free(q);
}

static void
view_prefetch(struct dns *dns, const char *name, enum dns_type type)
{
	struct dns_view *view = (struct dns_view *)dns;
	struct question *q;

	if (view->block->zone)
		return;
	q = question_new(view->block, name, type);
	q->orphan = true;
	enqueue(view->block, q);
}

static int64_t
view_now(struct dns *dns)
{
	struct dns_view *view = (struct dns_view *)dns;

	return view->block->zone ? view->clock : clock_ms();
}

void
dns_view_init(struct dns_view *view, struct dns_block *block,
    void (*tick)(void *context), void *context)
{
	*view = (struct dns_view) {
	    .dns = {view_lookup, view_prefetch, view_now},
	    .block = block,
	    .tick = tick,
	    .context = context,
	};
}
