/*
 * hosts: names of /etc/hosts, the file read at most once a minute.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RUN_HOSTS_H
#define RUN_HOSTS_H

#include "postern/ip.h"
#include "postern/strbuf.h"

struct hosts {
	const char *file;
	struct strbuf text;
	int64_t stale_at; /* 0: not read yet */
};

/* file must stay valid; it need not exist. */
void hosts_init(struct hosts *hosts, const char *file);
void hosts_clear(struct hosts *hosts);

/*
 * Fills at most `most` addresses of the name, in the order of the file, and
 * returns how many.  bits: 32 or 128 for one family only, 0 for both.  now:
 * milliseconds on any clock that goes forward.
 */
size_t hosts_find(struct hosts *hosts, const char *name, unsigned bits,
    int64_t now, struct ip *out, size_t most);

#endif
