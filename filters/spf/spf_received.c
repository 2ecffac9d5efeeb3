/*
 * spf_received: the Received-SPF field.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/strbuf.h"

#include "spf_received.h"

enum { VALUE_MAX = 256 };

static const char *
word(enum result result)
{
	switch (result) {
	case RESULT_PASS:
		return "designates the client as permitted sender";
	case RESULT_FAIL:
		return "does not designate the client as permitted sender";
	case RESULT_SOFTFAIL:
		return "is moving and does not designate the client";
	case RESULT_NEUTRAL:
		return "says nothing about the client";
	case RESULT_NONE:
		return "has no SPF record";
	default:
		return "could not be checked";
	}
}

/* Good in a comment too, whose end and beginning it cannot be. */
static void
add_quoted(struct strbuf *out, struct str value)
{
	size_t i;

	strbuf_putc(out, '"');
	value = str_head(value, VALUE_MAX);
	for (i = 0; i < value.len; i++) {
		if (ascii_is_one_of(value.data[i], "\"\\()"))
			strbuf_putc(out, '\\');
		strbuf_putc(out,
		    value.data[i] < 0x20 || value.data[i] > 0x7e ?
			'?' :
			value.data[i]);
	}
	strbuf_putc(out, '"');
}

/* A key and its value on a line of their own. */
static void
add_pair(struct strbuf *out, const char *key, struct str value)
{
	strbuf_printf(out, ";\r\n\t%s=", key);
	add_quoted(out, value);
}

static struct str
detail(const struct finding *f, const char *name)
{
	size_t i;

	for (i = 0; i < f->detail_count; i++)
		if (strcmp(f->details[i].name, name) == 0 &&
		    f->details[i].text.data)
			return f->details[i].text;
	return str_c("");
}

/* The term that matched, "default" when none did (RFC 7208 9.1). */
static struct str
mechanism(const struct finding *f)
{
	struct str term = detail(f, "term");

	return term.len == 0 && f->result == RESULT_NEUTRAL ? str_c("default") :
							      term;
}

struct str
spf_received(const struct finding *finding, const struct envelope *envelope,
    struct arena *arena)
{
	bool helo = strcmp(finding->properties[0].name, "helo") == 0;
	char ip[IP_TEXT_MAX];
	struct str term = mechanism(finding);
	struct str problem = detail(finding, "problem");
	struct strbuf out;
	struct str value;

	strbuf_init(&out);
	strbuf_printf(&out, "%s (%s: domain of ", result_word(finding->result),
	    envelope->receiver);
	add_quoted(&out, str_c(helo ? envelope->helo : envelope->sender));
	strbuf_printf(&out,
	    "\r\n\t%s) client-ip=%s;\r\n\treceiver=%s; identity=%s",
	    word(finding->result), ip_format(&envelope->client, ip),
	    envelope->receiver, helo ? "helo" : "mailfrom");
	add_pair(&out, "envelope-from", str_c(envelope->sender));
	add_pair(&out, "helo", str_c(envelope->helo));
	if (term.len)
		add_pair(&out, "mechanism", term);
	if (problem.len)
		add_pair(&out, "problem", problem);
	value = arena_copy(arena, strbuf_str(&out));
	strbuf_clear(&out);
	return value;
}
