/*
 * verb_data: DATA (RFC 5321 4.1.1.4): hold, then judge.  Every way out ends
 * the transaction.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "judge.h"
#include "receive.h"
#include "verbs.h"

bool
verb_data(struct session *s, const struct command *command)
{
	enum receive_result received;
	bool keep;

	if (command->argument.len)
		return session_error(
		    s, 501, "5.5.4", "DATA takes no argument (%s)", s->id);
	if (s->course.accepted == 0 || s->course.lost)
		return judge_no_recipients(s);
	if (!session_reply(s, 354, NULL, "End data with <CR><LF>.<CR><LF>"))
		return false;
	received = receive_message(s);
	if (received == RECEIVE_GONE)
		return false;
	keep = received == RECEIVE_REFUSED || judge_message(s);
	judge_end(s);
	return keep;
}
