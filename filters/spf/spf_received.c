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

static void
add_quoted(struct strbuf *out, struct str value)
{
	size_t i;

	strbuf_putc(out, '"');
	value = str_head(value, VALUE_MAX);
	for (i = 0; i < value.len; i++) {
		if (value.data[i] == '"' || value.data[i] == '\\')
			strbuf_putc(out, '\\');
		strbuf_putc(out,
		    value.data[i] < 0x20 || value.data[i] > 0x7e ?
			'?' :
			value.data[i]);
	}
	strbuf_putc(out, '"');
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

struct str
spf_received(const struct finding *finding, const struct envelope *envelope,
    struct arena *arena)
{
	bool helo = envelope->sender[0] == '\0';
	struct str mechanism = detail(finding, "term");
	char ip[IP_TEXT_MAX];
	struct strbuf out;
	struct str value;

	strbuf_init(&out);
	strbuf_printf(&out, "%s (%s: domain of ", result_word(finding->result),
	    envelope->receiver);
	add_quoted(&out, str_c(helo ? envelope->helo : envelope->sender));
	strbuf_printf(&out, "\r\n\t%s) client-ip=%s;\r\n\tenvelope-from=",
	    word(finding->result), ip_format(&envelope->client, ip));
	add_quoted(&out, str_c(envelope->sender));
	strbuf_puts(&out, "; helo=");
	add_quoted(&out, str_c(envelope->helo));
	strbuf_printf(&out, ";\r\n\treceiver=%s; identity=%s",
	    envelope->receiver, helo ? "helo" : "mailfrom");
	if (mechanism.len) {
		strbuf_puts(&out, ";\r\n\tmechanism=");
		add_quoted(&out, mechanism);
	}
	value = arena_copy(arena, strbuf_str(&out));
	strbuf_clear(&out);
	return value;
}
