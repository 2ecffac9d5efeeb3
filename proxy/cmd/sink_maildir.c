/*
 * sink_maildir: delivery into a Maildir.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "sink.h"

static bool
make(const char *path, struct error *err)
{
	if (mkdir(path, 0700) == 0 || errno == EEXIST)
		return true;
	return error_set(err, "%s: %s", path, strerror(errno));
}

bool
sink_maildir_make(const char *dir, struct error *err)
{
	static const char *const parts[] = {"tmp", "new", "cur"};
	char path[4096];
	size_t i;

	if (!make(dir, err))
		return false;
	for (i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, parts[i]);
		if (!make(path, err))
			return false;
	}
	return true;
}

static bool
write_all(int fd, struct str octets)
{
	ssize_t put;

	while (octets.len > 0) {
		put = write(fd, octets.data, octets.len);
		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return false;
		octets = str_from(octets, (size_t)put);
	}
	return fsync(fd) == 0;
}

bool
sink_maildir_store(const char *dir, struct str octets, struct arena *arena,
    const char **name, struct error *err)
{
	static unsigned long serial;
	const char *tmp, *new;
	struct timespec now;
	struct str base;
	bool ok;
	int fd;

	clock_gettime(CLOCK_REALTIME, &now);
	base = arena_printf(arena, "%lld.M%06ldP%ldQ%lu.sink",
	    (long long)now.tv_sec, now.tv_nsec / 1000, (long)getpid(),
	    ++serial);
	tmp = arena_printf(arena, "%s/tmp/%s", dir, base.data).data;
	new = arena_printf(arena, "%s/new/%s", dir, base.data).data;
	fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_set(err, "%s: %s", tmp, strerror(errno));
	ok = write_all(fd, octets);
	if (close(fd) != 0 || !ok || rename(tmp, new) != 0) {
		error_set(err, "%s: %s", new, strerror(errno));
		unlink(tmp);
		return false;
	}
	*name = arena_printf(arena, "new/%s", base.data).data;
	return true;
}
