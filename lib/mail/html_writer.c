/*
 * html_writer: text as a reader sees it.
 *
 * White space is owed until text follows, so that none is left at either end.
 * U+00A0 counts as white space and NUL as nothing, as on a screen.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "html_writer.h"

void
html_writer_init(struct html_writer *w, size_t room, struct arena *arena)
{
	*w = (struct html_writer) {.room = room};
	w->data = arena_alloc(arena, room + 1);
}

static void
put(struct html_writer *w, struct str s)
{
	s = str_head(s, w->room - w->len);
	memcpy(w->data + w->len, s.data, s.len);
	w->len += s.len;
}

static void
pay_debts(struct html_writer *w)
{
	if (w->len) {
		for (; w->breaks; w->breaks--)
			put(w, str_c("\n"));
		if (w->space && w->data[w->len - 1] != '\n')
			put(w, str_c(" "));
	}
	w->breaks = 0;
	w->space = false;
}

/* How many octets of white space, or nothing, are at the start of s. */
static size_t
space_length(struct str s)
{
	if (ascii_is_space(s.data[0]) || s.data[0] == '\f' || s.data[0] == '\0')
		return 1;
	return str_starts(s, "\xc2\xa0") ? 2 : 0;
}

static size_t
word_length(struct str s)
{
	size_t i = 0;

	while (i < s.len && (unsigned char)s.data[i] > ' ' &&
	    (s.data[i] != '\xc2' || space_length(str_from(s, i)) == 0))
		i++;
	return i;
}

/* One octet or U+00A0 that stands between words; in <pre> it stays. */
static void
put_space(struct html_writer *w, struct str s)
{
	if (s.data[0] == '\0')
		return;
	if (w->pre && s.data[0] == '\n') {
		html_writer_break(w);
		return;
	}
	if (!w->pre || s.data[0] == '\r') {
		w->space = true;
		return;
	}
	pay_debts(w);
	put(w, s.len == 1 ? s : str_c(" "));
}

void
html_writer_text(struct html_writer *w, struct str text)
{
	size_t len;

	while (text.len) {
		len = word_length(text);
		if (len == 0 && space_length(text) == 0)
			len = 1; /* a control that is no space */
		if (len) {
			pay_debts(w);
			put(w, str_head(text, len));
		} else {
			len = space_length(text);
			put_space(w, str_head(text, len));
		}
		text = str_from(text, len);
	}
}

void
html_writer_block(struct html_writer *w, size_t breaks)
{
	if (w->breaks < breaks)
		w->breaks = breaks;
}

void
html_writer_break(struct html_writer *w)
{
	w->breaks++;
}

void
html_writer_space(struct html_writer *w)
{
	w->space = true;
}

struct str
html_writer_str(const struct html_writer *w)
{
	return str_of(w->data, w->len);
}
