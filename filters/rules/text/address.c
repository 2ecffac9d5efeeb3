/*
 * address: addresses and names of a field, as rules see them.
 *
 *	item    = [phrase] "<" [address] ">" / address / phrase
 *	field   = item [comment] *(("," / ";") item [comment])
 *
 * Reading ends at the first item that has another form; addresses in angle
 * brackets behind it are still found.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/arena.h"

#include "address.h"
#include "domain.h"

enum { ADDRESSES_MAX = 10000, ANGLES_TRIED = 8 };

struct item {
	struct str phrase;  /* data NULL: none */
	struct str address; /* data NULL: none */
	struct str comment; /* data NULL: none */
	bool in_angle;
	size_t end; /* behind the item and its comma */
};

static const struct str none = {NULL, 0};

static size_t
skip_space(struct str s, size_t i)
{
	while (i < s.len && (ascii_is_space(s.data[i]) || s.data[i] == '\f'))
		i++;
	return i;
}

static bool
is_space(char c)
{
	return ascii_is_space(c) || c == '\f' || c == '\v';
}

/* Behind the closing mark of what begins at i; i when it has no end. */
static size_t
skip_quoted(struct str s, size_t i, char open, char close)
{
	size_t k;

	if (i >= s.len || s.data[i] != open)
		return i;
	for (k = i + 1; k < s.len; k++) {
		if (s.data[k] == close)
			return k + 1;
		if (s.data[k] == open)
			return i;
		if (s.data[k] == '\\')
			k++;
	}
	return i;
}

static size_t
skip_phrase(struct str s, size_t i)
{
	size_t end;

	while (i < s.len && !ascii_is_one_of(s.data[i], ",;<")) {
		end = s.data[i] == '"' ? skip_quoted(s, i, '"', '"') : i + 1;
		if (end == i)
			break;
		i = end;
	}
	return i;
}

/* Behind user@domain at i; i when there is none. */
static size_t
skip_address(struct str s, size_t i)
{
	static const char specials[] = "<>()[],:;";
	size_t k = skip_quoted(s, i, '"', '"'), start;

	if (k == i || k >= s.len || s.data[k] != '@')
		for (k = i; k < s.len && !is_space(s.data[k]) &&
		     s.data[k] != '@' && !ascii_is_one_of(s.data[k], specials);
		     k++)
			;
	if (k == i || k >= s.len || s.data[k] != '@')
		return i;
	start = ++k;
	while (k < s.len && !is_space(s.data[k]) && s.data[k] != '"' &&
	    !ascii_is_one_of(s.data[k], specials))
		k++;
	if (k == start && k < s.len && s.data[k] == '[') {
		while (++k < s.len &&
		    (ascii_is_digit(s.data[k]) ||
			ascii_is_one_of(s.data[k], ":.")))
			;
		if (k < s.len && s.data[k] == ']')
			return k + 1;
		return i;
	}
	return k > start ? k : i;
}

/* What may stand behind an item: a comment, then a comma or the end. */
static bool
take_rest(struct str s, size_t i, struct item *item)
{
	size_t open = skip_space(s, i);
	size_t end = skip_quoted(s, open, '(', ')');

	if (end > open) {
		item->comment = str_of(s.data + open + 1, end - open - 2);
		i = end;
	}
	i = skip_space(s, i);
	if (i < s.len && s.data[i] != ',' && s.data[i] != ';')
		return false;
	item->end = i < s.len ? i + 1 : i;
	return true;
}

/* "<...>" once more, as some programs write it. */
static size_t
skip_more_angles(struct str s, size_t i)
{
	size_t open, end;

	for (;;) {
		open = skip_space(s, i);
		if (open >= s.len || s.data[open] != '<')
			return i;
		end = open + 1;
		while (end < s.len && s.data[end] != '>')
			end++;
		if (end >= s.len)
			return i;
		i = end + 1;
	}
}

/* i is behind "<".  The last ">" of a run without space counts. */
static bool
take_angle(struct str s, size_t i, struct item *item)
{
	size_t start = skip_space(s, i), at = start, run, k, tried = 0;

	while (at < s.len && s.data[at] != '>' && s.data[at] != '@')
		at++;
	if (at >= s.len)
		return false;
	run = at;
	if (s.data[at] == '@')
		while (run < s.len && !is_space(s.data[run]))
			run++;
	k = skip_space(s, run);
	if (k >= s.len || s.data[k] != '>')
		k = run;
	for (;; k--) {
		while (k > at && (k >= s.len || s.data[k] != '>'))
			k--;
		if (k >= s.len || s.data[k] != '>')
			return false;
		item->comment = none;
		if (take_rest(s, skip_more_angles(s, k + 1), item))
			break;
		if (k == at || ++tried == ANGLES_TRIED)
			return false;
	}
	item->address = str_trim(str_of(s.data + start, k - start));
	item->in_angle = true;
	return true;
}

static bool
take_item(struct str s, struct item *item)
{
	size_t i = skip_space(s, 0), end = skip_phrase(s, i), mail;

	*item = (struct item) {none, none, none, false, 0};
	if (end < s.len && s.data[end] == '<' && take_angle(s, end + 1, item)) {
		if (end > i)
			item->phrase = str_of(s.data + i, end - i);
		return true;
	}
	item->comment = none;
	mail = skip_address(s, i);
	if (mail > i && take_rest(s, mail, item)) {
		item->address = str_of(s.data + i, mail - i);
		return true;
	}
	item->comment = none;
	if (end == i || !take_rest(s, end, item))
		return false;
	item->phrase = str_of(s.data + i, end - i);
	return true;
}

/* --- what an item says --- */

static bool
is_address(struct str s)
{
	return s.len > 0 && skip_address(s, 0) == s.len;
}

/* Not of the kind that comes of reading a quote wrongly. */
static bool
is_sane(struct str s)
{
	size_t i, quotes = 0;

	for (i = 0; i < s.len; i++)
		quotes += s.data[i] == '"';
	return quotes != 1 && !str_starts(s, "\"\"@");
}

static struct str
without_comments(struct str s, struct arena *arena)
{
	size_t i, end, len = 0;
	char *out;

	if (str_find(s, '(') == s.len)
		return s;
	out = arena_alloc(arena, s.len + 1);
	for (i = 0; i < s.len;) {
		end = skip_quoted(s, i, '(', ')');
		if (end > i)
			i = end;
		else
			out[len++] = s.data[i++];
	}
	return str_of(out, len);
}

/* Quotes and their backslashes go, and comments outside of quotes. */
static struct str
phrase_text(struct str phrase, struct arena *arena)
{
	char *out = arena_alloc(arena, phrase.len + 1);
	size_t i, end, len = 0;

	for (i = 0; i < phrase.len; i++) {
		end = skip_quoted(phrase, i, '"', '"');
		if (end == i)
			end = skip_quoted(phrase, i, '(', ')');
		if (end == i) {
			if (phrase.data[i] != '"')
				out[len++] = phrase.data[i];
			continue;
		}
		if (phrase.data[i] == '(') {
			i = end - 1;
			continue;
		}
		for (i++; i + 1 < end; i++)
			if (phrase.data[i] != '\\')
				out[len++] = phrase.data[i];
	}
	return str_of(out, len);
}

static struct str
to_second_at(struct str address)
{
	size_t at = str_find(address, '@');

	return str_head(
	    address, at + 1 + str_find(str_from(address, at + 1), '@'));
}

/* A name that is an address, where there is no other. */
static bool
names_address(struct str phrase)
{
	struct str domain = str_from(phrase, str_find(phrase, '@') + 1);

	return is_address(phrase) && is_sane(phrase) &&
	    domain_is_host(str_head(domain, str_find(domain, '@')));
}

static void
settle(struct item *item, struct arena *arena)
{
	if (item->in_angle) {
		item->address = without_comments(item->address, arena);
		if (!is_address(item->address))
			item->address = none;
	}
	if (item->address.data && !is_sane(item->address))
		item->address = none;
	if (item->phrase.data) {
		item->phrase = phrase_text(item->phrase, arena);
		if (!item->address.data && names_address(item->phrase)) {
			item->address = item->phrase;
			item->phrase = none;
		} else if (item->phrase.len == 0 ||
		    (item->address.data &&
			str_eq(item->phrase, item->address))) {
			item->phrase = none;
		}
	}
	if (!item->phrase.data)
		item->phrase = item->comment;
}

static void
add(struct addresses *out, struct arena *arena, struct str name,
    struct str address)
{
	if (out->count == ADDRESSES_MAX)
		return;
	out->at = arena_push(arena, out->at, out->count, sizeof(*out->at));
	out->at[out->count++] = (struct address) {
	    name, address.data ? to_second_at(address) : str_of("", 0)};
}

/* What was not read: addresses in angle brackets, wherever they are. */
static void
search(struct str rest, struct arena *arena, struct addresses *out)
{
	size_t end;

	for (;;) {
		rest = str_from(rest, str_find(rest, '<'));
		if (rest.len == 0)
			return;
		end = skip_address(rest, 1);
		if (end > 1 && end < rest.len && rest.data[end] == '>' &&
		    is_sane(str_of(rest.data + 1, end - 1)))
			add(out, arena, none, str_of(rest.data + 1, end - 1));
		rest = str_from(rest, 1);
	}
}

/* A group's name, and what is doubly escaped, is not read. */
static struct str
prepare(struct str value, struct arena *arena)
{
	size_t i, colon = 0, len = 0;
	char *out;

	value = str_trim(value);
	if (str_find_str(value, str_c("\\\\")) < value.len) {
		out = arena_alloc(arena, value.len + 1);
		for (i = 0; i < value.len; i++) {
			if (value.data[i] == '\\' && i + 1 < value.len &&
			    value.data[i + 1] == '\\')
				i++;
			else
				out[len++] = value.data[i];
		}
		value = str_of(out, len);
	}
	for (i = 0; i < value.len && !ascii_is_one_of(value.data[i], "\"()<>");
	     i++)
		if (value.data[i] == ':' && i > 0)
			colon = i + 1;
	value = str_from(value, colon);
	i = skip_space(value, 0);
	if (colon > 0 && i < value.len && value.data[i] == ';')
		return str_c("");
	return value;
}

void
address_parse(struct str value, struct arena *arena, struct addresses *out)
{
	struct str rest = prepare(value, arena);
	struct item item;

	*out = (struct addresses) {NULL, 0};
	while (rest.len > 0 && out->count < ADDRESSES_MAX &&
	    take_item(rest, &item)) {
		rest = str_from(rest, item.end);
		settle(&item, arena);
		add(out, arena, item.phrase, item.address);
	}
	if (str_find(rest, '@') < rest.len)
		search(rest, arena, out);
}
