/*
 * html: rendering by one walk over the tokens.
 *
 * The rendered text, the addresses and the facts are those of SpamAssassin:
 * titles are shown, script and style are not, <p> and </p> are alike, white
 * space is what HTML makes of it.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/charset.h"
#include "postern/html.h"
#include "postern/strbuf.h"

#include "html_entity.h"
#include "html_links.h"
#include "html_prepare.h"
#include "html_style.h"
#include "html_tag.h"
#include "html_token.h"
#include "html_writer.h"

enum { HALF_MAX = 7, SCREEN_WIDTH = 8, SCREEN_HEIGHT = 6, GUESSED_SIDE = 200 };

struct reader {
	struct arena *arena;
	struct html_text *out;
	struct html_writer writer;
	struct html_style style;
	struct html_links links;
	struct strbuf anchor;    /* text of the last <a> */
	struct strbuf title;     /* of the last <title> */
	unsigned open[HTML_IDS]; /* of elements that have an id of their own */
	bool backhair[HALF_MAX + 1][HALF_MAX + 1];
};

bool
html_has_tag(const struct html_text *html, struct str name, unsigned *open)
{
	const struct html_seen *found = html_inside_find(html->inside, name);

	if (found)
		*open = found->open;
	return found != NULL;
}

static void
list_add(struct reader *r, struct html_list *list, struct str text)
{
	if (list->count == HTML_LINKS_MAX)
		return;
	list->at =
	    arena_push(r->arena, list->at, list->count, sizeof(*list->at));
	list->at[list->count++] = text;
}

/* Counts characters, and whether text will be one of wide characters. */
static size_t
characters(struct str text, bool *wide)
{
	size_t i, count = 0;
	unsigned char c;

	for (i = 0; i < text.len; i++) {
		c = (unsigned char)text.data[i];
		count += (c & 0xc0) != 0x80;
		*wide |= c > 0xc3;
	}
	return count;
}

static bool
is_word(char c)
{
	return ascii_is_alnum(c) || (c & 0x80);
}

/* How many word characters stand at the end of s; 0 when more than HALF_MAX */
static size_t
half_before(struct str s)
{
	size_t i, count = 0;

	for (i = s.len; i > 0 && is_word(s.data[i - 1]); i--)
		count += (s.data[i - 1] & 0xc0) != 0x80;
	return count <= HALF_MAX && (i == 0 || s.data[i - 1] != '_') ? count :
								       0;
}

static size_t
half_after(struct str s)
{
	size_t i, count = 0;

	for (i = 0; i < s.len && is_word(s.data[i]); i++)
		count += (s.data[i] & 0xc0) != 0x80;
	return count <= HALF_MAX && (i == s.len || s.data[i] != '_') ? count :
								       0;
}

/* A tag inside of a word is there to hide the word from filters. */
static void
note_halves(struct reader *r, struct str text)
{
	struct html_facts *facts = &r->out->facts;
	struct str last = html_writer_last(&r->writer);
	size_t before, after;

	if (last.len == 0 || text.len == 0 ||
	    !is_word(last.data[last.len - 1]) || !is_word(text.data[0]))
		return;
	facts->obfuscation++;
	before = half_before(str_from(last, last.len > 64 ? last.len - 64 : 0));
	after = half_after(str_head(text, 64));
	if (before == 0 || after == 0 || r->backhair[before][after])
		return;
	r->backhair[before][after] = true;
	facts->backhair++;
}

static bool
is_blank(struct str text)
{
	size_t i = 0;

	while (i < text.len && html_is_space(text.data[i]))
		i++;
	return i == text.len;
}

static void
read_text(struct reader *r, const struct html_token *token)
{
	struct str text = token->text;
	bool invisible = false;

	if (!token->literal)
		text = html_entity_decode(text, false, r->arena);
	if (r->open[HTML_SCRIPT_TAG] > 0) {
		list_add(r, &r->out->scripts, text);
		return;
	}
	if (r->open[HTML_STYLE_TAG] > 0)
		return;
	if (r->out->anchor_count > 0 && r->open[HTML_A] > 0)
		strbuf_add(&r->anchor, text);
	if (r->out->titles.count > 0 && r->open[HTML_TITLE_TAG] > 0)
		strbuf_add(&r->title, text);
	if (!is_blank(text))
		invisible = html_style_is_invisible(&r->style);
	note_halves(r, text);
	html_writer_text(&r->writer, text, invisible);
}

/* What was collected goes to the anchor or title it belongs to. */
static void
end_anchor(struct reader *r)
{
	if (r->out->anchor_count > 0)
		r->out->anchors[r->out->anchor_count - 1].text =
		    arena_copy(r->arena, strbuf_str(&r->anchor));
	strbuf_reset(&r->anchor);
}

static void
end_title(struct reader *r)
{
	struct html_list *titles = &r->out->titles;

	if (titles->count > 0)
		titles->at[titles->count - 1] =
		    arena_copy(r->arena, strbuf_str(&r->title));
	strbuf_reset(&r->title);
}

static void
start_anchor(struct reader *r, const struct html_token *token)
{
	struct html_text *out = r->out;
	const struct str *href = html_token_value(token, "href");

	if (out->anchor_count == HTML_LINKS_MAX)
		return;
	end_anchor(r);
	out->anchors = arena_push(
	    r->arena, out->anchors, out->anchor_count, sizeof(*out->anchors));
	out->anchors[out->anchor_count++].href = href ?
	    html_links_trim(
		&r->links, html_entity_decode(*href, true, r->arena)) :
	    str_c("");
}

/* "120" or "50%" of a screen. */
static unsigned
side_of(const struct str *value, unsigned whole)
{
	struct str digits = *value;
	uint64_t side;

	if (str_ends(digits, "%"))
		digits.len--;
	if (!str_to_uint(digits, 1000000, &side) || side == 0)
		return GUESSED_SIDE;
	return (unsigned)side * (digits.len < value->len ? whole : 1);
}

static void
start_image(struct reader *r, const struct html_token *token)
{
	const struct str *width = html_token_value(token, "width");
	const struct str *height = html_token_value(token, "height");

	if (r->out->anchor_count > 0 && r->open[HTML_A] > 0)
		strbuf_puts(&r->anchor, "<img>\n");
	if (width && height)
		r->out->facts.image_area +=
		    (double)side_of(width, SCREEN_WIDTH) *
		    side_of(height, SCREEN_HEIGHT);
}

static bool
is_face_letter(char c)
{
	return ascii_is_alpha(c) || c == ' ' || c == '-';
}

/* One name of a font, with or without quotes; NULL when it is none. */
static const char *
face_end(const char *at, const char *end, bool first)
{
	const char *start;

	if (at < end && ascii_is_one_of(*at, first ? "\"'." : "\"'"))
		at++;
	start = at;
	while (at < end && is_face_letter(*at))
		at++;
	while (at > start && !ascii_is_alpha(at[-1]))
		at--;
	if (at - start < 2 || *start == '-' || (*start == ' ' && !first))
		return NULL;
	if (at < end && ascii_is_digit(*at))
		at++;
	if (at < end && ascii_is_one_of(*at, "\"'"))
		at++;
	return at;
}

/* Names of fonts look like names. */
static bool
is_face(struct str face)
{
	const char *at = face.data, *end = face.data + face.len;

	while (at < end && html_is_space(*at))
		at++;
	at = face_end(at, end, true);
	while (at && at < end && *at == ',') {
		at++;
		while (at < end && html_is_space(*at))
			at++;
		at = face_end(at, end, false);
	}
	while (at && at < end && *at == ';')
		at++;
	return at && (at == end || (at + 1 == end && *at == '\n'));
}

static void
start_meta(struct reader *r, const struct html_token *token)
{
	const struct str *what = html_token_value(token, "http-equiv");
	const struct str *content = html_token_value(token, "content");
	struct str *all = &r->out->facts.charsets, name;

	if (!what || !content ||
	    str_case_find_str(*what, str_c("content-type")) == what->len)
		return;
	name = str_from(*content,
	    str_case_find_str(*content, str_c("charset")) + strlen("charset"));
	name = str_trim(name);
	if (!str_starts(name, "="))
		return;
	name = str_trim(str_from(name, 1));
	if (name.len && ascii_is_one_of(name.data[0], "\"'"))
		name = str_from(name, 1);
	name = str_head(str_head(name, str_find(name, '"')), 64);
	if (all->len < 1024)
		*all = arena_printf(r->arena, "%.*s%s%.*s", (int)all->len,
		    all->data, all->len ? " " : "", (int)name.len, name.data);
}

static void
start_element(struct reader *r, const struct html_tag *tag,
    const struct html_token *token)
{
	struct html_facts *facts = &r->out->facts;
	const struct str *value;

	if ((tag->effects & HTML_LEADS) && token->attribute_count > 0)
		html_links_read(&r->links, tag, token);
	switch (tag->id) {
	case HTML_A:
		start_anchor(r, token);
		break;
	case HTML_IMG:
		start_image(r, token);
		break;
	case HTML_FONT:
		value = html_token_value(token, "face");
		if (value &&
		    !is_face(html_entity_decode(*value, true, r->arena)))
			facts->font_face_bad = true;
		break;
	case HTML_FORM:
		value = html_token_value(token, "action");
		facts->form_action_mailto |= value &&
		    str_case_find_str(*value, str_c("mailto:")) < value->len;
		break;
	case HTML_OBJECT:
	case HTML_EMBED:
		facts->embeds = true;
		break;
	case HTML_TITLE_TAG:
		end_title(r);
		list_add(r, &r->out->titles, str_c(""));
		break;
	case HTML_META:
		start_meta(r, token);
		break;
	default:
		break;
	}
}

/* "o:p" and "st1:place", which word processors write. */
static bool
is_namespace(struct str name)
{
	size_t colon = str_find(name, ':');

	return colon + 1 < name.len &&
	    ((colon == 1 && ascii_lower(name.data[0]) == 'o') ||
		(colon == 3 && str_case_starts(name, "st") &&
		    ascii_is_digit(name.data[2])));
}

/* Returns what HTML knows of it, or NULL. */
static const struct html_tag *
count_tag(struct reader *r, const struct html_token *token)
{
	struct html_facts *facts = &r->out->facts;
	bool fresh, element;
	struct html_seen *seen =
	    html_inside_get(r->out->inside, token->name, &fresh);
	const struct html_tag *tag = seen->tag;

	element = tag ? tag->effects & HTML_KNOWN : is_namespace(token->name);
	facts->tags++;
	facts->tags_seen += fresh;
	facts->elements += element;
	facts->elements_seen += element && fresh;
	if (token->kind == HTML_START)
		seen->open++;
	else if (seen->open > 0)
		seen->open--;
	else
		facts->closed_extra++;
	if (tag)
		r->open[tag->id] = seen->open;
	return tag;
}

static void
space_around(struct reader *r, unsigned effects)
{
	if (effects & HTML_LINE)
		html_writer_space(&r->writer, "\n");
	else if (effects & HTML_CELL)
		html_writer_space(&r->writer, " ");
	else if (effects & HTML_PARAGRAPH)
		html_writer_space(&r->writer, "\n\n");
}

static void
read_tag(struct reader *r, const struct html_token *token)
{
	const struct html_tag *tag = count_tag(r, token);

	if (!tag)
		return;
	if (tag->effects & HTML_STYLED) {
		if (token->kind == HTML_START)
			html_style_open(&r->style, tag->id, token);
		else
			html_style_close(&r->style, tag->id);
	}
	space_around(r, tag->effects);
	if (token->kind == HTML_START) {
		start_element(r, tag, token);
		return;
	}
	r->out->facts.closed_html |= tag->id == HTML_HTML;
	r->out->facts.closed_body |= tag->id == HTML_BODY;
}

static void
read_token(struct reader *r, const struct html_token *token)
{
	bool fresh;

	switch (token->kind) {
	case HTML_TEXT:
		read_text(r, token);
		break;
	case HTML_START:
	case HTML_END:
		read_tag(r, token);
		break;
	case HTML_COMMENT:
		list_add(r, &r->out->comments, token->text);
		break;
	case HTML_DOCTYPE:
		r->out->facts.elements++;
		r->out->facts.tags++;
		html_inside_get(r->out->inside, str_c("!doctype"), &fresh);
		break;
	case HTML_IGNORED:
		break;
	}
}

/* Characters of the result that are white space. */
static size_t
spaces(struct str text, bool wide)
{
	size_t i, count = 0;

	for (i = 0; i < text.len; i++) {
		count += html_is_space(text.data[i]);
		if (wide && text.data[i] == '\xc2' &&
		    str_starts(str_from(text, i), "\xc2\xa0"))
			count++;
	}
	return count;
}

static void
finish(struct reader *r, bool decoded)
{
	struct html_text *out = r->out;

	end_anchor(r);
	end_title(r);
	strbuf_clear(&r->anchor);
	strbuf_clear(&r->title);
	out->text = html_writer_str(&r->writer);
	out->wide = decoded;
	out->facts.text_length = characters(out->text, &out->wide);
	out->facts.text_spaces = spaces(out->text, out->wide);
}

void
html_render(
    struct str html, bool decoded, struct arena *arena, struct html_text *out)
{
	struct reader *r = arena_alloc(arena, sizeof(*r));
	struct html_token *token = arena_alloc(arena, sizeof(*token));
	struct html_tokens tokens;
	bool wide = false;

	*out = (struct html_text) {.inside = html_inside_new(arena)};
	out->facts.charsets = str_c("");
	out->facts.length = characters(html, &wide);
	out->facts.octets = html.len;
	r->arena = r->links.arena = arena;
	r->out = r->links.out = out;
	r->links.base = str_c("");
	strbuf_init(&r->anchor);
	strbuf_init(&r->title);
	html_writer_init(&r->writer, html.len + 16, arena);
	html_style_init(&r->style, &out->facts, arena);
	html_tokens_init(&tokens, html_prepare(html, arena));
	while (html_tokens_next(&tokens, token))
		read_token(r, token);
	finish(r, decoded);
}
