/*
 * refusal: what the log says of a connection that is not served.
 *
 * In JSON it is the record of a judged mail with nothing found in it, so that
 * whoever reads the log needs to know one shape only.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <time.h>

#include "postern/log.h"

#include "refusal.h"

bool
refusal_log_json(struct session *s, const char *verb, const char *reply)
{
	enum action action = reply[0] == '4' ? ACTION_DEFER : ACTION_REJECT;
	struct verdict verdict = {.action = action, .would = action};
	struct scan scan = {
	    .arena = s->arena,
	    .envelope = &s->peer,
	    .time = time(NULL),
	};
	struct report report = {
	    .config = s->door->config,
	    .id = s->id,
	    .verb = verb,
	    .scan = &scan,
	    .verdict = &verdict,
	    .reply = str_c(reply),
	};

	if (s->door->config->log_format != LOG_FORMAT_JSON)
		return false;
	report_log(&report);
	return true;
}

void
refusal_log(struct session *s, const char *verb, const char *reply)
{
	char ip[IP_TEXT_MAX];

	if (!refusal_log_json(s, verb, reply))
		log_info("%s: reject: %s from unknown[%s]: %s", s->id, verb,
		    ip_format(&s->peer.client, ip), reply);
}
