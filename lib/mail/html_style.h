/*
 * html_style: how text looks at a place: colour, size, shown or not.
 *
 * A stack of the elements that set it.  Whether an element is on the stack is
 * known without a search, and each is taken off once: linear.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_HTML_STYLE_H
#define POSTERN_HTML_STYLE_H

#include "html_tag.h"
#include "html_token.h"
#include "postern/html.h"

struct html_look {
	enum html_id id;
	int color, background; /* html_color */
	int size;
	bool hidden; /* display: none */
	bool unseen; /* visibility: hidden */
};

struct html_style {
	struct arena *arena;
	struct html_look *at;
	size_t count;
	unsigned on[HTML_IDS]; /* how many of each are on the stack */
	int base;              /* <basefont> */
	struct html_facts *facts;
};

void html_style_init(
    struct html_style *s, struct html_facts *facts, struct arena *arena);

/* An element that is HTML_STYLED. */
void html_style_open(
    struct html_style *s, enum html_id id, const struct html_token *token);
void html_style_close(struct html_style *s, enum html_id id);

/* Whether text here cannot be read; notes why. */
bool html_style_is_invisible(struct html_style *s);

#endif
