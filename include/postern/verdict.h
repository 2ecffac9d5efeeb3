/*
 * verdict: what is to be done, ordered so that the stronger one wins.
 *
 * A discard never hides a refusal.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_VERDICT_H
#define POSTERN_VERDICT_H

#include "postern/str.h"

enum action {
	ACTION_NONE, /* accept */
	ACTION_TAG,
	ACTION_QUARANTINE,
	ACTION_DISCARD,
	ACTION_DEFER,
	ACTION_REJECT
};

/* accept tag quarantine discard defer reject; never NULL. */
const char *action_word(enum action action);

struct verdict {
	enum action action; /* what is done */
	enum action would;  /* what would have been done, were the mode
			       "enforce"; equals action otherwise */
	int score;          /* thousandths of a point */
	/* For DEFER and REJECT; for `would` in monitor mode. */
	unsigned code;        /* 550, 451 ... */
	const char *enhanced; /* "5.7.1" */
	const char *text;     /* what the client is told, without reference */
	const char
	    *source; /* who asked for it: "spf", a rule's name, "score" */
	const char *bypass; /* why filters were not asked, or NULL */
};

#endif
