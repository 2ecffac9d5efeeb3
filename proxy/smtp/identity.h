/*
 * identity: how the backend learns who the client is.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_IDENTITY_H
#define PROXY_IDENTITY_H

#include "backend.h"

/*
 * Before the greeting: the connection, from the client's own address where
 * identity = transparent, and the PROXY header where it asks for one.  False
 * with b->error; b->stream is there on success.
 */
bool identity_connect(
    struct backend *b, const struct envelope *client, int64_t deadline) WAITS;

/*
 * XCLIENT, in as many lines as it takes, and the greeting that follows each.
 * False when the session was lost; b->reply is the backend's refusal when it
 * spoke one.
 */
bool identity_xclient(struct backend *b, const struct envelope *client) WAITS;

/* XFORWARD, before each MAIL.  The same. */
bool identity_xforward(struct backend *b, const struct envelope *client) WAITS;

/*
 * The client's name: the name its address points to, when that name points
 * back.  Fills client_name and client_name_failed; text in arena.
 */
void identity_name(struct envelope *client, struct dns *dns, int64_t deadline,
    struct arena *arena) WAITS;

#endif
