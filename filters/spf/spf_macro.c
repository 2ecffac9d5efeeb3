/*
 * spf_macro: macro strings, checked and expanded.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <limits.h>

#include "postern/strbuf.h"

#include "spf_macro.h"

/* One "%{...}" taken apart. */
struct macro {
	char letter;
	bool upper;    /* URL-escaped */
	unsigned keep; /* labels from the right; UINT_MAX: all */
	bool reverse;
	struct str delimiters;
};

static const char delimiter_octets[] = ".-+,/_=";

/* Takes "{...}" off *rest; false when it is malformed. */
static bool
cut_macro(struct str *rest, struct macro *out)
{
	size_t close = str_find(*rest, '}'), digits = 0, i;
	struct str body = str_from(str_head(*rest, close), 1);
	uint64_t keep = UINT_MAX;

	if (close == rest->len || body.len == 0 ||
	    !ascii_is_one_of(ascii_lower(body.data[0]), "slodiphcrtv"))
		return false;
	*rest = str_from(*rest, close + 1);
	out->letter = ascii_lower(body.data[0]);
	out->upper = out->letter != body.data[0];
	body = str_from(body, 1);
	while (digits < body.len && ascii_is_digit(body.data[digits]))
		digits++;
	if (digits && !str_to_uint(str_head(body, digits), INT_MAX, &keep))
		return false;
	body = str_from(body, digits);
	out->keep = (unsigned)keep;
	out->reverse = body.len > 0 && ascii_lower(body.data[0]) == 'r';
	out->delimiters = str_from(body, out->reverse);
	for (i = 0; i < out->delimiters.len; i++)
		if (!ascii_is_one_of(out->delimiters.data[i], delimiter_octets))
			return false;
	return keep > 0;
}

bool
spf_macro_is_valid(struct str text, bool explanation)
{
	struct macro macro = {.letter = 0};
	char c;

	while (text.len > 0) {
		c = text.data[0];
		text = str_from(text, 1);
		if (c != '%') {
			if (c < 0x21 && !(explanation && c == ' '))
				return false;
			if (c > 0x7e)
				return false;
			continue;
		}
		if (text.len > 0 && ascii_is_one_of(text.data[0], "%_-")) {
			text = str_from(text, 1);
			continue;
		}
		if (text.len == 0 || text.data[0] != '{' ||
		    !cut_macro(&text, &macro))
			return false;
		if (!explanation && ascii_is_one_of(macro.letter, "crt"))
			return false;
	}
	return true;
}

/* Letters, digits and hyphens, not only digits, no hyphen at an end. */
static bool
is_top_label(struct str label)
{
	bool plain = false;
	size_t i;

	if (label.len == 0 || label.data[0] == '-' ||
	    label.data[label.len - 1] == '-')
		return false;
	for (i = 0; i < label.len; i++) {
		if (!ascii_is_alnum(label.data[i]) && label.data[i] != '-')
			return false;
		plain |= !ascii_is_digit(label.data[i]);
	}
	return plain;
}

bool
spf_macro_is_domain(struct str text)
{
	size_t close = str_find_last(text, '}'), dot;

	if (text.len == 0 || !spf_macro_is_valid(text, false))
		return false;
	if (close + 1 == text.len) /* ends in a macro, if in anything valid */
		return str_find_last(text, '%') < close;
	if (text.data[text.len - 1] == '.')
		text.len--;
	dot = str_find_last(text, '.');
	return dot < text.len && is_top_label(str_from(text, dot + 1));
}

bool
spf_macro_has_p(struct str text)
{
	return str_case_find_str(text, str_c("%{p")) < text.len;
}

/* IPv4: dotted quad; IPv6: 32 nibbles with dots (RFC 7208 7.3). */
static struct str
ip_macro(const struct ip *ip, struct arena *arena)
{
	static const char digits[] = "0123456789ABCDEF";
	char text[64];
	int i;

	if (ip_is_v4(ip))
		return arena_copy(arena, str_c(ip_format(ip, text)));
	for (i = 0; i < 16; i++) {
		text[4 * i] = digits[ip->octets[i] >> 4];
		text[4 * i + 2] = digits[ip->octets[i] & 15];
		text[4 * i + 1] = text[4 * i + 3] = '.';
	}
	return arena_copy(arena, str_of(text, 63));
}

static struct str
macro_value(char letter, const struct spf_macros *m, struct arena *arena)
{
	char text[IP_TEXT_MAX];

	switch (letter) {
	case 's':
		return m->sender;
	case 'l':
		return m->local;
	case 'o':
		return m->origin;
	case 'd':
		return m->domain;
	case 'i':
		return ip_macro(&m->ip, arena);
	case 'p':
		return m->validated(m->context);
	case 'h':
		return m->helo;
	case 'c':
		return arena_copy(arena, str_c(ip_format(&m->ip, text)));
	case 'r':
		return m->receiver;
	case 't':
		return arena_printf(arena, "%lld", (long long)m->time);
	default: /* v */
		return str_c(ip_is_v4(&m->ip) ? "in-addr" : "ip6");
	}
}

static void
add_escaped(struct strbuf *out, struct str text, bool escape)
{
	size_t i;

	for (i = 0; i < text.len; i++)
		if (!escape || ascii_is_alnum(text.data[i]) ||
		    ascii_is_one_of(text.data[i], "-._~"))
			strbuf_putc(out, text.data[i]);
		else
			strbuf_printf(
			    out, "%%%02X", (unsigned char)text.data[i]);
}

/* The labels of the value, as the transformers want them. */
static void
add_macro(struct strbuf *out, const struct macro *m, struct str value,
    struct arena *arena)
{
	struct str marks = m->delimiters.len ? m->delimiters : str_c(".");
	struct str *labels = NULL;
	size_t count = 0, start = 0, i, first, n;

	if (!m->delimiters.len && m->keep == UINT_MAX && !m->reverse) {
		add_escaped(out, value, m->upper);
		return;
	}
	for (i = 0; i <= value.len; i++) {
		if (i < value.len &&
		    str_find(marks, value.data[i]) == marks.len)
			continue;
		labels = arena_push(arena, labels, count, sizeof(*labels));
		labels[count++] = str_of(value.data + start, i - start);
		start = i + 1;
	}
	n = m->keep < count ? m->keep : count;
	first = count - n;
	for (i = 0; i < n; i++) {
		if (i > 0)
			strbuf_putc(out, '.');
		add_escaped(
		    out, labels[m->reverse ? n - 1 - i : first + i], m->upper);
	}
}

/* Behind a "%"; text is valid. */
static void
expand_one(struct strbuf *out, struct str *text, const struct spf_macros *m,
    struct arena *arena)
{
	struct macro macro = {.letter = 0};
	char c = text->data[0];

	if (c == '{') {
		cut_macro(text, &macro);
		add_macro(
		    out, &macro, macro_value(macro.letter, m, arena), arena);
		return;
	}
	*text = str_from(*text, 1);
	strbuf_puts(out, c == '%' ? "%" : c == '_' ? " " : "%20");
}

struct str
spf_macro_expand(
    struct str text, const struct spf_macros *macros, struct arena *arena)
{
	struct strbuf out;
	struct str whole;
	size_t plain;

	strbuf_init(&out);
	while (text.len > 0 && out.len < SPF_TEXT_MAX) {
		plain = str_find(text, '%');
		strbuf_add(&out, str_head(text, plain));
		text = str_from(text, plain);
		if (text.len < 2)
			break;
		text = str_from(text, 1);
		expand_one(&out, &text, macros, arena);
	}
	whole = arena_copy(arena, str_head(strbuf_str(&out), SPF_TEXT_MAX));
	strbuf_clear(&out);
	return whole;
}

struct str
spf_macro_fit(struct str name)
{
	size_t dot;

	if (name.len > 0 && name.data[name.len - 1] == '.')
		name.len--;
	while (name.len > SPF_NAME_MAX) {
		dot = str_find(name, '.');
		name = str_from(name, dot + 1);
	}
	return name;
}
