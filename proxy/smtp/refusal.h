/*
 * refusal: what the log says of a connection that is not served.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_REFUSAL_H
#define PROXY_REFUSAL_H

#include "session.h"

/*
 * "reject: VERB from unknown[address]: reply", or JSON.  reply: what the client
 * is told, and the reason in parentheses.
 */
void refusal_log(struct session *s, const char *verb, const char *reply);

/* The same where the line of text is another: false when JSON is not wanted,
 * and nothing was written. */
bool refusal_log_json(struct session *s, const char *verb, const char *reply);

#endif
