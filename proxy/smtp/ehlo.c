/*
 * ehlo: what a backend offers, and what we offer of it.
 *
 * Unknown keywords are hidden: an extension that we do not understand could
 * let the client and the backend agree on something no filter sees.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "ehlo.h"

static const struct {
	const char *name;
	unsigned bit;
} xclient_names[] = {
    {"NAME", XCLIENT_NAME},
    {"REVERSE_NAME", XCLIENT_REVERSE_NAME},
    {"ADDR", XCLIENT_ADDR},
    {"PORT", XCLIENT_PORT},
    {"PROTO", XCLIENT_PROTO},
    {"HELO", XCLIENT_HELO},
};

enum { XCLIENT_NAMES = sizeof(xclient_names) / sizeof(xclient_names[0]) };

static unsigned
parse_xclient(struct str words)
{
	unsigned bits = 0;
	struct str word;
	size_t i;

	while (str_cut_word(&words, &word))
		for (i = 0; i < XCLIENT_NAMES; i++)
			if (str_case_is(word, xclient_names[i].name))
				bits |= xclient_names[i].bit;
	return bits;
}

static void
parse_size(struct str words, struct capabilities *out)
{
	struct str word;

	out->size = true;
	if (str_cut_word(&words, &word) &&
	    !str_to_uint(word, UINT64_MAX, &out->size_limit))
		out->size_limit = 0;
}

static void
parse_line(struct str line, struct capabilities *out)
{
	struct str keyword;

	if (!str_cut_word(&line, &keyword))
		return;
	if (str_case_is(keyword, "PIPELINING"))
		out->pipelining = true;
	else if (str_case_is(keyword, "8BITMIME"))
		out->eightbitmime = true;
	else if (str_case_is(keyword, "SMTPUTF8"))
		out->smtputf8 = true;
	else if (str_case_is(keyword, "DSN"))
		out->dsn = true;
	else if (str_case_is(keyword, "ENHANCEDSTATUSCODES"))
		out->enhanced = true;
	else if (str_case_is(keyword, "SIZE"))
		parse_size(line, out);
	else if (str_case_is(keyword, "XCLIENT"))
		out->xclient = parse_xclient(line);
}

void
ehlo_parse(const struct reply *reply, struct capabilities *out)
{
	size_t i;

	*out = (struct capabilities) {.esmtp = true};
	for (i = 1; i < reply->lines; i++)
		parse_line(reply_line(reply, i), out);
}

uint64_t
ehlo_size_limit(const struct capabilities *backend, uint64_t size_limit)
{
	if (backend->size_limit && backend->size_limit < size_limit)
		return backend->size_limit;
	return size_limit;
}

void
ehlo_offer(const struct capabilities *backend, const char *hostname,
    uint64_t size_limit, struct strbuf *out)
{
	strbuf_printf(out, "250-%s\r\n", hostname);
	strbuf_puts(out, "250-PIPELINING\r\n");
	if (backend->eightbitmime)
		strbuf_puts(out, "250-8BITMIME\r\n");
	if (backend->smtputf8)
		strbuf_puts(out, "250-SMTPUTF8\r\n");
	if (backend->dsn)
		strbuf_puts(out, "250-DSN\r\n");
	if (backend->enhanced)
		strbuf_puts(out, "250-ENHANCEDSTATUSCODES\r\n");
	strbuf_printf(out, "250 SIZE %llu\r\n",
	    (unsigned long long)ehlo_size_limit(backend, size_limit));
}

bool
ehlo_keeps(
    const struct capabilities *actual, const struct capabilities *promised)
{
	return actual->eightbitmime >= promised->eightbitmime &&
	    actual->smtputf8 >= promised->smtputf8 &&
	    actual->dsn >= promised->dsn &&
	    actual->enhanced >= promised->enhanced;
}

bool
ehlo_allows_mail(
    const struct capabilities *caps, struct str key, struct str value)
{
	if (str_case_is(key, "SIZE"))
		return true;
	if (str_case_is(key, "BODY"))
		return caps->eightbitmime &&
		    (str_case_is(value, "7BIT") ||
			str_case_is(value, "8BITMIME"));
	if (str_case_is(key, "SMTPUTF8"))
		return caps->smtputf8;
	if (str_case_is(key, "RET") || str_case_is(key, "ENVID"))
		return caps->dsn;
	return false;
}

bool
ehlo_allows_rcpt(const struct capabilities *caps, struct str key)
{
	if (str_case_is(key, "NOTIFY") || str_case_is(key, "ORCPT"))
		return caps->dsn;
	return false;
}
