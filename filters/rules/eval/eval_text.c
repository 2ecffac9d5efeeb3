/*
 * eval_text: evals that compare the texts of a mail's parts.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "eval_util.h"

enum { WORDS_MAX = 1 << 17 };

struct entry {
	struct str word;
	unsigned html, text; /* how often */
};

/* Words of both, in a table with open addresses. */
struct words {
	struct entry *at;
	size_t room;            /* a power of two */
	size_t html, text, all; /* different ones */
};

static struct entry *
entry_of(struct words *w, struct str word)
{
	size_t i = str_hash(word) & (w->room - 1);

	while (w->at[i].word.data && !str_eq(w->at[i].word, word))
		i = (i + 1) & (w->room - 1);
	return &w->at[i];
}

static void
add_word(struct words *w, struct str word, bool html)
{
	struct entry *e;

	if (2 * w->all >= w->room)
		return;
	e = entry_of(w, word);
	if (!e->word.data) {
		e->word = word;
		w->all++;
	}
	if (html)
		w->html += e->html++ == 0;
	else
		w->text += e->text++ == 0;
}

static bool
has_word_octet(struct str word)
{
	size_t i;

	for (i = 0; i < word.len; i++)
		if (eval_is_word(word.data[i]) ||
		    (unsigned char)word.data[i] > 127)
			return true;
	return false;
}

static void
add_text(struct words *w, struct text_part *p)
{
	struct str rest = p->text, word;
	unsigned open;
	size_t before = w->html;

	while (str_cut_word(&rest, &word))
		if (has_word_octet(word))
			add_word(w, word, p->html);
	/* No words, but an image: something was there. */
	if (p->html && w->html == before && before == 0 && p->facts &&
	    html_has_tag(p->facts, str_c("img"), &open))
		add_word(w, str_c("\n"), true);
}

static bool
is_inside(const struct mime_part *part, const struct mime_part *outer)
{
	for (; part; part = part->parent)
		if (part == outer)
			return true;
	return false;
}

static bool
is_alternative(const struct mime_part *part)
{
	return str_is(part->type, "multipart") &&
	    str_is(part->subtype, "alternative");
}

/* HTML and a calendar alone: an invitation. */
static bool
is_meeting(const struct mime_part *root)
{
	const struct mime_part *one = root->child;

	return is_alternative(root) && one && one->next && !one->next->next &&
	    str_is(one->subtype, "html") &&
	    str_is(one->next->subtype, "calendar");
}

struct difference {
	double percent; /* of the words of HTML are not in the text */
	size_t html, text;
};

static void
compare(
    struct eval_context *c, const struct mime_part *outer, struct difference *d)
{
	struct text_parts *parts = target_parts(c->targets);
	struct words w = {.room = 64};
	size_t i, octets = 0, missing = 0;
	double percent;

	for (i = 0; i < parts->count; i++) {
		if (!parts->at[i].shown || !is_inside(parts->at[i].part, outer))
			continue;
		text_part_render(&parts->at[i], c->scan->arena);
		octets += parts->at[i].text.len;
	}
	while (w.room < octets && w.room < WORDS_MAX)
		w.room *= 2;
	w.at = arena_array(c->scan->arena, w.room, sizeof(*w.at));
	for (i = 0; i < parts->count; i++)
		if (parts->at[i].shown && is_inside(parts->at[i].part, outer))
			add_text(&w, &parts->at[i]);
	if (w.html == 0)
		return;
	for (i = 0; i < w.room; i++)
		missing += w.at[i].html > w.at[i].text;
	d->html = w.html;
	d->text = w.text;
	percent = 100.0 * (double)missing / (double)w.html;
	if (percent > d->percent)
		d->percent = percent;
}

static void
find_difference(struct eval_context *c, struct difference *d)
{
	const struct mime_part *root = target_first_part(c->targets), *part;
	const struct mime_part *last = NULL;

	*d = (struct difference) {.percent = 0};
	if (is_meeting(root))
		return;
	for (part = root; part; part = mime_next(part)) {
		/* One in another is part of what was compared. */
		if (!is_alternative(part) || (last && is_inside(part, last)))
			continue;
		last = part;
		compare(c, part, d);
	}
}

/* multipart_alternative_difference(min, max): percent */
static unsigned
alternative_difference(struct eval_context *c)
{
	struct difference d;
	double min = 0, max;

	find_difference(c, &d);
	eval_number(c, 0, &min);
	return (min == 0 || d.percent > min) &&
	    (!eval_number(c, 1, &max) || d.percent <= max);
}

/* multipart_alternative_difference_count(ratio, words of HTML) */
static unsigned
alternative_difference_count(struct eval_context *c)
{
	double ratio = 0, least = 0;
	struct difference d;

	find_difference(c, &d);
	eval_number(c, 0, &ratio);
	eval_number(c, 1, &least);
	return (double)d.html > least &&
	    (double)d.text / (double)d.html > ratio;
}

/* --- praise of shares --- */

/* The word, with a letter more between any two of its own. */
static bool
is_gappy(struct str s, const char *word)
{
	size_t i = 0;

	for (; *word; word++) {
		if (i < s.len && s.data[i] != *word &&
		    (i + 1 < s.len && s.data[i + 1] == *word))
			i++;
		if (i >= s.len || s.data[i] != *word)
			return false;
		i++;
	}
	return i == s.len;
}

static bool
is_stock_word(struct str s, bool whole)
{
	static const char *const words[] = {"company", "companyname", "target",
	    "ticker", "openingp", "openingprice", "currentp", "currentprice",
	    "projected", "position", "expectations", "weekhigh", "weekshigh",
	    "marketperformance", "yeartarget", "weektarget", "monthtarget",
	    "daytarget", "pricetarget", "yearestimate", "weekestimate",
	    "monthestimate", "dayestimate", "priceestimate", "yearestimates",
	    "weekestimates", "monthestimates", "dayestimates", "priceestimates",
	    "sector", "recommendation", "rating"};
	size_t i;

	if (whole && (str_is(s, "tradedate") || str_is(s, "tradingdate")))
		return true;
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (str_is(s, words[i]))
			return true;
	return is_gappy(s, "stock") || is_gappy(s, "sym") ||
	    is_gappy(s, "symbol");
}

/* The longest end of the label that is such a word. */
static struct str
stock_word(struct str label, struct arena *arena)
{
	char *out = arena_alloc(arena, label.len + 1);
	size_t i, len = 0;

	for (i = 0; i < label.len; i++)
		if (ascii_is_alpha(label.data[i]))
			out[len++] = ascii_lower(label.data[i]);
	for (i = 0; i < len; i++)
		if (is_stock_word(str_of(out + i, len - i), i == 0))
			return str_of(out + i, len - i);
	return str_c("");
}

/* check_stock_info(least): "Symbol: X", "Price: 1" ... */
static unsigned
stock_info(struct eval_context *c)
{
	struct text_parts *parts = target_parts(c->targets);
	struct target_texts found = {.count = 0};
	struct str rest, line, label, word;
	double least = 0;
	size_t i, colon;

	eval_number(c, 0, &least);
	for (i = 0; i < parts->count; i++)
		if (parts->at[i].shown && !parts->at[i].html)
			break;
	if (i == parts->count)
		return least == 0;
	text_part_render(&parts->at[i], c->scan->arena);
	rest = parts->at[i].text;
	while (str_cut_line(&rest, &line)) {
		colon = str_find(line, ':');
		label = str_trim(str_head(line, colon));
		if (colon == line.len || label.len < 3 || label.len > 30 ||
		    (str_trim(str_from(line, colon + 1)).len == 0 &&
			str_trim(rest).len == 0))
			continue;
		word = stock_word(label, c->scan->arena);
		for (i = 0; i < found.count && word.len > 0; i++)
			if (str_eq(found.at[i], word))
				word.len = 0;
		if (word.len > 0)
			target_push(c->scan->arena, &found, word);
	}
	return (double)found.count >= least;
}

const struct eval eval_text_table[] = {
    {"check_stock_info", 1, 1, stock_info, 0},
    {"multipart_alternative_difference", 2, 2, alternative_difference, 0},
    {"multipart_alternative_difference_count", 2, 2,
	alternative_difference_count, 0},
    {NULL, 0, 0, NULL, 0},
};
