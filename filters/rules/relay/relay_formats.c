/*
 * relay_formats: how mail servers write Received fields, behind "from ".
 *
 * The order counts: a line is read by the first shape that it has.  One white
 * space stands for any.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "relay_formats.h"

enum {
	LOOKED = FORMAT_LOOKED_UP,
	SAME = FORMAT_SAME_NAME,
	IGNORE = FORMAT_IGNORE,
	QMAIL = FORMAT_QMAIL,
	OPTIONS = FORMAT_OPTIONS,
	ANYWHERE = FORMAT_ANYWHERE
};

/* clang-format off */
static const struct format smtpsvc[] = {
	{NULL, "%H ([%i]%o) by %b with Microsoft SMTPSVC", 0, NULL},
	{NULL, "mail pickup service by %w with Microsoft SMTPSVC%$", IGNORE, NULL},
	{NULL, NULL, 0, NULL},
};

static const struct format exchange[] = {
	{NULL, "%h (%[%i%z%]) by %b %.with Microsoft SMTP Server %n.%n.%n.%n",
	    FORMAT_NO_ID, NULL},
	{NULL, "%h (%[%i%z%]) by %b %.with Microsoft SMTP Server (%x) %n.%n.",
	    FORMAT_NO_ID, NULL},
	{NULL, "%h (%[%i%z%]) by %b %.with mapi id %n.%n.%n.%n", FORMAT_NO_ID,
	    NULL},
	{NULL, NULL, 0, NULL},
};

static const struct format xmail[] = {
	{NULL, "%h (%[%i%]:%n) by %b with [XMail", FORMAT_SENDER, NULL},
	{NULL, "%h (%[%i%]:%n) by %b (%w) with [XMail", FORMAT_SENDER, NULL},
	{NULL, NULL, 0, NULL},
};

static const struct format ecelerity[] = {
	{NULL, "([%i:%n] helo=%h) by %b ", 0, NULL},
	{NULL, "%w ([%i:%n]) by %b ", 0, NULL},
	{NULL, NULL, 0, NULL},
};

static const struct format exim[] = {
	{"with local", " with local ", IGNORE | ANYWHERE, NULL},
	{"with local", " with local-%w ", IGNORE | ANYWHERE, NULL},
	{NULL, "[%i] (%s) by %b ", OPTIONS, NULL},
	{NULL, "%r ([%i]%s) by %b ", OPTIONS | SAME, NULL},
	{NULL, "%r [%i] by %b ", SAME, NULL},
	{NULL, "%r [%i]:%n by %b ", SAME, NULL},
	{NULL, "%r (%h) [%i%p] %.by %b ", 0, NULL},
	{NULL, "%r %.(%h) [%i%p] %.by %b ", 0, NULL},
	{NULL, "%r %.[%i%p] %.by %b ", 0, NULL},
	{NULL, NULL, 0, NULL},
};

static const struct format postfix[] = {
	{NULL, "%h (%r [%i]) by %b ", LOOKED, NULL},
	{NULL, "%h (%r[%i]) by %b ", LOOKED, NULL},
	{NULL, NULL, 0, NULL},
};

static const struct format scalix[] = {
	{NULL, "%h (%i) by %b", 0, NULL},
	{NULL, "%h ( %i) by %b", 0, NULL},
	{NULL, NULL, 0, NULL},
};

static const struct format domino[] = {
	{NULL, "%h ([%i]) by %b (Lotus", 0, NULL},
	{NULL, NULL, 0, NULL},
};

static const struct format squirrelmail[] = {
	{NULL, "%i%qby %b with HTTP", ANYWHERE, NULL},
	{NULL, NULL, 0, NULL},
};

static const struct format aol[] = {
	{"aol.com", "%i by %b (%J) with HTTP (WebMailUI)", ANYWHERE, NULL},
	{NULL, NULL, 0, NULL},
};

const struct format_group format_groups[] = {
	{" (SquirrelMail authenticated user ", " (NaSMail authenticated user ",
	    squirrelmail},
	{"with HTTP (WebMailUI)", NULL, aol},
	{" SMTPSVC", NULL, smtpsvc},
	{" with Microsoft SMTP Server ", " with mapi id ", exchange},
	{"[XMail ", NULL, xmail},
	{"(ecelerity", NULL, ecelerity},
	{"Exim", NULL, exim},
	{" (Postfix) with", NULL, postfix},
	{"(Scalix SMTP Relay", NULL, scalix},
	{" (Lotus Domino ", NULL, domino},
};
const size_t format_group_count =
    sizeof(format_groups) / sizeof(format_groups[0]);

const struct format formats_common[] = {
	{"with HTTP", "%i ([%J]) by %b", 0, NULL},
	/* Sendmail, and Postfix with TLS */
	{NULL, "%h (%r [%i]%*) by %b (",
	    LOOKED | FORMAT_IDENT | FORMAT_NOT_QMAIL_LDAP, NULL},
	/* Exchange 5.5 */
	{NULL, "%h (%r [%i]) by %b with %w (", LOOKED, NULL},
	{" helo=", "%r ([%i] helo=%h) by %b with ", 0, NULL},
	{"(<unknown", "%h (<unknown%W>[%i]) by %b ", 0, NULL},
	{NULL, "%h (%r[%i]) by %b ", LOOKED | FORMAT_DOTTED, NULL},
	{"@[", "%h (%d@[%i]%*) by %b (", LOOKED, NULL},
	{".hotmail.msn.com", "%i %.by %b ", 0, ".hotmail.msn.com"},
	{".hotmail.msn.com", "by %b ", ANYWHERE, ".hotmail.msn.com"},
	/* qpsmtpd, Zimbra, GMX */
	{"(qpsmtpd/", "%r (%E %H) (%i) by %b (qpsmtpd/%w) with ", 0, NULL},
	{"(LHLO ", "%r (LHLO %H) (%i) by %b with LMTP", 0, NULL},
	{"LO ", "%r (%E %H) [%i] by %b (%x) with SMTP", 0, NULL},
	{"LO ", "%r (%E %H) [%i] by %b (%x) with ESMTP", 0, NULL},
	/* qmail, qmail-ldap */
	{"LO ", "%r (%E %e) (%d@%[%i%])%v by %b", QMAIL, NULL},
	{"LO ", "%r (%E %e) (%[%i%])%v by %b", QMAIL, NULL},
	{NULL, "%r (%d@%[%i%])%v by %b", QMAIL | SAME, NULL},
	{NULL, "%r (%[%i%])%v by %b", QMAIL | SAME, NULL},
	{NULL, "[%i] by %b via HTTP%$", 0, NULL},
	{" ( [", "%w ( [%i])%. by %b ", 0, NULL},
	{NULL, "(%h [%i]) by %b ", 0, NULL},
	{NULL, "[%i] by %b ", 0, NULL},
	{NULL, "(%[%i%]) by %b ", 0, NULL},
	/* MDaemon */
	{NULL, "%h [%i] by %b [%J] with ", LOOKED, NULL},
	{" [(", "%h [(%i)] by %b (%J) ", 0, NULL},
	{NULL, "%h ([%i]) by %b (", LOOKED, NULL},
	/* Courier; Gmail */
	{NULL, "%h (%r [%i])%. by %b", LOOKED | FORMAT_SOFT_ERROR, NULL},
	{NULL, "%h ([%i%p])%. by %b ", LOOKED, NULL},
	{"with POP3", "", FORMAT_FETCHED, NULL},
	{"with IMAP", "", FORMAT_FETCHED, NULL},
	{"LO ", "%r (%E %x) (%d@%[%i%])%* by %b ", LOOKED, NULL},
	{"LO ", "%r (%E %x) (%[%i%])%* by %b ", LOOKED, NULL},
	{NULL, "%r (%d@%[%i%])%* by %b ", LOOKED | SAME, NULL},
	{NULL, "%r (%[%i%])%* by %b ", LOOKED | SAME, NULL},
	/* smap */
	{" via smap ", "%r(%i) by %b via smap ", LOOKED, NULL},
	{" via smap ", "%r(%i, %E %H) by %b via smap ", LOOKED, NULL},
	{" (SMTPL", "%i by %b (SMTPL", 0, NULL},
	{" (InterScan", "%i by %b (InterScan", 0, NULL},
	{" with BSMTP", "%w by %w with BSMTP", IGNORE, NULL},
	{"LO ", "%r (%E %H) (%d@%i%.) by %b with ", LOOKED, NULL},
	{"LO ", "%r (%E %H) (%i%.) by %b with ", LOOKED, NULL},
	/* CommuniGate Pro */
	{"LO ", "[%i] (%E %H) by %b (", 0, NULL},
	{"LO ", "[%i] (account %w %E %H) by %b (", 0, NULL},
	{" (CommuniGate Pro", "%r ([%i] verified) by %b (", LOOKED | SAME, NULL},
	{" (Content ", "%w (%w) by %w (Content Technologies ", IGNORE, NULL},
	{NULL, "%h ([%i] [%w]) by %b with ", 0, NULL},
	{NULL, "%i by %b with ", 0, NULL},
	{NULL, "%h (%r[%i]) by %b ", LOOKED, NULL},
	{"LO ", "[%i]%w (%E %H) by %b ", 0, NULL},
	{"LO ", "%i (%E %H) by %b ", 0, NULL},
	{NULL, "%h [%i] by %b ", 0, NULL},
	{NULL, "%r(%i) by %b ", 0, NULL},
	{NULL, "%i (%x) by %b with ", 0, NULL},
	{NULL, "[%i] (%S) by %b ", OPTIONS, NULL},
	/* Obtuse smtpd */
	{" via ", "%r(%i) via %w by %b,", LOOKED, NULL},
	{", claiming to be ", "%r(%i), claiming to be \"%h\" via %w by %b,",
	    LOOKED, NULL},
	{" with login)", "%h (%w@%i with login) by %b with SMTP", 0,
	    ".yahoo.com"},
	{"X-Originating-IP", "X-Originating-IP: %i%$", 0, NULL},
	/* Not from host to host, or with nothing about the hosts. */
	{NULL, "%w (%w@%L) by %w (", IGNORE, NULL},
	{"with local-", "%w %w by %w with local-smtp ", IGNORE, NULL},
	{"with local-", "%w %w by %w with local-esmtp ", IGNORE, NULL},
	{NULL, "127.0.0.1 (AVG SMTP %w [%w])", IGNORE, NULL},
	{NULL, "%w@%w by %w ", IGNORE, NULL},
	{NULL, "Unknown/Local (", IGNORE, NULL},
	{NULL, "%L (%L)", IGNORE, NULL},
	{NULL, "%L (%L[", IGNORE, NULL},
	{NULL, "%L (%w@%L)", IGNORE, NULL},
	{NULL, "%L (%w@%L[", IGNORE, NULL},
	{NULL, "%w (%L) ", IGNORE, NULL},
	{NULL, "%w (%w@%L) ", IGNORE, NULL},
	{NULL, "%w (%w@%w [%L]) ", IGNORE, NULL},
	{NULL, "(AUTH: %w) by %w with ", IGNORE, NULL},
	{NULL, "localhost (localhost [[UNIX: localhost]]) by ", IGNORE, NULL},
	{"with qmail-scanner", "%w by %w (%.) with qmail-scanner",
	    IGNORE | FORMAT_QMAIL_SCANNER, NULL},
	{" with Novell_", "%. by %w with Novell_GroupWise", IGNORE, NULL},
	{"[unix ", "%w ([unix socket]) by %w (Cyrus v%w) with LMTPA", IGNORE,
	    NULL},
	{NULL, "%w by %w with", IGNORE, NULL},
	{NULL, "%w by %w via", IGNORE, NULL},
	{NULL, "%w by %w for", IGNORE, NULL},
	{NULL, "%w by %w (", IGNORE, NULL},
	{NULL, "%w with %w by ", IGNORE, NULL},
	{NULL, "%w via %w by ", IGNORE, NULL},
	{NULL, "%w for %w by ", IGNORE, NULL},
	{NULL, "%w (unverified) by ", IGNORE, NULL},
	{NULL, "%w (unknown) by %w (SG) with ", IGNORE, NULL},
	{NULL, "%w (%w [local]) by %w (OpenSMTPD) with ", IGNORE, NULL},
	{"(LSMTP for", "", IGNORE, NULL},
	{NULL, "([%L]) with MailEnable ", IGNORE, NULL},
	{NULL, "facebook.com (%x) by facebook.com with Thrift id %w%$", IGNORE,
	    NULL},
	{NULL, "%w named %w by gmailapi.google.com with HTTPREST%$", IGNORE,
	    NULL},
	{NULL, "%w id %w%$", IGNORE, NULL},
	{"(Jetsend", "[<%. (Jetsend", IGNORE, NULL},
	{NULL, NULL, 0, NULL},
};

const struct format formats_upper[] = {
	{NULL, "%h (%r [%i]) BY %b ID %I", LOOKED, NULL},
	{NULL, "%h (%r [%i]) BY %b (%x) WITH SMTP ID %I", LOOKED, NULL},
	{NULL, NULL, 0, NULL},
};

const struct format formats_bracket[] = {
	{" (NAVGW ", "%H [%i]) by %b (NAVGW %.) with ", 0, NULL},
	{NULL, "%w@localhost) by %w ", IGNORE, NULL},
	{"(jqueuemail)", "%w@%x) by %w(jqueuemail) id %w", IGNORE, NULL},
	{NULL, NULL, 0, NULL},
};
/* clang-format on */
