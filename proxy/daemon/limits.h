/*
 * limits: how many sessions there are, over all workers.
 *
 * Counts live in memory that the master maps before it forks.  Each worker
 * writes a column of its own, so that nothing is locked and a crash leaves
 * nothing behind: the master empties the column.  A count may be too high,
 * when addresses share a place, never too low.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_LIMITS_H
#define PROXY_LIMITS_H

#include <sys/types.h>

#include "listener.h"

struct limits;

/* In the master, once. */
struct limits *limits_new(void);
void limits_free(struct limits *l);

/* A column for a worker to be; the last one is shared when there are none. */
unsigned limits_take_column(struct limits *l);
void limits_set_owner(struct limits *l, unsigned column, pid_t pid);

/* This worker ended: its sessions did, too. */
void limits_forget(struct limits *l, pid_t pid);

/* Why a session may not come in. */
enum limits_answer {
	LIMITS_OK,
	LIMITS_SESSIONS,
	LIMITS_ADDRESS,
	LIMITS_NETWORK
};

/* Counts a session in, when it may; then limits_leave counts it out. */
enum limits_answer limits_enter(struct limits *l, unsigned column,
    const struct listener_conf *conf, const struct ip *client);
void limits_leave(struct limits *l, unsigned column,
    const struct listener_conf *conf, const struct ip *client);

#endif
