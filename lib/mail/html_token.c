/*
 * html_token: HTML cut into texts and tags.
 *
 * A tag's name is all up to white space or ">", an attribute's value ends at
 * its quote.  A tag that the end of the text cuts off is a comment, and so is
 * "</" before anything but a letter.  Inside script, style, title and their
 * like only the end tag of the same name is markup.  A search that found no
 * end is not made again: that keeps all this linear.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "html_token.h"

struct literal {
	const char *name;
	size_t len;   /* of the name */
	bool literal; /* character references are none */
	bool ends;    /* by itself at the end of the text */
};

static const struct literal literals[HTML_LITERALS] = {
    [HTML_NORMAL] = {"", 0, false, false},
    [HTML_SCRIPT] = {"script", 6, true, true},
    [HTML_STYLE] = {"style", 5, true, true},
    [HTML_XMP] = {"xmp", 3, true, false},
    [HTML_IFRAME] = {"iframe", 6, true, false},
    [HTML_TITLE] = {"title", 5, false, true},
    [HTML_TEXTAREA] = {"textarea", 8, false, false},
    [HTML_PLAINTEXT] = {"plaintext", 9, true, false},
};

void
html_tokens_init(struct html_tokens *t, struct str html)
{
	*t = (struct html_tokens) {.rest = html};
	t->endless[HTML_PLAINTEXT] = true;
}

const struct str *
html_token_search(const struct html_token *token, const char *name)
{
	size_t i;

	for (i = 0; i < token->attribute_count; i++)
		if (str_case_is(token->attributes[i].name, name))
			return &token->attributes[i].value;
	return NULL;
}

/* Takes len octets as a token. */
static bool
take(struct html_tokens *t, enum html_kind kind, size_t len,
    struct html_token *out)
{
	out->kind = kind;
	out->text = str_head(t->rest, len);
	t->rest = str_from(t->rest, len);
	return true;
}

static size_t
skip_space(struct str s, size_t at)
{
	while (at < s.len && html_is_space(s.data[at]))
		at++;
	return at;
}

/* The end of a run without white space, ">" and stop. */
static size_t
run_end(struct str s, size_t at, char stop)
{
	while (at < s.len && !html_is_space(s.data[at]) && s.data[at] != '>' &&
	    s.data[at] != stop)
		at++;
	return at;
}

/* The value at `at`; returns what is behind it, s.len + 1 when it is cut
 * off. */
static size_t
value_read(struct str s, size_t at, struct str *value)
{
	char quote = at < s.len ? s.data[at] : '\0';
	size_t end;

	if (quote == '"' || quote == '\'') {
		*value = str_from(s, at + 1);
		end = str_find(*value, quote);
		if (end == value->len)
			return s.len + 1;
		*value = str_head(*value, end);
		return at + 1 + end + 1;
	}
	end = run_end(s, at, '>');
	*value = str_head(str_from(s, at), end - at);
	return end;
}

/* One attribute; returns what is behind it. */
static size_t
attribute_read(struct str s, size_t at, struct html_token *out)
{
	struct html_attribute one;
	size_t end = run_end(s, at + 1, '='), equals;

	one.name = one.value = str_head(str_from(s, at), end - at);
	equals = skip_space(s, end);
	if (equals < s.len && s.data[equals] == '=')
		end = value_read(s, skip_space(s, equals + 1), &one.value);
	if (out->attribute_count < HTML_ATTRIBUTES_MAX)
		out->attributes[out->attribute_count++] = one;
	return end;
}

/* "<name attributes>"; what is cut off is a comment. */
static bool
start_read(struct html_tokens *t, struct html_token *out)
{
	struct str s = t->rest;
	size_t at = run_end(s, 1, '>');
	int i;

	out->name = str_head(str_from(s, 1), at - 1);
	out->attribute_count = 0;
	for (;;) {
		at = skip_space(s, at);
		if (at >= s.len)
			return take(t, HTML_COMMENT, s.len, out);
		if (s.data[at] == '>')
			break;
		at = attribute_read(s, at, out);
	}
	for (i = HTML_SCRIPT; i < HTML_LITERALS; i++)
		if (out->name.len == literals[i].len &&
		    str_case_is(out->name, literals[i].name))
			t->literal = (enum html_literal)i;
	return take(t, HTML_START, at + 1, out);
}

/* "</name>", and whatever stands in it. */
static bool
end_read(struct html_tokens *t, struct html_token *out)
{
	struct str s = t->rest, quoted;
	size_t at = run_end(s, 2, '>');

	out->name = str_head(str_from(s, 2), at - 2);
	out->attribute_count = 0;
	while (at < s.len && s.data[at] != '>') {
		if (s.data[at] == '"' || s.data[at] == '\'')
			at = value_read(s, at, &quoted);
		else
			at++;
	}
	if (at >= s.len)
		return take(t, HTML_COMMENT, s.len, out);
	return take(t, HTML_END, at + 1, out);
}

/* Where "--", white space and ">" end a comment; 0 when nothing does. */
static size_t
comment_end(struct str s)
{
	size_t at = 4, end;

	while (at < s.len) {
		at += str_find(str_from(s, at), '-');
		if (at + 1 >= s.len)
			break;
		if (s.data[at + 1] != '-') {
			at += 2;
			continue;
		}
		end = skip_space(s, at + 2);
		if (end < s.len && s.data[end] == '>')
			return end + 1;
		at = end > at + 2 ? end : at + 1;
	}
	return 0;
}

static size_t
to_bracket(struct str s)
{
	return str_find(s, '>') + 1;
}

/* A declaration's end: a ">" outside of quotes, else the first ">". */
static size_t
doctype_end(struct html_tokens *t)
{
	struct str s = t->rest, quoted;
	size_t at = t->endless_doctype ? s.len : 2;

	while (at < s.len && s.data[at] != '>') {
		if (s.data[at] == '"' || s.data[at] == '\'')
			at = value_read(s, at, &quoted);
		else
			at++;
	}
	t->endless_doctype = at >= s.len;
	return at < s.len ? at + 1 : to_bracket(s);
}

/* "<![CDATA[text]]>" */
static bool
cdata_read(struct html_tokens *t, struct html_token *out)
{
	struct str inside = str_from(t->rest, 9);
	size_t end = inside.len;

	if (!t->endless_cdata)
		end = str_find_str(inside, str_c("]]>"));
	t->endless_cdata = end == inside.len;
	take(t, HTML_TEXT, 9 + end, out);
	out->text = str_from(out->text, 9);
	out->literal = false;
	t->rest = str_from(t->rest, 3);
	return true;
}

/* "<!" and whatever follows. */
static bool
declaration_read(struct html_tokens *t, struct html_token *out)
{
	struct str s = t->rest;
	size_t end = 0;

	if (str_starts(s, "<!--")) {
		if (!t->endless_comment)
			end = comment_end(s);
		t->endless_comment = end == 0;
		return take(t, HTML_COMMENT, end ? end : to_bracket(s), out);
	}
	if (str_case_starts(s, "<!doctype"))
		return take(t, HTML_DOCTYPE, doctype_end(t), out);
	if (str_case_starts(s, "<![CDATA["))
		return cdata_read(t, out);
	return take(t, HTML_COMMENT, to_bracket(s), out);
}

static bool
text_read(struct html_tokens *t, struct html_token *out)
{
	struct str behind = str_from(t->rest, 1);
	size_t run = 0;

	out->literal = false;
	while (run < behind.len && behind.data[run] == '<')
		run++;
	if (run > 0)
		return take(t, HTML_TEXT, run, out);
	return take(t, HTML_TEXT, 1 + str_find(behind, '<'), out);
}

/* t->rest starts with "<". */
static bool
markup_read(struct html_tokens *t, struct html_token *out)
{
	struct str s = t->rest;
	char next = s.len > 1 ? s.data[1] : '\0';

	if (ascii_is_alpha(next) || next == '_')
		return start_read(t, out);
	if (next == '/' && s.len > 2 &&
	    (ascii_is_alpha(s.data[2]) || s.data[2] == '_'))
		return end_read(t, out);
	if (next == '!')
		return declaration_read(t, out);
	if (next == '?')
		return take(t, HTML_IGNORED, to_bracket(s), out);
	if (next == '/')
		return take(t, HTML_COMMENT, to_bracket(s), out);
	return s.len > 1 ? text_read(t, out) : take(t, HTML_COMMENT, 1, out);
}

/* Where the end tag of that name begins in s; *len is its length, 0 when there
 * is none. */
static size_t
literal_end(struct str s, const struct literal *l, size_t *len)
{
	struct str name = str_of(l->name, l->len);
	size_t at = 0, end;
	struct str tag;

	for (*len = 0;; at++) {
		at += str_find(str_from(s, at), '<');
		tag = str_from(s, at);
		if (tag.len == 0)
			return s.len;
		if (tag.len < 2 || tag.data[1] != '/' ||
		    !str_case_eq(str_head(str_from(tag, 2), l->len), name))
			continue;
		end = skip_space(tag, 2 + l->len);
		if (end < tag.len && tag.data[end] == '>') {
			*len = end + 1;
			return at;
		}
	}
}

/* The content of an element that has no markup inside, then its end. */
static bool
literal_read(struct html_tokens *t, struct html_token *out)
{
	const struct literal *l = &literals[t->literal];
	size_t at = t->rest.len, len = 0;

	if (!t->endless[t->literal])
		at = literal_end(t->rest, l, &len);
	t->endless[t->literal] = len == 0;
	out->literal = l->literal;
	if (at > 0 && (len > 0 || t->literal != HTML_TITLE))
		return take(t, HTML_TEXT, at, out);
	if (at > 0 && len == 0 && t->rest.data[0] != '<')
		return take(t, HTML_TEXT, str_find(t->rest, '<'), out);
	out->name = str_c(l->name);
	out->attribute_count = 0;
	t->literal = HTML_NORMAL;
	return take(t, HTML_END, len, out);
}

bool
html_tokens_next(struct html_tokens *t, struct html_token *out)
{
	if (t->literal != HTML_NORMAL &&
	    (t->rest.len > 0 || literals[t->literal].ends))
		return literal_read(t, out);
	if (t->rest.len == 0)
		return false;
	if (t->rest.data[0] == '<')
		return markup_read(t, out);
	out->literal = false;
	return take(t, HTML_TEXT, str_find(t->rest, '<'), out);
}
