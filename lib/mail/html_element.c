/*
 * html_element: what an element does to the text around it.
 *
 * Names are compared without case; an unknown name is inline.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "html_element.h"

struct element {
	const char *name;
	enum html_element effect;
};

/* Sorted by name. */
static const struct element elements[] = {
    {"address", HTML_LINE},
    {"article", HTML_LINE},
    {"aside", HTML_LINE},
    {"blockquote", HTML_PARAGRAPH},
    {"body", HTML_LINE},
    {"br", HTML_BREAK},
    {"caption", HTML_LINE},
    {"center", HTML_LINE},
    {"dd", HTML_LINE},
    {"dir", HTML_LINE},
    {"div", HTML_LINE},
    {"dl", HTML_PARAGRAPH},
    {"dt", HTML_LINE},
    {"fieldset", HTML_LINE},
    {"footer", HTML_LINE},
    {"form", HTML_LINE},
    {"h1", HTML_PARAGRAPH},
    {"h2", HTML_PARAGRAPH},
    {"h3", HTML_PARAGRAPH},
    {"h4", HTML_PARAGRAPH},
    {"h5", HTML_PARAGRAPH},
    {"h6", HTML_PARAGRAPH},
    {"head", HTML_LINE},
    {"header", HTML_LINE},
    {"hr", HTML_LINE},
    {"html", HTML_LINE},
    {"iframe", HTML_HIDDEN},
    {"legend", HTML_LINE},
    {"li", HTML_LINE},
    {"listing", HTML_PRE},
    {"main", HTML_LINE},
    {"menu", HTML_LINE},
    {"nav", HTML_LINE},
    {"noembed", HTML_HIDDEN},
    {"noframes", HTML_HIDDEN},
    {"ol", HTML_PARAGRAPH},
    {"option", HTML_LINE},
    {"p", HTML_PARAGRAPH},
    {"pre", HTML_PRE},
    {"script", HTML_HIDDEN},
    {"section", HTML_LINE},
    {"select", HTML_LINE},
    {"style", HTML_HIDDEN},
    {"table", HTML_LINE},
    {"tbody", HTML_LINE},
    {"td", HTML_CELL},
    {"textarea", HTML_PRE},
    {"tfoot", HTML_LINE},
    {"th", HTML_CELL},
    {"thead", HTML_LINE},
    {"title", HTML_TITLE},
    {"tr", HTML_LINE},
    {"ul", HTML_PARAGRAPH},
    {"xmp", HTML_PRE},
};

static int
element_compare(const void *key, const void *row)
{
	const struct str *name = key;

	return str_case_cmp(*name, str_c(((const struct element *)row)->name));
}

enum html_element
html_element_find(struct str name)
{
	const struct element *found =
	    bsearch(&name, elements, sizeof(elements) / sizeof(elements[0]),
		sizeof(elements[0]), element_compare);

	return found ? found->effect : HTML_INLINE;
}

bool
html_attribute_is_link(struct str name)
{
	static const char *const links[] = {"href", "src", "action",
	    "background", "formaction", "cite", "longdesc", "data"};
	size_t i;

	for (i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		if (str_case_is(name, links[i]))
			return true;
	return false;
}
