/*
 * html_links: where HTML leads: addresses in its attributes, and anchors.
 *
 * An address is kept resolved against <base>, unless its scheme leads nowhere
 * on the net.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "html_links.h"

#include "html_entity.h"
#include "postern/uri.h"

static bool
is_blank(struct str s, size_t at)
{
	return html_is_space(s.data[at]);
}

/* A byte order mark inside an address is not seen. */
static struct str
without_marks(struct str uri, struct arena *arena)
{
	size_t at = str_find_str(uri, str_c("\xef\xbb\xbf"));
	char *out;
	size_t len = 0;

	if (at == uri.len)
		return uri;
	out = arena_alloc(arena, uri.len);
	while (uri.len) {
		at = str_find_str(uri, str_c("\xef\xbb\xbf"));
		memcpy(out + len, uri.data, at);
		len += at;
		uri = str_from(uri, at + 3);
	}
	return str_of(out, len);
}

struct str
html_links_trim(struct html_links *l, struct str uri)
{
	uri = without_marks(uri, l->arena);
	for (;;) {
		if (uri.len && is_blank(uri, 0))
			uri = str_from(uri, 1);
		else if (str_starts(uri, "\xc2\xa0"))
			uri = str_from(uri, 2);
		else
			break;
	}
	for (;;) {
		if (uri.len && is_blank(uri, uri.len - 1))
			uri.len--;
		else if (str_ends(uri, "\xc2\xa0"))
			uri.len -= 2;
		else
			break;
	}
	if (uri.len > HTML_LINK_SIZE_MAX) {
		l->out->facts.uri_truncated = true;
		uri.len = HTML_LINK_SIZE_MAX;
		while (uri.len && (uri.data[uri.len] & 0xc0) == 0x80)
			uri.len--;
	}
	return uri;
}

static bool
stays(struct str uri)
{
	static const char *const schemes[] = {
	    "data:", "mailto:", "file:", "cid:", "tel:"};
	size_t i;

	for (i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (str_case_starts(uri, schemes[i]))
			return true;
	return false;
}

static void
push(struct html_links *l, const char *tag, struct str uri)
{
	struct html_text *out = l->out;

	if (out->link_count == HTML_LINKS_MAX)
		return;
	uri = html_links_trim(l, uri);
	if (uri.len > 0 && !stays(uri))
		uri = uri_resolve(l->base, uri, l->arena);
	if (uri.len == 0)
		return;
	out->links = arena_push(
	    l->arena, out->links, out->link_count, sizeof(*out->links));
	out->links[out->link_count++] = (struct html_link) {uri, tag};
}

static bool
value_of(struct html_links *l, const struct html_token *token, const char *name,
    struct str *value)
{
	const struct str *found = html_token_value(token, name);

	if (found)
		*value = html_entity_decode(*found, true, l->arena);
	return found != NULL;
}

/* Badly formed names count: "foo/href", which was <a foo/href=...>. */
static bool
reference_of(struct html_links *l, const struct html_token *token,
    const char *name, struct str *value)
{
	struct str ending, one;
	size_t i, at;

	for (i = 0; i < token->attribute_count; i++) {
		one = token->attributes[i].name;
		at = str_find(one, '/');
		ending = str_from(one, at + 1);
		if (at == 0 || at == one.len ||
		    !ascii_is_alnum(one.data[at - 1]) ||
		    !str_case_starts(ending, name))
			continue;
		*value = html_entity_decode(
		    token->attributes[i].value, true, l->arena);
		return true;
	}
	return value_of(l, token, name, value);
}

/* "http://host/folder/file.html" leads to its folder. */
static struct str
folder_of(struct str uri, struct arena *arena)
{
	size_t colon = str_find(uri, ':'), slash, dot;
	struct str host, file;

	host = str_from(uri, colon + 1);
	while (str_starts(host, "/") && host.data < uri.data + colon + 3)
		host = str_from(host, 1);
	slash = str_find(host, '/');
	if (slash < host.len) {
		file = str_from(uri, str_find_last(uri, '/') + 1);
		dot = str_find(file, '.');
		if (dot > 0 && file.len - dot >= 3 && file.len - dot <= 5 &&
		    str_find_last(file, '.') == dot)
			uri.len -= file.len;
	}
	if (str_ends(uri, "/"))
		return uri;
	return arena_printf(arena, "%.*s/", (int)uri.len, uri.data);
}

static void
read_base(struct html_links *l, const struct html_token *token)
{
	struct str uri;

	if (!value_of(l, token, "href", &uri) || uri.len == 0 ||
	    str_is(uri, "0"))
		return;
	uri = html_links_trim(l, uri);
	push(l, "base", uri);
	if (str_case_starts(uri, "http:") || str_case_starts(uri, "https:") ||
	    str_case_starts(uri, "ftp:"))
		l->base = folder_of(uri, l->arena);
}

/* <meta http-equiv=refresh content="5; url=..."> */
static void
read_refresh(struct html_links *l, const struct html_token *token)
{
	struct str what, content, rest;
	size_t at, start = 0;
	bool found = false;

	if (!value_of(l, token, "http-equiv", &what) ||
	    !value_of(l, token, "content", &content) ||
	    str_case_find_str(what, str_c("refresh")) == what.len)
		return;
	while ((at = str_case_find_str(str_from(content, start),
		    str_c("url"))) < content.len - start) {
		rest = str_from(content, start + at + 3);
		while (rest.len && html_is_space(rest.data[0]))
			rest = str_from(rest, 1);
		if (str_starts(rest, "=") &&
		    (start + at == 0 ||
			!ascii_is_alnum(content.data[start + at - 1]))) {
			what = str_from(rest, 1);
			found = true;
		}
		start += at + 3;
	}
	if (!found)
		return;
	push(l, "meta", str_trim(str_head(what, str_find(what, ';'))));
}

void
html_links_read(struct html_links *l, const struct html_tag *tag,
    const struct html_token *token)
{
	struct str value;

	switch (tag->id) {
	case HTML_BODY:
	case HTML_TABLE:
	case HTML_TR:
	case HTML_TD:
		if (str_is(str_c(tag->name), "th"))
			break;
		if (value_of(l, token, "background", &value))
			push(l, tag->name, value);
		break;
	case HTML_A:
	case HTML_AREA:
	case HTML_LINK:
		if (reference_of(l, token, "href", &value))
			push(l, tag->name, value);
		if (value_of(l, token, "data-saferedirecturl", &value))
			push(l, tag->name, value);
		break;
	case HTML_FORM:
		if (value_of(l, token, "action", &value))
			push(l, tag->name, value);
		break;
	case HTML_BASE:
		read_base(l, token);
		break;
	case HTML_META:
		read_refresh(l, token);
		break;
	default:
		if (reference_of(l, token, "src", &value))
			push(l, tag->name, value);
	}
}
