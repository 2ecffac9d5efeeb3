/*
 * html_tag: what an element does, and which ones were seen.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_HTML_TAG_H
#define POSTERN_HTML_TAG_H

#include "postern/arena.h"

/* What an element does; bits. */
enum {
	HTML_KNOWN = 1 << 0,     /* HTML 4 has it */
	HTML_STYLED = 1 << 1,    /* sets colour and size of its text */
	HTML_LINE = 1 << 2,      /* a line end around it */
	HTML_CELL = 1 << 3,      /* a space around it */
	HTML_PARAGRAPH = 1 << 4, /* two line ends around it */
	HTML_LEADS = 1 << 5,     /* may hold an address */
	HTML_TRICK = 1 << 6      /* not HTML 4, but shown */
};

enum html_id {
	HTML_OTHER,
	HTML_A,
	HTML_AREA,
	HTML_BASE,
	HTML_BASEFONT,
	HTML_BIG,
	HTML_BODY,
	HTML_DIV,
	HTML_EMBED,
	HTML_FONT,
	HTML_FORM,
	HTML_HTML,
	HTML_IMG,
	HTML_LINK,
	HTML_META,
	HTML_OBJECT,
	HTML_P,
	HTML_SCRIPT_TAG,
	HTML_SMALL,
	HTML_SPAN,
	HTML_STYLE_TAG,
	HTML_TABLE,
	HTML_TD, /* and th */
	HTML_TITLE_TAG,
	HTML_TR,
	HTML_IDS
};

struct html_tag {
	const char *name; /* lower case */
	unsigned effects;
	enum html_id id;
};

/* Of one name. */
struct html_seen {
	unsigned open;              /* how many are */
	const struct html_tag *tag; /* NULL when HTML does not know the name */
};

/* All names; one that was ever there is found. */
struct html_inside;
struct html_inside *html_inside_new(struct arena *arena);

/* What is known of that name; *fresh when it was not there yet. */
struct html_seen *
html_inside_get(struct html_inside *inside, struct str whole, bool *fresh);
const struct html_seen *
html_inside_find(const struct html_inside *inside, struct str name);

#endif
