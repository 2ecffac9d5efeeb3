/*
 * transfer: a judged message to the backend (RFC 5321 4.1.1.4).
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_TRANSFER_H
#define PROXY_TRANSFER_H

#include "proxy/report/strip.h"
#include "session.h"

/*
 * DATA, our header block, the message without what strip leaves out, and the
 * dot.  True when the backend answered the end of the message: its reply is in
 * s->backend.reply, of class 2, 4 or 5.  False when the session behind was
 * lost, or when it refused DATA itself (*refused; its reply is there).
 * Nothing is ever sent twice.
 */
bool transfer_message(struct session *s, struct str block,
    const struct strip *strip, bool *refused) WAITS;

#endif
