/*
 * path: the argument of MAIL and RCPT (RFC 5321 4.1.2, 4.1.1.11, RFC 6531 3.3).
 *
 * What passes here goes to the backend as it was written, so nothing passes
 * that another server could read as another address: a path is one dot-string
 * or one quoted string, one @, one domain or literal; comments, white space
 * and quotes elsewhere are refused, and so is anything behind the path that
 * is no parameter.  Dots may stand anywhere in a local part, as mobile
 * carriers have them, and labels may hold underscores.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/command.h"

#include "lexeme.h"

enum {
	LOCAL_MAX = 256, /* RFC 5321 says 64; UTF-8 takes up to four octets */
	PATH_MAX_SIZE = 512,
	PARAM_MAX = 32
};

static bool
is_utf8(char c)
{
	return (unsigned char)c >= 0x80;
}

static bool
is_atext(char c)
{
	return ascii_is_alnum(c) || is_utf8(c) ||
	    (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

static bool
is_domain_octet(char c)
{
	return ascii_is_alnum(c) || is_utf8(c) || c == '-' || c == '_';
}

/* dcontent without what could be taken for the end of the path. */
static bool
is_literal_octet(char c)
{
	return ascii_is_alnum(c) || c == '.' || c == ':' || c == '-';
}

static bool
is_clean_text(struct str s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (ascii_is_control(s.data[i]))
			return false;
	return lexeme_is_utf8(s);
}

/* The lengths below are 0 when s does not begin with such a thing. */

static size_t
local_length(struct str s)
{
	size_t i = 0;

	if (s.len > 0 && *s.data == '"')
		return lexeme_quoted(s);
	while (i < s.len && (is_atext(s.data[i]) || s.data[i] == '.'))
		i++;
	return i;
}

static size_t
literal_length(struct str s)
{
	size_t i = 1;

	while (i < s.len && is_literal_octet(s.data[i]))
		i++;
	return i > 1 && i < s.len && s.data[i] == ']' ? i + 1 : 0;
}

/* No empty label: not "a..b", ".a" or "a.". */
static size_t
domain_length(struct str s)
{
	size_t i, label = 0;

	if (s.len > 0 && *s.data == '[')
		return literal_length(s);
	for (i = 0; i < s.len; i++) {
		if (s.data[i] == '.' && label == 0)
			return 0;
		if (s.data[i] != '.' && !is_domain_octet(s.data[i]))
			break;
		label = s.data[i] == '.' ? 0 : label + 1;
	}
	return label > 0 ? i : 0;
}

/* "@a,@b:" with its colon (RFC 5321 appendix C). */
static size_t
route_length(struct str s)
{
	size_t i = 0, domain;

	while (i < s.len && s.data[i] == '@') {
		domain = domain_length(str_from(s, i + 1));
		i += 1 + domain;
		if (domain == 0 || i == s.len)
			return 0;
		if (s.data[i] == ':')
			return i + 1;
		if (s.data[i] != ',')
			return 0;
		i++;
	}
	return 0;
}

/* Takes local@domain off the front of *rest into out. */
static enum path_error
address_cut(struct str *rest, bool may_lack_domain, struct path *out)
{
	size_t local = local_length(*rest), domain;

	if (local == 0)
		return PATH_BAD_SYNTAX;
	if (local > LOCAL_MAX)
		return PATH_TOO_LONG;
	out->address = str_head(*rest, local);
	*rest = str_from(*rest, local);
	if (may_lack_domain && str_case_is(out->address, "postmaster") &&
	    !str_starts(*rest, "@"))
		return PATH_OK;
	domain = str_starts(*rest, "@") ? domain_length(str_from(*rest, 1)) : 0;
	if (domain == 0)
		return PATH_BAD_SYNTAX;
	out->domain = str_of(rest->data + 1, domain);
	out->address.len += 1 + domain;
	*rest = str_from(*rest, 1 + domain);
	return PATH_OK;
}

/* Behind the "<": up to and with the ">". */
static enum path_error
bracketed_cut(struct str *rest, bool is_sender, struct path *out)
{
	enum path_error error;
	size_t route;

	if (is_sender && str_starts(*rest, ">")) {
		*rest = str_from(*rest, 1);
		return PATH_OK;
	}
	route = route_length(*rest);
	out->route = str_head(*rest, route);
	*rest = str_from(*rest, route);
	error = address_cut(rest, !is_sender && route == 0, out);
	if (error != PATH_OK)
		return error;
	if (!str_starts(*rest, ">"))
		return PATH_BAD_SYNTAX;
	*rest = str_from(*rest, 1);
	return PATH_OK;
}

static enum path_error
path_cut(struct str *rest, bool is_sender, struct path *out)
{
	struct str whole = *rest;
	enum path_error error;

	if (str_starts(whole, "<")) {
		*rest = str_from(whole, 1);
		error = bracketed_cut(rest, is_sender, out);
	} else if (str_starts(whole, "\"")) {
		return PATH_BAD_SYNTAX; /* without brackets nothing is quoted */
	} else {
		error = address_cut(rest, !is_sender, out);
	}
	if (error != PATH_OK)
		return error;
	out->raw = str_head(whole, (size_t)(rest->data - whole.data));
	if (out->raw.len > PATH_MAX_SIZE)
		return PATH_TOO_LONG;
	return rest->len == 0 || *rest->data == ' ' ? PATH_OK : PATH_BAD_SYNTAX;
}

static bool
is_keyword(struct str s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (!ascii_is_alnum(s.data[i]) && (i == 0 || s.data[i] != '-'))
			return false;
	return s.len > 0;
}

/* A keyword given twice would leave open which one the backend obeys. */
static bool
params_are_valid(struct str params)
{
	struct str keys[PARAM_MAX], word, value;
	size_t count = 0, i;

	while (str_cut_word(&params, &word)) {
		if (count == PARAM_MAX)
			return false;
		keys[count] = str_head(word, str_find(word, '='));
		value = str_from(word, keys[count].len + 1);
		if (!is_keyword(keys[count]) ||
		    str_find(value, '=') < value.len)
			return false;
		if (keys[count].len < word.len && value.len == 0)
			return false;
		for (i = 0; i < count; i++)
			if (str_case_eq(keys[i], keys[count]))
				return false;
		count++;
	}
	return true;
}

enum path_error
path_parse(struct str argument, const char *keyword, struct path *out)
{
	struct str rest = argument, empty = str_of("", 0);
	enum path_error error;

	*out = (struct path) {empty, empty, empty, empty, empty};
	if (!str_case_starts(rest, keyword))
		return PATH_NO_KEYWORD;
	rest = str_from(rest, strlen(keyword));
	if (!str_starts(rest, ":"))
		return PATH_NO_KEYWORD;
	if (!is_clean_text(rest))
		return PATH_BAD_SYNTAX;
	rest = str_trim(str_from(rest, 1));
	error = path_cut(&rest, str_case_is(str_c(keyword), "FROM"), out);
	if (error != PATH_OK)
		return error;
	out->params = str_trim(rest);
	return params_are_valid(out->params) ? PATH_OK : PATH_BAD_PARAM;
}

bool
param_cut(struct str *params, struct str *key, struct str *value)
{
	struct str word;

	if (!str_cut_word(params, &word))
		return false;
	*key = str_head(word, str_find(word, '='));
	*value = str_from(word, key->len + 1);
	return true;
}
