/*
 * html_token: HTML cut into texts and tags.
 *
 * It cuts where HTML::Parser and with it SpamAssassin cut.  Everything is read
 * once, whatever the nesting; nothing fails.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_HTML_TOKEN_H
#define POSTERN_HTML_TOKEN_H

#include "postern/arena.h"

enum { HTML_ATTRIBUTES_MAX = 100 }; /* of one tag; more are passed over */

enum html_kind {
	HTML_TEXT,
	HTML_START,
	HTML_END,
	HTML_COMMENT, /* whatever else starts with "<!" or is cut off */
	HTML_DOCTYPE,
	HTML_IGNORED
};

struct html_attribute {
	struct str name;
	struct str value; /* as written, quotes left out; name when absent */
};

struct html_token {
	enum html_kind kind;
	struct str text; /* all of it, as written */
	struct str name; /* of tags, as written */
	bool literal;    /* text without character references */
	size_t attribute_count;
	struct html_attribute attributes[HTML_ATTRIBUTES_MAX];
};

enum html_literal {
	HTML_NORMAL,
	HTML_SCRIPT,
	HTML_STYLE,
	HTML_XMP,
	HTML_IFRAME,
	HTML_TITLE,
	HTML_TEXTAREA,
	HTML_PLAINTEXT,
	HTML_LITERALS
};

struct html_tokens {
	struct str rest;
	enum html_literal literal;   /* what we are inside of */
	bool endless[HTML_LITERALS]; /* no end of such is to come */
	bool endless_comment;
	bool endless_cdata;
	bool endless_doctype;
};

void html_tokens_init(struct html_tokens *t, struct str html);

/* False at the end. */
bool html_tokens_next(struct html_tokens *t, struct html_token *out);

/* The value of the first attribute of that name, or NULL. */
const struct str *
html_token_search(const struct html_token *token, const char *name);

/* The same at once for tags without any, which are most. */
static inline const struct str *
html_token_value(const struct html_token *token, const char *name)
{
	return token->attribute_count ? html_token_search(token, name) : NULL;
}

/* White space between attributes. */
static inline bool
html_is_space(char c)
{
	return ascii_is_space(c) || c == '\f' || c == '\v';
}

#endif
