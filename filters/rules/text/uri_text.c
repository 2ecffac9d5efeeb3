/*
 * uri_text: addresses in running text, as mail readers would link them.
 *
 * Where an address may start and what ends it is as in SpamAssassin, octet by
 * octet: after a delimiter or at the edge of a word.  What was looked up ahead
 * is kept until the walk comes there, so that no octet is read for every start
 * before it.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "uri_text.h"

#include "domain.h"

enum {
	SCHEME_REST_MAX = 2048, /* octets behind "http://" */
	LOCAL_MAX = 251,
	MAIL_REST_MAX = 251,
	HOST_BEFORE_DOT_MAX = 252,
	PORT_DIGITS_MAX = 5
};

static bool
is_space(char c)
{
	return ascii_is_space(c) || c == '\f' || c == '\v';
}

static bool
is_word(char c)
{
	return ascii_is_alnum(c) || c == '_';
}

/* Ends every address.  Asked of each octet: no call of a function. */
static bool
is_stop(char c)
{
	switch (c) {
	case '>':
	case '<':
	case '"':
	case '`':
	case '}':
	case ']':
	case '{':
	case '[':
	case '|':
	case '\x1b':
	case '\xa0':
		return true;
	default:
		return is_space(c);
	}
}

static bool
is_mail_stop(char c)
{
	return (c & 0x80) || is_stop(c) || c == ',' || c == '(' || c == '\'';
}

static bool
may_precede(char c)
{
	switch (c) {
	case '\'':
	case ',':
	case '(':
		return true;
	case ']':
	case '}':
		return false;
	default:
		return is_stop(c);
	}
}

/* Any sign but "%", "-", "." and "_". */
static bool
may_precede_bare(char c)
{
	bool is_sign = c > ' ' && c < '\x7f' && !ascii_is_alnum(c);

	if (c == '%' || c == '-' || c == '.' || c == '_')
		return false;
	return is_sign || is_space(c) || c == '\x1b' || c == '\xa0';
}

static bool
is_host_octet(char c)
{
	return ascii_is_alnum(c) || c == '.' || c == '_' || c == '-';
}

/* Where an address may start: an edge of a word, or behind a delimiter. */
static bool
may_start(const struct uri_search *s)
{
	struct str t = s->text;
	size_t at = s->at;
	bool before = at > 0 && is_word(t.data[at - 1]);

	if (before != is_word(t.data[at]))
		return true;
	if (at == 0)
		return false;
	return may_precede(t.data[at - 1]) ||
	    (at >= 3 && t.data[at - 3] == '\x1b' && t.data[at - 2] == '(');
}

void
uri_search_init(
    struct uri_search *s, struct str text, const struct lists *lists)
{
	*s = (struct uri_search) {.text = text, .lists = lists};
}

static size_t
stop_from(struct uri_search *s, size_t at)
{
	if (s->stop < at)
		s->stop = at;
	while (s->stop < s->text.len && !is_stop(s->text.data[s->stop]))
		s->stop++;
	return s->stop;
}

/* How long the scheme or prefix at s->at is; 0 when there is none. */
static size_t
prefix_length(const struct uri_search *s)
{
	static const char *const schemes[] = {
	    "http://", "https://", "ftp://", "ftp."};
	struct str t = str_from(s->text, s->at);
	size_t i;

	if (!ascii_is_one_of(t.data[0], "hHfFwW"))
		return 0;
	for (i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (str_case_starts(t, schemes[i]))
			return strlen(schemes[i]);
	if (!str_case_starts(t, "www"))
		return 0;
	for (i = 3; i < 5 && i < t.len && ascii_is_digit(t.data[i]);)
		i++;
	return i < t.len && t.data[i] == '.' ? i + 1 : 0;
}

static size_t
scheme_end(struct uri_search *s)
{
	size_t prefix = prefix_length(s), start = s->at + prefix, end;

	if (prefix == 0)
		return 0;
	end = stop_from(s, start);
	return end > start && end - start <= SCHEME_REST_MAX ? end : 0;
}

/* The end of the run without what ends a mail address, at most `most`. */
static size_t
mail_run(struct str text, size_t start, size_t most)
{
	size_t end = start;

	while (end < text.len && end - start <= most &&
	    !is_mail_stop(text.data[end]))
		end++;
	return end > start && end - start <= most ? end : 0;
}

static size_t
mail_end(struct uri_search *s)
{
	struct str t = s->text;
	size_t end;

	if ((t.data[s->at] == 'm' || t.data[s->at] == 'M') &&
	    str_case_starts(str_from(t, s->at), "mailto:")) {
		end = mail_run(t, s->at + 7, SCHEME_REST_MAX);
		if (end > 0)
			return end;
	}
	if (s->mail < s->at)
		s->mail = s->at;
	while (s->mail < t.len && t.data[s->mail] != '@' &&
	    !is_mail_stop(t.data[s->mail]))
		s->mail++;
	if (s->mail == t.len || t.data[s->mail] != '@' || s->mail == s->at ||
	    s->mail - s->at > LOCAL_MAX)
		return 0;
	if (s->mail_at != s->mail)
		s->mail_end = mail_run(t, s->mail + 1, MAIL_REST_MAX);
	s->mail_at = s->mail;
	return s->mail_end;
}

/* What may follow a host: a dot, a port, a path, and then a stop. */
static size_t
bare_end(struct uri_search *s, size_t at)
{
	struct str t = s->text;
	size_t digits = 0, end;

	at += at < t.len && t.data[at] == '.';
	while (at + 1 + digits < t.len && t.data[at] == ':' &&
	    digits < PORT_DIGITS_MAX && ascii_is_digit(t.data[at + 1 + digits]))
		digits++;
	at += digits > 0 ? 1 + digits : 0;
	if (at == t.len || is_stop(t.data[at]))
		return at;
	if (t.data[at] != '/')
		return 0;
	end = stop_from(s, at + 1);
	return end > at + 1 && end - at - 1 <= SCHEME_REST_MAX ? end : 0;
}

/*
 * The run of host octets at s->at: its last label that is a top-level domain
 * and has nothing behind it but what bare_end takes.  There is only one.
 */
static void
host_read(struct uri_search *s)
{
	struct str t = s->text, label;
	size_t end, i;

	s->host = s->at;
	while (s->host < t.len && is_host_octet(t.data[s->host]))
		s->host++;
	s->dot = s->end = 0;
	end = s->host;
	while (end > s->at && !ascii_is_alnum(t.data[end - 1]))
		end--;
	for (i = end; i > s->at &&
	     (ascii_is_alnum(t.data[i - 1]) || t.data[i - 1] == '-');)
		i--;
	if (i == s->at || t.data[i - 1] != '.' || i == end)
		return;
	label = str_head(str_from(t, i), end - i);
	if (label.data[0] == '-' ||
	    !domain_has_tld(s->lists, str_of(label.data - 1, label.len + 1)))
		return;
	s->end = bare_end(s, end);
	if (s->end > 0)
		s->dot = i - 1;
}

static size_t
bare(struct uri_search *s)
{
	struct str t = s->text;

	if (s->at > 0 && !may_precede_bare(t.data[s->at - 1]))
		return 0;
	if (!ascii_is_alnum(t.data[s->at]))
		return 0;
	if (s->host <= s->at)
		host_read(s);
	if (s->dot <= s->at || s->dot - s->at > HOST_BEFORE_DOT_MAX)
		return 0;
	return s->end;
}

static bool
found(
    struct uri_search *s, enum uri_kind kind, size_t end, struct uri_found *out)
{
	out->kind = kind;
	out->text = str_head(str_from(s->text, s->at), end - s->at);
	out->host = str_c("");
	if (kind == URI_BARE) {
		for (end = s->dot + 1; end < s->host &&
		     (ascii_is_alnum(s->text.data[end]) ||
			 s->text.data[end] == '-');)
			end++;
		out->host = str_head(out->text, end - s->at);
	}
	s->at += out->text.len;
	return true;
}

bool
uri_search_next(struct uri_search *s, struct uri_found *out)
{
	size_t end;

	for (; s->at < s->text.len; s->at++) {
		if (!may_start(s))
			continue;
		if ((end = scheme_end(s)) > 0)
			return found(s, URI_SCHEME, end, out);
		if ((end = mail_end(s)) > 0)
			return found(s, URI_MAIL, end, out);
		if ((end = bare(s)) > 0)
			return found(s, URI_BARE, end, out);
	}
	return false;
}

/* Without a ")" that no "(" opened, and punctuation at the end. */
static struct str
trim(struct str uri)
{
	size_t close = str_find(uri, ')');

	if (close < str_find(uri, '('))
		uri = str_head(uri, close);
	while (uri.len &&
	    ascii_is_one_of(uri.data[uri.len - 1], "-~!@#^&*()_+=:;'?,."))
		uri.len--;
	return uri;
}

/* "http://" and no more. */
static bool
is_empty(struct str uri)
{
	size_t i = 0;

	while (i < uri.len && is_word(uri.data[i]))
		i++;
	if (i == 0 || i == uri.len || uri.data[i] != ':')
		return false;
	uri = str_from(uri, i + 1);
	return uri.len == 0 || str_is(uri, "/") || str_is(uri, "//");
}

static bool
has_scheme(struct str uri)
{
	return str_case_starts(uri, "http:") ||
	    str_case_starts(uri, "https:") || str_case_starts(uri, "ftp:") ||
	    str_case_starts(uri, "mailto:");
}

static bool
is_www(struct str uri)
{
	size_t i;

	if (!str_case_starts(uri, "www"))
		return false;
	for (i = 3; i < 5 && i < uri.len && ascii_is_digit(uri.data[i]);)
		i++;
	return i < uri.len && uri.data[i] == '.';
}

/* "mail:joe@a.example" and ":joe@a.example" are misread. */
static struct str
without_misreading(struct str uri)
{
	static const char *const words[] = {
	    "skype", "email", "e-mail", "mail", "-mail", ""};
	struct str rest;
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!str_case_starts(uri, words[i]))
			continue;
		rest = str_from(uri, strlen(words[i]));
		if (!str_starts(rest, ":"))
			continue;
		while (str_starts(rest, ":"))
			rest = str_from(rest, 1);
		return rest;
	}
	return uri;
}

static struct str
prefixed(const char *scheme, struct str uri, struct arena *arena)
{
	return arena_printf(arena, "%s%.*s", scheme, (int)uri.len, uri.data);
}

static struct str
mail_address(struct str uri, struct arena *arena)
{
	size_t at = str_find(uri, '@');

	/* A dot behind the "@", and not right behind it. */
	if (str_find(str_from(uri, at + 2), '.') == str_from(uri, at + 2).len ||
	    str_find_str(uri, str_c("&nbsp;")) < uri.len)
		return str_c("");
	return prefixed("mailto:", without_misreading(uri), arena);
}

static struct str
with_scheme(struct str uri, struct arena *arena)
{
	size_t slash = str_find(uri, '/'), at = str_find_last(uri, '@');

	if (has_scheme(uri))
		return uri;
	if (str_case_starts(uri, "ftp."))
		return prefixed("ftp://", uri, arena);
	if (is_www(uri) || (at < uri.len && slash + 1 < at))
		return prefixed("http://", uri, arena);
	if (at < uri.len)
		return mail_address(uri, arena);
	if (str_find(uri, '.') == uri.len)
		return str_c("");
	return prefixed("http://", uri, arena);
}

struct str
uri_text_complete(const struct uri_found *found, struct arena *arena)
{
	struct str uri = trim(found->text);

	if ((found->kind == URI_MAIL && str_find(uri, '@') == uri.len) ||
	    (found->kind == URI_BARE && !domain_is_host(found->host)) ||
	    str_case_starts(uri, "cid:") || str_case_starts(uri, "mid:") ||
	    is_empty(uri))
		return str_c("");
	return with_scheme(uri, arena);
}
