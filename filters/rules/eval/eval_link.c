/*
 * eval_link: evals about links that lead elsewhere than they say.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "filters/rules/text/domain.h"
#include "eval_html.h"
#include "eval_util.h"

enum { ANCHORS_MAX = 200, URIS_MAX = 1000 };

/* "http://", "https:///": behind it; 0 when it is none. */
static size_t
scheme_length(struct str uri, bool secure_only)
{
	size_t at;

	if (str_case_starts(uri, "https:"))
		at = 6;
	else if (!secure_only && str_case_starts(uri, "http:"))
		at = 5;
	else
		return 0;
	while (at < uri.len && uri.data[at] == '/')
		at++;
	return at;
}

/* The host up to "/", ":", "?", "#" or space. */
static struct str
host_at(struct str s)
{
	size_t i = 0;

	while (i < s.len && !ascii_is_space(s.data[i]) &&
	    !ascii_is_one_of(s.data[i], "/:?#"))
		i++;
	return str_head(s, i);
}

static bool
is_ip(struct str host)
{
	return shape_ip_length(host, 0) == host.len && host.len > 0;
}

/* The registered domain of a host that is one; "" otherwise. */
static struct str
valid_domain(struct eval_context *c, struct str host)
{
	struct str domain;

	if (host.len == 0)
		return host;
	domain = domain_registered(eval_lists(c), host, c->scan->arena);
	return domain_has_tld(eval_lists(c), domain) ? domain : str_c("");
}

/* Does the text show https://another.domain? */
static bool
shows_other(struct eval_context *c, struct str text, struct str domain)
{
	struct str host;
	size_t at;

	at = str_case_find_str(text, str_c("https://"));
	host = host_at(str_from(text, at + 8));
	if (host.len == 0)
		return false;
	if (!is_ip(host))
		host = valid_domain(c, host);
	return host.len > 0 && !str_eq(host, domain);
}

static bool
is_repeated(const struct html_text *html, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (str_eq(html->anchors[i].href, html->anchors[n].href))
			return true;
	return false;
}

/* check_https_http_mismatch([min[, max]]): so many different links */
static unsigned
https_http_mismatch(struct eval_context *c)
{
	const struct html_text *html;
	double min = 1, max;
	struct str href, domain;
	size_t n = 0, i, anchors, from;
	bool hit;

	if (!eval_number(c, 0, &min) || min == 0)
		min = 1;
	while ((html = eval_html_next(c, &n))) {
		hit = false;
		anchors = 0;
		for (i = 0; i < html->anchor_count && i < ANCHORS_MAX; i++) {
			href = html->anchors[i].href;
			from = scheme_length(href, false);
			domain = host_at(str_from(href, from));
			if (from == 0 || is_ip(domain))
				continue;
			domain = valid_domain(c, domain);
			if (domain.len == 0)
				continue;
			anchors += !is_repeated(html, i);
			hit |= shows_other(c, html->anchors[i].text, domain);
		}
		if (hit && (double)anchors >= min &&
		    (!eval_number(c, 1, &max) || (double)anchors < max))
			return 1;
	}
	return 0;
}

/* "user@192.0.2.1" */
static bool
starts_with_ip(struct str s)
{
	size_t i, at, dots = 0;

	at = str_find(str_head(s, str_find(s, '/')), '@');
	if (at > 0 && at < str_find(s, '/'))
		s = str_from(s, at + 1);
	for (i = 0; i < s.len && dots < 4; dots++) {
		at = i;
		while (i < s.len && ascii_is_digit(s.data[i]))
			i++;
		if (i == at)
			return false;
		if (dots == 3)
			return true;
		if (i >= s.len || s.data[i] != '.')
			return false;
		i++;
	}
	return false;
}

/* A link to an address, shown as https of a name. */
static unsigned
https_ip_mismatch(struct eval_context *c)
{
	const struct html_anchor *a;
	const struct html_text *html;
	size_t n = 0, i, from;

	while ((html = eval_html_next(c, &n))) {
		for (i = 0; i < html->anchor_count; i++) {
			a = &html->anchors[i];
			from = scheme_length(a->href, false);
			if (from == 0 ||
			    !starts_with_ip(str_from(a->href, from)))
				continue;
			from = scheme_length(a->text, true);
			if (from > 0 && starts_with_ip(str_from(a->text, from)))
				continue;
			if (eval_case_has(a->text, "https:"))
				return 1;
		}
	}
	return 0;
}

static bool
is_truncated(struct eval_context *c, const struct html_text *html)
{
	(void)c;
	return html->facts.uri_truncated;
}

static unsigned
uri_truncated(struct eval_context *c)
{
	return eval_html_any(c, is_truncated);
}

static unsigned
iframe_src(struct eval_context *c)
{
	const struct html_text *html;
	size_t n = 0, i;

	while ((html = eval_html_next(c, &n)))
		for (i = 0; i < html->link_count; i++)
			if (strcmp(html->links[i].tag, "iframe") == 0)
				return 1;
	return 0;
}

/* The domain of a host, or the host. */
static struct str
domain_or_host(struct eval_context *c, struct str host)
{
	struct str domain = valid_domain(c, host);

	return domain.len > 0 ? domain : host;
}

/* "http://a.example/?u=http://b.example" */
static unsigned
http_redirector(struct eval_context *c)
{
	const struct target_texts *uris = target_uri(c->targets);
	struct str uri, rest, one, two;
	size_t i, from, at;

	for (i = 0; i < uris->count && i < URIS_MAX; i++) {
		uri = uris->at[i];
		for (from = scheme_length(uri, false); from > 0;
		     from = scheme_length(uri, false)) {
			one = host_at(str_from(uri, from));
			rest = str_from(uri, from + one.len + 1);
			at = str_case_find_str(rest, str_c("http"));
			uri = str_from(rest, at);
			two = host_at(str_from(uri, scheme_length(uri, false)));
			if (at < rest.len && scheme_length(uri, false) > 0 &&
			    !str_case_eq(
				domain_or_host(c, one), domain_or_host(c, two)))
				return 1;
		}
	}
	return 0;
}

const struct eval eval_link_table[] = {
    {"check_for_http_redirector", 0, 0, http_redirector, 0},
    {"check_https_http_mismatch", 0, 2, https_http_mismatch, 0},
    {"check_https_ip_mismatch", 0, 0, https_ip_mismatch, 0},
    {"check_iframe_src", 0, 0, iframe_src, 0},
    {"check_uri_truncated", 0, 0, uri_truncated, 0},
    {NULL, 0, 0, NULL, 0},
};
