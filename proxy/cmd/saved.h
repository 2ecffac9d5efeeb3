/*
 * saved: a mail in a file, as it would have come over the wire.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_SAVED_H
#define PROXY_SAVED_H

#include "postern/envelope.h"
#include "postern/error.h"
#include "postern/message.h"
#include "postern/strbuf.h"

/*
 * Reads a file ("-" is stdin) into out, lines ended by CRLF: a file whose
 * first line ends in a bare LF is taken for one with local line ends.  An mbox
 * "From " line is left out.
 */
bool saved_read(const char *file, struct strbuf *out, struct error *err);

/*
 * Fills what the envelope lacks (client, helo, sender) from the topmost
 * Received and from Return-Path.  True when anything came from there.
 */
bool saved_guess(const struct message *message, struct envelope *envelope,
    struct arena *arena);

#endif
