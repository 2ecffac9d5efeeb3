/*
 * html: a streaming tokenizer without a tree.
 *
 * It goes by the tokenizing rules of HTML, so that what a browser takes for
 * markup is markup here: a quote, tag or comment that never ends takes all
 * the rest with it, which also means that nothing is ever read twice.  The
 * text is never longer than the HTML it comes from.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/charset.h"
#include "postern/html.h"

#include "html_element.h"
#include "html_entity.h"
#include "html_writer.h"

enum { LINKS_MAX = 10000 };

struct reader {
	struct arena *arena;
	struct str rest;
	struct html_writer text;
	struct html_text *out;
};

struct tag {
	struct str name;
	bool closing;
};

static void
skip(struct reader *r, size_t len)
{
	r->rest = str_from(r->rest, len);
}

static bool
is_space(char c)
{
	return ascii_is_space(c) || c == '\f';
}

static void
text_write(struct html_writer *w, struct str text)
{
	size_t used, len;
	uint32_t code;
	char utf8[4];

	while (text.len) {
		len = str_find(text, '&');
		html_writer_text(w, str_head(text, len));
		text = str_from(text, len);
		if (text.len == 0)
			return;
		used = html_entity_read(text, false, &code);
		len = used ? charset_put_utf8(code, utf8) : 0;
		html_writer_text(w, used ? str_of(utf8, len) : str_c("&"));
		text = str_from(text, used ? used : 1);
	}
}

/* A comment's end; dashes of its start may be part of it ("<!-->"). */
static void
comment_skip(struct reader *r)
{
	const char *s = r->rest.data;
	size_t end = 3;

	while (++end < r->rest.len) {
		end += str_find(str_from(r->rest, end), '>');
		if (s[end - 1] == '-' && s[end - 2] == '-')
			break;
		if (end > 6 && s[end - 1] == '!' && s[end - 2] == '-' &&
		    s[end - 3] == '-')
			break;
	}
	skip(r, end + 1);
}

/* URLs lose tabs and line ends wherever they are: browsers drop them. */
static void
link_add(struct reader *r, struct str value)
{
	struct html_text *out = r->out;
	char *link;
	size_t i, len = 0;

	if (out->link_count == LINKS_MAX)
		return;
	value = str_trim(html_entity_decode(value, r->arena));
	link = arena_alloc(r->arena, value.len + 1);
	for (i = 0; i < value.len; i++)
		if (value.data[i] == ' ' || !is_space(value.data[i]))
			link[len++] = value.data[i];
	if (len == 0)
		return;
	out->links = arena_push(
	    r->arena, out->links, out->link_count, sizeof(out->links[0]));
	out->links[out->link_count++] = str_of(link, len);
}

/* The length of r->rest before white space, ">" or one of two more. */
static size_t
token_length(const struct reader *r, char stop, char stop_too)
{
	size_t i;
	char c;

	for (i = 0; i < r->rest.len; i++) {
		c = r->rest.data[i];
		if (is_space(c) || c == '>' || c == stop || c == stop_too)
			break;
	}
	return i;
}

static void
skip_space(struct reader *r, char also)
{
	while (r->rest.len &&
	    (is_space(r->rest.data[0]) || r->rest.data[0] == also))
		skip(r, 1);
}

static struct str
value_cut(struct reader *r)
{
	struct str value;
	char quote = r->rest.len ? r->rest.data[0] : '\0';

	if (quote == '"' || quote == '\'') {
		skip(r, 1);
		value = str_head(r->rest, str_find(r->rest, quote));
		skip(r, value.len + 1);
		return value;
	}
	value = str_head(r->rest, token_length(r, '>', '>'));
	skip(r, value.len);
	return value;
}

/* False at the tag's end. */
static bool
attribute_read(struct reader *r, bool closing)
{
	struct str name, value;

	skip_space(r, '/');
	if (r->rest.len == 0 || r->rest.data[0] == '>') {
		skip(r, 1);
		return false;
	}
	/* A "=" where a name should begin is its first octet. */
	name = str_of(r->rest.data, 1);
	skip(r, 1);
	name.len += token_length(r, '/', '=');
	skip(r, name.len - 1);
	skip_space(r, ' ');
	if (r->rest.len == 0 || r->rest.data[0] != '=')
		return true;
	skip(r, 1);
	skip_space(r, ' ');
	value = value_cut(r);
	if (!closing && html_attribute_is_link(name))
		link_add(r, value);
	return true;
}

/* How far it is to "</name": only that ends such content. */
static size_t
raw_length(struct str s, struct str name)
{
	struct str tag;
	size_t at = 0;

	for (;; at++) {
		at += str_find(str_from(s, at), '<');
		tag = str_from(s, at);
		if (tag.len == 0)
			return s.len;
		if (!str_starts(tag, "</") ||
		    !str_case_eq(str_head(str_from(tag, 2), name.len), name))
			continue;
		tag = str_from(tag, 2 + name.len);
		if (tag.len == 0 || is_space(tag.data[0]) ||
		    tag.data[0] == '/' || tag.data[0] == '>')
			return at;
	}
}

static void
raw_skip(struct reader *r, struct str name, bool title)
{
	struct str content = str_head(r->rest, raw_length(r->rest, name));
	struct html_writer w;

	skip(r, content.len);
	if (!title || r->out->title.len)
		return;
	html_writer_init(&w, content.len, r->arena);
	text_write(&w, content);
	r->out->title = html_writer_str(&w);
}

static void
tag_apply(struct reader *r, const struct tag *tag)
{
	enum html_element element = html_element_find(tag->name);

	switch (element) {
	case HTML_INLINE:
		break;
	case HTML_LINE:
		html_writer_block(&r->text, 1);
		break;
	case HTML_PRE:
		if (!tag->closing)
			r->text.pre++;
		else if (r->text.pre)
			r->text.pre--;
		html_writer_block(&r->text, 1);
		break;
	case HTML_PARAGRAPH:
		html_writer_block(&r->text, 2);
		break;
	case HTML_BREAK:
		html_writer_break(&r->text);
		break;
	case HTML_CELL:
		html_writer_space(&r->text);
		break;
	case HTML_HIDDEN:
	case HTML_TITLE:
		if (!tag->closing)
			raw_skip(r, tag->name, element == HTML_TITLE);
		break;
	}
}

static void
tag_read(struct reader *r, bool closing)
{
	struct tag tag = {.closing = closing};

	skip(r, closing ? 2 : 1);
	tag.name = str_head(r->rest, token_length(r, '/', '>'));
	skip(r, tag.name.len);
	while (attribute_read(r, closing))
		;
	tag_apply(r, &tag);
}

/* r->rest starts with "<". */
static void
markup_read(struct reader *r)
{
	struct str s = r->rest;
	char next = s.len > 1 ? s.data[1] : '\0';
	char third = s.len > 2 ? s.data[2] : '\0';

	if (ascii_is_alpha(next)) {
		tag_read(r, false);
	} else if (next == '/' && ascii_is_alpha(third)) {
		tag_read(r, true);
	} else if (str_starts(s, "<!--")) {
		comment_skip(r);
	} else if (next == '!' || next == '?' || (next == '/' && third)) {
		skip(r, str_find(s, '>') + 1);
	} else {
		html_writer_text(&r->text, str_c("<"));
		skip(r, 1);
	}
}

void
html_render(struct str html, struct arena *arena, struct html_text *out)
{
	struct reader r = {.arena = arena, .rest = html, .out = out};
	size_t len;

	*out = (struct html_text) {.title = str_c("")};
	html_writer_init(&r.text, html.len, arena);
	while (r.rest.len) {
		len = str_find(r.rest, '<');
		text_write(&r.text, str_head(r.rest, len));
		skip(&r, len);
		if (r.rest.len)
			markup_read(&r);
	}
	out->text = html_writer_str(&r.text);
}
