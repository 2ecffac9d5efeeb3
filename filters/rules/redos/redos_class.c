/*
 * redos_class: sets of octets as a regex writes them.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "redos_class.h"

static void
add_range(struct redos_set *set, int from, int to)
{
	int c;

	for (c = from; c <= to; c++)
		redos_set_add(set, (unsigned char)c);
}

void
redos_class_invert(struct redos_set *set)
{
	size_t i;

	for (i = 0; i < 4; i++)
		set->bits[i] = ~set->bits[i];
}

void
redos_class_fold(struct redos_set *set)
{
	int c;

	for (c = 'a'; c <= 'z'; c++) {
		if (redos_set_has(set, (unsigned char)c))
			redos_set_add(set, (unsigned char)(c - 32));
		if (redos_set_has(set, (unsigned char)(c - 32)))
			redos_set_add(set, (unsigned char)c);
	}
}

static void
add_all(struct redos_set *set, const struct redos_set *more)
{
	size_t i;

	for (i = 0; i < 4; i++)
		set->bits[i] |= more->bits[i];
}

static bool
add_small(struct redos_set *set, char letter)
{
	switch (letter) {
	case 'd':
		add_range(set, '0', '9');
		return true;
	case 'w':
		add_range(set, '0', '9');
		add_range(set, 'a', 'z');
		add_range(set, 'A', 'Z');
		redos_set_add(set, '_');
		return true;
	case 's':
		add_range(set, 9, 13);
		redos_set_add(set, ' ');
		return true;
	case 'h':
		redos_set_add(set, ' ');
		redos_set_add(set, 9);
		redos_set_add(set, 0xa0);
		return true;
	case 'v':
		add_range(set, 10, 13);
		redos_set_add(set, 0x85);
		return true;
	case 'n': /* of \N: not a newline */
		redos_set_add(set, '\n');
		return true;
	default:
		return false;
	}
}

bool
redos_class_letter(struct redos_set *set, char letter)
{
	struct redos_set one = {{0}};
	bool turned = letter >= 'A' && letter <= 'Z';

	if (letter == 'n' || !add_small(&one, ascii_lower(letter)))
		return false;
	if (turned)
		redos_class_invert(&one);
	add_all(set, &one);
	return true;
}

static int
read_hex(struct str text, size_t *used)
{
	size_t i = 1;
	unsigned value = 0;
	bool braced = i < text.len && text.data[i] == '{';

	i += braced;
	while (i < text.len && ascii_hex_value(text.data[i]) >= 0 &&
	    (braced || i < 3))
		value =
		    (value << 4 | (unsigned)ascii_hex_value(text.data[i++])) &
		    0xffffff;
	if (braced && i < text.len)
		i++;
	*used = i;
	return value > 255 ? 255 : (int)value;
}

static int
read_octal(struct str text, size_t *used)
{
	size_t i = 0;
	int value = 0;

	while (
	    i < text.len && i < 3 && text.data[i] >= '0' && text.data[i] <= '7')
		value = value * 8 + text.data[i++] - '0';
	*used = i;
	return value & 255;
}

int
redos_class_escape(struct str text, size_t *used)
{
	static const char letters[] = "abefnrt", values[] = "\a\b\033\f\n\r\t";
	const char *at;

	if (text.len == 0)
		return -1;
	*used = 1;
	if (text.data[0] == 'x')
		return read_hex(text, used);
	if (text.data[0] == 'c' && text.len > 1) {
		*used = 2;
		return text.data[1] & 31;
	}
	if (text.data[0] >= '0' && text.data[0] <= '7')
		return read_octal(text, used);
	if (ascii_is_one_of(text.data[0], letters)) {
		at = strchr(letters, text.data[0]);
		return values[at - letters];
	}
	return ascii_is_alnum(text.data[0]) ? -1 : (unsigned char)text.data[0];
}

/* [:alpha:] and the like; returns how much was taken, 0: none. */
static size_t
take_posix(struct str text, struct redos_set *set)
{
	static const struct {
		const char *name;
		const char *ranges;
	} names[] = {
	    {"[:alpha:]", "azAZ"},
	    {"[:alnum:]", "azAZ09"},
	    {"[:digit:]", "09"},
	    {"[:lower:]", "az"},
	    {"[:upper:]", "AZ"},
	    {"[:xdigit:]", "09afAF"},
	    {"[:space:]", "  \t\r"},
	    {"[:blank:]", "  \t\t"},
	    {"[:punct:]", "!/:@[`{~"},
	    {"[:print:]", " ~"},
	    {"[:graph:]", "!~"},
	    {"[:cntrl:]", "\001\037"},
	    {"[:word:]", "azAZ09__"},
	};
	const char *r;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!str_starts(text, names[i].name))
			continue;
		for (r = names[i].ranges; *r; r += 2)
			add_range(set, r[0], r[1]);
		return strlen(names[i].name);
	}
	return 0;
}

/* One member of a class at text; -1 when it was a set of its own. */
static int
take_member(struct str text, struct redos_set *set, size_t *used)
{
	int c;

	*used = take_posix(text, set);
	if (*used)
		return -1;
	*used = 1;
	if (text.data[0] != '\\' || text.len == 1)
		return (unsigned char)text.data[0];
	if (redos_class_letter(set, text.data[1])) {
		*used = 2;
		return -1;
	}
	c = redos_class_escape(str_from(text, 1), used);
	*used = c < 0 ? 2 : *used + 1;
	return c < 0 ? (unsigned char)text.data[1] : c;
}

bool
redos_class_parse(struct str text, struct redos_set *set, size_t *used)
{
	size_t i = 0, taken;
	bool inverted = text.len && text.data[0] == '^', first = true;
	int from, to;

	for (i += inverted; i < text.len; first = false) {
		if (text.data[i] == ']' && !first)
			break;
		from = take_member(str_from(text, i), set, &taken);
		i += taken;
		if (from < 0)
			continue;
		to = from;
		if (i + 1 < text.len && text.data[i] == '-' &&
		    text.data[i + 1] != ']') {
			to = take_member(str_from(text, i + 1), set, &taken);
			i += 1 + taken;
		}
		add_range(set, from, to < from ? from : to);
		if (to < 0)
			redos_set_add(set, '-');
	}
	if (inverted)
		redos_class_invert(set);
	*used = i + 1;
	return i < text.len;
}
