/*
 * mime: a message as a tree of parts (RFC 2045, 2046), nothing copied.
 *
 * Lenient where mail is broken, bounded where it is hostile: depth and parts
 * have limits, and what lies beyond is one opaque leaf.  Time and memory are
 * linear in the message's length.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_MIME_H
#define POSTERN_MIME_H

#include "postern/message.h"

enum { MIME_DEPTH_MAX = 32, MIME_PARTS_MAX = 1000 };

enum mime_encoding {
	MIME_IDENTITY,
	MIME_QUOTED_PRINTABLE,
	MIME_BASE64,
	MIME_UUENCODE
};

struct mime_part {
	struct mime_part *parent;
	struct mime_part *child; /* multipart and message/rfc822: the first */
	struct mime_part *next;  /* sibling */
	const struct field *fields;
	size_t field_count;
	struct str type;    /* "text", lower case; default text/plain */
	struct str subtype; /* "html", lower case */
	struct str charset; /* "" when not given */
	struct str name;    /* file name, decoded (RFC 2231, 2047), or "" */
	bool attachment;    /* Content-Disposition: attachment */
	enum mime_encoding encoding;
	struct str body; /* still encoded */
};

struct mime_tree {
	struct mime_part *root;
	size_t count;
	bool truncated; /* a limit was met */
};

void mime_parse(
    const struct message *message, struct arena *arena, struct mime_tree *out);

/* The part after this one in document order, or NULL. */
const struct mime_part *mime_next(const struct mime_part *part);

/*
 * The leaf's octets with its transfer encoding undone, at most `limit`
 * octets.  Broken encoding: what can be decoded is.  May be part->body itself.
 */
struct str
mime_decode(const struct mime_part *part, size_t limit, struct arena *arena);

/* The two decoders on their own, for header words and tests. */
struct str mime_decode_base64(struct str in, size_t limit, struct arena *arena);
struct str mime_decode_qp(struct str in, size_t limit, struct arena *arena);

#endif
