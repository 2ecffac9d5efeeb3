/*
 * verbs: the table of commands, and those that take only a few lines.
 *
 * Nothing is handed on that has no row here.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdio.h>

#include "postern/charset.h"

#include "refusal.h"
#include "verbs.h"

enum {
	GREETED = 1 << PHASE_GREETED,
	READY = 1 << PHASE_READY,
	MAIL = 1 << PHASE_MAIL,
	RCPT = 1 << PHASE_RCPT,
	ANY = GREETED | READY | MAIL | RCPT
};

enum { VRFY_MAX = 500 /* octets of an address */ };

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
	    "HELO EHLO MAIL RCPT DATA BDAT RSET NOOP QUIT VRFY HELP "
	    "STARTTLS AUTH");
}

static bool
verb_quit(struct session *s, const struct command *command)
{
	(void)command;
	session_reply(s, 221, "2.0.0", "Bye");
	s->quit = true;
	return false;
}

/* What MAIL and RCPT would not take in an address is none here, either. */
static bool
is_vrfy_argument(struct str text)
{
	size_t i = 0;

	while (i < text.len && !ascii_is_control(text.data[i]))
		i++;
	return text.len > 0 && text.len <= VRFY_MAX && i == text.len &&
	    charset_is_utf8(text);
}

static bool
verb_vrfy(struct session *s, const struct command *command)
{
	char line[VRFY_MAX + 10];
	bool keep;

	if (!is_vrfy_argument(command->argument))
		return session_error(
		    s, 501, "5.5.4", "VRFY needs an address (%s)", s->id);
	if (session_lacks_utf8(s, command->argument))
		return session_error(
		    s, 553, "5.6.7", "SMTPUTF8 is not offered (%s)", s->id);
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
	refusal_log(
	    s, "UNKNOWN", "421 4.7.0 This is an SMTP server (no SMTP client)");
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

/* What a row says of a command besides. */
enum {
	CLEAR = 1 << 0, /* may be said before TLS where TLS is required */
	JUNK = 1 << 1,  /* brings no mail forward */
	CHUNKS = 1 << 2 /* may come between chunks of a message */
};

static const struct verb_row {
	unsigned phases;
	unsigned traits;
	bool (*obey)(struct session *s, const struct command *command);
	const char *too_early; /* what must come first */
} rows[VERB_COUNT] = {
    [VERB_UNKNOWN] = {ANY, CLEAR | CHUNKS, verb_unknown, NULL},
    [VERB_HELO] = {ANY, CLEAR | JUNK | CHUNKS, verb_hello, NULL},
    [VERB_EHLO] = {ANY, CLEAR | JUNK | CHUNKS, verb_hello, NULL},
    [VERB_LHLO] = {ANY, CLEAR | CHUNKS, verb_refused, NULL},
    [VERB_MAIL] = {READY, 0, verb_mail, "HELO or EHLO"},
    [VERB_RCPT] = {MAIL | RCPT, 0, verb_rcpt, "MAIL"},
    [VERB_DATA] = {RCPT, 0, verb_data, "RCPT"},
    [VERB_BDAT] = {ANY, CLEAR | CHUNKS, verb_bdat, NULL},
    [VERB_RSET] = {ANY, CLEAR | JUNK | CHUNKS, verb_rset, NULL},
    [VERB_NOOP] = {ANY, CLEAR | JUNK | CHUNKS, verb_noop, NULL},
    [VERB_QUIT] = {ANY, CLEAR | CHUNKS, verb_quit, NULL},
    [VERB_VRFY] = {READY | MAIL | RCPT, JUNK, verb_vrfy, "HELO or EHLO"},
    [VERB_EXPN] = {ANY, CLEAR | CHUNKS, verb_refused, NULL},
    [VERB_HELP] = {ANY, CLEAR | JUNK | CHUNKS, verb_help, NULL},
    [VERB_AUTH] = {READY, JUNK, verb_auth, "EHLO"},
    [VERB_STARTTLS] = {READY, CLEAR | JUNK, verb_starttls, "EHLO"},
    [VERB_XCLIENT] = {GREETED | READY, CLEAR | JUNK, verb_xclient, NULL},
    [VERB_XFORWARD] = {READY, CLEAR, verb_xforward, "EHLO"},
    [VERB_ETRN] = {ANY, CLEAR | CHUNKS, verb_refused, NULL},
    [VERB_TURN] = {ANY, CLEAR | CHUNKS, verb_refused, NULL},
    [VERB_HTTP] = {ANY, CLEAR | CHUNKS, verb_http, NULL},
};

/* A command of a phase that is not this one. */
static bool
out_of_order(struct session *s, const struct command *command)
{
	if (command->verb == VERB_MAIL && s->phase > PHASE_READY)
		return session_error(
		    s, 503, "5.5.1", "Nested MAIL command (%s)", s->id);
	if (rows[command->verb].phases > 1u << s->phase)
		return session_error(s, 503, "5.5.1", "%s must come first (%s)",
		    rows[command->verb].too_early, s->id);
	return session_error(s, 503, "5.5.1",
	    "%s is not allowed in a mail transaction (%s)",
	    verb_name(command->verb), s->id);
}

bool
verbs_obey(struct session *s, const struct command *command)
{
	const struct verb_row *row = &rows[command->verb];
	bool clear = s->conf->tls == TLS_REQUIRE && !s->peer.tls;

	if (command->verb == VERB_MAIL && s->course.lost)
		session_reset(s);
	if (clear && !(row->traits & CLEAR))
		return session_error(s, 530, "5.7.0",
		    "Must issue a STARTTLS command first (%s)", s->id);
	if (s->course.chunking != CHUNKS_NONE && !(row->traits & CHUNKS))
		return session_error(s, 503, "5.5.1",
		    "A message in chunks is not finished (%s)", s->id);
	if (!(row->phases & (1u << s->phase)))
		return out_of_order(s, command);
	if ((row->traits & JUNK) && ++s->junk > s->conf->max_junk_commands)
		return session_error(s, 503, "5.7.0",
		    "Too many commands and no mail (%s)", s->id);
	return row->obey(s, command);
}
