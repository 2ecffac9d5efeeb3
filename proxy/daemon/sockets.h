/*
 * sockets: the listening sockets that outlive every worker.
 *
 * One SO_REUSEPORT socket for each listener and worker slot, and one for each
 * milter; the master keeps all of them open, so that no connection is lost
 * when the processes behind them change.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_SOCKETS_H
#define PROXY_SOCKETS_H

#include "config.h"

struct socket_row {
	char *address; /* as endpoint_format writes it */
	int *fds;      /* one a slot */
	unsigned slots;
	unsigned wanted; /* slots that the configuration last bound for has */
};

struct sockets {
	struct socket_row *rows;
	size_t count;
};

/*
 * Binds what the configuration names and is not bound yet.  On failure, what
 * was bound before stays as it was.
 */
bool sockets_bind(struct sockets *set, const struct config *config,
    unsigned slots, struct error *err);

/*
 * Closes what the configuration last bound for no longer names, and what
 * stands beyond its slots: nobody would accept there.
 */
void sockets_trim(struct sockets *set);

/* Closes all of them. */
void sockets_close(struct sockets *set);

/* The socket of a listener and slot; a milter has slot 0 alone. */
int sockets_get(
    const struct sockets *set, const struct endpoint *ep, unsigned slot);

#endif
