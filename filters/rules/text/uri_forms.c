/*
 * uri_forms: the forms that one address may take.
 *
 * As SpamAssassin finds them: rules are to see what a mail reader would open,
 * however it is written.  What an address redirects to has forms of its own;
 * their number is bounded.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "domain.h"
#include "uri_forms.h"
#include "uri_host.h"

struct forms {
	struct arena *arena;
	const struct lists *lists;
	const struct redirectors *redirectors;
	struct uri_forms *out;
	struct str queue[URI_FORMS_MAX]; /* addresses whose forms are wanted */
	size_t queued;
};

static bool
is_blank(char c)
{
	return ascii_is_space(c) || c == '\f' || c == '\v';
}

static void
add(struct forms *f, struct str uri)
{
	struct uri_forms *out = f->out;
	size_t i;

	uri = str_head(uri, URI_SIZE_MAX);
	for (i = 0; i < out->count; i++)
		if (str_eq(out->at[i], uri))
			return;
	if (out->count < URI_FORMS_MAX)
		out->at[out->count++] = uri;
}

static void
add_parts(struct forms *f, struct str a, struct str b, struct str c)
{
	add(f,
	    arena_printf(f->arena, "%.*s%.*s%.*s", (int)a.len, a.data,
		(int)b.len, b.data, (int)c.len, c.data));
}

static void
enqueue(struct forms *f, struct str uri)
{
	if (f->queued < URI_FORMS_MAX)
		f->queue[f->queued++] = uri;
}

/* Without line ends, and without white space around. */
static struct str
clean(struct str uri, struct arena *arena)
{
	char *out;
	size_t i, len = 0;

	while (uri.len && is_blank(uri.data[0]))
		uri = str_from(uri, 1);
	while (uri.len && is_blank(uri.data[uri.len - 1]))
		uri.len--;
	if (str_find(uri, '\n') == uri.len && str_find(uri, '\r') == uri.len)
		return uri;
	out = arena_alloc(arena, uri.len);
	for (i = 0; i < uri.len; i++)
		if (uri.data[i] != '\n' && uri.data[i] != '\r')
			out[len++] = uri.data[i];
	return str_of(out, len);
}

/* The two digits behind a "%", or -1. */
static int
escape_at(struct str s, size_t at)
{
	int high = at + 2 < s.len ? ascii_hex_value(s.data[at + 1]) : -1;
	int low = at + 2 < s.len ? ascii_hex_value(s.data[at + 2]) : -1;

	return high >= 0 && low >= 0 ? high << 4 | low : -1;
}

struct str
uri_forms_decode(struct str uri, struct arena *arena)
{
	static const char hex[] = "0123456789abcdef";
	char *out = arena_alloc(arena, 3 * uri.len + 1);
	size_t i, len = 0;
	unsigned char c;
	int code;

	for (i = 0; i < uri.len; i++) {
		c = (unsigned char)uri.data[i];
		code = c == '%' ? escape_at(uri, i) : -1;
		if (code > ' ' && code < 0x7f) {
			out[len++] = (char)code;
			i += 2;
		} else if (code >= 0) {
			memcpy(out + len, uri.data + i, 3);
			len += 3;
			i += 2;
		} else if (c <= ' ' || c >= 0x7f ||
		    ascii_is_one_of((char)c, "\"%<>")) {
			out[len++] = '%';
			out[len++] = hex[c >> 4];
			out[len++] = hex[c & 15];
		} else {
			out[len++] = (char)c;
		}
	}
	return str_of(out, len);
}

bool
uri_forms_is_encoded(struct str uri)
{
	size_t at;

	for (at = 0;; at++) {
		at += str_find(str_from(uri, at), '%');
		if (at >= uri.len || escape_at(uri, at) >= 0)
			return at < uri.len;
	}
}

/* "address?subject=..." leads to the address. */
static void
add_mail_forms(struct forms *f, struct str uri)
{
	size_t at = str_find(uri, '@'), end, open, close;
	struct str rest = str_from(uri, at + 1), address;

	if (at == uri.len)
		return;
	end = str_find(rest, '?');
	if (at > 0 && end > 0 && end < rest.len)
		add(f, str_head(uri, at + 1 + end));
	end = str_find(str_head(rest, end), '&');
	if (at > 0 && end > 0 && end < rest.len && rest.data[end] == '&')
		add(f, str_head(uri, at + 1 + end));
	if (str_find_str(uri, str_c("%20")) < uri.len) {
		address = str_from(uri, str_starts(uri, "mailto:") ? 7 : 0);
		while (str_starts(address, "%20"))
			address = str_from(address, 3);
		at = str_find(address, '@');
		for (end = at + 1; end < address.len &&
		     !ascii_is_one_of(address.data[end], "?&%");)
			end++;
		if (at > 0 && end > at + 1 && end <= address.len)
			add_parts(f, str_c("mailto:"), str_head(address, end),
			    str_c(""));
	}
	for (end = 0; end < uri.len && !ascii_is_one_of(uri.data[end], "?&");)
		end++;
	open = str_find_last(str_head(uri, end), '<');
	if (open >= end)
		return;
	address = str_from(uri, open + 1);
	close = str_find(address, '>');
	at = str_find(address, '@');
	if (at > 0 && at + 1 < close && close < address.len)
		add_parts(
		    f, str_c("mailto:"), str_head(address, close), str_c(""));
}

/* "http:/host" is "http://host", and so is "host". */
static struct str
with_scheme(struct str uri, struct arena *arena)
{
	size_t colon = str_find(uri, ':'), i;
	struct str rest = str_from(uri, colon + 1);

	if (str_case_starts(uri, "http:") || str_case_starts(uri, "https:")) {
		for (i = 0; i < 2 && str_starts(rest, "/"); i++)
			rest = str_from(rest, 1);
		return arena_printf(arena, "%.*s://%.*s", (int)colon, uri.data,
		    (int)rest.len, rest.data);
	}
	return uri;
}

static struct str
with_default_scheme(struct str uri, struct arena *arena)
{
	size_t i = 0;

	while (i < uri.len &&
	    (ascii_is_alnum(uri.data[i]) || uri.data[i] == '-' ||
		uri.data[i] == '_'))
		i++;
	if (i > 0 && i < uri.len && uri.data[i] == ':')
		return uri;
	return arena_printf(arena, "%s://%.*s",
	    str_starts(uri, "ftp.") ? "ftp" : "http", (int)uri.len, uri.data);
}

/* "http://host?query" is "http://host/?query". */
static struct str
with_path(struct str uri, struct arena *arena)
{
	size_t start = str_case_starts(uri, "http://") ? 7 :
	    str_case_starts(uri, "https://")           ? 8 :
							 0;
	size_t end = start;

	while (end < uri.len && !ascii_is_one_of(uri.data[end], "/?#"))
		end++;
	if (start == 0 || end == start || end == uri.len ||
	    uri.data[end] == '/')
		return uri;
	return arena_printf(arena, "%.*s/%.*s", (int)end, uri.data,
	    (int)(uri.len - end), uri.data + end);
}

/* "&#119;" is a character, "&#12290;" a dot; returns its length, or 0. */
static size_t
reference_at(struct str s, char *c)
{
	bool hex = s.len > 2 && s.data[2] == 'x';
	size_t i = hex ? 3 : 2;
	unsigned code = 0;
	int digit;

	for (; i < s.len && code < 0x100000; i++) {
		digit = ascii_hex_value(s.data[i]);
		if (digit < 0 || (!hex && digit > 9))
			break;
		code = code * (hex ? 16 : 10) + (unsigned)digit;
	}
	if (i == s.len || s.data[i] != ';')
		return 0;
	if (code == 0x3002 || code == 0xff0e || code == 0xff61)
		code = '.';
	if (code <= ' ' || code >= 0x7f)
		return 0;
	*c = (char)code;
	return i + 1;
}

static struct str
without_references(struct str uri, struct arena *arena)
{
	size_t at = str_find_str(uri, str_c("&#")), len = 0, used;
	char *out, c;

	if (at == uri.len)
		return uri;
	out = arena_alloc(arena, uri.len);
	while (uri.len) {
		c = uri.data[0];
		used = str_starts(uri, "&#") ? reference_at(uri, &c) : 0;
		out[len++] = c;
		uri = str_from(uri, used ? used : 1);
	}
	return str_of(out, len);
}

static struct str
repair(struct str uri, struct arena *arena)
{
	char *slashes;
	size_t i;

	if (str_find(uri, '\\') < uri.len) {
		slashes = arena_text(arena, uri);
		for (i = 0; i < uri.len; i++)
			if (slashes[i] == '\\')
				slashes[i] = '/';
		uri = str_of(slashes, uri.len);
	}
	uri = with_scheme(uri, arena);
	if (uri_forms_is_encoded(uri))
		uri = uri_forms_decode(uri, arena);
	uri = with_default_scheme(uri, arena);
	uri = with_path(uri, arena);
	return without_references(uri, arena);
}

/* "http://a.example/?u=http://b.example" leads to the second, too. */
static void
add_target(struct forms *f, const struct uri_host *h)
{
	struct str uri = arena_printf(f->arena, "%.*s%.*s%.*s",
	    (int)h->scheme.len, h->scheme.data, (int)h->host.len, h->host.data,
	    (int)h->rest.len, h->rest.data);
	struct str target = str_c(""), rest = h->rest;
	size_t at, end;

	if (f->redirectors)
		target = redirectors_find(f->redirectors, uri);
	while (target.len == 0) {
		at = str_case_find_str(rest, str_c("http"));
		if (at == rest.len)
			return;
		rest = str_from(rest, at);
		end = str_case_starts(rest, "https:") ? 6 : 5;
		if (!str_case_starts(rest, "http:") && end == 5) {
			rest = str_from(rest, 4);
			continue;
		}
		at = end;
		while (end < at + 2 && str_starts(str_from(rest, end), "/"))
			end++;
		while (end < rest.len && rest.data[end] != '&' &&
		    rest.data[end] != '#')
			end++;
		target = str_head(rest, end);
		if (str_find(target, '.') == target.len)
			return;
	}
	enqueue(f, target);
}

static void
add_host(struct forms *f, const struct uri_host *h)
{
	add_parts(f, h->scheme, h->host, h->rest);
}

/* Without the port that the scheme has anyway. */
static void
add_without_port(struct forms *f, const struct uri_host *h)
{
	const char *port = str_is(h->scheme, "http://") ? ":80" : ":443";
	struct str rest = str_from(h->rest, strlen(port));

	if (h->port.len == 0 || !str_starts(h->rest, port) ||
	    (rest.len && (ascii_is_alnum(rest.data[0]) || rest.data[0] == '_')))
		return;
	add_parts(f, h->scheme, h->host, rest);
}

/* "http://shop" is "http://www.shop.com" for some readers. */
static void
add_guess(struct forms *f, const struct uri_host *h)
{
	struct str name = domain_lower(h->host, f->arena), label = name;

	if (!str_is(h->scheme, "http://") || h->has_user ||
	    str_is(name, "localhost") ||
	    (h->port.len && !str_is(h->port, "80")))
		return;
	if (str_starts(label, "www."))
		label = str_from(label, 4);
	if (label.len == 0 || str_find(label, '.') < label.len)
		label = name;
	if (label.len == 0 || str_find(label, '.') < label.len ||
	    domain_has_tld(f->lists, name))
		return;
	add(f,
	    arena_printf(f->arena, "http://www.%.*s.com%.*s", (int)label.len,
		label.data, (int)h->rest.len, h->rest.data));
}

static void
add_host_forms(struct forms *f, struct uri_host *h)
{
	struct uri_host named;
	struct str address;

	add_without_port(f, h);
	named = *h;
	if (uri_host_drop_controls(h, f->arena))
		add_host(f, h);
	add_target(f, h);
	if (uri_host_drop_user(h))
		add_host(f, h);
	if (uri_host_drop_tail(h))
		add_host(f, h);
	address = uri_host_address(h->host, f->arena);
	if (address.len > 0) {
		h->host = address;
		add_host(f, h);
		return;
	}
	add_guess(f, &named);
}

static void
add_forms(struct forms *f, struct str uri)
{
	struct str repaired;
	struct uri_host host;
	size_t colon = str_find(uri, ':');

	if (uri.len <= 1 || ascii_is_one_of(uri.data[0], "#?&") ||
	    (uri.data[0] == '/' && uri.data[1] != '/'))
		return;
	if (str_case_starts(uri, "mailto:") || str_find(uri, '@') < colon) {
		add_mail_forms(f, uri);
		return;
	}
	repaired = repair(uri, f->arena);
	add(f, repaired);
	if (uri_host_parse(repaired, &host))
		add_host_forms(f, &host);
}

void
uri_forms_find(struct str uri, const struct lists *lists,
    const struct redirectors *redirectors, struct arena *arena,
    struct uri_forms *out)
{
	struct forms *f = arena_alloc(arena, sizeof(*f));
	size_t i;

	*f = (struct forms) {.arena = arena,
	    .lists = lists,
	    .redirectors = redirectors,
	    .out = out};
	out->count = 0;
	enqueue(f, str_head(uri, URI_SIZE_MAX));
	for (i = 0; i < f->queued; i++) {
		uri = clean(f->queue[i], arena);
		add(f, uri);
		add_forms(f, uri);
	}
}
