/*
 * charset: text in any charset mail uses, to UTF-8.
 *
 * ASCII, UTF-8 and windows-1252 (which is what "iso-8859-1" means in practice)
 * are done here, without a copy where the text stands for itself; the rest is
 * iconv's.  Nothing fails: what cannot be read becomes U+FFFD.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/charset.h"

#include "charset_iconv.h"

enum { REPLACEMENT = 0xfffd };

/* Octets 0x80 to 0x9f of windows-1252; the rest is as in ISO 8859-1. */
static const uint16_t windows_high[32] = {0x20ac, REPLACEMENT, 0x201a, 0x0192,
    0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152,
    REPLACEMENT, 0x017d, REPLACEMENT, REPLACEMENT, 0x2018, 0x2019, 0x201c,
    0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153,
    REPLACEMENT, 0x017e, 0x0178};

/* How many octets at the start of s are ASCII. */
static size_t
ascii_length(struct str s)
{
	size_t i = 0;
	uint64_t eight;

	for (; i + sizeof(eight) <= s.len; i += sizeof(eight)) {
		memcpy(&eight, s.data + i, sizeof(eight));
		if (eight & 0x8080808080808080u)
			break;
	}
	while (i < s.len && (unsigned char)s.data[i] < 0x80)
		i++;
	return i;
}

static bool
is_tail(unsigned char c)
{
	return (c & 0xc0) == 0x80;
}

/* The length of the UTF-8 character at s (RFC 3629 section 4), or 0. */
static size_t
utf8_length(struct str s)
{
	const unsigned char *p = (const unsigned char *)s.data;
	size_t i, len;

	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	len = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	for (i = 1; i < len; i++)
		if (i == s.len || !is_tail(p[i]))
			return 0;
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
	    (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return len;
}

/* How many octets at the start of s are whole UTF-8 characters. */
static size_t
utf8_prefix(struct str s)
{
	size_t i = ascii_length(s), len;

	while (i < s.len && (len = utf8_length(str_from(s, i))) > 0) {
		i += len;
		if (len == 1)
			i += ascii_length(str_from(s, i));
	}
	return i;
}

bool
charset_is_utf8(struct str text)
{
	return utf8_prefix(text) == text.len;
}

size_t
charset_put_utf8(uint32_t code, char out[4])
{
	if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		code = REPLACEMENT;
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xc0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code < 0x10000) {
		out[0] = (char)(0xe0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 0x3f));
		out[2] = (char)(0x80 | (code & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | code >> 18);
	out[1] = (char)(0x80 | (code >> 12 & 0x3f));
	out[2] = (char)(0x80 | (code >> 6 & 0x3f));
	out[3] = (char)(0x80 | (code & 0x3f));
	return 4;
}

uint32_t
charset_windows_1252(unsigned char octet)
{
	return octet >= 0x80 && octet < 0xa0 ? windows_high[octet - 0x80] :
					       octet;
}

static struct str
from_windows_1252(struct str text, struct arena *arena)
{
	size_t i, len = ascii_length(text);
	char *out;

	if (len == text.len)
		return text;
	out = arena_alloc(arena, 3 * text.len + 1);
	memcpy(out, text.data, len);
	for (i = len; i < text.len; i++)
		len += charset_put_utf8(
		    charset_windows_1252((unsigned char)text.data[i]),
		    out + len);
	return str_of(out, len);
}

/* Each octet that belongs to no character becomes U+FFFD. */
static struct str
from_utf8(struct str text, struct arena *arena)
{
	size_t len = utf8_prefix(text), out_len = 0;
	char *out;

	if (len == text.len)
		return text;
	out = arena_alloc(arena, 3 * text.len + 1);
	for (;; len = utf8_prefix(text)) {
		memcpy(out + out_len, text.data, len);
		out_len += len;
		if (len == text.len)
			return str_of(out, out_len);
		out_len += charset_put_utf8(REPLACEMENT, out + out_len);
		text = str_from(text, len + 1);
	}
}

static struct str
from_unknown(struct str text, struct arena *arena)
{
	return charset_is_utf8(text) ? text : from_windows_1252(text, arena);
}

/* Whether ASCII text means something else in that charset. */
static bool
hides_in_ascii(const char *name)
{
	return strncmp(name, "UTF-", 4) == 0 ||
	    strncmp(name, "ISO-2022", 8) == 0;
}

struct str
charset_to_utf8(struct str charset, struct str text, struct arena *arena)
{
	const char *name = charset_iconv_name(charset);
	struct str converted;

	if (!name || strcmp(name, "US-ASCII") == 0)
		return from_unknown(text, arena);
	if (strcmp(name, "UTF-8") == 0)
		return from_utf8(text, arena);
	if (strcmp(name, "CP1252") == 0)
		return from_windows_1252(text, arena);
	if (!hides_in_ascii(name) && ascii_length(text) == text.len)
		return text;
	if (!charset_iconv_run(name, text, false, arena, &converted) ||
	    !charset_is_utf8(converted))
		return from_unknown(text, arena);
	return converted;
}

/* What a reader makes of text that is not UTF-8. */
static struct str
from_declared(const char *name, struct str text, struct arena *arena)
{
	struct str converted;

	if (!name || strcmp(name, "US-ASCII") == 0 ||
	    strcmp(name, "UTF-8") == 0 || strcmp(name, "CP1252") == 0 ||
	    !charset_iconv_run(name, text, true, arena, &converted) ||
	    !charset_is_utf8(converted))
		return from_windows_1252(text, arena);
	return converted;
}

struct str
charset_read(
    struct str charset, struct str text, struct arena *arena, bool *decoded)
{
	size_t ascii = ascii_length(text);
	const char *name;

	*decoded = true;
	if (ascii < text.len && charset_is_utf8(text))
		return text;
	name = charset_iconv_name(charset);
	if (ascii == text.len &&
	    (!name || !hides_in_ascii(name) || strcmp(name, "UTF-8") == 0)) {
		*decoded = false;
		return text;
	}
	return from_declared(name, text, arena);
}
