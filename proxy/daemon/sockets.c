/*
 * sockets: the listening sockets that outlive every worker.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

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

/* Owner, group and mode of what was just bound, whatever stands in its path
 * by now. */
static bool
give_path(int fd, const struct milter_conf *conf)
{
	struct passwd *pw =
	    conf->socket_owner ? getpwnam(conf->socket_owner) : NULL;
	struct group *gr =
	    conf->socket_group ? getgrnam(conf->socket_group) : NULL;
	char name[64];
	struct stat st;
	mode_t mode;

	if (fstat(fd, &st) != 0 || !S_ISSOCK(st.st_mode)) {
		errno = ENOTSOCK;
		return false;
	}
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	return milter_conf_mode(conf->socket_mode, &mode) &&
	    (!pw ||
		fchownat(fd, "", pw->pw_uid, (gid_t)-1, AT_EMPTY_PATH) == 0) &&
	    (!gr ||
		fchownat(fd, "", (uid_t)-1, gr->gr_gid, AT_EMPTY_PATH) == 0) &&
	    chmod(name, mode) == 0;
}

static bool
own_path(const struct milter_conf *conf, struct error *err)
{
	const char *path = conf->address.path;
	int fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC), why;
	bool ok = fd >= 0 && give_path(fd, conf);

	why = errno;
	if (fd >= 0)
		close(fd);
	return ok || error_set(err, "%s: %s", path, strerror(why));
}

/* Changes go out one by one; each would wait for the server to acknowledge
 * the one before, 40 ms.  Connections have it from the listening socket. */
static void
answer_at_once(int fd)
{
	int one = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
}

/* Nobody connects before owner and mode are right. */
static bool
bind_milter(
    struct socket_row *row, const struct milter_conf *conf, struct error *err)
{
	bool local = conf->address.family == ENDPOINT_UNIX;
	mode_t before = local ? umask(0177) : 0;

	if (row->slots == 0) {
		row->fds = xrealloc(row->fds, sizeof(*row->fds));
		row->fds[0] = net_listen(&conf->address, false, err);
		row->slots = row->fds[0] >= 0 ? 1 : 0;
		answer_at_once(row->fds[0]);
	}
	if (local)
		umask(before);
	return row->slots > 0 && (!local || own_path(conf, err));
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
		set->rows[i].wanted = 0;
	for (i = 0; ok && i < config->listener_count; i++) {
		ep = &config->listeners[i].address;
		row = row_get(set, endpoint_format(ep, arena).data);
		row->wanted = slots;
		if (row->slots < slots)
			ok = row_grow(row, ep, slots, err);
	}
	for (i = 0; ok && i < config->milter_count; i++) {
		ep = &config->milters[i].address;
		row = row_get(set, endpoint_format(ep, arena).data);
		row->wanted = 1;
		ok = bind_milter(row, &config->milters[i], err);
	}
	arena_free(arena);
	return ok;
}

void
sockets_trim(struct sockets *set)
{
	size_t i, kept = 0;

	for (i = 0; i < set->count; i++) {
		row_cut(&set->rows[i], set->rows[i].wanted);
		if (set->rows[i].wanted) {
			set->rows[kept++] = set->rows[i];
			continue;
		}
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
		set->rows[i].wanted = 0;
	sockets_trim(set);
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
