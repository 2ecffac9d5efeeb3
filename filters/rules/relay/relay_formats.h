/*
 * relay_formats: how mail servers write Received fields.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_RELAY_FORMATS_H
#define RULES_RELAY_FORMATS_H

#include "filters/rules/text/shape.h"

/* What a shape says beyond its parts. */
enum {
	FORMAT_LOOKED_UP = 1 << 0, /* no rdns: the peer has no reverse name */
	FORMAT_SAME_NAME = 1 << 1, /* helo is not written when it is rdns */
	FORMAT_IGNORE = 1 << 2,    /* no hop between hosts, or not told */
	FORMAT_FETCHED = 1 << 3,   /* by POP3 or IMAP: what was above is no
				       hop of the mail */
	FORMAT_QMAIL = 1 << 4,     /* behind it "with SMTP"; rdns "unknown" */
	FORMAT_OPTIONS = 1 << 5,   /* rest: helo=... ident=... */
	FORMAT_IDENT = 1 << 6,     /* rdns: user@name */
	FORMAT_NO_ID = 1 << 7,
	FORMAT_DOTTED = 1 << 8,         /* only if rdns has a dot */
	FORMAT_SENDER = 1 << 9,         /* the sender is behind " from <" */
	FORMAT_QMAIL_SCANNER = 1 << 10, /* the sender belongs to the next */
	FORMAT_NOT_QMAIL_LDAP = 1 << 11,
	FORMAT_SOFT_ERROR = 1 << 12, /* rdns "softdnserr" */
	FORMAT_ANYWHERE = 1 << 13    /* the shape may begin anywhere */
};

struct format {
	const char *needle; /* must be in the line; NULL: nothing */
	const char *shape;
	unsigned flags;
	const char *by_end; /* what "by" must end in; NULL: anything */
};

/* Lines that hold one mark are tried with that server's formats only, before
 * the formats that anybody may use. */
struct format_group {
	const char *mark;
	const char *mark_too;         /* or this */
	const struct format *formats; /* up to a shape of NULL */
};

/* In the order in which they are to be tried. */
extern const struct format_group format_groups[];
extern const size_t format_group_count;
extern const struct format formats_common[];
extern const struct format formats_upper[];   /* behind "FROM " */
extern const struct format formats_bracket[]; /* behind "(from " */

#endif
