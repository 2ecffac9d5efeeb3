/*
 * eval_html: evals about how HTML is written.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "eval_html.h"
#include "eval_util.h"

struct html_text *
eval_html_next(struct eval_context *c, size_t *n)
{
	struct text_parts *parts = target_parts(c->targets);
	struct text_part *p;

	while (*n < parts->count) {
		p = &parts->at[(*n)++];
		if (!p->shown || !p->html)
			continue;
		text_part_render(p, c->scan->arena);
		if (p->facts)
			return p->facts;
	}
	return NULL;
}

/* A fact as a number; false when it is not there. */
static bool
fact_of(const struct html_text *html, struct str name, double *out)
{
	const struct html_facts *f = &html->facts;
	bool tags = f->tags > 0;

	*out = 0;
	if (str_is(name, "length"))
		*out = (double)f->length;
	else if (str_is(name, "min_size"))
		*out = f->min_size;
	else if (str_is(name, "max_size"))
		*out = f->max_size;
	else if (str_is(name, "image_area"))
		*out = f->image_area;
	else if (str_is(name, "non_space_len"))
		*out = (double)(f->text_length - f->text_spaces);
	else if (str_is(name, "backhair_count") && f->backhair > 0)
		*out = f->backhair;
	else if (str_is(name, "closed_extra_ratio") && tags)
		*out = (double)f->closed_extra / f->tags;
	else if (str_is(name, "bad_tag_ratio") && tags && f->elements > 0)
		*out = (double)(f->tags - f->elements) / f->tags;
	else if (str_is(name, "non_element_ratio") && f->tags_seen > 0 &&
	    f->elements_seen > 0)
		*out = (double)(f->tags_seen - f->elements_seen) / f->tags_seen;
	else if (str_is(name, "obfuscation_ratio") && tags &&
	    f->obfuscation > 0)
		*out = (double)f->obfuscation / f->tags;
	else
		return false;
	return true;
}

unsigned
eval_html_any(struct eval_context *c,
    bool (*test)(struct eval_context *c, const struct html_text *html))
{
	const struct html_text *html;
	size_t n = 0;

	while ((html = eval_html_next(c, &n)))
		if (test(c, html))
			return 1;
	return 0;
}

/* Above the number that is the nth argument, 0 when there is none. */
static bool
is_above(struct eval_context *c, size_t n, double value)
{
	double limit = 0;

	eval_number(c, n, &limit);
	return value > limit;
}

static bool
is_in_range(struct eval_context *c, const struct html_text *html)
{
	double value, max;

	return fact_of(html, eval_arg(c, 0), &value) && is_above(c, 1, value) &&
	    (!eval_number(c, 2, &max) || value <= max);
}

/* html_range(fact, min, max): above min, at most max */
static unsigned
html_range(struct eval_context *c)
{
	return eval_html_any(c, is_in_range);
}

/* "< 384", "!= 0" */
static bool
holds(double value, struct str expression)
{
	static const char *const signs[] = {"<=", ">=", "==", "!=", "<", ">"};
	struct str text = str_trim(expression);
	bool minus;
	uint64_t number;
	double limit;
	size_t i;

	for (i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (str_starts(text, signs[i]))
			break;
	if (i == sizeof(signs) / sizeof(signs[0]))
		return false;
	text = str_trim(str_from(text, strlen(signs[i])));
	minus = str_starts(text, "-");
	if (!str_to_uint(str_from(text, minus), UINT32_MAX, &number))
		return false;
	limit = minus ? -(double)number : (double)number;
	switch (i) {
	case 0:
		return value <= limit;
	case 1:
		return value >= limit;
	case 2:
		return value == limit;
	case 3:
		return value != limit;
	case 4:
		return value < limit;
	default:
		return value > limit;
	}
}

static bool
fact_holds(struct eval_context *c, const struct html_text *html)
{
	double value;

	return fact_of(html, eval_arg(c, 0), &value) &&
	    holds(value, eval_arg(c, 1));
}

/* html_eval(fact, comparison) */
static unsigned
html_eval(struct eval_context *c)
{
	return eval_html_any(c, fact_holds);
}

static bool
has_flag(struct eval_context *c, const struct html_text *html)
{
	const struct html_facts *f = &html->facts;
	struct str name = eval_arg(c, 0);
	double value;

	if (str_is(name, "html"))
		return true;
	if (str_is(name, "embeds"))
		return f->embeds;
	if (str_is(name, "form_action_mailto"))
		return f->form_action_mailto;
	if (str_is(name, "font_low_contrast"))
		return f->font_low_contrast;
	if (str_is(name, "font_invalid_color"))
		return f->font_invalid_color;
	if (str_is(name, "font_face_bad"))
		return f->font_face_bad;
	if (str_is(name, "uri_truncated"))
		return f->uri_truncated;
	return fact_of(html, name, &value) && value != 0;
}

/* html_test(fact) */
static unsigned
html_test(struct eval_context *c)
{
	return eval_html_any(c, has_flag);
}

static bool
has_tag(struct eval_context *c, const struct html_text *html)
{
	unsigned open;

	return html_has_tag(html, eval_arg(c, 0), &open);
}

/* html_tag_exists(tag) */
static unsigned
html_tag_exists(struct eval_context *c)
{
	return eval_html_any(c, has_tag);
}

static bool
has_open_tags(struct eval_context *c, const struct html_text *html)
{
	unsigned open;

	return html_has_tag(html, eval_arg(c, 0), &open) &&
	    holds(open, eval_arg(c, 1));
}

/* html_tag_balance(tag, comparison) */
static unsigned
html_tag_balance(struct eval_context *c)
{
	return eval_html_any(c, has_open_tags);
}

static bool
is_image_only(struct eval_context *c, const struct html_text *html)
{
	double length = (double)html->facts.length;
	unsigned open;

	return html_has_tag(html, str_c("img"), &open) &&
	    is_above(c, 0, length) && !is_above(c, 1, length);
}

/* html_image_only(min, max): an image, and so much HTML */
static unsigned
html_image_only(struct eval_context *c)
{
	return eval_html_any(c, is_image_only);
}

static bool
has_image_ratio(struct eval_context *c, const struct html_text *html)
{
	const struct html_facts *f = &html->facts;
	double ratio;

	if (f->image_area <= 0)
		return false;
	ratio = (double)(f->text_length - f->text_spaces) / f->image_area;
	return is_above(c, 0, ratio) && !is_above(c, 1, ratio);
}

/* html_image_ratio(min, max): characters for each pixel */
static unsigned
html_image_ratio(struct eval_context *c)
{
	return eval_html_any(c, has_image_ratio);
}

/* --- texts --- */

static bool
list_matches(struct eval_context *c, const struct html_list *list, bool wanted)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (eval_matches(c, list->at[i]) == wanted)
			return true;
	return false;
}

static bool
texts_match(struct eval_context *c, bool wanted)
{
	struct str kind = eval_arg(c, 0);
	const struct html_text *html;
	size_t n = 0, i;

	while ((html = eval_html_next(c, &n))) {
		if (str_is(kind, "anchor")) {
			for (i = 0; i < html->anchor_count; i++)
				if (eval_matches(c, html->anchors[i].text) ==
				    wanted)
					return true;
		} else if (str_is(kind, "title") ?
			list_matches(c, &html->titles, wanted) :
			str_is(kind, "comment") ?
			list_matches(c, &html->comments, wanted) :
			str_is(kind, "script") &&
			    list_matches(c, &html->scripts, wanted)) {
			return true;
		}
	}
	return false;
}

/* html_text_match('title' | 'anchor' | 'comment' | 'script', regex) */
static unsigned
html_text_match(struct eval_context *c)
{
	return texts_match(c, true);
}

/* html_text_not_match(kind, regex) */
static unsigned
html_text_not_match(struct eval_context *c)
{
	return texts_match(c, false);
}

/* html_title_subject_ratio(min) */
static unsigned
html_title_subject_ratio(struct eval_context *c)
{
	struct str subject = eval_field(c, "Subject");
	const struct html_text *html;
	double min = 0;
	size_t n = 0, i;

	eval_number(c, 0, &min);
	while (subject.len > 0 && (html = eval_html_next(c, &n)))
		for (i = 0; i < html->titles.count; i++)
			if ((double)html->titles.at[i].len /
				(double)subject.len >
			    min)
				return 1;
	return 0;
}

const struct eval eval_html_table[] = {
    {"html_eval", 2, 2, html_eval, 0},
    {"html_image_only", 2, 2, html_image_only, 0},
    {"html_image_ratio", 2, 2, html_image_ratio, 0},
    {"html_range", 2, 3, html_range, 0},
    {"html_tag_balance", 2, 2, html_tag_balance, 0},
    {"html_tag_exists", 1, 1, html_tag_exists, 0},
    {"html_test", 1, 1, html_test, 0},
    {"html_text_match", 2, 2, html_text_match, 2},
    {"html_text_not_match", 2, 2, html_text_not_match, 2},
    {"html_title_subject_ratio", 1, 1, html_title_subject_ratio, 0},
    {NULL, 0, 0, NULL, 0},
};
