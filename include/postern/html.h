/*
 * html: what a reader would see of an HTML part, and where it leads.
 *
 * A streaming tokenizer without a tree: O(n) whatever the nesting.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_HTML_H
#define POSTERN_HTML_H

#include "postern/arena.h"

struct html_text {
	struct str text;   /* UTF-8; block elements end lines, entities decoded,
			     script, style, comments and <title> left out */
	struct str *links; /* href, src, action ... values, entities decoded */
	size_t link_count;
	struct str title;
};

/* html is valid UTF-8.  At most 10,000 links are kept. */
void html_render(struct str html, struct arena *arena, struct html_text *out);

#endif
