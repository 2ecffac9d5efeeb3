/*
 * receive: the octets of DATA or of a BDAT chunk from the client (RFC 5321
 * 4.1.1.4, RFC 3030 2).
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

/* Reads this many octets; RECEIVE_REFUSED is not answered here. */
enum receive_result
receive_chunk(struct session *s, uint64_t size, bool last) WAITS;

/* Reads this many octets and forgets them; false when the client is gone. */
bool receive_nothing(struct session *s, uint64_t size) WAITS;

/* Answers what is wrong with the held message; RECEIVE_OK when nothing is. */
enum receive_result receive_refuse(struct session *s) WAITS;

#endif
