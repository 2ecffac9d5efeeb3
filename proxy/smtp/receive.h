/*
 * receive: the octets of DATA from the client into the spool.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_RECEIVE_H
#define PROXY_RECEIVE_H

#include "session.h"

enum receive_result {
	RECEIVE_OK,      /* the message is in the spool, whole and clean */
	RECEIVE_REFUSED, /* read to its end and answered; the session goes on */
	RECEIVE_GONE     /* the client is gone or was hung up on */
};

/* Reads up to CRLF.CRLF, whatever is wrong with it before. */
enum receive_result receive_message(struct session *s) WAITS;

#endif
