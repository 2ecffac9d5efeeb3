/*
 * sink: a small SMTP server that stores mail in a Maildir.
 *
 * The backend of a first run, of demonstrations and of tests.  It believes
 * XCLIENT from loopback, never relays, and says what it stored on stdout.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_SINK_H
#define PROXY_SINK_H

#include "postern/conffile.h"
#include "postern/coro.h"
#include "postern/error.h"
#include "postern/ip.h"
#include "postern/strbuf.h"

struct sink {
	struct loop *loop;
	const char *maildir;   /* NULL: mail is counted and dropped */
	struct texts domains;  /* the only ones taken; none: all */
	struct texts refusals; /* recipients that get 550 */
	bool quiet;
	unsigned long stored;
};

/* Takes over fd. */
void sink_start(struct sink *sink, int fd, const struct ip *peer);

/* Makes DIR, DIR/tmp, DIR/new and DIR/cur where they are missing. */
bool sink_maildir_make(const char *dir, struct error *err);

/*
 * Puts the octets, as they came, into DIR/new by way of DIR/tmp, on disk
 * before it returns.  *name (in arena) is the file's name within DIR.
 */
bool sink_maildir_store(const char *dir, struct str octets, struct arena *arena,
    const char **name, struct error *err);

#endif
