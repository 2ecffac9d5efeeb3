/*
 * verdict: the words for what is done with a mail; log, JSON and header say
 * them alike.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/verdict.h"

const char *
action_word(enum action action)
{
	switch (action) {
	case ACTION_NONE:
		return "accept";
	case ACTION_TAG:
		return "tag";
	case ACTION_QUARANTINE:
		return "quarantine";
	case ACTION_DISCARD:
		return "discard";
	case ACTION_DEFER:
		return "defer";
	case ACTION_REJECT:
		return "reject";
	}
	return "accept";
}
