/*
 * headercanon: the header octets that a signature signs.
 *
 * Names of h= are looked up by a hash, so that a thousand names over ten
 * thousand fields cost no more than their number.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "headercanon.h"

enum { BUCKETS = 256, NOTHING = -1 };

/* The fields of the message by name, lowest first, and which are taken. */
struct chains {
	int head[BUCKETS];
	int *next; /* of each field; NOTHING at the end */
};

static unsigned
bucket_of(struct str name)
{
	unsigned hash = (unsigned)name.len;
	size_t i;

	for (i = 0; i < name.len; i++)
		hash = hash * 33 + (unsigned char)ascii_lower(name.data[i]);
	return (hash ^ hash >> 8 ^ hash >> 16) % BUCKETS;
}

static void
chains_make(struct chains *c, const struct message *message,
    const struct signature *sig, struct arena *arena)
{
	unsigned bucket;
	size_t i;

	c->next = arena_alloc(arena, message->field_count * sizeof(int) + 1);
	for (i = 0; i < BUCKETS; i++)
		c->head[i] = NOTHING;
	for (i = 0; i < message->field_count; i++) {
		if (&message->fields[i] == sig->field)
			continue; /* h= never means it, RFC 6376 3.5 */
		bucket = bucket_of(message->fields[i].name);
		c->next[i] = c->head[bucket];
		c->head[bucket] = (int)i;
	}
}

/* The lowest field of that name that was not taken yet, or NULL. */
static const struct field *
chains_take(struct chains *c, const struct message *message, struct str name)
{
	int *link = &c->head[bucket_of(name)];
	const struct field *field;

	for (; *link != NOTHING; link = &c->next[*link]) {
		field = &message->fields[*link];
		if (!str_case_eq(field->name, name))
			continue;
		*link = c->next[*link];
		return field;
	}
	return NULL;
}

/* White space runs to one space, none at the ends, folding undone. */
static char *
put_relaxed(char *to, struct str value)
{
	size_t at = 0, start;

	value = str_trim(value);
	while (at < value.len) {
		start = at;
		while (at < value.len && !ascii_is_space(value.data[at]))
			at++;
		memcpy(to, value.data + start, at - start);
		to += at - start;
		if (at == value.len)
			break;
		*to++ = ' ';
		while (ascii_is_space(value.data[at]))
			at++;
	}
	return to;
}

static void
add_relaxed(struct strbuf *out, struct str name, struct str value)
{
	char *start = strbuf_grow(out, name.len + value.len + 3), *to = start;
	size_t i;

	for (i = 0; i < name.len; i++)
		*to++ = ascii_lower(name.data[i]);
	*to++ = ':';
	to = put_relaxed(to, value);
	*to++ = '\r';
	*to++ = '\n';
	strbuf_grew(out, (size_t)(to - start));
}

/* A field that is the last of a mail may lack its line end. */
static void
add_simple(struct strbuf *out, struct str raw)
{
	strbuf_add(out, raw);
	if (!str_ends(raw, "\r\n"))
		strbuf_puts(out, "\r\n");
}

/* The signature's own field, without the value of b= and without CRLF. */
static void
add_own_field(
    struct strbuf *out, const struct signature *sig, struct arena *arena)
{
	const struct field *f = sig->field;
	size_t before = (size_t)(sig->b_whole.data - f->value.data);
	struct str after = str_from(f->value, before + sig->b_whole.len);
	char *value = arena_alloc(arena, f->value.len + 1);

	if (!sig->relaxed_header) {
		strbuf_add(out,
		    str_of(f->raw.data,
			(size_t)(f->value.data - f->raw.data) + before));
		strbuf_add(out, after);
		return;
	}
	memcpy(value, f->value.data, before);
	memcpy(value + before, after.data, after.len);
	add_relaxed(out, f->name, str_of(value, before + after.len));
	strbuf_truncate(out, out->len - 2);
}

void
headercanon_add(const struct message *message, const struct signature *sig,
    struct arena *arena, struct strbuf *out)
{
	const struct field *field;
	struct chains chains;
	size_t i;

	chains_make(&chains, message, sig, arena);
	for (i = 0; i < sig->name_count; i++) {
		field = chains_take(&chains, message, sig->names[i]);
		if (!field)
			continue;
		if (sig->relaxed_header)
			add_relaxed(out, field->name, field->value);
		else
			add_simple(out, field->raw);
	}
	add_own_field(out, sig, arena);
}
