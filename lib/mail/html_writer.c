/*
 * html_writer: rendered text, where every run of white space is one space and
 * elements add their own.
 *
 * A space at the end of a piece goes when an element adds white space, one at
 * its start when an element did; that of invisible text stays.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "html_writer.h"

#include "html_token.h"

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
begin(struct html_writer *w, bool space, bool invisible)
{
	w->last = w->len;
	w->any = true;
	w->space = space;
	w->invisible = invisible;
}

static size_t
word_length(struct str s)
{
	size_t i = 0;

	while (i < s.len && !html_is_space(s.data[i]))
		i++;
	return i;
}

void
html_writer_text(struct html_writer *w, struct str text, bool invisible)
{
	bool trim = w->any && w->space && !invisible;
	size_t len;

	begin(w, false, invisible);
	while (text.len) {
		len = word_length(text);
		put(w, str_head(text, len));
		text = str_from(text, len);
		if (text.len == 0)
			return;
		while (text.len && html_is_space(text.data[0]))
			text = str_from(text, 1);
		if (!trim || w->len > w->last)
			put(w, str_c(" "));
		trim = false;
	}
}

void
html_writer_space(struct html_writer *w, const char *space)
{
	if (w->any && !w->space && !w->invisible && w->len > w->last &&
	    w->data[w->len - 1] == ' ')
		w->len--;
	begin(w, true, false);
	put(w, str_c(space));
}

struct str
html_writer_last(const struct html_writer *w)
{
	return str_of(w->data + w->last, w->len - w->last);
}

struct str
html_writer_str(const struct html_writer *w)
{
	return str_of(w->data, w->len);
}
