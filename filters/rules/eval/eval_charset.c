/*
 * eval_charset: evals about charsets that nobody here reads (ok_locales).
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "eval_html.h"
#include "eval_util.h"
#include "mime_facts.h"

enum { NAME_MAX_OCTETS = 63 };

static const struct {
	const char *language;
	const char *charsets; /* each with spaces around */
} languages[] = {
    {"ja", " EUCJP SHIFTJIS SJIS ISO2022JP JIS7 JISX0201 JISX0208 JISX0212 "},
    {"ko", " EUCKR KSC56011987 "},
    {"ru", " KOI8R KOI8U KOI8T ISOIR111 CP1251 GEORGIANPS PT154 CP866 "},
    {"ka", " KOI8R KOI8U KOI8T ISOIR111 CP1251 GEORGIANPS PT154 CP866 "},
    {"tg", " KOI8R KOI8U KOI8T ISOIR111 CP1251 GEORGIANPS PT154 CP866 "},
    {"be", " KOI8R KOI8U KOI8T ISOIR111 CP1251 GEORGIANPS PT154 CP866 "},
    {"uk", " KOI8R KOI8U KOI8T ISOIR111 CP1251 GEORGIANPS PT154 CP866 "},
    {"bg", " KOI8R KOI8U KOI8T ISOIR111 CP1251 GEORGIANPS PT154 CP866 "},
    {"th", " TIS620 "},
    {"zh",
	" GB1988 GB2312 GB231219800 GB18030 GBK BIG5HKSCS BIG5 EUCTW "
	"ISO2022CN "},
};

/* Capitals and digits alone, a space at each end. */
static struct str
plain_name(struct str name, char out[NAME_MAX_OCTETS + 3])
{
	size_t i, len = 0;
	char ch;

	out[len++] = ' ';
	for (i = 0; i < name.len && len <= NAME_MAX_OCTETS; i++) {
		ch = name.data[i];
		if (ch >= 'a' && ch <= 'z')
			ch = (char)(ch - 'a' + 'A');
		if (ascii_is_alnum(ch))
			out[len++] = ch;
	}
	out[len++] = ' ';
	return str_of(out, len);
}

/* Roman charsets are read everywhere. */
static bool
is_roman(struct str name)
{
	static const char *const starts[] = {" USASCII ", " ASCII ", " ISO8859",
	    " ISO10646", " UTF", " UCS", " CP125", " WINDOWS", " IBM852 ",
	    " UNICODE11UTF", " XUNKNOWN ", " ISO "};
	size_t i;

	for (i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (str_starts(name, starts[i]))
			return true;
	return false;
}

static bool
is_read_here(const struct list *locales, struct str charset)
{
	char text[NAME_MAX_OCTETS + 3];
	struct str name = plain_name(charset, text);
	size_t i, k;

	if (is_roman(name))
		return true;
	for (i = 0; i < locales->word_count; i++)
		for (k = 0; k < sizeof(languages) / sizeof(languages[0]); k++)
			if (str_starts(
				locales->words[i], languages[k].language) &&
			    str_find_str(str_c(languages[k].charsets), name) <
				strlen(languages[k].charsets))
				return true;
	return false;
}

/* NULL: everything is read here. */
static const struct list *
locales_of(struct eval_context *c)
{
	const struct list *list = lists_find(eval_lists(c), "ok_locales");

	return list && list->word_count > 0 && !list_has(list, str_c("all")) ?
	    list :
	    NULL;
}

static bool
has_faraway_word(const struct list *locales, struct str raw)
{
	size_t at;

	for (;;) {
		at = str_find_str(raw, str_c("=?"));
		if (at >= raw.len)
			return false;
		raw = str_from(raw, at + 2);
		at = str_find(raw, '?');
		if (at < raw.len && !is_read_here(locales, str_head(raw, at)))
			return true;
	}
}

static unsigned
faraway_in_headers(struct eval_context *c)
{
	const struct list *locales = locales_of(c);

	return locales &&
	    (has_faraway_word(
		 locales, target_field(c->targets, "From", PART_RAW, NULL)) ||
		has_faraway_word(locales,
		    target_field(c->targets, "Subject", PART_RAW, NULL)));
}

static bool
has_many_high(const struct target_texts *texts)
{
	size_t i, k, high = 0, all = 0;

	for (i = 0; i < texts->count; i++) {
		all += texts->at[i].len;
		for (k = 0; k < texts->at[i].len; k++)
			high += (unsigned char)texts->at[i].data[k] > 127;
	}
	return high > 3 && all - high <= high;
}

/* The mail's own charset, and a body that uses it. */
static unsigned
faraway(struct eval_context *c)
{
	const struct list *locales = locales_of(c);
	struct mime_head head;

	if (!locales)
		return 0;
	mime_head_read(target_first_part(c->targets), c->scan->arena, &head);
	return head.has_charset && !is_read_here(locales, head.charset) &&
	    has_many_high(target_body(c->targets));
}

/* What <meta> claims. */
static unsigned
html_faraway(struct eval_context *c)
{
	const struct list *locales = locales_of(c);
	const struct html_text *html;
	struct str rest, charset;
	size_t n = 0, bad, good;

	while (locales && (html = eval_html_next(c, &n))) {
		bad = 0;
		good = 0;
		rest = html->facts.charsets;
		while (str_cut_word(&rest, &charset)) {
			if (is_read_here(locales, charset))
				good++;
			else
				bad++;
		}
		if (bad > 0 && bad >= good)
			return 1;
	}
	return 0;
}

const struct eval eval_charset_table[] = {
    {"check_for_faraway_charset", 0, 0, faraway, 0},
    {"check_for_faraway_charset_in_headers", 0, 0, faraway_in_headers, 0},
    {"html_charset_faraway", 0, 0, html_faraway, 0},
    {NULL, 0, 0, NULL, 0},
};
