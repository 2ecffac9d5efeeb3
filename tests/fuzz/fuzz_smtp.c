/*
 * fuzz_smtp: what the SMTP door reads besides commands.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "postern/linefix.h"

#include "fuzz.h"
#include "proxy/smtp/attributes.h"
#include "proxy/smtp/ehlo.h"
#include "proxy/smtp/proxy_header.h"
#include "proxy/smtp/sasl.h"

static void
must(bool holds)
{
	if (!holds)
		abort();
}

/* A header that is read comes back the same when it is written. */
static void
fuzz_proxy_header(struct str in)
{
	struct proxy_header header, back;
	struct strbuf out;
	size_t used = 0, again = 0;
	unsigned version;

	if (proxy_header_parse(in, &header, &used) != PROXY_DONE)
		return;
	must(used <= in.len && used <= PROXY_HEADER_MAX);
	must(used == 0 ||
	    proxy_header_parse(str_head(in, used - 1), &back, &again) ==
		PROXY_MORE);
	strbuf_init(&out);
	for (version = 1; version <= 2; version++) {
		strbuf_reset(&out);
		proxy_header_format(&out, version, &header);
		must(proxy_header_parse(strbuf_str(&out), &back, &again) ==
		    PROXY_DONE);
		must(again == out.len && ip_eq(&back.client, &header.client));
	}
	strbuf_clear(&out);
}

/* What was told can be told on, in lines without a control. */
static void
fuzz_attributes(struct str in)
{
	struct arena *arena = arena_new();
	struct envelope client = {.helo = "", .sender = "", .protocol = "SMTP"};
	struct strbuf out;
	unsigned told, bit;
	size_t i;

	strbuf_init(&out);
	if (attributes_apply(
		in, ATTRS_XCLIENT | ATTRS_XFORWARD, &client, &told, arena))
		for (bit = 1; bit <= ATTR_SOURCE; bit <<= 1)
			attributes_format(
			    &out, (enum attribute)bit, &client, bit & 1);
	for (i = 0; i < out.len; i++)
		must(out.data[i] >= ' ' && out.data[i] < 0x7f);
	strbuf_clear(&out);
	arena_free(arena);
}

/* The first line is the mechanism, the others are responses. */
static void
fuzz_sasl(struct str in)
{
	char offer[EHLO_AUTH_MAX];
	struct sasl sasl;
	struct str line;

	sasl_filter(in, offer, sizeof(offer));
	must(strlen(offer) < sizeof(offer));
	if (!str_cut_line(&in, &line))
		return;
	sasl_start(&sasl, line);
	while (str_cut_line(&in, &line))
		sasl_see(&sasl, line);
	must(strlen(sasl.login) <= SASL_LOGIN_MAX);
}

static void
fuzz_ehlo(struct str in)
{
	struct capabilities caps;
	struct ehlo_ours ours = {.hostname = "h",
	    .size_limit = 1000,
	    .auth = true,
	    .xclient = ATTRS_XCLIENT};
	struct reply reply;
	struct strbuf out;
	struct str line;

	reply_init(&reply);
	while (str_cut_line(&in, &line) &&
	    reply_add_line(&reply, line) == REPLY_MORE)
		continue;
	ehlo_parse(&reply, &caps);
	strbuf_init(&out);
	ehlo_offer(&caps, &ours, &out);
	must(ehlo_size_limit(&caps, 1000) <= 1000);
	strbuf_clear(&out);
	reply_clear(&reply);
}

/* Any segmentation gives the same lines, and none ends in a bare LF. */
static void
fuzz_linefix(struct str in)
{
	size_t cut = in.len ? (unsigned char)in.data[0] % (in.len + 1) : 0, i;
	struct linefix a = {0}, b = {0};
	struct strbuf whole, parts;

	strbuf_init(&whole);
	strbuf_init(&parts);
	linefix_add(&a, in, &whole);
	linefix_end(&a, &whole);
	linefix_add(&b, str_head(in, cut), &parts);
	linefix_add(&b, str_from(in, cut), &parts);
	linefix_end(&b, &parts);
	must(str_eq(strbuf_str(&whole), strbuf_str(&parts)));
	for (i = 0; i < whole.len; i++)
		must(whole.data[i] != '\n' ||
		    (i > 0 && whole.data[i - 1] == '\r'));
	strbuf_clear(&whole);
	strbuf_clear(&parts);
}

const struct fuzz_target fuzz_targets[] = {
    {"proxy_header", fuzz_proxy_header},
    {"attributes", fuzz_attributes},
    {"sasl", fuzz_sasl},
    {"ehlo", fuzz_ehlo},
    {"linefix", fuzz_linefix},
    {NULL, NULL},
};
