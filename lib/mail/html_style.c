/*
 * html_style: how text looks at a place: colour, size, shown or not.
 *
 * As SpamAssassin sees it: an element's bgcolor does not count, the style of
 * <body> does not either, and an end tag ends all that was opened inside.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "html_style.h"

#include "html_color.h"
#include "html_entity.h"

enum { DEPTH_MAX = 100000, SIZE_LIMIT = 1000000, TRANSPARENT = -2 };

static void
push(struct html_style *s, struct html_look look)
{
	if (s->count == DEPTH_MAX)
		return;
	s->at = arena_push(s->arena, s->at, s->count, sizeof(*s->at));
	s->at[s->count++] = look;
	s->on[look.id]++;
}

static void
pop(struct html_style *s)
{
	s->on[s->at[--s->count].id]--;
}

void
html_style_init(
    struct html_style *s, struct html_facts *facts, struct arena *arena)
{
	*s = (struct html_style) {.arena = arena, .base = 3, .facts = facts};
	facts->min_size = facts->max_size = 3;
	push(s,
	    (struct html_look) {
		.id = HTML_OTHER, .background = 0xffffff, .size = 3});
}

/* Digits at the start, with a sign or not; false when there are none. */
static bool
size_read(struct str text, int *value, bool *sign)
{
	bool negative = str_starts(text, "-");
	size_t i;

	*sign = negative || str_starts(text, "+");
	text = str_from(text, *sign);
	*value = 0;
	for (i = 0; i < text.len && ascii_is_digit(text.data[i]); i++)
		if (*value < SIZE_LIMIT)
			*value = *value * 10 + text.data[i] - '0';
	if (negative)
		*value = -*value;
	return i > 0;
}

static struct str
skip_space(struct str s)
{
	while (s.len && html_is_space(s.data[0]))
		s = str_from(s, 1);
	return s;
}

static void
font_size(struct html_style *s, struct html_look *look, struct str text)
{
	int value;
	bool sign;

	if (size_read(skip_space(text), &value, &sign))
		look->size = sign ? s->base + value : value;
}

/* "red ! important" */
static struct str
without_important(struct str value)
{
	struct str head;

	value = str_trim(value);
	if (!str_case_ends(value, "important"))
		return value;
	head = str_trim(str_head(value, value.len - strlen("important")));
	return str_ends(head, "!") ? str_trim(str_head(head, head.len - 1)) :
				     value;
}

static void
set_color(int *place, struct str value)
{
	value = without_important(value);
	if (str_case_find_str(value, str_c("rgb")) < value.len)
		*place = html_color_rgb(value);
	else if (str_case_is(value, "transparent"))
		*place = TRANSPARENT;
	else if (!str_case_is(value, "inherit"))
		*place = html_color(value);
}

/* The words of the lowest layer; the first that is a colour counts. */
static void
set_background(int *place, struct str value)
{
	struct str word;
	size_t i, start = 0, depth = 0;
	int color = HTML_COLOR_INVALID;

	for (i = 0; i <= value.len; i++) {
		char c = i < value.len ? value.data[i] : ' ';

		depth += c == '(';
		depth -= c == ')' && depth > 0;
		if (depth > 0 || (c != ' ' && c != ','))
			continue;
		word = str_head(str_from(value, start), i - start);
		start = i + 1;
		if (color == HTML_COLOR_INVALID)
			color = html_color(word);
		if (c == ',')
			color = HTML_COLOR_INVALID;
	}
	if (color != HTML_COLOR_INVALID)
		*place = color;
}

static void
declaration(struct html_look *look, struct str one)
{
	size_t colon = str_find(one, ':');
	struct str name = skip_space(str_head(one, colon));
	struct str value = str_trim(str_from(one, colon + 1));

	if (value.len == 0)
		return;
	if (str_case_is(name, "color"))
		set_color(&look->color, value);
	else if (str_case_is(name, "background-color"))
		set_color(&look->background, value);
	else if (str_is(name, "background"))
		set_background(&look->background, value);
	else if (str_is(str_trim(name), "display"))
		look->hidden = str_case_is(value, "none");
	else if (str_is(str_trim(name), "visibility"))
		look->unseen = str_case_is(value, "hidden");
}

static void
style(struct html_look *look, int background, struct str text)
{
	struct str one;

	while (str_cut(&text, ';', &one))
		declaration(look, one);
	if (look->background == TRANSPARENT)
		look->background = background;
	if (look->color == TRANSPARENT)
		look->color = look->background;
}

static bool
has_style(enum html_id id)
{
	return id == HTML_TABLE || id == HTML_TD || id == HTML_TR ||
	    id == HTML_SPAN || id == HTML_P || id == HTML_DIV || id == HTML_A;
}

/* A cell or row ends the one before, and fonts in it. */
static void
close_cell(struct html_style *s, enum html_id id)
{
	enum html_id top;

	if (s->on[id] == 0)
		return;
	while (s->count > 1) {
		top = s->at[s->count - 1].id;
		if (top != HTML_FONT && top != HTML_TD &&
		    (top != HTML_TR || id != HTML_TR))
			return;
		pop(s);
	}
}

static void
note_size(struct html_style *s, int size)
{
	if (size > s->facts->max_size)
		s->facts->max_size = size;
	else if (size < s->facts->min_size)
		s->facts->min_size = size;
}

void
html_style_open(
    struct html_style *s, enum html_id id, const struct html_token *token)
{
	const struct str *size = html_token_value(token, "size");
	const struct str *text = html_token_value(token, "style");
	const struct str *color =
	    html_token_value(token, id == HTML_BODY ? "text" : "color");
	struct html_look look;
	bool sign, fonts = id == HTML_FONT || id == HTML_BASEFONT;
	int value;

	if (id == HTML_BASEFONT && size &&
	    size_read(skip_space(*size), &value, &sign) && !sign) {
		s->base = value;
		return;
	}
	if (id == HTML_TD || id == HTML_TR)
		close_cell(s, id);
	look = s->at[s->count - 1];
	look.id = id;
	if (id == HTML_BIG || id == HTML_SMALL)
		look.size += id == HTML_BIG ? 1 : -1;
	if (color && (fonts || id == HTML_BODY))
		look.color = html_color(*color);
	if (size && fonts)
		font_size(s, &look, *size);
	if (text && has_style(id))
		style(&look, s->at[s->count - 1].background,
		    html_entity_decode(*text, true, s->arena));
	if (token->attribute_count && id != HTML_BIG && id != HTML_SMALL)
		note_size(s, look.size);
	push(s, look);
}

void
html_style_close(struct html_style *s, enum html_id id)
{
	enum html_id top;

	if (id == HTML_BODY || id == HTML_OTHER || s->on[id] == 0)
		return;
	do {
		top = s->at[s->count - 1].id;
		pop(s);
	} while (top != id);
}

bool
html_style_is_invisible(struct html_style *s)
{
	const struct html_look *look = &s->at[s->count - 1];
	bool valid = look->color >= 0 && look->background >= 0;

	if (look->color == look->background ||
	    (valid && html_color_is_near(look->color, look->background))) {
		s->facts->font_low_contrast = true;
		return true;
	}
	if (!valid)
		s->facts->font_invalid_color = true;
	return !valid || look->size <= 1 || look->hidden || look->unseen;
}
