/*
 * verbs: the table of commands, and those that take only a few lines.
 *
 * Nothing is handed on that has no row here.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdio.h>

#include "postern/log.h"

#include "verbs.h"

enum {
	GREETED = 1 << PHASE_GREETED,
	READY = 1 << PHASE_READY,
	MAIL = 1 << PHASE_MAIL,
	RCPT = 1 << PHASE_RCPT,
	ANY = GREETED | READY | MAIL | RCPT
};

static bool
verb_rset(struct session *s, const struct command *command)
{
	if (command->argument.len)
		return session_error(
		    s, 501, "5.5.4", "RSET takes no argument (%s)", s->id);
	session_reset(s);
	return session_reply(s, 250, "2.0.0", "Ok");
}

static bool
verb_noop(struct session *s, const struct command *command)
{
	(void)command;
	return session_reply(s, 250, "2.0.0", "Ok");
}

static bool
verb_help(struct session *s, const struct command *command)
{
	(void)command;
	return session_reply(s, 214, "2.0.0",
	    "HELO EHLO MAIL RCPT DATA RSET NOOP QUIT VRFY HELP");
}

static bool
verb_quit(struct session *s, const struct command *command)
{
	(void)command;
	session_reply(s, 221, "2.0.0", "Bye");
	return false;
}

static bool
verb_vrfy(struct session *s, const struct command *command)
{
	char line[600];
	bool keep;

	if (command->argument.len == 0 || command->argument.len > 500)
		return session_error(
		    s, 501, "5.5.4", "VRFY needs an address (%s)", s->id);
	if (!session_need_backend(s, &keep))
		return keep;
	snprintf(line, sizeof(line), "VRFY %.*s", (int)command->argument.len,
	    command->argument.data);
	if (!backend_command(
		&s->backend, str_c(line), s->conf->backend_command_timeout))
		return session_backend_lost(s);
	return session_relay(s);
}

/* A browser, or somebody who abuses one. */
static bool
verb_http(struct session *s, const struct command *command)
{
	(void)command;
	log_info("%s: reject: UNKNOWN from unknown[%s]: no SMTP client", s->id,
	    ip_format(&s->peer.client, (char[IP_TEXT_MAX]) {0}));
	session_reply(s, 421, "4.7.0", "This is an SMTP server (%s)", s->id);
	return false;
}

static bool
verb_refused(struct session *s, const struct command *command)
{
	return session_error(s, 502, "5.5.1", "%s is not offered (%s)",
	    verb_name(command->verb), s->id);
}

static bool
verb_unknown(struct session *s, const struct command *command)
{
	(void)command;
	return session_error(s, 500, "5.5.2", "Unknown command (%s)", s->id);
}

static const struct verb_row {
	unsigned phases;
	bool (*obey)(struct session *s, const struct command *command);
	const char *too_early; /* what must come first */
} rows[VERB_COUNT] = {
    [VERB_UNKNOWN] = {ANY, verb_unknown, NULL},
    [VERB_HELO] = {ANY, verb_hello, NULL},
    [VERB_EHLO] = {ANY, verb_hello, NULL},
    [VERB_LHLO] = {ANY, verb_refused, NULL},
    [VERB_MAIL] = {READY, verb_mail, "HELO or EHLO"},
    [VERB_RCPT] = {MAIL | RCPT, verb_rcpt, "MAIL"},
    [VERB_DATA] = {RCPT, verb_data, "RCPT"},
    [VERB_BDAT] = {ANY, verb_refused, NULL},
    [VERB_RSET] = {ANY, verb_rset, NULL},
    [VERB_NOOP] = {ANY, verb_noop, NULL},
    [VERB_QUIT] = {ANY, verb_quit, NULL},
    [VERB_VRFY] = {READY | MAIL | RCPT, verb_vrfy, "HELO or EHLO"},
    [VERB_EXPN] = {ANY, verb_refused, NULL},
    [VERB_HELP] = {ANY, verb_help, NULL},
    [VERB_AUTH] = {ANY, verb_refused, NULL},
    [VERB_STARTTLS] = {ANY, verb_refused, NULL},
    [VERB_XCLIENT] = {ANY, verb_refused, NULL},
    [VERB_XFORWARD] = {ANY, verb_refused, NULL},
    [VERB_ETRN] = {ANY, verb_refused, NULL},
    [VERB_TURN] = {ANY, verb_refused, NULL},
    [VERB_HTTP] = {ANY, verb_http, NULL},
};

bool
verbs_obey(struct session *s, const struct command *command)
{
	const struct verb_row *row = &rows[command->verb];

	if (command->verb == VERB_MAIL && s->tx.lost)
		session_reset(s);
	if (row->phases & (1u << s->phase))
		return row->obey(s, command);
	if (command->verb == VERB_MAIL && s->phase > PHASE_READY)
		return session_error(
		    s, 503, "5.5.1", "Nested MAIL command (%s)", s->id);
	return session_error(
	    s, 503, "5.5.1", "%s must come first (%s)", row->too_early, s->id);
}
