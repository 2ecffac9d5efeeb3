/*
 * header: a field's value as text (RFC 5322 2.2.3, RFC 2047).
 *
 * More lenient than RFC 2047, as readers are: an encoded word may stand in the
 * middle of other text, be of any length, and hold spaces.  A word that has no
 * end before the next one begins is plain text.  No octet is looked at more
 * than a fixed number of times.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/charset.h"
#include "postern/header.h"
#include "postern/mime.h"
#include "postern/strbuf.h"

struct word {
	struct str charset;
	char encoding; /* 'b' or 'q' */
	struct str text;
	size_t len; /* of all of it, "=?" and "?=" included */
};

struct decoding {
	struct arena *arena;
	struct strbuf text;   /* UTF-8, what is finished */
	struct strbuf octets; /* adjacent words in one charset, which may
				 share a character */
	struct str charset;   /* of octets */
	bool in_words;        /* a word stands right before */
};

struct str
header_unfold(struct str value, struct arena *arena)
{
	size_t i, len = 0;
	char *out;

	if (str_find(value, '\n') == value.len)
		return value;
	out = arena_alloc(arena, value.len);
	for (i = 0; i < value.len; i++) {
		if (value.data[i] == '\n')
			continue;
		if (value.data[i] == '\r' && i + 1 < value.len &&
		    value.data[i + 1] == '\n')
			continue;
		out[len++] = value.data[i];
	}
	return str_of(out, len);
}

/* The index of the next "=?", or s.len. */
static size_t
word_find(struct str s)
{
	size_t at = 0;

	for (;;) {
		at += str_find(str_from(s, at), '=');
		if (at >= s.len || str_starts(str_from(s, at), "=?"))
			return at;
		at++;
	}
}

/* The length of the text before "?="; s.len when a new word begins first. */
static size_t
word_text_length(struct str s)
{
	size_t at = 0;

	for (;;) {
		at += str_find(str_from(s, at), '?');
		if (at >= s.len || str_starts(str_from(s, at), "?="))
			return at;
		if (at > 0 && s.data[at - 1] == '=')
			return s.len;
		at++;
	}
}

/* s starts with "=?".  A language behind "*" (RFC 2231 5) is passed over. */
static bool
word_parse(struct str s, struct word *out)
{
	size_t at = 2, text;

	while (at < s.len && s.data[at] != '?' && s.data[at] != '=' &&
	    s.data[at] > ' ')
		at++;
	out->charset = str_from(str_head(s, at), 2);
	out->charset = str_head(out->charset, str_find(out->charset, '*'));
	if (out->charset.len == 0 || at + 3 > s.len || s.data[at] != '?' ||
	    s.data[at + 2] != '?')
		return false;
	out->encoding = ascii_lower(s.data[at + 1]);
	if (out->encoding != 'b' && out->encoding != 'q')
		return false;
	out->text = str_from(s, at + 3);
	text = word_text_length(out->text);
	if (text == out->text.len)
		return false;
	out->text = str_head(out->text, text);
	out->len = at + 3 + text + 2;
	return true;
}

/* RFC 2047 4.2. */
static void
decode_q(struct str text, struct strbuf *out)
{
	size_t i;
	int high, low;
	char c;

	for (i = 0; i < text.len; i++) {
		c = text.data[i] == '_' ? ' ' : text.data[i];
		if (c == '=' && i + 2 < text.len) {
			high = ascii_hex_value(text.data[i + 1]);
			low = ascii_hex_value(text.data[i + 2]);
			if (high >= 0 && low >= 0) {
				c = (char)(high << 4 | low);
				i += 2;
			}
		}
		strbuf_putc(out, c);
	}
}

static void
words_end(struct decoding *d)
{
	strbuf_add(&d->text,
	    charset_to_utf8(d->charset, strbuf_str(&d->octets), d->arena));
	strbuf_reset(&d->octets);
	d->in_words = false;
}

/* White space between two encoded words is not shown (RFC 2047 6.2). */
static void
plain_add(struct decoding *d, struct str plain, bool word_follows)
{
	if (d->in_words && word_follows && str_trim(plain).len == 0)
		return;
	words_end(d);
	strbuf_add(&d->text, charset_to_utf8(str_c(""), plain, d->arena));
}

static void
word_add(struct decoding *d, const struct word *word)
{
	if (d->in_words && !str_case_eq(d->charset, word->charset))
		words_end(d);
	d->charset = word->charset;
	d->in_words = true;
	if (word->encoding == 'q')
		decode_q(word->text, &d->octets);
	else
		strbuf_add(&d->octets,
		    mime_decode_base64(word->text, word->text.len, d->arena));
}

static void
decode_all(struct decoding *d, struct str rest)
{
	struct word word;
	size_t at = 0;

	while (at += word_find(str_from(rest, at)), at < rest.len) {
		if (!word_parse(str_from(rest, at), &word)) {
			at += 2;
			continue;
		}
		plain_add(d, str_head(rest, at), true);
		word_add(d, &word);
		rest = str_from(rest, at + word.len);
		at = 0;
	}
	plain_add(d, rest, false);
}

struct str
header_decode(struct str value, struct arena *arena)
{
	struct decoding d = {.arena = arena};
	struct str unfolded = header_unfold(value, arena), out;

	if (word_find(unfolded) == unfolded.len)
		return charset_to_utf8(str_c(""), unfolded, arena);
	strbuf_init(&d.text);
	strbuf_init(&d.octets);
	decode_all(&d, unfolded);
	out = arena_copy(arena, strbuf_str(&d.text));
	strbuf_clear(&d.text);
	strbuf_clear(&d.octets);
	return out;
}
