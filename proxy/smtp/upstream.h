/*
 * upstream: which backend a session has, and what becomes of it when that one
 * goes away.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_UPSTREAM_H
#define PROXY_UPSTREAM_H

#include "session.h"

/*
 * Opens the first backend that is well, if none is open.  False with the
 * reason in s->backend.error; s->backend.reply is what it said, if it did.
 */
bool upstream_open(struct session *s) WAITS;

/*
 * Before DATA goes out: is the backend still there?  If it hung up while a slow
 * client was sending, the envelope is said once more to a fresh session, and
 * must get the same answers.
 */
bool upstream_still_there(struct session *s) WAITS;

/* Sends MAIL or RCPT, and remembers it for that case.  False when the session
 * behind is lost. */
bool upstream_envelope(struct session *s, struct str line) WAITS;

#endif
