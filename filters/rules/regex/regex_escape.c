/*
 * regex_escape: what stands behind a backslash of a regex.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "regex_parser.h"

enum { OCTET_MOST = 255, NUMBER_MOST = 65535 };

size_t
regex_octal(struct str text, unsigned char *octet)
{
	unsigned value = 0;
	size_t i;

	for (i = 0; i < 3 && i < text.len && text.data[i] >= '0' &&
	     text.data[i] <= '7';
	     i++)
		value = value * 8 + (unsigned)(text.data[i] - '0');
	*octet = (unsigned char)value;
	return i;
}

/* "{41}", of that base: how long; 0 when it is no octet. */
static size_t
in_braces(struct str text, unsigned base, unsigned char *octet)
{
	unsigned value = 0;
	size_t i;
	int digit;

	for (i = 1; i < text.len && text.data[i] != '}'; i++) {
		digit = ascii_hex_value(text.data[i]);
		if (digit < 0 || (unsigned)digit >= base)
			return 0;
		value = value * base + (unsigned)digit;
		if (value > OCTET_MOST)
			return 0;
	}
	*octet = (unsigned char)value;
	return i > 1 && i < text.len ? i + 1 : 0;
}

/* Behind \x: "41", or nothing, which is 0. */
static size_t
hex_digits(struct str text, unsigned char *octet)
{
	unsigned value = 0;
	size_t i;

	for (i = 0; i < 2 && i < text.len && ascii_hex_value(text.data[i]) >= 0;
	     i++)
		value = value << 4 | (unsigned)ascii_hex_value(text.data[i]);
	*octet = (unsigned char)value;
	return i;
}

/* What it took with the letter before it; 0 for 0. */
static size_t
with_letter(size_t used)
{
	return used > 0 ? used + 1 : 0;
}

size_t
regex_escape(struct str text, unsigned char *octet)
{
	static const char from[] = "aefnrt", to[] = "\a\033\f\n\r\t";
	char c = text.len ? text.data[0] : '\0';
	struct str rest = str_from(text, 1);

	if (text.len == 0)
		return 0;
	if (ascii_is_one_of(c, from)) {
		*octet = (unsigned char)to[strchr(from, c) - from];
		return 1;
	}
	if (ascii_is_one_of(c, "xo") && str_starts(rest, "{"))
		return with_letter(in_braces(rest, c == 'x' ? 16 : 8, octet));
	if (c == 'x')
		return 1 + hex_digits(rest, octet);
	if (c == '0')
		return regex_octal(text, octet);
	if (c == 'c' && rest.len > 0) {
		*octet = (unsigned char)rest.data[0];
		if (*octet >= 'a' && *octet <= 'z')
			*octet -= 'a' - 'A';
		*octet ^= 0x40;
		return 2;
	}
	if (ascii_is_alnum(c))
		return 0;
	*octet = (unsigned char)c;
	return 1;
}

static struct node *
parse_back(struct parser *p, struct str name)
{
	struct node *node = parser_named(p, NODE_ANY, name);

	node->detail = DETAIL_BACK;
	p->tree->inexact = true;
	return node;
}

/* \1; \101 when there are no 101 groups so far. */
static struct node *
parse_number(struct parser *p)
{
	struct str digits = parser_rest(p);
	size_t len = 0, used;
	unsigned char octet;
	uint64_t number;

	while (len < digits.len && ascii_is_digit(digits.data[len]))
		len++;
	digits = str_head(digits, len);
	if (!str_to_uint(digits, NUMBER_MOST, &number))
		p->failed = true;
	else if (len > 1 && digits.data[0] < '8' && number > p->number) {
		used = regex_octal(digits, &octet);
		p->at += used;
		return parser_octet(p, (char)octet);
	}
	p->at += len;
	return parse_back(p, digits);
}

/* Behind \g or \k: 1, -1, {1}, {name}, <name>, 'name'; the last two of \g are
 * calls. */
static struct node *
parse_reference(struct parser *p, char letter)
{
	size_t start = p->at;
	struct str name;

	if (parser_take(p, "{"))
		return parse_back(p, str_trim(parser_until(p, '}')));
	if (parser_take(p, "<"))
		name = parser_until(p, '>');
	else if (parser_take(p, "'"))
		name = parser_until(p, '\'');
	else {
		while (ascii_is_one_of(parser_peek(p), "+-0123456789"))
			p->at++;
		p->failed |= p->at == start;
		return parse_back(
		    p, str_of(p->text.data + start, p->at - start));
	}
	return letter == 'g' ? parser_named(p, NODE_CALL, name) :
			       parse_back(p, name);
}

/* Behind \p: a letter, or a name in braces. */
static struct node *
parse_property(struct parser *p)
{
	if (parser_take(p, "{"))
		parser_until(p, '}');
	else
		p->at++;
	p->tree->inexact = true;
	return parser_dot(p, true);
}

static struct node *
parse_letter(struct parser *p, char letter)
{
	struct octets set = {{0}};

	if (letter == 'N' && parser_take(p, "{U+")) {
		parser_until(p, '}');
		p->tree->inexact = true;
		return parser_node(p, NODE_ANY);
	}
	if (regex_class_letter(&set, letter))
		return parser_set(p, &set);
	if (ascii_is_one_of(letter, "AG")) {
		p->tree->incomplete |= letter == 'G';
		return parser_detail(p, NODE_EMPTY, DETAIL_START);
	}
	if (ascii_is_one_of(letter, "bBzZK"))
		return parser_detail(p, NODE_EMPTY, DETAIL_ASSERT);
	if (ascii_is_one_of(letter, "gk"))
		return parse_reference(p, letter);
	if (ascii_is_one_of(letter, "pP"))
		return parse_property(p);
	p->tree->inexact = true;
	if (letter == 'C')
		return parser_dot(p, true);
	if (!ascii_is_one_of(letter, "RX"))
		p->failed = true;
	return parser_node(p, NODE_ANY);
}

struct node *
parser_escape(struct parser *p)
{
	char c = parser_peek(p);
	unsigned char octet;
	size_t used = regex_escape(parser_rest(p), &octet);

	if (used > 0) {
		p->at += used;
		return parser_octet(p, (char)octet);
	}
	if (c >= '1' && c <= '9')
		return parse_number(p);
	p->at++;
	return parse_letter(p, c);
}
