/*
 * regex_class: sets of octets, escapes and bracket classes of a regex.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <ctype.h>

#include "regex_tree.h"

void
octets_fill(struct octets *set)
{
	memset(set->bits, 0xff, sizeof(set->bits));
}

void
octets_add_range(struct octets *set, unsigned from, unsigned to)
{
	for (; from <= to && from < 256; from++)
		octets_add(set, (unsigned char)from);
}

void
octets_invert(struct octets *set)
{
	size_t i;

	for (i = 0; i < 4; i++)
		set->bits[i] = ~set->bits[i];
}

void
octets_fold(struct octets *set)
{
	unsigned char c;

	for (c = 'a'; c <= 'z'; c++) {
		if (octets_has(set, c))
			octets_add(set, (unsigned char)(c - 'a' + 'A'));
		else if (octets_has(set, (unsigned char)(c - 'a' + 'A')))
			octets_add(set, c);
	}
}

/* In the C locale, as PCRE2 is asked to: tables of its own. */
static const struct {
	const char *name;
	const char *pairs; /* first and last octet of each range */
} classes[] = {
    {"alpha", "AZaz"},
    {"lower", "az"},
    {"upper", "AZ"},
    {"alnum", "09AZaz"},
    {"digit", "09"},
    {"xdigit", "09AFaf"},
    {"space", "\t\r  "},
    {"blank", "\t\t  "},
    {"cntrl", "\1\037\177\177"},
    {"graph", "!~"},
    {"print", " ~"},
    {"punct", "!/:@[`{~"},
    {"word", "09AZ__az"},
};

enum { CLASSES = sizeof(classes) / sizeof(classes[0]) };

static bool
add_named(struct octets *set, struct str name)
{
	const char *at;
	size_t i;

	for (i = 0; i < CLASSES; i++) {
		if (!str_is(name, classes[i].name))
			continue;
		for (at = classes[i].pairs; *at; at += 2)
			octets_add_range(
			    set, (unsigned char)at[0], (unsigned char)at[1]);
		if (str_is(name, "cntrl"))
			octets_add(set, 0);
		return true;
	}
	return false;
}

static void
add_inverse(struct octets *set, const struct octets *other)
{
	size_t i;

	for (i = 0; i < 4; i++)
		set->bits[i] |= ~other->bits[i];
}

bool
octets_add_escape(struct octets *set, char letter)
{
	struct octets one = {{0}};
	size_t i;

	switch (letter) {
	case 'd':
	case 'D':
		add_named(&one, str_c("digit"));
		break;
	case 's':
	case 'S':
		add_named(&one, str_c("space"));
		break;
	case 'w':
	case 'W':
		add_named(&one, str_c("word"));
		break;
	case 'h':
	case 'H':
		add_named(&one, str_c("blank"));
		octets_add(&one, 0xa0);
		break;
	case 'v':
	case 'V':
		octets_add_range(&one, '\n', '\r');
		octets_add(&one, 0x85);
		break;
	case 'N':
	case 'C':
		octets_fill(set);
		return true;
	default:
		return false;
	}
	if (letter <= 'Z')
		add_inverse(set, &one);
	for (i = 0; i < 4 && letter > 'Z'; i++)
		set->bits[i] |= one.bits[i];
	return true;
}

/* \x41, \x{41}: behind the x. */
static size_t
hex_escape(struct str text, unsigned char *octet)
{
	bool braces = str_starts(text, "{");
	size_t i = braces, digits = 0;
	unsigned value = 0;

	while (i < text.len && ascii_hex_value(text.data[i]) >= 0 &&
	    (braces || digits < 2)) {
		value = (value << 4 | (unsigned)ascii_hex_value(text.data[i])) &
		    0xffffff;
		i++;
		digits++;
	}
	*octet = (unsigned char)value;
	if (!braces)
		return i;
	return i < text.len && text.data[i] == '}' && digits && value < 256 ?
	    i + 1 :
	    SIZE_MAX;
}

size_t
regex_escape(struct str text, unsigned char *octet)
{
	static const char from[] = "aefnrt", to[] = "\a\033\f\n\r\t";
	char c = text.len ? text.data[0] : '\0';
	size_t used;

	if (text.len == 0)
		return 0;
	if (ascii_is_one_of(c, from)) {
		*octet = (unsigned char)to[strchr(from, c) - from];
		return 1;
	}
	if (c == 'x') {
		used = hex_escape(str_from(text, 1), octet);
		return used == SIZE_MAX ? 0 : used + 1;
	}
	if (c == '0') {
		*octet = 0;
		for (used = 1; used < 3 && used < text.len &&
		     text.data[used] >= '0' && text.data[used] <= '7';
		     used++)
			*octet = (unsigned char)(*octet * 8 +
			    (text.data[used] - '0'));
		return used;
	}
	if (ascii_is_alnum(c))
		return 0;
	*octet = (unsigned char)c;
	return 1;
}

/* While a class is read. */
struct class
{
	struct str text;
	size_t at;
	struct octets *set;
	bool unknown; /* what it holds: all, then */
	bool quoted;  /* between \Q and \E */
};

/* [:alpha:] inside a class. */
static bool
take_posix(struct class *c)
{
	struct str rest = str_from(c->text, c->at), name;
	struct octets named = {{0}};
	bool inverse;
	size_t end;

	if (!str_starts(rest, "[:"))
		return false;
	end = str_find_str(rest, str_c(":]"));
	if (end == rest.len)
		return false;
	name = str_of(rest.data + 2, end - 2);
	inverse = str_starts(name, "^");
	if (inverse)
		name = str_from(name, 1);
	if (!add_named(&named, name))
		return false;
	if (inverse)
		octets_invert(&named);
	for (end = 0; end < 4; end++)
		c->set->bits[end] |= named.bits[end];
	c->at += name.len + 4 + inverse;
	return true;
}

/* An escape in a class: true when it is one octet, which may start a range. */
static bool
take_escape(struct class *c, unsigned char *octet)
{
	char letter = c->at < c->text.len ? c->text.data[c->at] : '\0';
	size_t used = regex_escape(str_from(c->text, c->at), octet);

	if (used > 0) {
		c->at += used;
		return true;
	}
	c->at++;
	if (letter == 'b') {
		*octet = '\b';
		return true;
	}
	if (letter == 'Q') {
		c->quoted = true;
		return false;
	}
	c->at += letter == 'c'; /* \c] */
	if (letter != 'E' &&
	    (ascii_is_one_of(letter, "NC") ||
		!octets_add_escape(c->set, letter)))
		c->unknown = true; /* \p{..}, \101, \c@, \x{100} */
	return false;
}

/* One octet or the start of a range. */
static bool
take_octet(struct class *c, unsigned char *octet)
{
	char at = c->text.data[c->at++];

	if (at == '\\')
		return take_escape(c, octet);
	*octet = (unsigned char)at;
	return true;
}

static bool
is_range(const struct class *c)
{
	return c->at + 1 < c->text.len && c->text.data[c->at] == '-' &&
	    c->text.data[c->at + 1] != ']';
}

static void
take_member(struct class *c)
{
	unsigned char from, to;

	if (take_posix(c) || !take_octet(c, &from)) {
		if (is_range(c))
			c->unknown = true; /* [\w-.] */
		return;
	}
	octets_add(c->set, from);
	if (!is_range(c))
		return;
	c->at++;
	if (str_starts(str_from(c->text, c->at), "[:") || !take_octet(c, &to))
		c->unknown = true; /* [a-\d], [a-\Qz\E] */
	else
		octets_add_range(c->set, from, to);
}

/* \Q...\E inside a class. */
static void
take_quoted(struct class *c)
{
	if (str_starts(str_from(c->text, c->at), "\\E")) {
		c->at += 2;
		c->quoted = false;
	} else {
		octets_add(c->set, (unsigned char)c->text.data[c->at++]);
		c->unknown = true; /* whether a range, it is not worth it */
	}
}

size_t
regex_class(struct str text, unsigned flags, struct octets *set)
{
	struct class c = {.text = text, .set = set};
	bool inverse = str_starts(text, "^");
	size_t first;

	memset(set, 0, sizeof(*set));
	c.at = first = inverse;
	while (c.at < text.len &&
	    (text.data[c.at] != ']' || c.at == first || c.quoted)) {
		if (c.quoted)
			take_quoted(&c);
		else
			take_member(&c);
	}
	if (flags & REGEX_CASELESS)
		octets_fold(set);
	if (inverse)
		octets_invert(set);
	if (c.unknown || flags & REGEX_EXTENDED_MORE)
		octets_fill(set);
	return c.at + 1;
}
