/*
 * taglist: tag=value lists.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "taglist.h"

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

/* Printable, white space only as folding has it, UTF-8 (RFC 8616). */
static bool
is_value(struct str value)
{
	unsigned char c;
	size_t i;

	for (i = 0; i < value.len; i++) {
		c = (unsigned char)value.data[i];
		if (c == '\r') {
			if (i + 2 >= value.len || value.data[i + 1] != '\n' ||
			    (value.data[i + 2] != ' ' &&
				value.data[i + 2] != '\t'))
				return false;
			i++;
		} else if ((c < 0x20 && c != '\t') || c == 0x7f) {
			return false;
		}
	}
	return true;
}

static bool
parse_one(struct str text, struct taglist *out, struct error *err)
{
	size_t equals = str_find(text, '=');
	struct str name = str_trim(str_head(text, equals));
	struct tag *tag;
	size_t i;

	if (equals == text.len || !is_name(name))
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
	return is_value(tag->whole) ||
	    error_set(err, "bad octet in tag %.*s", (int)str_head(name, 40).len,
		name.data);
}

bool
taglist_parse(struct str text, struct taglist *out, struct error *err)
{
	struct str rest = text, one;

	out->count = 0;
	while (str_cut(&rest, ';', &one)) {
		if (!rest.data && str_trim(one).len == 0)
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

struct str
taglist_compact(struct str value, struct arena *arena)
{
	char *out = arena_alloc(arena, value.len + 1);
	size_t i, len = 0;

	for (i = 0; i < value.len; i++)
		if (!ascii_is_space(value.data[i]))
			out[len++] = value.data[i];
	return str_of(out, len);
}

/* One more than the value of a letter, from space on; 0 is no letter. */
static const unsigned char base64_values[96] = {
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    63,
    0,
    0,
    0,
    64,
    53,
    54,
    55,
    56,
    57,
    58,
    59,
    60,
    61,
    62,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    9,
    10,
    11,
    12,
    13,
    14,
    15,
    16,
    17,
    18,
    19,
    20,
    21,
    22,
    23,
    24,
    25,
    26,
    0,
    0,
    0,
    0,
    0,
    0,
    27,
    28,
    29,
    30,
    31,
    32,
    33,
    34,
    35,
    36,
    37,
    38,
    39,
    40,
    41,
    42,
    43,
    44,
    45,
    46,
    47,
    48,
    49,
    50,
    51,
    52,
    0,
    0,
    0,
    0,
    0,
};

static int
base64_value(char c)
{
	unsigned at = (unsigned char)c - ' ';

	return at < sizeof(base64_values) ? base64_values[at] - 1 : -1;
}

bool
taglist_base64(struct str value, struct arena *arena, struct str *out)
{
	struct str in = taglist_compact(value, arena);
	char *octets = arena_alloc(arena, in.len / 4 * 3 + 4);
	size_t len = 0, i, pad = 0;
	unsigned bits = 0;
	int v;

	while (pad < 2 && in.len > 0 && in.data[in.len - 1] == '=') {
		in.len--;
		pad++;
	}
	if ((in.len + pad) % 4 != 0 || in.len == 0)
		return false;
	for (i = 0; i < in.len; i++) {
		v = base64_value(in.data[i]);
		if (v < 0)
			return false;
		bits = bits << 6 | (unsigned)v;
		if (i % 4 != 0)
			octets[len++] =
			    (char)(bits >> (6 - 2 * (i % 4)) & 0xff);
	}
	*out = str_of(octets, len);
	return true;
}
