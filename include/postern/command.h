/*
 * command: one SMTP command line (RFC 5321 4.1), parsed but not obeyed.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_COMMAND_H
#define POSTERN_COMMAND_H

#include "postern/arena.h"

enum verb {
	VERB_UNKNOWN,
	VERB_HELO,
	VERB_EHLO,
	VERB_LHLO,
	VERB_MAIL,
	VERB_RCPT,
	VERB_DATA,
	VERB_BDAT,
	VERB_RSET,
	VERB_NOOP,
	VERB_QUIT,
	VERB_VRFY,
	VERB_EXPN,
	VERB_HELP,
	VERB_AUTH,
	VERB_STARTTLS,
	VERB_XCLIENT,
	VERB_XFORWARD,
	VERB_ETRN,
	VERB_TURN,
	VERB_HTTP, /* GET, POST, CONNECT ...: a browser or a proxy abuser */
	VERB_COUNT
};

struct command {
	enum verb verb;
	struct str name;     /* as the client wrote it */
	struct str argument; /* behind the space, trailing space removed */
};

/*
 * line: without CRLF.  Never fails: what is not known is VERB_UNKNOWN, and so
 * is a line with CR, LF or NUL in it.  VERB_HTTP is a method with a target,
 * or a line that begins with a well-known field name and a colon.
 */
void command_parse(struct str line, struct command *out);

/* "MAIL"; "UNKNOWN" for the unknown. */
const char *verb_name(enum verb verb);

/* The argument of MAIL or RCPT (RFC 5321 4.1.2, RFC 6531). */
struct path {
	struct str raw;     /* with its angle brackets, as written */
	struct str route;   /* "@a,@b:" source route, or "" */
	struct str address; /* without route and brackets; "" for <> */
	struct str domain;  /* behind the last @ outside quotes; may be "" */
	struct str params;  /* ESMTP parameters as written, or "" */
};

enum path_error {
	PATH_OK,
	PATH_NO_KEYWORD, /* not "FROM:" or "TO:" */
	PATH_BAD_SYNTAX, /* no valid path behind it */
	PATH_TOO_LONG,   /* local part above 64 x 4, path above 512 octets */
	PATH_BAD_PARAM   /* a parameter is no esmtp-param */
};

/*
 * keyword is "FROM" or "TO".  Accepts space around the path and a path without
 * angle brackets, as deployed servers do, but never a control octet, never an
 * unbalanced quote, never octets behind the path that are no parameter.  The
 * null path is allowed only for FROM, <postmaster> without domain for TO.
 */
enum path_error
path_parse(struct str argument, const char *keyword, struct path *out);

/* Takes the next "KEY" or "KEY=VALUE" off *params; false at the end. */
bool param_cut(struct str *params, struct str *key, struct str *value);

/* A domain, an address literal, or (lenient) any text without space and
 * controls, at most 255 octets: HELO and EHLO. */
bool helo_is_acceptable(struct str name);

#endif
