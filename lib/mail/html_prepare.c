/*
 * html_prepare: HTML before it is read.
 *
 * One walk, one copy that is never longer.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "html_prepare.h"
#include "html_token.h"

/* "<br/>" without its slash: its length, or 0. */
static size_t
empty_tag(struct str s, size_t *name)
{
	size_t end = 1;

	while (
	    end < s.len && (ascii_is_alnum(s.data[end]) || s.data[end] == '_'))
		end++;
	*name = end;
	while (end < s.len && html_is_space(s.data[end]))
		end++;
	return *name > 1 && str_starts(str_from(s, end), "/>") ? end + 2 : 0;
}

/* The next octet that prepare looks at. */
static size_t
plain_length(struct str s)
{
	size_t i = 0;

	while (i < s.len && s.data[i] != '&' && s.data[i] != '<' &&
	    s.data[i] != '\xe2')
		i++;
	return i;
}

struct str
html_prepare(struct str html, struct arena *arena)
{
	char *out = arena_alloc(arena, html.len + 1);
	size_t len = 0, used, name;

	for (;;) {
		used = plain_length(html);
		memcpy(out + len, html.data, used);
		len += used;
		html = str_from(html, used);
		if (html.len == 0)
			return str_of(out, len);
		used = html.data[0] == '<' ? empty_tag(html, &name) : 0;
		if (used) {
			memcpy(out + len, html.data, name);
			len += name;
			out[len++] = '>';
		} else if (str_starts(html, "&nbsp;")) {
			out[len++] = ' ';
			used = 6;
		} else if (str_starts(html, "\xe2\x80\x9c") ||
		    str_starts(html, "\xe2\x80\x9d")) {
			out[len++] = '"';
			used = 3;
		} else {
			out[len++] = html.data[0];
			used = 1;
		}
		html = str_from(html, used);
	}
}
