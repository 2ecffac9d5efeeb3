/*
 * uri: addresses of the web, taken apart and resolved (RFC 3986 5.2).
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/strbuf.h"
#include "postern/uri.h"

static size_t
length_without(struct str s, const char *stops)
{
	size_t i = 0;

	while (i < s.len && !ascii_is_one_of(s.data[i], stops))
		i++;
	return i;
}

void
uri_parse(struct str text, struct uri *out)
{
	size_t end = length_without(text, ":/?#");

	*out = (struct uri) {.path = text};
	if (end > 0 && end < text.len && text.data[end] == ':') {
		out->scheme = str_head(text, end);
		out->has_scheme = true;
		text = str_from(text, end + 1);
	}
	if (str_starts(text, "//")) {
		text = str_from(text, 2);
		out->has_authority = true;
		end = length_without(text, "/?#");
		out->authority = str_head(text, end);
		text = str_from(text, end);
	}
	end = length_without(text, "?#");
	out->path = str_head(text, end);
	text = str_from(text, end);
	if (str_starts(text, "?")) {
		text = str_from(text, 1);
		out->has_query = true;
		end = length_without(text, "#");
		out->query = str_head(text, end);
		text = str_from(text, end);
	}
	out->has_fragment = str_starts(text, "#");
	out->fragment = str_from(text, out->has_fragment);
}

/* Takes the last segment and its slash off what was written from start on. */
static void
drop_segment(struct strbuf *out, size_t start)
{
	size_t len = out->len;

	while (len > start && out->data[len - 1] != '/')
		len--;
	if (len > start)
		len--;
	strbuf_truncate(out, len);
}

/* RFC 3986 5.2.4 */
static void
add_path(struct strbuf *out, struct str path)
{
	size_t start = out->len, end;

	if (str_starts(path, "./"))
		path = str_from(path, 1);
	else if (str_starts(path, "../"))
		path = str_from(path, 2);
	while (path.len) {
		if (str_starts(path, "/./")) {
			path = str_from(path, 2);
			continue;
		}
		if (str_starts(path, "/../")) {
			path = str_from(path, 3);
			drop_segment(out, start);
			continue;
		}
		if (str_is(path, "/.")) {
			path = str_c("/");
		} else if (str_is(path, "/..")) {
			path = str_c("/");
			drop_segment(out, start);
		}
		end = path.data[0] == '/';
		end += str_find(str_from(path, end), '/');
		strbuf_add(out, str_head(path, end));
		path = str_from(path, end);
	}
}

/* The path of a reference that does not begin with "/". */
static struct str
merge_path(const struct uri *base, struct str path, struct arena *arena)
{
	struct str folder = base->path;

	if (base->has_authority && folder.len == 0)
		folder = str_c("/");
	else if (str_find(folder, '/') < folder.len)
		folder = str_head(folder, str_find_last(folder, '/') + 1);
	else
		folder = str_c("");
	return arena_printf(arena, "%.*s%.*s", (int)folder.len, folder.data,
	    (int)path.len, path.data);
}

/* "//www.example.org" without a scheme is taken for the web. */
static void
add_scheme(struct strbuf *out, const struct uri *u)
{
	static const char *const guesses[] = {"www", "http:", "ftp", "ftp:"};
	size_t i, k;

	if (u->scheme.len) {
		strbuf_add(out, u->scheme);
		strbuf_putc(out, ':');
		return;
	}
	for (i = 0; u->has_authority && i < 4; i += 2) {
		if (!str_case_starts(u->authority, guesses[i]))
			continue;
		for (k = 3; k < u->authority.len &&
		     ascii_is_digit(u->authority.data[k]);)
			k++;
		if (k < u->authority.len && u->authority.data[k] == '.')
			strbuf_puts(out, guesses[i + 1]);
	}
}

static struct str
compose(const struct uri *u, bool plain, struct arena *arena)
{
	struct strbuf out;
	struct str copy;

	strbuf_init(&out);
	add_scheme(&out, u);
	if (u->has_authority) {
		strbuf_puts(&out, "//");
		strbuf_add(&out, u->authority);
	}
	if (plain)
		strbuf_add(&out, u->path);
	else
		add_path(&out, u->path);
	if (u->has_query) {
		strbuf_putc(&out, '?');
		strbuf_add(&out, u->query);
	}
	if (u->has_fragment) {
		strbuf_putc(&out, '#');
		strbuf_add(&out, u->fragment);
	}
	copy = arena_copy(arena, strbuf_str(&out));
	strbuf_clear(&out);
	return copy;
}

struct str
uri_resolve(struct str base, struct str reference, struct arena *arena)
{
	struct uri b, u;

	uri_parse(base, &b);
	uri_parse(reference, &u);
	if (u.has_scheme && (!b.has_scheme || !str_eq(u.scheme, b.scheme)))
		return compose(&u, false, arena);
	u.scheme = b.scheme;
	if (u.has_authority)
		return compose(&u, false, arena);
	u.authority = b.authority;
	u.has_authority = b.has_authority;
	if (u.path.len == 0) {
		u.path = b.path;
		if (!u.has_query) {
			u.query = b.query;
			u.has_query = b.has_query;
		}
		return compose(&u, true, arena);
	}
	if (u.path.data[0] != '/')
		u.path = merge_path(&b, u.path, arena);
	return compose(&u, false, arena);
}
