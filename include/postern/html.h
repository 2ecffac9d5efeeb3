/*
 * html: what a reader would see of an HTML part, where it leads, and facts
 * about how it is written.
 *
 * A streaming tokenizer without a tree: O(n) whatever the nesting.  Text and
 * facts are those that SpamAssassin finds, so that its rules mean the same
 * here.  Text is UTF-8, character references are decoded.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_HTML_H
#define POSTERN_HTML_H

#include "postern/arena.h"

enum {
	HTML_LINKS_MAX = 10000, /* and as many texts of each kind */
	HTML_LINK_SIZE_MAX = 8192
};

struct html_list {
	struct str *at;
	size_t count;
};

/* <a href>: the address as written, trimmed, and the text that leads there. */
struct html_anchor {
	struct str href;
	struct str text; /* "<img>\n" for each image */
};

/* An address, resolved against <base>, and the element that names it. */
struct html_link {
	struct str uri;
	const char *tag; /* lower case */
};

struct html_inside;

struct html_facts {
	unsigned tags;     /* start and end tags, and <!doctype> */
	unsigned elements; /* those among them that HTML knows */
	unsigned tags_seen, elements_seen; /* different ones */
	unsigned closed_extra;             /* end tags without a start */
	unsigned obfuscation;              /* words that a tag cuts apart */
	unsigned backhair; /* different lengths of their halves */
	double image_area;
	int min_size, max_size;          /* of fonts; 3 is normal */
	size_t length;                   /* characters of HTML */
	size_t octets;                   /* as it was decoded */
	size_t text_length, text_spaces; /* characters of rendered text */
	bool closed_html, closed_body;
	bool embeds, form_action_mailto;
	bool font_low_contrast, font_invalid_color, font_face_bad;
	bool uri_truncated;
	struct str charsets; /* that <meta> claims, separated by spaces */
};

struct html_text {
	struct str text; /* as it is shown, invisible parts included */
	bool wide; /* it has characters above U+00FF, or was decoded from a
		      charset */
	struct html_link *links;
	size_t link_count;
	struct html_anchor *anchors;
	size_t anchor_count;
	struct html_list titles, comments, scripts;
	struct html_facts facts;
	struct html_inside *inside;
};

/* html is valid UTF-8; decoded: from what charset_read decoded. */
void html_render(
    struct str html, bool decoded, struct arena *arena, struct html_text *out);

/* Whether an element was there; *open is how many are not closed. */
bool
html_has_tag(const struct html_text *html, struct str name, unsigned *open);

#endif
