/*
 * target_uri: the addresses that a mail leads to, from its text and its HTML,
 * in every form that a reader may take them.
 *
 * An address from running text counts only when one of its forms has a host
 * below a known top-level domain; one that HTML names counts always.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "filters/rules/text/domain.h"
#include "target.h"
#include "filters/rules/text/uri_forms.h"
#include "filters/rules/text/uri_text.h"

enum { URIS_MAX = 10000, ROOM_MIN = 256 };

/* Texts that were there already. */
struct seen {
	struct arena *arena;
	struct str *at; /* a power of two of places */
	size_t room;
	size_t count;
};

struct collector {
	struct targets *t;
	const struct lists *lists;
	const struct redirectors *redirectors;
	struct seen found;  /* addresses as they stand in text */
	struct seen linked; /* in HTML */
	struct seen given;  /* what is in t->uri */
	struct uri_forms forms;
};

static size_t
hash_of(struct str text)
{
	uint64_t hash = 14695981039346656037u;
	size_t i;

	for (i = 0; i < text.len; i++)
		hash = (hash ^ (unsigned char)text.data[i]) * 1099511628211u;
	return (size_t)(hash ^ hash >> 32);
}

static struct str *
place_of(const struct seen *s, struct str text)
{
	size_t i = hash_of(text) & (s->room - 1);

	while (s->at[i].data && !str_eq(s->at[i], text))
		i = (i + 1) & (s->room - 1);
	return &s->at[i];
}

static void
grow(struct seen *s)
{
	struct seen old = *s;
	size_t i;

	s->room = old.room ? 2 * old.room : ROOM_MIN;
	s->at = arena_array(s->arena, s->room, sizeof(*s->at));
	for (i = 0; i < old.room; i++)
		if (old.at[i].data)
			*place_of(s, old.at[i]) = old.at[i];
}

/* False when it was there, or when there are too many. */
static bool
is_new(struct seen *s, struct str text)
{
	struct str *place;

	if (s->count == URIS_MAX)
		return false;
	if (2 * s->count >= s->room)
		grow(s);
	place = place_of(s, text);
	if (place->data)
		return false;
	*place = text;
	s->count++;
	return true;
}

static bool
has_host(const struct collector *c)
{
	size_t i;

	for (i = 0; i < c->forms.count; i++)
		if (domain_uri_host(c->lists, c->forms.at[i], c->t->scan->arena)
			.len > 0)
			return true;
	return false;
}

static void
add(struct collector *c, struct str uri, bool needs_host)
{
	struct arena *arena = c->t->scan->arena;
	size_t i;

	uri_forms_find(uri, c->lists, c->redirectors, arena, &c->forms);
	if (needs_host && !has_host(c))
		return;
	for (i = 0; i < c->forms.count; i++)
		if (is_new(&c->given, c->forms.at[i]))
			target_push(arena, &c->t->uri, c->forms.at[i]);
}

static bool
is_mail_with_tld(const struct collector *c, struct str uri)
{
	size_t at = str_find(uri, '@'), end = at + 1;
	struct str host;

	if (at == uri.len)
		return false;
	while (end < uri.len && !ascii_is_one_of(uri.data[end], "?&>"))
		end++;
	host = str_head(str_from(uri, at + 1), end - at - 1);
	while (str_ends(host, "%20"))
		host.len -= 3;
	return str_find(host, ' ') == host.len &&
	    str_find(host, '\t') == host.len && domain_has_tld(c->lists, host);
}

static void
add_from_text(struct collector *c, struct str text)
{
	struct arena *arena = c->t->scan->arena;
	struct uri_search search;
	struct uri_found found;
	struct str uri;

	uri_search_init(&search, text, c->lists);
	while (uri_search_next(&search, &found)) {
		if (!is_new(&c->found, found.text))
			continue;
		uri = uri_text_complete(&found, arena);
		if (uri.len == 0)
			continue;
		if (str_case_starts(uri, "mailto:")) {
			if (uri_forms_is_encoded(uri))
				uri = uri_forms_decode(uri, arena);
			if (!is_mail_with_tld(c, uri))
				continue;
		}
		add(c, uri, true);
	}
}

static void
add_from_html(struct collector *c, const struct html_text *html)
{
	size_t i;

	for (i = 0; i < html->link_count; i++)
		if (is_new(&c->linked, html->links[i].uri))
			add(c, html->links[i].uri, false);
	for (i = 0; i < html->anchor_count; i++)
		if (is_new(&c->linked, html->anchors[i].href))
			add(c, html->anchors[i].href, false);
}

const struct target_texts *
target_uri(struct targets *t)
{
	static const struct lists none = {.count = 0};
	struct arena *arena = t->scan->arena;
	struct collector *c;
	const struct target_texts *body;
	struct text_parts *parts;
	size_t i;

	if (t->have_uri)
		return &t->uri;
	t->have_uri = true;
	c = arena_alloc(arena, sizeof(*c));
	c->t = t;
	c->lists = t->set ? &t->set->lists : &none;
	c->redirectors = t->set ? t->set->redirectors : NULL;
	c->found.arena = c->linked.arena = c->given.arena = arena;
	body = target_body(t);
	for (i = 0; i < body->count; i++)
		add_from_text(c, body->at[i]);
	parts = target_parts(t);
	for (i = 0; i < parts->count; i++)
		if (parts->at[i].shown && parts->at[i].facts)
			add_from_html(c, parts->at[i].facts);
	return &t->uri;
}
