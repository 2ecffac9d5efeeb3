/*
 * answer: a refusal in libmilter's words.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdio.h>

#include "postern/log.h"

#include "answer.h"

void
answer_text(struct str text, char out[ANSWER_MAX])
{
	size_t i, len = 0;
	char c;

	for (i = 0; i < text.len && len + 2 < ANSWER_MAX; i++) {
		c = text.data[i];
		if (ascii_is_control(c) || (unsigned char)c > 0x7e)
			c = '?';
		out[len++] = c;
		if (c == '%')
			out[len++] = c;
	}
	out[len] = '\0';
}

sfsistat
answer_refusal(
    SMFICTX *ctx, unsigned code, const char *enhanced, struct str text)
{
	char line[ANSWER_MAX], rcode[4], xcode[16];
	bool later = code / 100 != 5;

	if (code < 400 || code > 599)
		code = 451;
	snprintf(rcode, sizeof(rcode), "%u", code);
	snprintf(xcode, sizeof(xcode), "%c%s", rcode[0],
	    enhanced && enhanced[0] ? enhanced + 1 : ".0.0");
	answer_text(text, line);
	if (smfi_setreply(ctx, rcode, xcode, line) != MI_SUCCESS)
		log_warning(
		    "milter: the reply %s %s is not taken", rcode, xcode);
	return later ? SMFIS_TEMPFAIL : SMFIS_REJECT;
}
