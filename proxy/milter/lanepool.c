/*
 * lanepool: filters' memory for threads, one set for each check under way.
 *
 * Taking never waits for another check: there are as many lanes as checks at
 * once, and some are kept for the next ones.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <pthread.h>
#include <stdlib.h>

#include "postern/xalloc.h"

#include "lanepool.h"

enum { KEPT = 64 };

struct lanepool {
	const struct chain *chain;
	pthread_mutex_t lock;
	struct lanes *free[KEPT];
	size_t count;
};

struct lanepool *
lanepool_new(const struct chain *chain)
{
	struct lanepool *pool = xcalloc(1, sizeof(*pool));

	pool->chain = chain;
	pthread_mutex_init(&pool->lock, NULL);
	return pool;
}

void
lanepool_free(struct lanepool *pool)
{
	if (!pool)
		return;
	while (pool->count > 0)
		lanes_close(pool->free[--pool->count]);
	pthread_mutex_destroy(&pool->lock);
	free(pool);
}

struct lanes *
lanepool_take(struct lanepool *pool)
{
	struct lanes *lanes = NULL;

	pthread_mutex_lock(&pool->lock);
	if (pool->count > 0)
		lanes = pool->free[--pool->count];
	pthread_mutex_unlock(&pool->lock);
	return lanes ? lanes : lanes_open(pool->chain);
}

void
lanepool_give(struct lanepool *pool, struct lanes *lanes)
{
	bool kept;

	pthread_mutex_lock(&pool->lock);
	kept = pool->count < KEPT;
	if (kept)
		pool->free[pool->count++] = lanes;
	pthread_mutex_unlock(&pool->lock);
	if (!kept)
		lanes_close(lanes);
}
