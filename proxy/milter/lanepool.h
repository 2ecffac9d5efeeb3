/*
 * lanepool: filters' memory for threads, one set for each check under way.
 *
 * libmilter lets callbacks of one session hop from thread to thread, so a
 * lane belongs to a check, not to a thread or a session.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_LANEPOOL_H
#define PROXY_LANEPOOL_H

#include "postern/chain.h"

struct lanepool;

struct lanepool *lanepool_new(const struct chain *chain);

/* All lanes must have been given back.  NULL is allowed. */
void lanepool_free(struct lanepool *pool);

/* The lanes used last, whose caches are warm, or new ones. */
struct lanes *lanepool_take(struct lanepool *pool);
void lanepool_give(struct lanepool *pool, struct lanes *lanes);

#endif
