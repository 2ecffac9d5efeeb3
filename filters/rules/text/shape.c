/*
 * shape: a line of mail taken apart by a pattern that looks like the line.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/ip.h"

#include "shape.h"

enum { STEPS = 64, STEPS_LEAST = 1024 };

struct matching {
	struct str line;
	struct shape_parts parts;
	size_t steps; /* left */
};

static bool match(struct matching *m, const char *shape, size_t at);

static bool
is_word_octet(char c)
{
	return ascii_is_alnum(c) || c == '_';
}

static bool
is_ip6_octet(char c)
{
	return ascii_hex_value(c) >= 0 || c == ':';
}

static size_t
ip4_length(struct str s, size_t at)
{
	size_t i = at, start, dots = 0;
	unsigned value;

	if (at > 0 && (is_word_octet(s.data[at - 1]) || s.data[at - 1] == ':'))
		return 0;
	for (;;) {
		value = 0;
		for (start = i; i < s.len && ascii_is_digit(s.data[i]); i++) {
			value = value * 10 + (unsigned)(s.data[i] - '0');
			if (value > 255 || (i > start && value < 10))
				return 0;
		}
		if (i == start)
			return 0;
		if (dots == 3)
			break;
		if (i == s.len || s.data[i] != '.')
			return 0;
		dots++;
		i++;
	}
	return i < s.len && is_word_octet(s.data[i]) ? 0 : i - at;
}

static size_t
ip6_length(struct str s, size_t at)
{
	size_t i = at, colons = 0;
	struct ip ip;

	if (str_case_starts(str_from(s, at), "IPv6:"))
		i += 5;
	else if (at > 0 && is_ip6_octet(s.data[at - 1]))
		return 0;
	at = i;
	while (i < s.len && i - at < IP_TEXT_MAX &&
	    (is_ip6_octet(s.data[i]) || (colons > 1 && s.data[i] == '.')))
		colons += s.data[i++] == ':';
	if (colons < 2 || !ip_parse(str_of(s.data + at, i - at), &ip))
		return 0;
	return i - at;
}

size_t
shape_ip_length(struct str s, size_t at)
{
	size_t length, prefix;

	if (at >= s.len)
		return 0;
	length = ascii_is_digit(s.data[at]) ? ip4_length(s, at) : 0;
	if (length > 0)
		return length;
	prefix = str_case_starts(str_from(s, at), "IPv6:") ? 5 : 0;
	length = ip6_length(s, at);
	return length > 0 ? prefix + length : 0;
}

struct str
shape_ip_find(struct str s)
{
	size_t i, length;

	for (i = 0; i < s.len; i++) {
		if (ascii_hex_value(s.data[i]) < 0 && s.data[i] != ':' &&
		    ascii_lower(s.data[i]) != 'i')
			continue;
		length = shape_ip_length(s, i);
		if (length > 0)
			return str_of(s.data + i, length);
	}
	return str_of(s.data + s.len, 0);
}

static void
charge(struct matching *m, size_t steps)
{
	m->steps -= steps < m->steps ? steps : m->steps;
}

static struct str
from(const struct matching *m, size_t at)
{
	return str_from(m->line, at);
}

static bool
is_bracketed(char kind)
{
	return kind == 'x' || kind == 'o' || kind == 'S';
}

/* Octets from `at` on that are in a class. */
static size_t
run_length(const struct matching *m, char kind, size_t at)
{
	size_t i;
	char c;

	for (i = at; i < m->line.len; i++) {
		c = m->line.data[i];
		if (kind == 'n' && !ascii_is_digit(c))
			break;
		if (is_bracketed(kind) && c == ')')
			break;
		if (kind == 'e' && (c == '(' || c == ')'))
			break;
		if (!is_bracketed(kind) && kind != '*' && ascii_is_space(c))
			break;
	}
	return i - at;
}

static struct str *
part_of(struct matching *m, char sign)
{
	switch (sign) {
	case 'b':
		return &m->parts.by;
	case 'h':
	case 'H':
	case 'e':
		return &m->parts.helo;
	case 'r':
		return &m->parts.rdns;
	case 'd':
		return &m->parts.ident;
	case 'I':
		return &m->parts.id;
	case 's':
	case 'S':
		return &m->parts.rest;
	case 'i':
		return &m->parts.ip;
	default:
		return NULL;
	}
}

/* Could the shape go on with this octet?  Spares most of the tries. */
static bool
may_follow(const struct matching *m, const char *shape, size_t at)
{
	if (*shape == '%' || *shape == '\0')
		return true;
	return at < m->line.len && m->line.data[at] == *shape;
}

/* shape is behind the sign; the run is as long as it can be, or shorter. */
static bool
match_long(struct matching *m, char sign, const char *shape, size_t at)
{
	size_t least = ascii_is_one_of(sign, "bhrInwxS") ? 1 : 0;
	size_t length = run_length(m, sign, at);
	struct str *part = part_of(m, sign);

	charge(m, 2 * length);
	for (;; length--) {
		if (length < least)
			return false;
		if (may_follow(m, shape, at + length) &&
		    match(m, shape, at + length))
			break;
		if (length == 0)
			return false;
	}
	if (part)
		*part = str_of(m->line.data + at, length);
	return true;
}

static bool
match_short(struct matching *m, char sign, const char *shape, size_t at)
{
	struct str *part = part_of(m, sign);
	size_t most = m->line.len, end = at;

	if (sign == 'q') {
		end = at + 10;
		most = at + 80 < most ? at + 80 : most;
	}
	for (; end <= most; end++) {
		charge(m, 1);
		if (!may_follow(m, shape, end) || !match(m, shape, end))
			continue;
		if (part)
			*part = str_of(m->line.data + at, end - at);
		return true;
	}
	return false;
}

static bool
match_ip(struct matching *m, char sign, const char *shape, size_t at)
{
	size_t length = shape_ip_length(m->line, at);

	if (length == 0 || !match(m, shape, at + length))
		return false;
	if (sign == 'i')
		m->parts.ip = str_of(m->line.data + at, length);
	return true;
}

static size_t
local_length(struct str s)
{
	static const char *const names[] = {
	    "localhost.localdomain", "localhost", "127.0.0.1", "::1"};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (str_case_starts(s, names[i]))
			return strlen(names[i]);
	return 0;
}

/* What may be there or not: its length. */
static size_t
optional_length(const struct matching *m, char sign, size_t at)
{
	struct str s = from(m, at);
	size_t i = 1;

	if (sign == '[' || sign == ']')
		return s.len > 0 && s.data[0] == sign;
	if (sign == 'v') {
		if (!str_starts(s, " (envelope-sender <"))
			return 0;
		i = str_find_str(s, str_c(">)"));
		return i < s.len ? i + 2 : 0;
	}
	if (s.len == 0 || !ascii_is_one_of(s.data[0], sign == 'z' ? "%" : ".:"))
		return 0;
	while (i < s.len &&
	    (sign == 'z' ? ascii_is_alnum(s.data[i]) ||
			ascii_is_one_of(s.data[i], "._~-") :
			   ascii_is_digit(s.data[i])))
		i++;
	return i > 1 || sign == 'z' ? i : 0;
}

static bool
match_sign(struct matching *m, char sign, const char *shape, size_t at)
{
	size_t length;

	switch (sign) {
	case 'i':
	case 'J':
		return match_ip(m, sign, shape, at);
	case 'L':
		length = local_length(from(m, at));
		return length > 0 && match(m, shape, at + length);
	case 'E':
		if (!str_starts(from(m, at), "HELO") &&
		    !str_starts(from(m, at), "EHLO"))
			return false;
		return match(m, shape, at + 4);
	case '.':
	case 'q':
	case 's':
		return match_short(m, sign, shape, at);
	case '[':
	case ']':
	case 'z':
	case 'p':
	case 'v':
		return match(m, shape, at + optional_length(m, sign, at));
	case '$':
		return at == m->line.len && match(m, shape, at);
	default:
		return match_long(m, sign, shape, at);
	}
}

/* The depth is that of the signs in a shape: no line makes it deeper. */
static bool
match(struct matching *m, const char *shape, size_t at)
{
	if (m->steps == 0)
		return false;
	m->steps--;
	for (; *shape && *shape != '%'; shape++, at++)
		if (at >= m->line.len || m->line.data[at] != *shape)
			return false;
	if (*shape == '%')
		return match_sign(m, shape[1], shape + 2, at);
	m->parts.tail = from(m, at);
	return true;
}

bool
shape_match(const char *shape, struct str line, struct shape_parts *parts)
{
	struct matching m = {
	    .line = line,
	    .parts = *parts,
	    .steps = STEPS_LEAST + STEPS * line.len,
	};

	if (!match(&m, shape, 0))
		return false;
	*parts = m.parts;
	return true;
}
