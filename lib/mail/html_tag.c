/*
 * html_tag: what an element does, and which ones were seen.
 *
 * Names are compared without case.  A mail may have as many different names
 * as it likes: they are kept in a hash table, and those above SEEN_MAX are
 * not kept, so that a bad choice of names costs nothing.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "html_tag.h"

enum { ROOM_MIN = 64, KEY_MAX = 64, SEEN_MAX = 256 };

/* clang-format off */
/* Sorted by name. */
static const struct html_tag tags[] = {
    {"a", HTML_KNOWN | HTML_STYLED | HTML_LEADS, HTML_A},
    {"abbr", HTML_KNOWN, HTML_OTHER},
    {"acronym", HTML_KNOWN, HTML_OTHER},
    {"address", HTML_KNOWN, HTML_OTHER},
    {"applet", HTML_KNOWN, HTML_OTHER},
    {"area", HTML_KNOWN | HTML_LEADS, HTML_AREA},
    {"b", HTML_KNOWN, HTML_OTHER},
    {"base", HTML_KNOWN | HTML_LEADS, HTML_BASE},
    {"basefont", HTML_KNOWN | HTML_STYLED, HTML_BASEFONT},
    {"bdo", HTML_KNOWN, HTML_OTHER},
    {"bgsound", HTML_LEADS | HTML_TRICK, HTML_OTHER},
    {"big", HTML_KNOWN | HTML_STYLED, HTML_BIG},
    {"blockquote", HTML_KNOWN | HTML_PARAGRAPH, HTML_OTHER},
    {"body", HTML_KNOWN | HTML_STYLED | HTML_LEADS, HTML_BODY},
    {"br", HTML_KNOWN | HTML_LINE, HTML_OTHER},
    {"button", HTML_KNOWN, HTML_OTHER},
    {"caption", HTML_KNOWN, HTML_OTHER},
    {"center", HTML_KNOWN, HTML_OTHER},
    {"cite", HTML_KNOWN, HTML_OTHER},
    {"code", HTML_KNOWN, HTML_OTHER},
    {"col", HTML_KNOWN, HTML_OTHER},
    {"colgroup", HTML_KNOWN, HTML_OTHER},
    {"dd", HTML_KNOWN | HTML_CELL, HTML_OTHER},
    {"del", HTML_KNOWN, HTML_OTHER},
    {"dfn", HTML_KNOWN, HTML_OTHER},
    {"dir", HTML_KNOWN, HTML_OTHER},
    {"div", HTML_KNOWN | HTML_STYLED | HTML_LINE, HTML_DIV},
    {"dl", HTML_KNOWN, HTML_OTHER},
    {"dt", HTML_KNOWN | HTML_CELL, HTML_OTHER},
    {"em", HTML_KNOWN, HTML_OTHER},
    {"embed", HTML_CELL | HTML_LEADS | HTML_TRICK, HTML_EMBED},
    {"fieldset", HTML_KNOWN, HTML_OTHER},
    {"font", HTML_KNOWN | HTML_STYLED, HTML_FONT},
    {"form", HTML_KNOWN | HTML_LEADS, HTML_FORM},
    {"frame", HTML_KNOWN | HTML_LEADS, HTML_OTHER},
    {"frameset", HTML_KNOWN, HTML_OTHER},
    {"h1", HTML_KNOWN | HTML_CELL, HTML_OTHER},
    {"h2", HTML_KNOWN | HTML_CELL, HTML_OTHER},
    {"h3", HTML_KNOWN | HTML_CELL, HTML_OTHER},
    {"h4", HTML_KNOWN | HTML_CELL, HTML_OTHER},
    {"h5", HTML_KNOWN | HTML_CELL, HTML_OTHER},
    {"h6", HTML_KNOWN | HTML_CELL, HTML_OTHER},
    {"head", HTML_KNOWN, HTML_OTHER},
    {"hr", HTML_KNOWN | HTML_PARAGRAPH, HTML_OTHER},
    {"html", HTML_KNOWN, HTML_HTML},
    {"i", HTML_KNOWN, HTML_OTHER},
    {"iframe", HTML_KNOWN | HTML_LEADS, HTML_OTHER},
    {"img", HTML_KNOWN | HTML_LEADS, HTML_IMG},
    {"input", HTML_KNOWN, HTML_OTHER},
    {"ins", HTML_KNOWN, HTML_OTHER},
    {"isindex", HTML_KNOWN, HTML_OTHER},
    {"kbd", HTML_KNOWN, HTML_OTHER},
    {"label", HTML_KNOWN, HTML_OTHER},
    {"legend", HTML_KNOWN, HTML_OTHER},
    {"li", HTML_KNOWN | HTML_CELL, HTML_OTHER},
    {"link", HTML_KNOWN | HTML_LEADS, HTML_LINK},
    {"listing", HTML_PARAGRAPH | HTML_TRICK, HTML_OTHER},
    {"map", HTML_KNOWN, HTML_OTHER},
    {"menu", HTML_KNOWN, HTML_OTHER},
    {"meta", HTML_KNOWN | HTML_LEADS, HTML_META},
    {"nobr", HTML_KNOWN, HTML_OTHER},
    {"noframes", HTML_KNOWN, HTML_OTHER},
    {"noscript", HTML_KNOWN, HTML_OTHER},
    {"object", HTML_KNOWN, HTML_OBJECT},
    {"ol", HTML_KNOWN, HTML_OTHER},
    {"optgroup", HTML_KNOWN, HTML_OTHER},
    {"option", HTML_KNOWN, HTML_OTHER},
    {"p", HTML_KNOWN | HTML_STYLED | HTML_PARAGRAPH, HTML_P},
    {"param", HTML_KNOWN, HTML_OTHER},
    {"plaintext", HTML_PARAGRAPH | HTML_TRICK, HTML_OTHER},
    {"pre", HTML_KNOWN | HTML_PARAGRAPH, HTML_OTHER},
    {"q", HTML_KNOWN, HTML_OTHER},
    {"s", HTML_KNOWN, HTML_OTHER},
    {"samp", HTML_KNOWN, HTML_OTHER},
    {"script", HTML_KNOWN | HTML_LEADS, HTML_SCRIPT_TAG},
    {"select", HTML_KNOWN, HTML_OTHER},
    {"small", HTML_KNOWN | HTML_STYLED, HTML_SMALL},
    {"span", HTML_KNOWN | HTML_STYLED, HTML_SPAN},
    {"strike", HTML_KNOWN, HTML_OTHER},
    {"strong", HTML_KNOWN, HTML_OTHER},
    {"style", HTML_KNOWN, HTML_STYLE_TAG},
    {"sub", HTML_KNOWN, HTML_OTHER},
    {"sup", HTML_KNOWN, HTML_OTHER},
    {"table", HTML_KNOWN | HTML_STYLED | HTML_LEADS, HTML_TABLE},
    {"tbody", HTML_KNOWN, HTML_OTHER},
    {"td", HTML_KNOWN | HTML_STYLED | HTML_CELL | HTML_LEADS, HTML_TD},
    {"textarea", HTML_KNOWN, HTML_OTHER},
    {"tfoot", HTML_KNOWN, HTML_OTHER},
    {"th", HTML_KNOWN | HTML_STYLED | HTML_CELL, HTML_TD},
    {"thead", HTML_KNOWN, HTML_OTHER},
    {"title", HTML_KNOWN | HTML_PARAGRAPH, HTML_TITLE_TAG},
    {"tr", HTML_KNOWN | HTML_STYLED | HTML_LEADS, HTML_TR},
    {"tt", HTML_KNOWN, HTML_OTHER},
    {"u", HTML_KNOWN, HTML_OTHER},
    {"ul", HTML_KNOWN, HTML_OTHER},
    {"var", HTML_KNOWN, HTML_OTHER},
    {"x-sigsep", HTML_KNOWN, HTML_OTHER},
    {"x-tab", HTML_KNOWN, HTML_OTHER},
    {"xmp", HTML_PARAGRAPH | HTML_TRICK, HTML_OTHER},
};
/* clang-format on */

struct seen {
	struct str name;
	struct html_seen is;
	uint32_t hash;
};

struct html_inside {
	struct arena *arena;
	struct seen *at; /* a power of two of places */
	size_t room;
	size_t count;
	struct html_seen spare; /* for a name too many */
};

static int
tag_compare(const void *key, const void *row)
{
	const struct str *name = key;
	const char *text = ((const struct html_tag *)row)->name;
	size_t i = 0;

	while (
	    i < name->len && text[i] && ascii_lower(name->data[i]) == text[i])
		i++;
	if (i == name->len)
		return text[i] ? -1 : 0;
	if (!text[i]) /* a NUL goes on, too */
		return 1;
	return (unsigned char)ascii_lower(name->data[i]) -
	    (unsigned char)text[i];
}

/* NULL for a name that HTML does not know. */
static const struct html_tag *
tag_find(struct str name)
{
	return bsearch(&name, tags, sizeof(tags) / sizeof(tags[0]),
	    sizeof(tags[0]), tag_compare);
}

struct html_inside *
html_inside_new(struct arena *arena)
{
	struct html_inside *inside = arena_alloc(arena, sizeof(*inside));

	inside->arena = arena;
	inside->room = ROOM_MIN;
	inside->at = arena_array(arena, inside->room, sizeof(*inside->at));
	return inside;
}

static uint32_t
hash_of(struct str name)
{
	uint32_t hash = 2166136261u;
	size_t i;

	for (i = 0; i < name.len; i++)
		hash = (hash ^ (unsigned char)ascii_lower(name.data[i])) *
		    16777619u;
	return hash;
}

/* The place of that name, or the free one where it belongs. */
static struct seen *
place_of(const struct html_inside *inside, struct str name, uint32_t hash)
{
	size_t i = hash & (inside->room - 1);

	while (inside->at[i].name.data &&
	    (inside->at[i].hash != hash ||
		!str_case_eq(inside->at[i].name, name)))
		i = (i + 1) & (inside->room - 1);
	return &inside->at[i];
}

static void
grow(struct html_inside *inside)
{
	struct html_inside old = *inside;
	size_t i;

	inside->room *= 2;
	inside->at =
	    arena_array(inside->arena, inside->room, sizeof(*inside->at));
	for (i = 0; i < old.room; i++)
		if (old.at[i].name.data)
			*place_of(inside, old.at[i].name, old.at[i].hash) =
			    old.at[i];
}

struct html_seen *
html_inside_get(struct html_inside *inside, struct str whole, bool *fresh)
{
	struct str name = str_head(whole, KEY_MAX);
	uint32_t hash;
	struct seen *place;

	hash = hash_of(name);
	place = place_of(inside, name, hash);
	*fresh = !place->name.data;
	if (*fresh && inside->count == SEEN_MAX) {
		inside->spare = (struct html_seen) {0, tag_find(whole)};
		return &inside->spare;
	}
	if (*fresh && 2 * ++inside->count > inside->room) {
		grow(inside);
		place = place_of(inside, name, hash);
	}
	if (*fresh) {
		place->name = name;
		place->hash = hash;
		place->is.tag = tag_find(whole);
	}
	return &place->is;
}

const struct html_seen *
html_inside_find(const struct html_inside *inside, struct str name)
{
	const struct seen *place;

	name = str_head(name, KEY_MAX);
	place = place_of(inside, name, hash_of(name));
	return place->name.data ? &place->is : NULL;
}
