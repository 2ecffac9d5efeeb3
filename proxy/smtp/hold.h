/*
 * hold: the octets of a message on their way into the spool, and what is
 * wrong with them.
 *
 * A message that will be refused is read to its end all the same: only then
 * is it known where the next command begins.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_HOLD_H
#define PROXY_HOLD_H

#include "postern/dotline.h"
#include "postern/linefix.h"

struct session;

struct hold {
	struct dotline dots; /* counts what is not clean, in BDAT too */
	struct linefix fix;
	uint64_t most;   /* octets */
	int64_t started; /* loop_now */
	bool normalise;  /* bare LF is mended, not refused */
	bool too_large;
	bool spool_failed; /* disk full */
	char last[2];      /* octets of the content, so far */
};

enum hold_stop {
	HOLD_ON,
	HOLD_ENDLESS, /* far above the limit: nobody listens any more */
	HOLD_SLOW     /* below min_data_rate */
};

/* Why a message cannot be taken. */
struct hold_refusal {
	unsigned code; /* 0: nothing is wrong */
	const char *enhanced;
	const char *text;
};

void hold_init(struct hold *h, const struct session *s);

/* Content, whose dots are taken out and counted already. */
void hold_take(struct hold *h, struct session *s, struct str octets);

/* The content is whole: what was held back goes in, a last CRLF if missing. */
void hold_finish(struct hold *h, struct session *s);

/* Should the reading go on? */
enum hold_stop hold_goes_on(const struct hold *h, const struct session *s);

struct hold_refusal hold_refuses(const struct hold *h);

/* Is bare LF of this client mended, not refused? */
bool hold_normalises(const struct session *s);

/* What is wrong could be the end of this message to somebody else. */
bool hold_is_unclean(const struct hold *h);

#endif
