/*
 * headercanon: the header octets that a signature signs.
 *
 * The names of h= are put in order once, and each field finds its own among
 * them; so the time is that of the header's octets, whatever the names.
 * White space is space and tab, and CRLF before one of them: a bare CR or LF
 * is an octet like others (RFC 6376 2.8).
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "headercanon.h"

enum { NOTHING = -1 };

/* One of the different names of h=, and its fields. */
struct wanted {
	struct str name;
	int lowest; /* field that was not taken yet; NOTHING: none is left */
};

struct index {
	struct wanted *names; /* by length, then by octets */
	size_t count;
	int *next; /* of each field: the one above of that name, or NOTHING */
};

/* Case does not count. */
static int
compare(const void *left, const void *right)
{
	struct str a = ((const struct wanted *)left)->name;
	struct str b = ((const struct wanted *)right)->name;
	size_t i;

	if (a.len != b.len)
		return a.len < b.len ? -1 : 1;
	for (i = 0; i < a.len; i++)
		if (ascii_lower(a.data[i]) != ascii_lower(b.data[i]))
			return (unsigned char)ascii_lower(a.data[i]) -
			    (unsigned char)ascii_lower(b.data[i]);
	return 0;
}

static struct wanted *
find(const struct index *x, struct str name)
{
	struct wanted key = {.name = name};

	return bsearch(&key, x->names, x->count, sizeof(key), compare);
}

static void
add_names(struct index *x, const struct signature *sig, struct arena *arena)
{
	size_t i, kept = 0;

	x->names = arena_array(arena, sig->name_count + 1, sizeof(*x->names));
	for (i = 0; i < sig->name_count; i++)
		x->names[i] = (struct wanted) {sig->names[i], NOTHING};
	qsort(x->names, sig->name_count, sizeof(*x->names), compare);
	for (i = 0; i < sig->name_count; i++)
		if (kept == 0 ||
		    compare(&x->names[kept - 1], &x->names[i]) != 0)
			x->names[kept++] = x->names[i];
	x->count = kept;
}

static void
add_fields(struct index *x, const struct message *message,
    const struct signature *sig, struct arena *arena)
{
	struct wanted *w;
	size_t i;

	x->next = arena_alloc(arena, message->field_count * sizeof(int) + 1);
	for (i = 0; i < message->field_count; i++) {
		w = find(x, message->fields[i].name);
		if (!w || &message->fields[i] == sig->field)
			continue; /* h= never means it, RFC 6376 3.5 */
		x->next[i] = w->lowest;
		w->lowest = (int)i;
	}
}

/* The lowest field of that name that was not taken yet, or NULL. */
static const struct field *
take(struct index *x, const struct message *message, struct str name)
{
	struct wanted *w = find(x, name);
	int at = w->lowest;

	if (at == NOTHING)
		return NULL;
	w->lowest = x->next[at];
	return &message->fields[at];
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Where the white space and folding at `at` ends. */
static size_t
skip_space(struct str value, size_t at)
{
	for (;;) {
		if (at < value.len && is_blank(value.data[at]))
			at++;
		else if (at + 2 < value.len && value.data[at] == '\r' &&
		    value.data[at + 1] == '\n' && is_blank(value.data[at + 2]))
			at += 3;
		else
			return at;
	}
}

/* Where the word that begins at `at` ends; a bare CR is part of it. */
static size_t
skip_word(struct str value, size_t at)
{
	for (; at < value.len && !is_blank(value.data[at]); at++)
		if (value.data[at] == '\r' && skip_space(value, at) > at)
			break;
	return at;
}

/* White space runs to one space, none at the ends, folding undone. */
static char *
put_relaxed(char *to, struct str value)
{
	size_t at = skip_space(value, 0), start;

	while (at < value.len) {
		start = at;
		at = skip_word(value, at);
		memcpy(to, value.data + start, at - start);
		to += at - start;
		at = skip_space(value, at);
		if (at < value.len)
			*to++ = ' ';
	}
	return to;
}

/* A line end that is no CRLF belongs to what was signed. */
static struct str
value_of(const struct field *field)
{
	struct str value = field->value;

	if (!str_ends(field->raw, "\r\n"))
		value.len =
		    field->raw.len - (size_t)(value.data - field->raw.data);
	return value;
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
	struct index index;
	size_t i;

	add_names(&index, sig, arena);
	add_fields(&index, message, sig, arena);
	for (i = 0; i < sig->name_count; i++) {
		field = take(&index, message, sig->names[i]);
		if (!field)
			continue;
		if (sig->relaxed_header)
			add_relaxed(out, field->name, value_of(field));
		else
			add_simple(out, field->raw);
	}
	add_own_field(out, sig, arena);
}
