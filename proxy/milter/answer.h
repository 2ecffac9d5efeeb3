/*
 * answer: a refusal in libmilter's words.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_ANSWER_H
#define PROXY_ANSWER_H

#include <libmilter/mfapi.h>

#include "postern/str.h"

enum { ANSWER_MAX = 900 }; /* octets of text, doubled signs and NUL */

/*
 * Sets the reply and returns what the callback is to return: TEMPFAIL with a
 * 4xx, REJECT with a 5xx.  enhanced gets the code's class.
 */
sfsistat answer_refusal(
    SMFICTX *ctx, unsigned code, const char *enhanced, struct str text);

/*
 * Text as a mail server may be given it: one line of printable ASCII, each
 * percent sign doubled, because some read it as a format.
 */
void answer_text(struct str text, char out[ANSWER_MAX]);

#endif
