/*
 * identity: how the backend learns who the client is.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_IDENTITY_H
#define PROXY_IDENTITY_H

#include "backend.h"

/*
 * Tells the client's identity by XCLIENT, in as many lines as it takes, and
 * reads the greeting that follows each.  False when the session was lost;
 * b->reply is the backend's refusal when it spoke one.
 */
bool identity_xclient(struct backend *b, const struct envelope *client) WAITS;

/*
 * The client's name: the name its address points to, when that name points
 * back.  Fills client_name and client_name_failed; text in arena.
 */
void identity_name(struct envelope *client, struct dns *dns, int64_t deadline,
    struct arena *arena) WAITS;

/* An xtext (RFC 3461 4) of any text: printable, without '+', '=' and space. */
void identity_xtext(struct strbuf *out, const char *text);

#endif
