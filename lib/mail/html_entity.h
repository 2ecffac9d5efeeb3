/*
 * html_entity: character references (HTML 4.01 chapter 24, and HTML's parsing
 * rules for those that are written badly).
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_HTML_ENTITY_H
#define POSTERN_HTML_ENTITY_H

#include "postern/arena.h"

/*
 * The reference at the start of s, which starts with "&".  Returns how many
 * octets it has, or 0 when it is none and the "&" stands for itself.  Without
 * a semicolon a name in running text may have letters right behind it, in an
 * attribute it may not: "&copy=1" is one, "&copying=1" is more of a URL.
 */
size_t html_entity_read(struct str s, bool attribute, uint32_t *code);

/* Text or an attribute's value with its references decoded. */
struct str
html_entity_decode(struct str value, bool attribute, struct arena *arena);

#endif
