/*
 * mime_param: the parameters of Content-Type and Content-Disposition.
 *
 * What senders get wrong is read the way mail readers read it: a missing
 * semicolon, a file name with spaces and no quotes, a quote that never ends.
 * Every octet is passed once a parameter looked for.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/charset.h"
#include "postern/header.h"

#include "mime_param.h"

enum { PIECES_MAX = 64 };

/* RFC 2231 cuts a value into pieces, to be joined by their number. */
struct piece {
	struct str value;
	bool extended; /* has %XX, and the first a charset */
	bool present;
};

/* The length of s before any of those octets, or before white space. */
static size_t
token_length(struct str s, const char *ends)
{
	size_t i;

	for (i = 0; i < s.len && !ascii_is_space(s.data[i]); i++)
		if (s.data[i] && strchr(ends, s.data[i]))
			break;
	return i;
}

static struct str
skip_space(struct str s)
{
	while (s.len && ascii_is_space(s.data[0]))
		s = str_from(s, 1);
	return s;
}

/* s starts with "("; a comment that never ends takes all the rest, or a row
 * of open ones would be read again and again. */
static struct str
skip_comment(struct str s)
{
	size_t i, depth = 0;

	for (i = 0; i < s.len; i++) {
		if (s.data[i] == '\\')
			i++;
		else if (s.data[i] == '(')
			depth++;
		else if (s.data[i] == ')' && --depth == 0)
			break;
	}
	return str_from(s, i + 1);
}

static struct str
skip_gap(struct str s)
{
	for (;;) {
		s = skip_space(s);
		if (s.len && s.data[0] == '(')
			s = skip_comment(s);
		else if (s.len && s.data[0] == ';')
			s = str_from(s, 1);
		else
			return s;
	}
}

static struct str
to_lower(struct str s, struct arena *arena)
{
	char *out = arena_text(arena, s);
	size_t i;

	for (i = 0; i < s.len; i++)
		out[i] = ascii_lower(out[i]);
	return str_of(out, s.len);
}

bool
mime_param_type(struct str value, struct arena *arena, struct str *type,
    struct str *subtype)
{
	struct str word, rest = skip_gap(value);

	word = str_head(rest, token_length(rest, "/;("));
	rest = skip_space(str_from(rest, word.len));
	if (word.len == 0 || rest.len == 0 || rest.data[0] != '/')
		return false;
	rest = skip_space(str_from(rest, 1));
	rest = str_head(rest, token_length(rest, ";("));
	if (rest.len == 0)
		return false;
	*type = to_lower(word, arena);
	*subtype = to_lower(rest, arena);
	return true;
}

struct str
mime_param_word(struct str value)
{
	value = skip_gap(value);
	return str_head(value, token_length(value, ";("));
}

static struct str
without_backslashes(struct str s, struct arena *arena)
{
	size_t i, len = 0;
	char *out;

	if (str_find(s, '\\') == s.len)
		return s;
	out = arena_alloc(arena, s.len);
	for (i = 0; i < s.len; i++) {
		if (s.data[i] == '\\' && i + 1 < s.len)
			i++;
		out[len++] = s.data[i];
	}
	return str_of(out, len);
}

/* *rest starts behind the opening quote. */
static struct str
quoted_cut(struct str *rest, struct arena *arena)
{
	struct str s = *rest;
	size_t i;

	for (i = 0; i < s.len && s.data[i] != '"'; i++)
		if (s.data[i] == '\\')
			i++;
	*rest = str_from(s, i + 1);
	return without_backslashes(str_head(s, i), arena);
}

/* Senders leave file names with spaces unquoted. */
static bool
may_hold_spaces(struct str name)
{
	return str_case_starts(name, "name") ||
	    str_case_starts(name, "filename");
}

/* The next "name=value" of *rest; a word without "=" gives an empty name. */
static bool
param_cut(
    struct str *rest, struct arena *arena, struct str *name, struct str *value)
{
	*rest = skip_gap(*rest);
	if (rest->len == 0)
		return false;
	*name = str_head(*rest, token_length(*rest, "=;("));
	*value = str_c("");
	*rest = skip_space(str_from(*rest, name->len));
	if (rest->len && rest->data[0] == '(')
		*rest = skip_space(skip_comment(*rest));
	if (rest->len == 0 || rest->data[0] != '=') {
		*name = str_c("");
		return true;
	}
	*rest = skip_space(str_from(*rest, 1));
	if (rest->len && rest->data[0] == '"') {
		*rest = str_from(*rest, 1);
		*value = quoted_cut(rest, arena);
		return true;
	}
	*value = str_head(*rest,
	    may_hold_spaces(*name) ? str_find(*rest, ';') :
				     token_length(*rest, ";"));
	*rest = str_from(*rest, value->len);
	*value = str_trim(*value);
	return true;
}

/* Reads "*", "*0" and "*0*" behind a name; false for anything else. */
static bool
piece_number(struct str tail, uint64_t *number, bool *extended)
{
	*number = 0;
	*extended = str_ends(tail, "*");
	if (tail.len < 2)
		return true;
	if (*extended)
		tail.len--;
	return str_to_uint(str_from(tail, 1), PIECES_MAX - 1, number);
}

static struct str
percent_decode(struct str s, struct arena *arena)
{
	char *out = arena_alloc(arena, s.len + 1);
	size_t i, len = 0;
	int high, low;

	for (i = 0; i < s.len; i++) {
		out[len++] = s.data[i];
		if (s.data[i] != '%' || i + 2 >= s.len)
			continue;
		high = ascii_hex_value(s.data[i + 1]);
		low = ascii_hex_value(s.data[i + 2]);
		if (high < 0 || low < 0)
			continue;
		out[len - 1] = (char)(high << 4 | low);
		i += 2;
	}
	return str_of(out, len);
}

/* Takes "charset'language'" off the first piece (RFC 2231 section 4). */
static struct str
charset_cut(struct str *value)
{
	struct str rest = *value, charset, language;

	if (!str_cut(&rest, '\'', &charset) ||
	    !str_cut(&rest, '\'', &language) || !rest.data)
		return str_c("");
	*value = rest;
	return charset;
}

static void
pieces_join(struct piece *pieces, struct arena *arena, struct mime_param *out)
{
	size_t i, len = 0;
	char *text;

	out->charset = str_c("");
	out->extended = false;
	if (pieces[0].extended)
		out->charset = charset_cut(&pieces[0].value);
	for (i = 0; i < PIECES_MAX && pieces[i].present; i++)
		len += pieces[i].value.len;
	text = arena_alloc(arena, len + 1);
	len = 0;
	for (i = 0; i < PIECES_MAX && pieces[i].present; i++) {
		struct str value = pieces[i].value;

		out->extended |= pieces[i].extended;
		if (pieces[i].extended)
			value = percent_decode(value, arena);
		memcpy(text + len, value.data, value.len);
		len += value.len;
	}
	out->octets = str_of(text, len);
}

bool
mime_param_find(struct str value, const char *name, struct arena *arena,
    struct mime_param *out)
{
	struct piece pieces[PIECES_MAX] = {0}, plain = {0}, *p;
	struct str found, tail, text;
	uint64_t number;
	bool extended;

	value = str_from(value, token_length(value, ";("));
	while (param_cut(&value, arena, &found, &text)) {
		tail = str_from(found, strlen(name));
		if (!str_case_is(str_head(found, strlen(name)), name) ||
		    (tail.len && tail.data[0] != '*') ||
		    !piece_number(tail, &number, &extended))
			continue;
		p = tail.len ? &pieces[number] : &plain;
		if (!p->present || p->value.len == 0)
			*p = (struct piece) {text, extended, true};
	}
	if (!pieces[0].present)
		pieces[0] = plain;
	if (!pieces[0].present)
		return false;
	pieces_join(pieces, arena, out);
	return true;
}

struct str
mime_param_text(struct str value, const char *name, struct arena *arena)
{
	struct mime_param p;

	if (!mime_param_find(value, name, arena, &p))
		return str_c("");
	if (p.extended)
		return charset_to_utf8(p.charset, p.octets, arena);
	return header_decode(p.octets, arena);
}
