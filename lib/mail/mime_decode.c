/*
 * mime_decode: transfer encodings undone (RFC 2045 section 6).
 *
 * Octets that belong to no encoding are passed over, as mail readers do it.
 * Each decoder is linear, and its output is never longer than its input.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/mime.h"

/* RFC 4648 section 4: each digit's value plus one; 0 for other octets. */
static const unsigned char base64_digits[256] = {['A'] = 1,
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
    ['a'] = 27,
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
    ['0'] = 53,
    54,
    55,
    56,
    57,
    58,
    59,
    60,
    61,
    62,
    ['+'] = 63,
    ['/'] = 64};

struct output {
	char *data;
	size_t len;
	size_t limit;
};

static struct output
output_new(size_t most, size_t limit, struct arena *arena)
{
	if (limit > most)
		limit = most;
	return (struct output) {arena_alloc(arena, limit + 1), 0, limit};
}

static void
output_add(struct output *out, struct str s)
{
	s = str_head(s, out->limit - out->len);
	memcpy(out->data + out->len, s.data, s.len);
	out->len += s.len;
}

static void
output_putc(struct output *out, unsigned octet)
{
	if (out->len < out->limit)
		out->data[out->len++] = (char)(octet & 0xff);
}

static unsigned
base64_digit(char c)
{
	return base64_digits[(unsigned char)c];
}

/* Whole groups of four digits, which is nearly all there is; returns how many
 * octets it read. */
static size_t
base64_groups(struct str in, struct output *out)
{
	unsigned a, b, c, d;
	size_t i;

	for (i = 0; i + 4 <= in.len && out->limit - out->len >= 3; i += 4) {
		a = base64_digit(in.data[i]);
		b = base64_digit(in.data[i + 1]);
		c = base64_digit(in.data[i + 2]);
		d = base64_digit(in.data[i + 3]);
		if (!a || !b || !c || !d)
			break;
		a = (a - 1) << 18 | (b - 1) << 12 | (c - 1) << 6 | (d - 1);
		out->data[out->len++] = (char)(a >> 16 & 0xff);
		out->data[out->len++] = (char)(a >> 8 & 0xff);
		out->data[out->len++] = (char)(a & 0xff);
	}
	return i;
}

/*
 * A "=" ends a group of four wherever it stands, so that encoded texts that
 * somebody joined decode to the joined text.
 */
struct str
mime_decode_base64(struct str in, size_t limit, struct arena *arena)
{
	struct output out = output_new(in.len / 4 * 3 + 3, limit, arena);
	unsigned bits = 0, held = 0;
	size_t i = 0;
	char c;

	while (i < in.len && out.len < out.limit) {
		if (held == 0)
			i += base64_groups(str_from(in, i), &out);
		if (i == in.len)
			break;
		c = in.data[i++];
		if (c == '=')
			held = 0;
		if (base64_digit(c) == 0)
			continue;
		bits = (bits & 0xff) << 6 | (base64_digit(c) - 1);
		held += 6;
		if (held < 8)
			continue;
		held -= 8;
		output_putc(&out, bits >> held);
	}
	return str_of(out.data, out.len);
}

/*
 * One line's octets.  A "=" that starts neither a pair of digits nor a line
 * end stays, and so do the two octets behind it; one that the end of the text
 * cuts off goes.
 */
static void
qp_line(struct str line, struct str end, struct output *out)
{
	size_t equals;
	int high, low;

	for (;;) {
		equals = str_find(line, '=');
		output_add(out, str_head(line, equals));
		line = str_from(line, equals);
		if (line.len == 0)
			break;
		if (line.len == 1 || line.len + end.len < 3)
			return;
		high = ascii_hex_value(line.data[1]);
		low = line.len > 2 ? ascii_hex_value(line.data[2]) : -1;
		if (high >= 0 && low >= 0)
			output_putc(out, (unsigned)(high << 4 | low));
		else
			output_add(out, str_head(line, 3));
		line = str_from(line, 3);
	}
	output_add(out, end);
}

/* White space at a line's end was added on the way (RFC 2045 6.7 rule 3). */
static struct str
without_blanks(struct str s)
{
	while (s.len && ascii_is_one_of(s.data[s.len - 1], " \t"))
		s.len--;
	return s;
}

struct str
mime_decode_qp(struct str in, size_t limit, struct arena *arena)
{
	struct output out = output_new(in.len, limit, arena);
	struct str line, end;

	while (in.len && out.len < out.limit) {
		line = str_head(in, str_find(in, '\n') + 1);
		in = str_from(in, line.len);
		end = str_ends(line, "\r\n") ? str_c("\r\n") :
		    str_ends(line, "\n")     ? str_c("\n") :
					       str_c("");
		line.len -= end.len;
		qp_line(without_blanks(line), end, &out);
	}
	return str_of(out.data, out.len);
}

static unsigned
uu_digit(struct str line, size_t at)
{
	return at < line.len ? ((unsigned char)line.data[at] - ' ') & 0x3f : 0;
}

/* The first octet says how many follow; what the line lacks is left out. */
static void
uu_line(struct str line, struct output *out)
{
	size_t i, count = uu_digit(line, 0), present = (line.len - 1) * 3 / 4;
	unsigned group = 0;

	if (count > present)
		count = present;
	for (i = 0; i < count; i++) {
		if (i % 3 == 0)
			group = uu_digit(line, i / 3 * 4 + 1) << 18 |
			    uu_digit(line, i / 3 * 4 + 2) << 12 |
			    uu_digit(line, i / 3 * 4 + 3) << 6 |
			    uu_digit(line, i / 3 * 4 + 4);
		output_putc(out, group >> (16 - 8 * (i % 3)));
	}
}

/* What stands between "begin" and "end" lines; without any, all of it. */
static struct str
decode_uu(struct str in, size_t limit, struct arena *arena)
{
	struct output out = output_new(in.len, limit, arena);
	struct str line, rest = in;
	bool inside = false, found = false;

	while (str_cut_line(&rest, &line)) {
		if (!inside)
			found |= inside = str_starts(line, "begin ");
		else if (str_is(str_trim(line), "end"))
			inside = false;
		else if (line.len)
			uu_line(line, &out);
	}
	return found ? str_of(out.data, out.len) : str_head(in, limit);
}

/* RFC 2045 6.8: padding ends the data, so what a list has appended is none of
 * it.  Without padding the last group is whole, or it was cut off. */
static struct str
decode_base64(struct str in, size_t limit, struct arena *arena)
{
	size_t end = str_find(in, '=');
	struct str out;

	if (end < in.len)
		return mime_decode_base64(str_head(in, end), limit, arena);
	if (limit > in.len)
		limit = in.len;
	out = mime_decode_base64(in, limit + 2, arena);
	if (out.len < limit + 2)
		out.len -= out.len % 3;
	return str_head(out, limit);
}

struct str
mime_decode(const struct mime_part *part, size_t limit, struct arena *arena)
{
	switch (part->encoding) {
	case MIME_QUOTED_PRINTABLE:
		return mime_decode_qp(part->body, limit, arena);
	case MIME_BASE64:
		return decode_base64(part->body, limit, arena);
	case MIME_UUENCODE:
		return decode_uu(part->body, limit, arena);
	case MIME_IDENTITY:
		break;
	}
	return str_head(part->body, limit);
}
