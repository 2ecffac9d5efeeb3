/*
 * sockets: the listening sockets that outlive every worker.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "postern/net.h"
#include "postern/xalloc.h"

#include "sockets.h"

static struct socket_row *
row_find(const struct sockets *set, const char *address)
{
	size_t i;

	for (i = 0; i < set->count; i++)
		if (strcmp(set->rows[i].address, address) == 0)
			return &set->rows[i];
	return NULL;
}

static struct socket_row *
row_get(struct sockets *set, const char *address)
{
	struct socket_row *row = row_find(set, address);

	if (row)
		return row;
	set->rows = xrealloc(set->rows, (set->count + 1) * sizeof(*set->rows));
	row = &set->rows[set->count++];
	*row = (struct socket_row) {.address = xstrdup(address)};
	return row;
}

static void
row_cut(struct socket_row *row, unsigned slots)
{
	while (row->slots > slots)
		close(row->fds[--row->slots]);
}

/* What a client that never reads costs in the kernel; connections have it
 * from the listening socket.  Replies are short. */
static void
bound_replies(int fd)
{
	int octets = 65536;

	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &octets, sizeof(octets));
}

/* All slots have the port of the first, also when the kernel chose it. */
static bool
row_grow(struct socket_row *row, const struct endpoint *ep, unsigned slots,
    struct error *err)
{
	struct endpoint each = *ep;
	unsigned before = row->slots;
	int fd;

	row->fds = xrealloc(row->fds, slots * sizeof(*row->fds));
	while (row->slots < slots) {
		if (row->slots > 0 && ep->family != ENDPOINT_UNIX)
			each.port = net_port(row->fds[0]);
		fd = net_listen(&each, true, err);
		if (fd < 0) {
			row_cut(row, before);
			return false;
		}
		bound_replies(fd);
		row->fds[row->slots++] = fd;
	}
	return true;
}

bool
sockets_bind(struct sockets *set, const struct config *config, unsigned slots,
    struct error *err)
{
	struct arena *arena = arena_new();
	struct socket_row *row;
	const struct endpoint *ep;
	bool ok = true;
	size_t i;

	for (i = 0; i < set->count; i++)
		set->rows[i].wanted = false;
	for (i = 0; ok && i < config->listener_count; i++) {
		ep = &config->listeners[i].address;
		row = row_get(set, endpoint_format(ep, arena).data);
		row->wanted = true;
		if (row->slots < slots)
			ok = row_grow(row, ep, slots, err);
	}
	arena_free(arena);
	return ok;
}

void
sockets_trim(struct sockets *set, unsigned slots)
{
	size_t i, kept = 0;

	for (i = 0; i < set->count; i++) {
		if (set->rows[i].wanted) {
			row_cut(&set->rows[i], slots);
			set->rows[kept++] = set->rows[i];
			continue;
		}
		row_cut(&set->rows[i], 0);
		free(set->rows[i].fds);
		free(set->rows[i].address);
	}
	set->count = kept;
}

void
sockets_close(struct sockets *set)
{
	size_t i;

	for (i = 0; i < set->count; i++)
		set->rows[i].wanted = false;
	sockets_trim(set, 0);
	free(set->rows);
	set->rows = NULL;
}

int
sockets_get(const struct sockets *set, const struct endpoint *ep, unsigned slot)
{
	struct arena *arena = arena_new();
	struct socket_row *row = row_find(set, endpoint_format(ep, arena).data);

	arena_free(arena);
	return row->fds[slot];
}
