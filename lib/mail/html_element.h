/*
 * html_element: what an element does to the text around it.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_HTML_ELEMENT_H
#define POSTERN_HTML_ELEMENT_H

#include "postern/str.h"

enum html_element {
	HTML_INLINE,    /* nothing; also every unknown one */
	HTML_LINE,      /* <div>: stands on lines of its own */
	HTML_PARAGRAPH, /* <p>: with an empty line around it */
	HTML_BREAK,     /* <br> */
	HTML_CELL,      /* <td>: a space */
	HTML_PRE,       /* <pre>: white space stays */
	HTML_HIDDEN,    /* <script>: its content is no text at all */
	HTML_TITLE      /* <title> */
};

enum html_element html_element_find(struct str name);

/* Whether the value of such an attribute is a URL. */
bool html_attribute_is_link(struct str name);

#endif
