/*
 * taglist: tag=value lists.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "taglist.h"

enum { BLOCK = 16 };

static bool
is_name(struct str name)
{
	size_t i;

	if (name.len == 0 || !ascii_is_alpha(name.data[0]))
		return false;
	for (i = 1; i < name.len; i++)
		if (!ascii_is_alnum(name.data[i]) && name.data[i] != '_')
			return false;
	return true;
}

static bool
is_control(unsigned char c)
{
	return c < 0x20 || c == 0x7f;
}

/* Without branches: the compiler makes vectors of it. */
static bool
block_has_control(const char *at)
{
	unsigned char found = 0, c;
	size_t i;

	for (i = 0; i < BLOCK; i++) {
		c = (unsigned char)at[i];
		found |= (c < 0x20) | (c == 0x7f);
	}
	return found;
}

/* CRLF before white space. */
static bool
is_fold(struct str s)
{
	return str_starts(s, "\r\n ") || str_starts(s, "\r\n\t");
}

/* Printable, white space only as folding has it, UTF-8 (RFC 8616). */
static bool
is_text(struct str s)
{
	while (s.len > 0) {
		if (s.len >= BLOCK && !block_has_control(s.data)) {
			s = str_from(s, BLOCK);
			continue;
		}
		while (s.len > 0 && !is_control((unsigned char)s.data[0]))
			s = str_from(s, 1);
		if (s.len == 0)
			break;
		if (s.data[0] != '\t' && !is_fold(s))
			return false;
		s = str_from(s, s.data[0] == '\t' ? 1 : 3);
	}
	return true;
}

static bool
parse_one(struct str text, struct taglist *out, struct error *err)
{
	size_t equals = str_find(text, '=');
	struct str head = str_head(text, equals), name = str_trim(head);
	struct tag *tag;
	size_t i;

	if (equals == text.len || !is_text(head) || !is_name(name))
		return error_set(err, "malformed tag");
	for (i = 0; i < out->count; i++)
		if (str_eq(out->tags[i].name, name))
			return error_set(err, "duplicate tag %.*s",
			    (int)str_head(name, 40).len, name.data);
	if (out->count == TAGLIST_MAX)
		return error_set(err, "more than %d tags", TAGLIST_MAX);
	tag = &out->tags[out->count++];
	tag->name = name;
	tag->whole = str_from(text, equals + 1);
	tag->value = str_trim(tag->whole);
	return is_text(tag->whole) ||
	    error_set(err, "bad octet in tag %.*s", (int)str_head(name, 40).len,
		name.data);
}

bool
taglist_parse(struct str text, struct taglist *out, struct error *err)
{
	struct str rest = text, one;

	out->count = 0;
	while (str_cut(&rest, ';', &one)) {
		if (!rest.data && is_text(one) && str_trim(one).len == 0)
			break; /* one last semicolon is allowed */
		if (!parse_one(one, out, err))
			return false;
	}
	return out->count > 0 || error_set(err, "no tags");
}

const struct tag *
taglist_find(const struct taglist *list, const char *name)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (str_is(list->tags[i].name, name))
			return &list->tags[i];
	return NULL;
}

struct str
taglist_get(const struct taglist *list, const char *name, const char *otherwise)
{
	const struct tag *tag = taglist_find(list, name);

	return tag ? tag->value : str_c(otherwise);
}

bool
taglist_cut(struct str *rest, struct str *member)
{
	if (!str_cut(rest, ':', member))
		return false;
	*member = str_trim(*member);
	return true;
}

/* clang-format off */
/* One more than the value of a letter; 0 is no letter. */
static const unsigned char base64_values[256] = {
	['A'] = 1, ['B'] = 2, ['C'] = 3, ['D'] = 4, ['E'] = 5, ['F'] = 6,
	['G'] = 7, ['H'] = 8, ['I'] = 9, ['J'] = 10, ['K'] = 11, ['L'] = 12,
	['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16, ['Q'] = 17, ['R'] = 18,
	['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24,
	['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28, ['c'] = 29, ['d'] = 30,
	['e'] = 31, ['f'] = 32, ['g'] = 33, ['h'] = 34, ['i'] = 35, ['j'] = 36,
	['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40, ['o'] = 41, ['p'] = 42,
	['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48,
	['w'] = 49, ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54,
	['2'] = 55, ['3'] = 56, ['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60,
	['8'] = 61, ['9'] = 62, ['+'] = 63, ['/'] = 64,
};
/* clang-format on */

static int
base64_value(char c)
{
	return base64_values[(unsigned char)c] - 1;
}

/* Four letters to three octets; false when one is no letter. */
static bool
decode_four(const char *at, char *out)
{
	int a = base64_value(at[0]), b = base64_value(at[1]);
	int c = base64_value(at[2]), d = base64_value(at[3]);

	if ((a | b | c | d) < 0)
		return false;
	out[0] = (char)(a << 2 | b >> 4);
	out[1] = (char)(b << 4 | c >> 2);
	out[2] = (char)(c << 6 | d);
	return true;
}

/* Strict but for white space: padded, and nothing behind the padding. */
bool
taglist_base64(struct str value, struct arena *arena, struct str *out)
{
	char *octets = arena_alloc(arena, value.len / 4 * 3 + 4);
	size_t len = 0, i, count = 0, pad = 0;
	unsigned bits = 0, phase;
	int v;

	for (i = 0; i < value.len; i++) {
		if (count % 4 == 0 && pad == 0 && value.len - i >= 4 &&
		    decode_four(value.data + i, octets + len)) {
			count += 4;
			len += 3;
			i += 3;
			continue;
		}
		v = base64_value(value.data[i]);
		if (v >= 0 && pad == 0) {
			bits = bits << 6 | (unsigned)v;
			phase = count++ % 4;
			if (phase > 0)
				octets[len++] = (char)(bits >> (6 - 2 * phase));
		} else if (value.data[i] == '=') {
			pad++;
		} else if (v >= 0 || !ascii_is_space(value.data[i])) {
			return false;
		}
	}
	*out = str_of(octets, len);
	return count > 0 && pad <= 2 && (count + pad) % 4 == 0;
}
