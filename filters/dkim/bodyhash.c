/*
 * bodyhash: SHA-256 of a canonical body.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/log.h"

#include "bodyhash.h"
#include "digest.h"

enum {
	PIECE = 65536,
	STAGE = 4096, /* short runs are gathered */
	SHORT = 512,
	BLOCK = 64 /* looked through at once */
};

struct hasher {
	EVP_MD_CTX *md;
	struct bodyhash *out;
	uint64_t left; /* octets that still count */
	size_t since;  /* octets since the last breath */
	void (*breathe)(void *context);
	void *context;
	size_t staged;
	char stage[STAGE];
};

static void
flush(struct hasher *h)
{
	if (h->staged)
		EVP_DigestUpdate(h->md, h->stage, h->staged);
	h->staged = 0;
}

/* At most PIECE octets. */
static void
put_piece(struct hasher *h, struct str piece)
{
	struct str counted = piece;

	h->out->size += piece.len;
	if (counted.len > h->left)
		counted = str_head(counted, (size_t)h->left);
	h->left -= counted.len;
	if (h->staged + counted.len > STAGE || counted.len > SHORT)
		flush(h);
	if (counted.len > SHORT) {
		EVP_DigestUpdate(h->md, counted.data, counted.len);
	} else if (counted.len > 0) {
		memcpy(h->stage + h->staged, counted.data, counted.len);
		h->staged += counted.len;
	}
	h->since += piece.len;
	if (h->since >= PIECE && h->breathe) {
		h->since = 0;
		h->breathe(h->context);
	}
}

static void
put(struct hasher *h, struct str text)
{
	while (text.len > PIECE) {
		put_piece(h, str_head(text, PIECE));
		text = str_from(text, PIECE);
	}
	put_piece(h, text);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static size_t
without_blanks(struct str body, size_t end)
{
	while (end > 0 && is_blank(body.data[end - 1]))
		end--;
	return end;
}

/*
 * The body without the empty lines at its end.  In relaxed form, a line of
 * white space is empty too, with or without its CRLF.
 */
static struct str
strip_empty_lines(struct str body, bool relaxed)
{
	size_t end = relaxed ? without_blanks(body, body.len) : body.len;
	size_t at;

	while (str_ends(str_head(body, end), "\r\n")) {
		at = end - 2;
		if (relaxed)
			at = without_blanks(body, at);
		if (at > 0 && !str_ends(str_head(body, at), "\r\n"))
			break;
		end = at;
	}
	return str_head(body, end);
}

static void
hash_simple(struct hasher *h, struct str body)
{
	struct str kept = strip_empty_lines(body, false);

	put(h, kept);
	if (!str_ends(kept, "\r\n"))
		put(h, str_c("\r\n"));
}

/*
 * May one of BLOCK octets begin white space that is not as it should be?  One
 * more octet is read.  No branches: the compiler makes vectors of it.
 */
static bool
is_suspect(const char *at)
{
	unsigned char found = 0;
	size_t i;

	for (i = 0; i < BLOCK; i++)
		found |= (at[i] == '\t') |
		    ((at[i] == ' ') &
			((at[i + 1] == ' ') | (at[i + 1] == '\t') |
			    (at[i + 1] == '\r')));
	return found;
}

/* Where the next white space begins that is not one space between words. */
static size_t
next_dirty(struct str body, size_t at)
{
	size_t stop;

	while (at < body.len) {
		if (at + BLOCK < body.len && !is_suspect(body.data + at)) {
			at += BLOCK;
			continue;
		}
		stop = at + BLOCK < body.len ? at + BLOCK : body.len;
		for (; at < stop; at++) {
			if (body.data[at] == '\t')
				return at;
			if (body.data[at] == ' ' &&
			    (at + 1 == body.len ||
				is_blank(body.data[at + 1]) ||
				str_starts(str_from(body, at + 1), "\r\n")))
				return at;
		}
	}
	return body.len;
}

/* Runs of white space become one space, and nothing at the end of a line. */
static void
hash_relaxed(struct hasher *h, struct str body)
{
	struct str kept = strip_empty_lines(body, true), rest = kept;
	size_t at;

	while (rest.len > 0) {
		at = next_dirty(rest, 0);
		put(h, str_head(rest, at));
		if (at == rest.len)
			break;
		while (at < rest.len && is_blank(rest.data[at]))
			at++;
		rest = str_from(rest, at);
		if (rest.len > 0 && !str_starts(rest, "\r\n"))
			put(h, str_c(" "));
	}
	if (kept.len > 0 && !str_ends(kept, "\r\n"))
		put(h, str_c("\r\n"));
}

void
bodyhash_compute(struct bodyhash *out, struct str body,
    void (*breathe)(void *context), void *context)
{
	struct hasher h = {
	    .md = EVP_MD_CTX_new(),
	    .out = out,
	    .left = out->has_limit ? out->limit : UINT64_MAX,
	    .breathe = breathe,
	    .context = context,
	};

	if (!h.md || !EVP_DigestInit_ex(h.md, digest_sha256(), NULL))
		panic("no SHA-256");
	out->size = 0;
	if (out->relaxed)
		hash_relaxed(&h, body);
	else
		hash_simple(&h, body);
	flush(&h);
	EVP_DigestFinal_ex(h.md, out->digest, NULL);
	EVP_MD_CTX_free(h.md);
}
