/*
 * str: a span of octets that belongs to somebody else.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <strings.h>

#include "postern/str.h"

int
ascii_hex_value(char c)
{
	if (ascii_is_digit(c))
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
str_eq(struct str a, struct str b)
{
	return a.len == b.len &&
	    (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

bool
str_case_eq(struct str a, struct str b)
{
	return a.len == b.len && str_case_cmp(a, b) == 0;
}

bool
str_case_is(struct str a, const char *text)
{
	return str_case_eq(a, str_c(text));
}

bool
str_case_starts(struct str s, const char *prefix)
{
	return str_case_eq(str_head(s, strlen(prefix)), str_c(prefix));
}

bool
str_ends(struct str s, const char *suffix)
{
	size_t len = strlen(suffix);

	return s.len >= len && str_is(str_from(s, s.len - len), suffix);
}

bool
str_case_ends(struct str s, const char *suffix)
{
	size_t len = strlen(suffix);

	return s.len >= len && str_case_is(str_from(s, s.len - len), suffix);
}

static int
len_cmp(struct str a, struct str b)
{
	return (a.len > b.len) - (a.len < b.len);
}

size_t
str_hash(struct str s)
{
	size_t value = 5381, i;

	for (i = 0; i < s.len; i++)
		value = value * 33 + (unsigned char)s.data[i];
	return value ^ value >> 15;
}

size_t
str_case_hash(struct str s)
{
	size_t value = 5381, i;

	for (i = 0; i < s.len; i++)
		value = value * 33 + (unsigned char)ascii_lower(s.data[i]);
	return value ^ value >> 15;
}

int
str_cmp(struct str a, struct str b)
{
	size_t least = a.len < b.len ? a.len : b.len;
	int order = least ? memcmp(a.data, b.data, least) : 0;

	return order ? order : len_cmp(a, b);
}

int
str_case_cmp(struct str a, struct str b)
{
	size_t i, least = a.len < b.len ? a.len : b.len;
	int order;

	for (i = 0; i < least; i++) {
		order = (unsigned char)ascii_lower(a.data[i]) -
		    (unsigned char)ascii_lower(b.data[i]);
		if (order)
			return order;
	}
	return len_cmp(a, b);
}

size_t
str_find(struct str s, char c)
{
	const char *at = s.len ? memchr(s.data, c, s.len) : NULL;

	return at ? (size_t)(at - s.data) : s.len;
}

size_t
str_find_last(struct str s, char c)
{
	const char *at = s.len ? memrchr(s.data, c, s.len) : NULL;

	return at ? (size_t)(at - s.data) : s.len;
}

size_t
str_find_str(struct str s, struct str needle)
{
	const char *at;

	if (s.len == 0)
		return 0;
	at = memmem(s.data, s.len, needle.data, needle.len);
	return at ? (size_t)(at - s.data) : s.len;
}

size_t
str_case_find_str(struct str s, struct str needle)
{
	char first;
	size_t i;

	if (needle.len == 0)
		return 0;
	first = ascii_lower(needle.data[0]);
	for (i = 0; i + needle.len <= s.len; i++)
		if (ascii_lower(s.data[i]) == first &&
		    str_case_eq(str_of(s.data + i, needle.len), needle))
			return i;
	return s.len;
}

struct str
str_trim(struct str s)
{
	while (s.len > 0 && ascii_is_space(s.data[0]))
		s = str_from(s, 1);
	while (s.len > 0 && ascii_is_space(s.data[s.len - 1]))
		s.len--;
	return s;
}

bool
str_cut(struct str *rest, char sep, struct str *token)
{
	size_t at;

	if (!rest->data)
		return false;
	at = str_find(*rest, sep);
	*token = str_head(*rest, at);
	*rest = at < rest->len ? str_from(*rest, at + 1) : str_of(NULL, 0);
	return true;
}

bool
str_cut_line(struct str *rest, struct str *line)
{
	size_t at = str_find(*rest, '\n');

	if (rest->len == 0)
		return false;
	*line = str_head(*rest, at);
	if (at < rest->len && at > 0 && line->data[at - 1] == '\r')
		line->len--;
	*rest = str_from(*rest, at + 1);
	return true;
}

bool
str_cut_word(struct str *rest, struct str *word)
{
	size_t len = 0;

	while (rest->len > 0 && ascii_is_space(rest->data[0]))
		*rest = str_from(*rest, 1);
	while (len < rest->len && !ascii_is_space(rest->data[len]))
		len++;
	*word = str_head(*rest, len);
	*rest = str_from(*rest, len);
	return len > 0;
}

bool
str_to_uint(struct str s, uint64_t max, uint64_t *out)
{
	uint64_t value = 0;
	unsigned digit;
	size_t i;

	for (i = 0; i < s.len; i++) {
		if (!ascii_is_digit(s.data[i]))
			return false;
		digit = (unsigned)(s.data[i] - '0');
		if (value > (max - digit) / 10 || digit > max)
			return false;
		value = value * 10 + digit;
	}
	*out = value;
	return s.len > 0;
}
