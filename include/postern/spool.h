/*
 * spool: a mail held until it was judged.
 *
 * In memory up to a limit, then in an unlinked file that is mapped when it is
 * read, so that anonymous memory stays bounded.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_SPOOL_H
#define POSTERN_SPOOL_H

#include "postern/error.h"
#include "postern/strbuf.h"

struct spool {
	const char *dir;      /* where the file goes; borrowed */
	size_t memory_max;    /* octets held in memory */
	struct strbuf memory; /* all, or what is not yet in the file */
	int fd;               /* -1 while in memory */
	size_t file_size;
	char *map; /* NULL until spool_read */
};

/* dir must stay valid. */
void spool_init(struct spool *s, const char *dir, size_t memory_max);

/* Forgets the mail and gives back file, map and memory. */
void spool_clear(struct spool *s);

/* False when the disk is full or the file cannot be made: 452 4.3.1.  Then
 * only spool_clear is of use. */
bool spool_add(struct spool *s, struct str octets, struct error *err);

size_t spool_size(const struct spool *s);

/* All of it, valid until the next spool_add or spool_clear. */
bool spool_read(struct spool *s, struct str *out, struct error *err);

#endif
