/*
 * bodyhash: SHA-256 of a canonical body.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <openssl/evp.h>

#include "postern/log.h"

#include "bodyhash.h"

enum { PIECE = 65536 };

struct hasher {
	EVP_MD_CTX *md;
	struct bodyhash *out;
	uint64_t left; /* octets that still count */
	size_t since;  /* octets since the last breath */
	void (*breathe)(void *context);
	void *context;
};

static void
put_piece(struct hasher *h, struct str piece)
{
	struct str counted = piece;

	h->out->size += piece.len;
	if (counted.len > h->left)
		counted = str_head(counted, (size_t)h->left);
	h->left -= counted.len;
	if (counted.len)
		EVP_DigestUpdate(h->md, counted.data, counted.len);
	h->since += piece.len;
	if (h->since >= PIECE && h->breathe) {
		h->since = 0;
		h->breathe(h->context);
	}
}

static void
put(struct hasher *h, struct str text)
{
	while (text.len > 0) {
		put_piece(h, str_head(text, PIECE));
		text = str_from(text, PIECE);
	}
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
 * One line without its CRLF: runs of white space become one space, and at its
 * end nothing.
 */
static void
hash_relaxed_line(struct hasher *h, struct str line)
{
	size_t start = 0, at = 0, run;

	while (line.len > 0 && is_blank(line.data[line.len - 1]))
		line.len--;
	while (at < line.len) {
		if (!is_blank(line.data[at])) {
			at++;
			continue;
		}
		run = at;
		while (is_blank(line.data[at]))
			at++;
		if (at - run == 1 && line.data[run] == ' ')
			continue;
		put(h, str_of(line.data + start, run - start));
		put(h, str_c(" "));
		start = at;
	}
	put(h, str_from(line, start));
}

static void
hash_relaxed(struct hasher *h, struct str body)
{
	struct str rest = strip_empty_lines(body, true);
	size_t end;

	while (rest.len > 0) {
		end = str_find_str(rest, str_c("\r\n"));
		hash_relaxed_line(h, str_head(rest, end));
		put(h, str_c("\r\n"));
		rest = str_from(rest, end + 2);
	}
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

	if (!h.md || !EVP_DigestInit_ex(h.md, EVP_sha256(), NULL))
		panic("no SHA-256");
	out->size = 0;
	if (out->relaxed)
		hash_relaxed(&h, body);
	else
		hash_simple(&h, body);
	EVP_DigestFinal_ex(h.md, out->digest, NULL);
	EVP_MD_CTX_free(h.md);
}
