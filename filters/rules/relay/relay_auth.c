/*
 * relay_auth: did the peer of a hop prove who it is (SMTP AUTH, webmail)?
 *
 * RFC 3848 gave it a word only in 2004, so every server has its own way.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "relay_auth.h"
#include "filters/rules/text/shape.h"

static size_t
find(struct str line, const char *text)
{
	return str_find_str(line, str_c(text));
}

static bool
has(struct str line, const char *text)
{
	return find(line, text) < line.len;
}

/* The octets up to " " or ";". */
static struct str
word_at(struct str line, size_t at)
{
	size_t end = at;

	while (end < line.len && line.data[end] != ' ' && line.data[end] != ';')
		end++;
	return str_of(line.data + at, end - at);
}

/* RFC 3848, RFC 6531 and what came before them. */
static bool
is_auth_protocol(struct str word)
{
	static const char *const words[] = {"ESMTPA", "ESMTPSA", "LMTPA",
	    "LMTPSA", "UTF8SMTPA", "UTF8SMTPSA", "UTF8LMTPA", "UTF8LMTPSA",
	    "ASMTP", "HTTP", "HTTPS", "HTTPU"};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (str_case_is(word, words[i]))
			return true;
	return false;
}

static struct str
by_protocol(struct str line)
{
	static const char mark[] = " with ";
	size_t at = 0;
	struct str word;

	if (!has(line, " by "))
		return str_c("");
	for (;; at += sizeof(mark) - 2) {
		at += str_case_find_str(str_from(line, at), str_c(mark));
		if (at >= line.len)
			return str_c("");
		word = word_at(line, at + sizeof(mark) - 1);
		if (is_auth_protocol(word))
			return word;
	}
}

static bool
is_gmail_id(struct str id)
{
	struct str part;
	size_t count = 0;

	if (!has(str_head(id, 6), "sm"))
		return false;
	while (str_cut(&id, '.', &part))
		count++;
	return count >= 8;
}

/* Gmail says ESMTPS for its own users, too; their ids have a shape. */
static struct str
by_gmail(struct str line, struct arena *arena)
{
	static const char mark[] = " by mx.google.com with ESMTPS id ";
	size_t at = find(line, mark), version, cipher;
	struct str v, c;

	if (at >= line.len ||
	    !is_gmail_id(word_at(line, at + sizeof(mark) - 1)))
		return str_c("");
	version = find(line, "(version=");
	cipher = find(line, " cipher=");
	if (version >= line.len || cipher >= line.len || cipher < version)
		return str_c("");
	v = word_at(line, version + 9);
	c = str_from(line, cipher + 8);
	c = str_head(c, str_find(c, ')'));
	return arena_printf(arena, "GMail - transport=%.*s cipher=%.*s",
	    (int)v.len, v.data, (int)c.len, c.data);
}

/* "(AUTH: LOGIN user) by" */
static struct str
by_courier(struct str line)
{
	static const char *const methods[] = {
	    "LOGIN", "PLAIN", "DIGEST-MD5", "CRAM-MD5"};
	size_t at = find(line, " (AUTH: "), i;
	struct str method;

	if (at >= line.len || at == 0 ||
	    !(line.data[at - 1] == ')' || line.data[at - 1] == ']'))
		return str_c("");
	method = word_at(line, at + 8);
	for (i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (str_is(method, methods[i]) &&
		    has(str_from(line, at), ") by "))
			return method;
	return str_c("");
}

/* "... [192.0.2.1]) ... (authenticated bits=0) by" */
static bool
by_sendmail(struct str line)
{
	struct str rest = line;
	size_t at = find(rest, "authenticated"), open;

	if (at >= line.len || !str_starts(line, "from "))
		return false;
	open = str_find_last(str_head(rest, at), '(');
	if (open >= at ||
	    (!has(str_head(rest, open), "])") &&
		!has(str_head(rest, open), "] (") &&
		!has(str_head(rest, open), ")]")))
		return false;
	rest = str_from(rest, at);
	at = str_find(rest, ')');
	return at < rest.len && has(str_from(rest, at), " by");
}

static struct str
by_gmx(struct str line, struct arena *arena)
{
	struct shape_parts parts = {.tail = str_c("")};
	size_t at = find(line, "from ");
	const char *protocol;

	if (!has(line, "mail.gmx."))
		return str_c("");
	if (!shape_match("from %W (%E %H) [%i] by %b (%x) with ",
		str_from(line, at), &parts) ||
	    !(str_is(parts.by, "mail.gmx.net") ||
		str_is(parts.by, "mail.gmx.com")))
		return str_c("");
	if (str_starts(parts.tail, "ESMTP"))
		protocol = "ESMTP";
	else if (str_starts(parts.tail, "SMTP"))
		protocol = "SMTP";
	else
		return str_c("");
	return arena_printf(arena, "GMX (%s / %.*s)", protocol,
	    (int)parts.by.len, parts.by.data);
}

/* "(Authenticated sender: user) by host (Postfix) with" */
static struct str
by_postfix(struct str line, struct arena *arena)
{
	static const char mark[] = ") (Authenticated sender: ";
	size_t at = find(line, mark);
	struct shape_parts parts = {.rest = str_c("")};

	if (at >= line.len ||
	    !shape_match("%w) by %w (%s) with ",
		str_from(line, at + sizeof(mark) - 1), &parts))
		return str_c("");
	if (str_is(parts.rest, "Postfix"))
		return parts.rest;
	return arena_printf(
	    arena, "Postfix (%.*s)", (int)parts.rest.len, parts.rest.data);
}

static bool
by_communigate(struct str line)
{
	return has(line, " (account ") &&
	    (has(line, "CommuniGate Pro HTTP") ||
		has(line, "CommuniGate Pro SMTP") ||
		has(line, "CommuniGate Pro XIMSS") ||
		has(line, "CommuniGate Pro IMAP"));
}

/* "(via HTTP)": web mail. */
static struct str
by_web(struct str line)
{
	size_t at = str_case_find_str(line, str_c(" (via HTTP"));
	struct str rest = str_from(line, at + 6);
	size_t end = str_find(rest, ')');

	if (at >= line.len || !has(line, " by ") || end > 5)
		return str_c("");
	return str_head(rest, end);
}

struct str
relay_auth(struct str line, struct arena *arena)
{
	struct str auth = by_protocol(line);

	if (auth.len == 0)
		auth = by_gmail(line, arena);
	if (auth.len == 0)
		auth = by_courier(line);
	if (auth.len == 0 && by_sendmail(line))
		auth = str_c("Sendmail");
	if (auth.len == 0)
		auth = by_gmx(line, arena);
	if (auth.len == 0 && has(line, ") (authenticated as "))
		auth = str_c("CriticalPath");
	if (auth.len == 0)
		auth = by_postfix(line, arena);
	if (auth.len == 0 && by_communigate(line))
		auth = str_c("Communigate");
	if (auth.len == 0 &&
	    has(line, " with Microsoft Exchange Server HTTP-DAV"))
		auth = str_c("HTTP-DAV");
	if (auth.len == 0)
		auth = by_web(line);
	return auth;
}
