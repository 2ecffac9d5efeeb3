/*
 * spf_macro: macro strings, checked and expanded.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <limits.h>
#include <stdio.h>

#include "postern/strbuf.h"

#include "spf_macro.h"

/* A name that is cut here has a dot to be cut at behind it, or none at all. */
enum { NAME_TAIL = SPF_NAME_MAX + 2 };

enum piece_kind { PIECE_TEXT, PIECE_ESCAPE, PIECE_MACRO };

/* One octet of text, "%%" and its like, or "%{...}" taken apart. */
struct piece {
	enum piece_kind kind;
	char letter;   /* the octet, what stands behind "%", or the macro's */
	bool upper;    /* URL-escaped */
	unsigned keep; /* labels from the right; UINT_MAX: all */
	bool reverse;
	struct str delimiters; /* empty: "." */
};

static const char delimiter_octets[] = ".-+,/_=";

/* Takes "{...}" off *rest; false when it is malformed. */
static bool
cut_macro(struct str *rest, struct piece *out)
{
	size_t close = str_find(*rest, '}'), digits = 0, i;
	struct str body = str_from(str_head(*rest, close), 1);
	uint64_t keep = UINT_MAX;

	if (close == rest->len || body.len == 0 ||
	    !ascii_is_one_of(ascii_lower(body.data[0]), "slodiphcrtv"))
		return false;
	*rest = str_from(*rest, close + 1);
	out->kind = PIECE_MACRO;
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

/* Takes the next piece off *rest, which is not empty. */
static bool
cut_piece(struct str *rest, struct piece *out)
{
	*out = (struct piece) {.letter = rest->data[0]};
	*rest = str_from(*rest, 1);
	if (out->letter != '%')
		return true;
	if (rest->len == 0)
		return false;
	if (rest->data[0] == '{')
		return cut_macro(rest, out);
	out->kind = PIECE_ESCAPE;
	out->letter = rest->data[0];
	*rest = str_from(*rest, 1);
	return ascii_is_one_of(out->letter, "%_-");
}

static bool
is_allowed(const struct piece *piece, bool explanation)
{
	if (piece->kind == PIECE_MACRO)
		return explanation || !ascii_is_one_of(piece->letter, "crt");
	if (piece->kind == PIECE_ESCAPE ||
	    (explanation && piece->letter == ' '))
		return true;
	return piece->letter > 0x20 && piece->letter < 0x7f;
}

bool
spf_macro_is_valid(struct str text, bool explanation)
{
	struct piece piece;

	while (text.len > 0)
		if (!cut_piece(&text, &piece) ||
		    !is_allowed(&piece, explanation))
			return false;
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
	struct str rest = text, tail = text; /* behind the last "%" piece */
	struct piece piece;
	size_t dot;

	while (rest.len > 0) {
		if (!cut_piece(&rest, &piece) || !is_allowed(&piece, false))
			return false;
		if (piece.kind != PIECE_TEXT)
			tail = rest;
	}
	if (tail.len == 0)
		return text.len > 0;
	if (tail.data[tail.len - 1] == '.')
		tail.len--;
	dot = str_find_last(tail, '.');
	return dot < tail.len && is_top_label(str_from(tail, dot + 1));
}

bool
spf_macro_has(struct str text, char letter)
{
	struct piece piece;

	while (text.len > 0 && cut_piece(&text, &piece))
		if (piece.kind == PIECE_MACRO && piece.letter == letter)
			return true;
	return false;
}

enum { VALUE_ROOM = 64 }; /* for an address or a time */

/* IPv4: dotted quad; IPv6: 32 nibbles with dots (RFC 7208 7.3). */
static struct str
ip_macro(const struct ip *ip, char room[VALUE_ROOM])
{
	static const char digits[] = "0123456789ABCDEF";
	int i;

	if (ip_is_v4(ip))
		return str_c(ip_format(ip, room));
	for (i = 0; i < 16; i++) {
		room[4 * i] = digits[ip->octets[i] >> 4];
		room[4 * i + 2] = digits[ip->octets[i] & 15];
		room[4 * i + 1] = room[4 * i + 3] = '.';
	}
	return str_of(room, 63);
}

static struct str
macro_value(char letter, const struct spf_macros *m, char room[VALUE_ROOM])
{
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
		return ip_macro(&m->ip, room);
	case 'p':
		return m->validated(m->context);
	case 'h':
		return m->helo;
	case 'c':
		return str_c(ip_format(&m->ip, room));
	case 'r':
		return m->receiver;
	case 't':
		snprintf(room, VALUE_ROOM, "%lld", (long long)m->time);
		return str_c(room);
	default: /* v */
		return str_c(ip_is_v4(&m->ip) ? "in-addr" : "ip6");
	}
}

static void
add_octet(struct strbuf *out, char c, bool escape)
{
	static const char digits[] = "0123456789ABCDEF";

	if (!escape || ascii_is_alnum(c) || ascii_is_one_of(c, "-._~")) {
		strbuf_putc(out, c);
		return;
	}
	strbuf_putc(out, '%');
	strbuf_putc(out, digits[(unsigned char)c >> 4]);
	strbuf_putc(out, digits[c & 15]);
}

static bool
is_mark(const struct piece *m, char c)
{
	return m->delimiters.len ?
	    str_find(m->delimiters, c) < m->delimiters.len :
	    c == '.';
}

/* Where the label behind the first `labels` marks begins. */
static size_t
skip_labels(const struct piece *m, struct str value, size_t labels)
{
	size_t i;

	for (i = 0; i < value.len && labels > 0; i++)
		labels -= is_mark(m, value.data[i]);
	return labels > 0 ? value.len + 1 : i;
}

/* The labels of value from the last to the first. */
static void
add_reversed(struct strbuf *out, const struct piece *m, struct str value)
{
	size_t end = value.len, start, i;

	for (;;) {
		start = end;
		while (start > 0 && !is_mark(m, value.data[start - 1]))
			start--;
		for (i = start; i < end; i++)
			add_octet(out, value.data[i], m->upper);
		if (start == 0)
			return;
		strbuf_putc(out, '.');
		end = start - 1;
	}
}

/* The value as the transformers want it (RFC 7208 7.3). */
static void
add_macro(struct strbuf *out, const struct piece *m, struct str value)
{
	size_t count = 1, i;
	char c;

	for (i = 0; i < value.len; i++)
		count += is_mark(m, value.data[i]);
	if (m->reverse) { /* what is last then is first now */
		if (m->keep < count)
			value =
			    str_head(value, skip_labels(m, value, m->keep) - 1);
		add_reversed(out, m, value);
		return;
	}
	if (m->keep < count)
		value = str_from(value, skip_labels(m, value, count - m->keep));
	for (i = 0; i < value.len; i++) {
		c = value.data[i];
		if (is_mark(m, c))
			strbuf_putc(out, '.');
		else
			add_octet(out, c, m->upper);
	}
}

static void
add_piece(
    struct strbuf *out, const struct piece *piece, const struct spf_macros *m)
{
	char room[VALUE_ROOM];

	if (piece->kind == PIECE_TEXT)
		strbuf_putc(out, piece->letter);
	else if (piece->kind == PIECE_MACRO)
		add_macro(out, piece, macro_value(piece->letter, m, room));
	else
		strbuf_puts(out,
		    piece->letter == '%'     ? "%" :
			piece->letter == '_' ? " " :
					       "%20");
}

struct str
spf_macro_expand(
    struct str text, const struct spf_macros *macros, struct arena *arena)
{
	struct piece piece;
	struct strbuf out;
	struct str whole;

	strbuf_init(&out);
	while (
	    text.len > 0 && out.len < SPF_TEXT_MAX && cut_piece(&text, &piece))
		add_piece(&out, &piece, macros);
	whole = arena_copy(arena, str_head(strbuf_str(&out), SPF_TEXT_MAX));
	strbuf_clear(&out);
	return whole;
}

/* Labels cut from the left until the name has at most SPF_NAME_MAX octets. */
static struct str
fit(struct str name)
{
	if (name.len > 0 && name.data[name.len - 1] == '.')
		name.len--;
	while (name.len > SPF_NAME_MAX)
		name = str_from(name, str_find(name, '.') + 1);
	return name;
}

struct str
spf_macro_name(
    struct str text, const struct spf_macros *macros, struct arena *arena)
{
	struct piece piece;
	struct strbuf out;
	struct str name;

	strbuf_init(&out);
	while (text.len > 0 && cut_piece(&text, &piece)) {
		add_piece(&out, &piece, macros);
		if (out.len > SPF_TEXT_MAX) /* only the end counts */
			strbuf_consume(&out, out.len - NAME_TAIL);
	}
	name = arena_copy(arena, fit(strbuf_str(&out)));
	strbuf_clear(&out);
	return name;
}
