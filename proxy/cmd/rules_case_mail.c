/*
 * rules_case_mail: the mail that the text of a test line stands for.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/strbuf.h"

#include "rules_tools.h"

/* Undoes \n, \t, \xHH and \\; every line end becomes CRLF. */
static void
add_unescaped(struct strbuf *out, struct str text)
{
	size_t i;

	for (i = 0; i < text.len; i++) {
		if (text.data[i] != '\\' || i + 1 == text.len) {
			strbuf_putc(out, text.data[i]);
			continue;
		}
		switch (text.data[++i]) {
		case 'n':
			strbuf_puts(out, "\r\n");
			break;
		case 't':
			strbuf_putc(out, '\t');
			break;
		case 'x':
			if (i + 2 < text.len) {
				strbuf_putc(out,
				    (char)(ascii_hex_value(text.data[i + 1]) *
					    16 +
					ascii_hex_value(text.data[i + 2])));
				i += 2;
			}
			break;
		default:
			strbuf_putc(out, text.data[i]);
		}
	}
}

/* The field that stands for a pseudo-header. */
static const char *
field_name(const char *field)
{
	if (strcmp(field, "ToCc") == 0)
		return "To";
	return strcmp(field, "MESSAGEID") == 0 ? "Message-ID" : field;
}

static void
add_text(struct strbuf *out, const struct rule *rule, struct str text)
{
	switch (rule->type) {
	case RULE_HEADER:
		if (rule->field && strcmp(rule->field, "ALL") != 0)
			strbuf_printf(out, "%s: ", field_name(rule->field));
		add_unescaped(out, text);
		strbuf_puts(out, "\r\n");
		return;
	case RULE_URI: /* text alone would need a known top-level domain */
		strbuf_puts(out,
		    "MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n"
		    "<a href=\"");
		add_unescaped(out, text);
		strbuf_puts(out, "\">here</a>\r\n");
		return;
	case RULE_BODY:
	case RULE_RAWBODY:
		strbuf_puts(out, "Subject: \r\n\r\n");
		break;
	case RULE_MIMEHEADER:
		strbuf_printf(out,
		    "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; "
		    "boundary=x\r\n\r\n--x\r\n%s: ",
		    rule->field);
		add_unescaped(out, text);
		strbuf_puts(out, "\r\n\r\ntext\r\n--x--\r\n");
		return;
	default:
		break;
	}
	add_unescaped(out, text);
	strbuf_puts(out, "\r\n");
}

/* dkim=pass:example.org has the domain that signed. */
static bool
add_finding(
    struct case_mail *m, struct str name, struct str value, struct arena *arena)
{
	static const enum result results[] = {RESULT_NONE, RESULT_NEUTRAL,
	    RESULT_PASS, RESULT_FAIL, RESULT_SOFTFAIL, RESULT_TEMPERROR,
	    RESULT_PERMERROR};
	struct finding *f = &m->findings[m->finding_count];
	struct str word = str_head(value, str_find(value, ':'));
	struct property *domain;
	size_t i;

	if (m->finding_count == sizeof(m->findings) / sizeof(m->findings[0]))
		return false;
	for (i = 0; i < sizeof(results) / sizeof(results[0]); i++)
		if (str_is(word, result_word(results[i])))
			break;
	if (i == sizeof(results) / sizeof(results[0]))
		return false;
	*f = (struct finding) {
	    .method = arena_text(arena, name), .result = results[i]};
	if (word.len < value.len) {
		domain = arena_alloc(arena, sizeof(*domain));
		*domain = (struct property) {
		    "header", "d", str_from(value, word.len + 1)};
		f->properties = domain;
		f->property_count = 1;
	}
	m->finding_count++;
	return true;
}

static bool
take_circumstance(struct case_mail *m, struct str word, struct arena *arena)
{
	struct str name = str_head(word, str_find(word, '='));
	struct str value = str_from(word, name.len + 1);
	const char *text = arena_text(arena, value);

	if (str_is(name, "spf") || str_is(name, "dkim") ||
	    str_is(name, "dmarc"))
		return add_finding(m, name, value, arena);
	if (str_is(name, "ip"))
		return ip_parse(value, &m->envelope.client);
	if (str_is(name, "helo"))
		m->envelope.helo = text;
	else if (str_is(name, "from"))
		m->envelope.sender = text;
	else if (str_is(name, "rcpt"))
		m->recipient.address = text;
	else if (str_is(name, "ptr"))
		m->envelope.client_name = text;
	else
		return false;
	return true;
}

/* What stands before the text: nothing, or a kind of mail and perhaps how it
 * came. */
enum shape { SHAPE_TARGET, SHAPE_MAIL, SHAPE_TEXT, SHAPE_HTML };

static enum shape
take_shape(struct str *text)
{
	static const char *const words[] = {"", "mail", "text", "html"};
	struct str rest;
	int i;

	for (i = SHAPE_MAIL; i <= SHAPE_HTML; i++) {
		rest = str_from(*text, 4);
		if (!str_starts(*text, words[i]) ||
		    (!str_starts(rest, ":") && !str_starts(rest, "(")))
			continue;
		if (str_starts(rest, "(") &&
		    str_find_str(rest, str_c("):")) == rest.len)
			continue;
		*text = rest;
		return (enum shape)i;
	}
	return SHAPE_TARGET;
}

/* "(helo=x spf=fail):", or the colon alone. */
static bool
take_circumstances(struct case_mail *m, struct str *text, struct arena *arena,
    struct error *err)
{
	size_t end = str_find_str(*text, str_c("):"));
	struct str inside = str_c(""), word;

	if (str_starts(*text, "(")) {
		inside = str_of(text->data + 1, end - 1);
		*text = str_from(*text, end + 1);
	}
	*text = str_trim(str_from(*text, 1));
	while (str_cut_word(&inside, &word))
		if (!take_circumstance(m, word, arena))
			return error_set(err,
			    "\"%.*s\" is none of ip, helo, ptr, from, rcpt, "
			    "spf, dkim, dmarc with a value that fits",
			    (int)word.len, word.data);
	return true;
}

static void
add_fields(struct strbuf *out, bool html)
{
	strbuf_puts(out,
	    "From: Ann <ann@example.org>\r\nTo: you@example.net\r\n"
	    "Subject: Hello\r\nDate: Tue, 24 Nov 2026 09:00:00 +0000\r\n"
	    "Message-ID: <1@example.org>\r\n");
	if (html)
		strbuf_puts(out,
		    "MIME-Version: 1.0\r\n"
		    "Content-Type: text/html; charset=utf-8\r\n");
	strbuf_puts(out, "\r\n");
}

bool
rules_case_mail(const struct rules_case *one, const struct rule *rule,
    struct arena *arena, struct case_mail *out, struct error *err)
{
	struct str text = str_c(one->text);
	struct strbuf bytes;
	enum shape shape = take_shape(&text);

	*out = (struct case_mail) {.recipient = {"you@example.net", true},
	    .envelope = {.helo = "client.example.org",
		.protocol = "ESMTP",
		.client_name = "client.example.org",
		.sender = "me@example.org",
		.listener = "test",
		.recipients = &out->recipient,
		.recipient_count = 1,
		.receiver = "mx.example.net"}};
	ip_parse(str_c("192.0.2.1"), &out->envelope.client);
	if (shape != SHAPE_TARGET &&
	    !take_circumstances(out, &text, arena, err))
		return false;
	strbuf_init(&bytes);
	if (shape == SHAPE_TEXT || shape == SHAPE_HTML)
		add_fields(&bytes, shape == SHAPE_HTML);
	if (shape == SHAPE_TARGET) {
		add_text(&bytes, rule, text);
	} else {
		add_unescaped(&bytes, text);
		strbuf_puts(&bytes, "\r\n");
	}
	out->bytes = arena_copy(arena, strbuf_str(&bytes));
	strbuf_clear(&bytes);
	return true;
}
