/*
 * html_links: where HTML leads: addresses in its attributes, and anchors.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_HTML_LINKS_H
#define POSTERN_HTML_LINKS_H

#include "html_tag.h"
#include "html_token.h"
#include "postern/html.h"

struct html_links {
	struct arena *arena;
	struct html_text *out;
	struct str base; /* of <base href> */
};

/* A start tag that is HTML_LEADS. */
void html_links_read(struct html_links *l, const struct html_tag *tag,
    const struct html_token *token);

/* An address as written becomes one as it is kept: trimmed and bounded. */
struct str html_links_trim(struct html_links *l, struct str uri);

#endif
