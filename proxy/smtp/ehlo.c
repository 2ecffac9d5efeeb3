/*
 * ehlo: what a backend offers, and what we offer of it.
 *
 * Unknown keywords are hidden: an extension that we do not understand could
 * let the client and the backend agree on something no filter sees.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "attributes.h"
#include "ehlo.h"
#include "sasl.h"

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
		out->xclient = attributes_parse_names(line) & ATTRS_XCLIENT;
	else if (str_case_is(keyword, "XFORWARD"))
		out->xforward = attributes_parse_names(line) & ATTRS_XFORWARD;
	else if (str_case_is(keyword, "STARTTLS"))
		out->starttls = true;
	else if (str_case_is(keyword, "AUTH"))
		sasl_filter(line, out->auth, sizeof(out->auth));
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

static void
add_names(struct strbuf *out, const char *keyword, unsigned bits)
{
	if (bits == 0)
		return;
	strbuf_printf(out, "250-%s", keyword);
	attributes_format_names(out, bits);
	strbuf_puts(out, "\r\n");
}

static void
add_keyword(struct strbuf *out, bool offered, const char *keyword)
{
	if (offered)
		strbuf_printf(out, "250-%s\r\n", keyword);
}

void
ehlo_offer(const struct capabilities *backend, const struct ehlo_ours *ours,
    struct strbuf *out)
{
	strbuf_printf(out, "250-%s\r\n", ours->hostname);
	add_keyword(out, true, "PIPELINING");
	add_keyword(out, backend->eightbitmime, "8BITMIME");
	add_keyword(out, backend->smtputf8, "SMTPUTF8");
	add_keyword(out, backend->dsn, "DSN");
	add_keyword(out, backend->enhanced, "ENHANCEDSTATUSCODES");
	add_keyword(out, ours->starttls, "STARTTLS");
	add_keyword(out, ours->chunking, "CHUNKING");
	if (ours->auth && backend->auth[0])
		strbuf_printf(out, "250-AUTH %s\r\n", backend->auth);
	add_names(out, "XCLIENT", ours->xclient);
	add_names(out, "XFORWARD", ours->xforward);
	strbuf_printf(out, "250 SIZE %llu\r\n",
	    (unsigned long long)ehlo_size_limit(backend, ours->size_limit));
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
		return caps->smtputf8 && value.len == 0;
	if (str_case_is(key, "RET") || str_case_is(key, "ENVID"))
		return caps->dsn;
	if (str_case_is(key, "AUTH"))
		return caps->auth[0] != '\0';
	return false;
}

bool
ehlo_allows_rcpt(const struct capabilities *caps, struct str key)
{
	if (str_case_is(key, "NOTIFY") || str_case_is(key, "ORCPT"))
		return caps->dsn;
	return false;
}
