/*
 * domain: host names, and the domains that people register.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <libpsl.h>

#include "domain.h"
#include "shape.h"

enum { HOST_MAX = 253, LABEL_MAX = 63, LABELS_TRIED = 4 };

struct str
domain_lower(struct str text, struct arena *arena)
{
	char *out = arena_text(arena, text);
	size_t i;

	for (i = 0; i < text.len; i++)
		out[i] = ascii_lower(out[i]);
	return str_of(out, text.len);
}

static bool
is_label(struct str label, bool underscore)
{
	size_t i;
	char c;

	if (label.len == 0 || label.len > LABEL_MAX || label.data[0] == '-' ||
	    label.data[label.len - 1] == '-')
		return false;
	for (i = 0; i < label.len; i++) {
		c = label.data[i];
		if (!ascii_is_alnum(c) && c != '-' && !(c == '_' && underscore))
			return false;
	}
	return true;
}

bool
domain_is_host(struct str host)
{
	struct str label;
	size_t count = 1, i;

	while (str_ends(host, "."))
		host.len--;
	if (host.len == 0 || host.len > HOST_MAX)
		return false;
	for (i = 0; i < host.len; i++)
		count += host.data[i] == '.';
	if (count < 2)
		return false;
	for (; str_cut(&host, '.', &label); count--)
		if (!is_label(label, count > 2))
			return false;
	return true;
}

/* Without lists of the rule files the Public Suffix List tells. */
static bool
is_public_suffix(struct str name)
{
	char text[HOST_MAX + 1];
	size_t i;

	if (name.len > HOST_MAX)
		return false;
	for (i = 0; i < name.len; i++)
		text[i] = ascii_lower(name.data[i]);
	text[name.len] = '\0';
	return psl_is_public_suffix2(
	    psl_builtin(), text, PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE);
}

bool
domain_has_tld(const struct lists *lists, struct str host)
{
	const struct list *list = lists_find(lists, "util_rb_tld");
	size_t dot = str_find_last(host, '.');
	struct str label = str_from(host, dot + 1);

	if (label.len == 0)
		return false;
	return list ? list_has(list, label) : is_public_suffix(label);
}

static bool
is_us_state(struct str label)
{
	static const char states[] =
	    " ak al ar az ca co ct dc de fed fl ga gu hi ia id il in isa kids "
	    "ks ky la ma md me mi mn mo ms mt nc nd ne nh nj nm nsn nv ny oh "
	    "ok or pa pr ri sc sd tn tx ut va vi vt wa wi wv wy ";
	size_t at = str_find_str(str_c(states), label);

	return label.len > 1 && at < sizeof(states) - 1 &&
	    states[at - (at > 0)] == ' ' && states[at + label.len] == ' ';
}

/* The nth label (from 0) of a name without empty labels. */
static struct str
label_of(struct str name, size_t n)
{
	struct str label = name;

	do
		str_cut(&name, '.', &label);
	while (n-- > 0);
	return label;
}

/* Do people register below this name of `count` labels? */
static bool
is_registry(const struct lists *lists, struct str name, size_t count)
{
	struct str first;

	if (!lists_find(lists, "util_rb_tld"))
		return is_public_suffix(name);
	if (count == 2)
		return list_has(lists_find(lists, "util_rb_2tld"), name);
	if (count == 3 && str_ends(name, ".us"))
		return is_us_state(label_of(name, 1));
	if (count == 3)
		return list_has(lists_find(lists, "util_rb_3tld"), name);
	if (count != 4 || !str_ends(name, ".us") ||
	    !is_us_state(label_of(name, 2)))
		return false;
	first = label_of(name, 0);
	return str_is(first, "ci") || str_is(first, "co") ||
	    (str_is(first, "pvt") && str_is(label_of(name, 1), "k12"));
}

static struct str
without_empty_labels(struct str host, struct arena *arena)
{
	struct str out = domain_lower(host, arena);
	char *at = (char *)out.data;
	size_t i, len = 0;

	for (i = 0; i < out.len; i++)
		if (at[i] != '.' || (len > 0 && at[len - 1] != '.'))
			at[len++] = at[i];
	while (len > 0 && at[len - 1] == '.')
		len--;
	return str_of(at, len);
}

struct str
domain_registered(
    const struct lists *lists, struct str host, struct arena *arena)
{
	struct str name = without_empty_labels(host, arena), above = name;
	size_t count = 1, i;

	for (i = 0; i < name.len; i++)
		count += name.data[i] == '.';
	for (; count > 1; count--) {
		if (count <= LABELS_TRIED && is_registry(lists, name, count))
			break;
		above = name;
		name = str_from(name, str_find(name, '.') + 1);
	}
	return above;
}

static bool
is_edge(char c)
{
	return c == '.' || c == '_' || c == '-';
}

/* The host that begins at s: the longest that ends in a top-level domain. */
static struct str
host_at(const struct lists *lists, struct str s)
{
	size_t end = 0;
	struct str host;

	while (end < s.len && end < HOST_MAX &&
	    (ascii_is_alnum(s.data[end]) || is_edge(s.data[end])))
		end++;
	for (; end > 3; end--) {
		host = str_head(s, end);
		if (end < s.len &&
		    (is_edge(s.data[end]) || ascii_is_alnum(s.data[end])))
			continue;
		if (domain_has_tld(lists, host) && domain_is_host(host))
			return host;
	}
	return str_c("");
}

struct str
domain_find_host(const struct lists *lists, struct str text)
{
	size_t at = str_find_last(text, '@'), i;
	struct str host = str_c("");

	if (at < text.len)
		host = host_at(lists, str_from(text, at + 1));
	for (i = 0; i < text.len && host.len == 0; i++) {
		if (!ascii_is_alnum(text.data[i]) ||
		    (i > 0 &&
			(is_edge(text.data[i - 1]) ||
			    ascii_is_alnum(text.data[i - 1]))))
			continue;
		host = host_at(lists, str_from(text, i));
	}
	return host;
}

/* "scheme://", "scheme:" in front go, one after the other. */
static struct str
without_scheme(struct str uri)
{
	size_t i;

	for (;;) {
		for (i = 0; i < uri.len && ascii_is_alpha(uri.data[i]); i++)
			;
		if (i == 0 || i == uri.len || uri.data[i] != ':')
			return uri;
		uri = str_from(uri, i + 1);
		for (i = 0; i < 2 && str_starts(uri, "/"); i++)
			uri = str_from(uri, 1);
		return uri;
	}
}

static struct str
without_port(struct str host)
{
	size_t end = host.len;

	while (end > 0 && ascii_is_digit(host.data[end - 1]))
		end--;
	return end > 0 && host.data[end - 1] == ':' ? str_head(host, end - 1) :
						      host;
}

static struct str
mailto_host(struct str uri)
{
	size_t at;

	uri = str_head(uri, str_find(uri, '?'));
	at = str_find(uri, '@');
	if (at == uri.len || at != str_find_last(uri, '@'))
		return str_c("");
	return str_from(uri, at + 1);
}

static struct str
path_host(struct str uri)
{
	size_t i, at;

	uri = without_scheme(uri);
	for (i = 0; i < uri.len && !ascii_is_one_of(uri.data[i], "/?#"); i++)
		;
	uri = str_head(uri, i);
	at = str_find_last(uri, '@');
	if (at < uri.len)
		uri = str_from(uri, at + 1);
	return without_port(uri);
}

struct str
domain_uri_host(const struct lists *lists, struct str uri, struct arena *arena)
{
	struct str host;

	if (str_case_starts(uri, "javascript:") ||
	    str_case_starts(uri, "cid:") || str_case_starts(uri, "file:"))
		return str_c("");
	if (str_case_starts(uri, "mailto:"))
		host = mailto_host(str_from(uri, 7));
	else
		host = path_host(uri);
	if (host.len > 0 && shape_ip_length(host, 0) == host.len)
		return host;
	if (!domain_is_host(host) || !domain_has_tld(lists, host))
		return str_c("");
	return domain_lower(host, arena);
}
