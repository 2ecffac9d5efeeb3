/*
 * regex_class: sets of octets as a regex writes them: \w, [^a-z], [[:alpha:]].
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "regex_parser.h"

/* In the C locale, as PCRE2 is asked to: tables of its own. */
static const struct {
	const char *name;
	const char *pairs; /* first and last octet of each range */
} classes[] = {
    {"alpha", "AZaz"},
    {"lower", "az"},
    {"upper", "AZ"},
    {"alnum", "09AZaz"},
    {"ascii", "\1\177"},
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
		if (str_is(name, "cntrl") || str_is(name, "ascii"))
			octets_add(set, 0);
		return true;
	}
	return false;
}

bool
regex_class_letter(struct octets *set, char letter)
{
	struct octets one = {{0}};

	switch (ascii_lower(letter)) {
	case 'd':
		add_named(&one, str_c("digit"));
		break;
	case 's':
		add_named(&one, str_c("space"));
		break;
	case 'w':
		add_named(&one, str_c("word"));
		break;
	case 'h':
		add_named(&one, str_c("blank"));
		octets_add(&one, 0xa0);
		break;
	case 'v':
		octets_add_range(&one, '\n', '\r');
		octets_add(&one, 0x85);
		break;
	case 'n':
		if (letter == 'n')
			return false;
		octets_add(&one, '\n');
		break;
	default:
		return false;
	}
	if (letter <= 'Z')
		octets_invert(&one);
	octets_add_all(set, &one);
	return true;
}

/* While a class is read. */
struct class
{
	struct str text;
	size_t at;
	struct octets *set;
	bool fold;
	bool unknown; /* what it holds: all, then */
	bool quoted;  /* between \Q and \E */
};

enum member {
	MEMBER_OCTET, /* which may start a range */
	MEMBER_SET,
	MEMBER_NONE /* \Q, \E */
};

static bool
take(struct class *c, const char *word)
{
	if (!str_starts(str_from(c->text, c->at), word))
		return false;
	c->at += strlen(word);
	return true;
}

/* [:alpha:] or [:^alpha:] inside a class. */
static bool
take_posix(struct class *c)
{
	struct str rest = str_from(c->text, c->at), name;
	struct octets named = {{0}};
	size_t start = 2, end;

	if (!str_starts(rest, "[:"))
		return false;
	start += str_starts(rest, "[:^");
	for (end = start; end < rest.len && ascii_is_alpha(rest.data[end]);)
		end++;
	name = str_of(rest.data + start, end - start);
	if (!str_starts(str_from(rest, end), ":]") || !add_named(&named, name))
		return false;
	if (c->fold) /* before it is turned round */
		octets_fold(&named);
	if (start > 2)
		octets_invert(&named);
	octets_add_all(c->set, &named);
	c->at += end + 2;
	return true;
}

/* Behind the backslash. */
static enum member
take_escape(struct class *c, unsigned char *octet)
{
	struct str rest = str_from(c->text, c->at);
	char letter = rest.len ? rest.data[0] : '\0';
	size_t used = regex_escape(rest, octet);

	if (used == 0)
		used = regex_octal(rest, octet);
	if (used > 0) {
		c->at += used;
		return MEMBER_OCTET;
	}
	c->at++;
	if (ascii_is_one_of(letter, "b89")) {
		*octet = (unsigned char)(letter == 'b' ? '\b' : letter);
		return MEMBER_OCTET;
	}
	c->quoted = letter == 'Q';
	if (ascii_is_one_of(letter, "QE"))
		return MEMBER_NONE;
	if (letter == 'N' || !regex_class_letter(c->set, letter))
		c->unknown = true; /* \p{..}, \x{100} */
	return MEMBER_SET;
}

static enum member
take_one(struct class *c, unsigned char *octet)
{
	char at;

	if (take_posix(c))
		return MEMBER_SET;
	at = c->text.data[c->at++];
	if (at == '\\')
		return take_escape(c, octet);
	*octet = (unsigned char)at;
	return MEMBER_OCTET;
}

static bool
is_range(const struct class *c)
{
	return c->at + 1 < c->text.len && c->text.data[c->at] == '-' &&
	    c->text.data[c->at + 1] != ']';
}

static void
take_range(struct class *c, unsigned char from)
{
	unsigned char to;

	c->at++;
	switch (take_one(c, &to)) {
	case MEMBER_OCTET:
		octets_add_range(c->set, from, to);
		break;
	case MEMBER_SET: /* [a-\d]: the hyphen is one */
		octets_add(c->set, '-');
		break;
	default:
		c->unknown = true; /* [a-\Qz\E] */
	}
}

static void
take_member(struct class *c)
{
	unsigned char from = 0;
	enum member member = take_one(c, &from);

	if (member == MEMBER_OCTET) {
		octets_add(c->set, from);
		if (is_range(c))
			take_range(c, from);
	} else if (!c->quoted && is_range(c)) {
		if (member == MEMBER_NONE)
			c->unknown = true; /* [a\E-z] */
		octets_add(c->set, '-');   /* [\w-.] */
		c->at++;
	}
}

/* \Q...\E inside a class. */
static void
take_quoted(struct class *c)
{
	if (!take(c, "\\E")) {
		octets_add(c->set, (unsigned char)c->text.data[c->at++]);
		return;
	}
	c->quoted = false;
	c->unknown |= is_range(c);
}

/* "^", and what may stand around it for nothing. */
static bool
take_start(struct class *c, bool extended)
{
	bool inverse = false;

	for (;;) {
		if (!inverse && take(c, "^"))
			inverse = true;
		else if (!take(c, "\\E") && !take(c, "\\Q\\E") &&
		    !(extended && (take(c, " ") || take(c, "\t"))))
			return inverse;
	}
}

size_t
regex_class(struct str text, unsigned flags, struct octets *set, bool *guess)
{
	struct class c = {
	    .text = text, .set = set, .fold = flags & PERLRE_CASELESS};
	bool extended = flags & PERLRE_EXTENDED_MORE, inverse;
	size_t first;

	memset(set, 0, sizeof(*set));
	inverse = take_start(&c, extended);
	first = c.at;
	while (c.at < text.len &&
	    (text.data[c.at] != ']' || c.at == first || c.quoted)) {
		if (c.quoted)
			take_quoted(&c);
		else
			take_member(&c);
	}
	if (c.fold)
		octets_fold(set);
	if (inverse)
		octets_invert(set);
	if (c.unknown || extended)
		octets_fill(set);
	*guess |= c.unknown || extended;
	return c.at < text.len ? c.at + 1 : 0;
}
