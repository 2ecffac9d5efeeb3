/*
 * coro_timer: deadlines of coroutines, as a heap of lazy entries.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "postern/xalloc.h"

#include "coro_timer.h"

void
timers_clear(struct timers *t)
{
	free(t->heap);
	*t = (struct timers) {.heap = NULL};
}

static void
place(struct timers *t, struct timer *timer, size_t index)
{
	t->heap[index] = timer;
	timer->index = index;
}

static void
sift_up(struct timers *t, struct timer *timer)
{
	size_t i = timer->index;

	for (; i > 1 && t->heap[i / 2]->key > timer->key; i /= 2)
		place(t, t->heap[i / 2], i);
	place(t, timer, i);
}

static void
sift_down(struct timers *t, struct timer *timer)
{
	size_t i = timer->index, child;

	for (;; i = child) {
		child = 2 * i;
		if (child < t->count &&
		    t->heap[child + 1]->key < t->heap[child]->key)
			child++;
		if (child > t->count || t->heap[child]->key >= timer->key)
			break;
		place(t, t->heap[child], i);
	}
	place(t, timer, i);
}

static void
insert(struct timers *t, struct timer *timer)
{
	if (t->count + 1 >= t->room) {
		t->room = t->room ? 2 * t->room : 64;
		t->heap = xrealloc(t->heap, t->room * sizeof(*t->heap));
	}
	timer->index = ++t->count;
	t->heap[t->count] = timer;
	sift_up(t, timer);
}

void
timer_remove(struct timers *t, struct timer *timer)
{
	struct timer *last;

	if (timer->index == 0)
		return;
	last = t->heap[t->count--];
	if (last != timer) {
		place(t, last, timer->index);
		sift_up(t, last);
		sift_down(t, last);
	}
	timer->index = 0;
	timer->deadline = 0;
}

void
timer_set(struct timers *t, struct timer *timer, int64_t deadline)
{
	timer->deadline = deadline;
	if (deadline == 0)
		return;
	if (timer->index == 0) {
		timer->key = deadline;
		insert(t, timer);
	} else if (deadline < timer->key) {
		timer->key = deadline;
		sift_up(t, timer);
	}
}

struct timer *
timers_expire(struct timers *t, int64_t now)
{
	struct timer *top;

	while (t->count > 0 && t->heap[1]->key <= now) {
		top = t->heap[1];
		if (top->deadline > now) {
			top->key = top->deadline;
			sift_down(t, top);
			continue;
		}
		if (top->deadline > 0) {
			timer_remove(t, top);
			return top;
		}
		timer_remove(t, top);
	}
	return NULL;
}

int64_t
timers_next(const struct timers *t)
{
	return t->count ? t->heap[1]->key : 0;
}
