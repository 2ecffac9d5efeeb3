/*
 * judge: a held message is judged, then handed on or refused.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_JUDGE_H
#define PROXY_JUDGE_H

#include "session.h"

/* Asks the chain about the spooled message and answers the client, with the
 * backend's words when it went there.  False when the session is over. */
bool judge_message(struct session *s) WAITS;

/* Answers DATA or BDAT when no recipient was accepted. */
bool judge_no_recipients(struct session *s) WAITS;

/* The end of a message, whatever became of it. */
void judge_end(struct session *s) WAITS;

#endif
