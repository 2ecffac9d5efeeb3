/*
 * command: one SMTP command line (RFC 5321 4.1.1), parsed but not obeyed.
 *
 * The verb is everything before the first space, in any case; nothing is
 * guessed: "MAILFROM:<a>", a leading space, a tab behind the verb and a line
 * with CR, LF or NUL in it are no commands.  The path of MAIL and RCPT is
 * path.c's.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/command.h"

enum { HELO_MAX = 255 };

struct row {
	const char *word;
	enum verb verb;
};

static const struct row verbs[] = {
    {"HELO", VERB_HELO},
    {"EHLO", VERB_EHLO},
    {"LHLO", VERB_LHLO},
    {"MAIL", VERB_MAIL},
    {"RCPT", VERB_RCPT},
    {"DATA", VERB_DATA},
    {"BDAT", VERB_BDAT},
    {"RSET", VERB_RSET},
    {"NOOP", VERB_NOOP},
    {"QUIT", VERB_QUIT},
    {"VRFY", VERB_VRFY},
    {"EXPN", VERB_EXPN},
    {"HELP", VERB_HELP},
    {"AUTH", VERB_AUTH},
    {"STARTTLS", VERB_STARTTLS},
    {"XCLIENT", VERB_XCLIENT},
    {"XFORWARD", VERB_XFORWARD},
    {"ETRN", VERB_ETRN},
    {"TURN", VERB_TURN},
};

/* Methods of RFC 9110 and 5789, and what open-proxy scanners send. */
static const char *const http_methods[] = {
    "GET",
    "POST",
    "PUT",
    "HEAD",
    "OPTIONS",
    "CONNECT",
    "DELETE",
    "TRACE",
    "PATCH",
    "PROPFIND",
};

/* Fields of HTTP requests, and of mails sent without DATA. */
static const char *const field_names[] = {
    "Host",
    "User-Agent",
    "Accept",
    "Accept-Encoding",
    "Accept-Language",
    "Connection",
    "Content-Length",
    "Content-Type",
    "Cookie",
    "Proxy-Connection",
    "Referer",
    "Origin",
    "Upgrade",
    "Received",
    "Return-Path",
    "Message-ID",
    "MIME-Version",
    "Date",
    "From",
    "Reply-To",
    "Sender",
    "Subject",
    "To",
    "Cc",
};

static bool
is_listed(struct str word, const char *const *list, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (str_case_is(word, list[i]))
			return true;
	return false;
}

static bool
is_request_target(struct str s)
{
	return str_find(s, '/') < s.len || str_find(s, ':') < s.len ||
	    str_starts(s, "*");
}

/* "GET /", "CONNECT host:25", "Host: name", "Subject:hello" */
static bool
is_http(struct str line, const struct command *c)
{
	size_t colon = str_find(c->name, ':');

	if (colon < c->name.len)
		return is_listed(str_head(c->name, colon), field_names,
		    sizeof(field_names) / sizeof(*field_names));
	return c->name.len < line.len && is_request_target(c->argument) &&
	    is_listed(c->name, http_methods,
		sizeof(http_methods) / sizeof(*http_methods));
}

/* Tab may stand in an argument; whoever reads the argument judges it. */
static bool
has_line_control(struct str line)
{
	return str_find(line, '\0') < line.len ||
	    str_find(line, '\r') < line.len || str_find(line, '\n') < line.len;
}

static enum verb
verb_find(struct str name)
{
	size_t i;

	for (i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		if (str_case_is(name, verbs[i].word))
			return verbs[i].verb;
	return VERB_UNKNOWN;
}

/* RFC 5321 4.1.1: white space before CRLF is tolerated. */
static struct str
argument_trim(struct str s)
{
	while (s.len > 0 && *s.data == ' ')
		s = str_from(s, 1);
	while (s.len > 0 &&
	    (s.data[s.len - 1] == ' ' || s.data[s.len - 1] == '\t'))
		s.len--;
	return s;
}

void
command_parse(struct str line, struct command *out)
{
	size_t space = str_find(line, ' ');

	out->name = str_head(line, space);
	out->argument = argument_trim(str_from(line, space));
	if (space == line.len)
		out->name = argument_trim(line);
	out->verb = VERB_UNKNOWN;
	if (has_line_control(line))
		return;
	out->verb = verb_find(out->name);
	if (out->verb == VERB_UNKNOWN && is_http(line, out))
		out->verb = VERB_HTTP;
}

const char *
verb_name(enum verb verb)
{
	size_t i;

	for (i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		if (verbs[i].verb == verb)
			return verbs[i].word;
	return verb == VERB_HTTP ? "HTTP" : "UNKNOWN";
}

bool
helo_is_acceptable(struct str name)
{
	size_t i;

	if (name.len == 0 || name.len > HELO_MAX)
		return false;
	for (i = 0; i < name.len; i++)
		if (name.data[i] == ' ' || ascii_is_control(name.data[i]))
			return false;
	return true;
}
