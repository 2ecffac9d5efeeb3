/*
 * lmtp: the end of a message at an LMTP backend (RFC 2033 4.2).
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_LMTP_H
#define PROXY_LMTP_H

#include "session.h"

/*
 * Reads one reply for each accepted recipient and leaves in s->backend.reply
 * what an SMTP client can be told.  When all agree, that is the first of them.
 * When some recipients have the mail and others never will, it is a 554 that
 * names the latter: the sender learns of it, and nobody gets the mail twice.
 * When some may have it later, it is a 451.  False when the session is lost.
 */
bool lmtp_read_end(struct session *s) WAITS;

#endif
