/*
 * spool: a mail held until it was judged.
 *
 * The file has no name from the start where the file system can do that, so
 * that a crash leaves nothing behind.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "postern/spool.h"

enum { COLLECT = 64 * 1024 /* least octets of a write to the file */ };

void
spool_init(struct spool *s, const char *dir, size_t memory_max)
{
	*s = (struct spool) {.dir = dir, .memory_max = memory_max, .fd = -1};
	strbuf_init(&s->memory);
}

void
spool_clear(struct spool *s)
{
	if (s->map)
		munmap(s->map, s->file_size);
	if (s->fd >= 0)
		close(s->fd);
	strbuf_clear(&s->memory);
	spool_init(s, s->dir, s->memory_max);
}

static int
open_unnamed(const char *dir)
{
	char path[4096];
	int fd = open(dir, O_RDWR | O_TMPFILE | O_CLOEXEC, 0600);

	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR))
		return fd;
	snprintf(path, sizeof(path), "%s/heldXXXXXX", dir);
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		unlink(path);
	return fd;
}

static bool
write_all(struct spool *s, struct str octets, struct error *err)
{
	ssize_t put;

	while (octets.len > 0) {
		put = write(s->fd, octets.data, octets.len);
		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return error_set(err, "writing held mail in %s: %s",
			    s->dir, strerror(put ? errno : ENOSPC));
		octets = str_from(octets, (size_t)put);
		s->file_size += (size_t)put;
	}
	return true;
}

/* Writes what is collected to the file. */
static bool
write_out(struct spool *s, struct error *err)
{
	if (!write_all(s, strbuf_str(&s->memory), err))
		return false;
	strbuf_reset(&s->memory);
	return true;
}

static bool
move_to_file(struct spool *s, struct error *err)
{
	s->fd = open_unnamed(s->dir);
	if (s->fd < 0)
		return error_set(
		    err, "holding mail in %s: %s", s->dir, strerror(errno));
	if (!write_out(s, err))
		return false;
	strbuf_clear(&s->memory); /* its room was for the whole limit */
	return true;
}

static void
unmap(struct spool *s)
{
	if (s->map)
		munmap(s->map, s->file_size);
	s->map = NULL;
}

bool
spool_add(struct spool *s, struct str octets, struct error *err)
{
	unmap(s);
	if (s->fd < 0 && s->memory.len + octets.len > s->memory_max &&
	    !move_to_file(s, err))
		return false;
	if (s->fd < 0 || s->memory.len + octets.len < COLLECT) {
		strbuf_add(&s->memory, octets);
		return true;
	}
	return write_out(s, err) && write_all(s, octets, err);
}

size_t
spool_size(const struct spool *s)
{
	return s->file_size + s->memory.len;
}

bool
spool_read(struct spool *s, struct str *out, struct error *err)
{
	*out = strbuf_str(&s->memory);
	if (s->fd < 0)
		return true;
	if (!write_out(s, err))
		return false;
	if (!s->map) {
		s->map =
		    mmap(NULL, s->file_size, PROT_READ, MAP_SHARED, s->fd, 0);
		if (s->map == MAP_FAILED) {
			s->map = NULL;
			return error_set(
			    err, "reading held mail: %s", strerror(errno));
		}
	}
	*out = str_of(s->map, s->file_size);
	return true;
}
