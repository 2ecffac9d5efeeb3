/*
 * strip: fields of a mail that must not reach the backend.
 *
 * A header that ends in a broken line is read on to the first empty line: what
 * we take for the body another program may take for header fields.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/authres.h"

#include "strip.h"

struct search {
	const char *authserv_id;
	bool subject;
	struct arena *arena;
	struct strip *out;
};

bool
strip_is_result(struct str name)
{
	return str_case_is(name, "Authentication-Results");
}

bool
strip_wants(
    struct str name, struct str value, const char *authserv_id, bool subject)
{
	if (strip_is_result(name))
		return authres_is_from(value, authserv_id);
	return str_case_starts(name, "X-Postern-") ||
	    str_case_is(name, "X-Spam-Flag") ||
	    str_case_is(name, "X-Spam-Status") ||
	    str_case_is(name, "X-Spam-Level") ||
	    (subject && str_case_is(name, "Subject"));
}

static void
look_at(struct search *s, struct str raw, struct str name, struct str value)
{
	struct strip *out = s->out;

	if (!strip_wants(name, value, s->authserv_id, s->subject))
		return;
	out->authres += strip_is_result(name);
	out->spans =
	    arena_push(s->arena, out->spans, out->count, sizeof(*out->spans));
	out->spans[out->count++] = raw;
}

/* The length of the first line of s with its LF. */
static size_t
line_length(struct str s)
{
	size_t lf = str_find(s, '\n');

	return lf < s.len ? lf + 1 : s.len;
}

/* The length of the first line of s with its continuation lines. */
static size_t
folded_length(struct str s)
{
	size_t len = line_length(s);

	while (len < s.len && (s.data[len] == ' ' || s.data[len] == '\t'))
		len += line_length(str_from(s, len));
	return len;
}

/* Lines between a broken header and the first empty line. */
static void
search_broken(struct search *s, struct str rest)
{
	struct str raw, name;
	size_t colon;

	while (rest.len > 0 && rest.data[0] != '\r' && rest.data[0] != '\n') {
		raw = str_head(rest, folded_length(rest));
		rest = str_from(rest, raw.len);
		colon = str_find(raw, ':');
		name = str_trim(str_head(raw, colon));
		if (colon < raw.len)
			look_at(s, raw, name, str_from(raw, colon + 1));
	}
}

/* Where the last field ends; an mbox line may stand before the first. */
static size_t
head_end(const struct message *message)
{
	const struct field *last;

	if (message->field_count == 0)
		return 0;
	last = &message->fields[message->field_count - 1];
	return (size_t)(last->raw.data - message->bytes.data) + last->raw.len;
}

void
strip_find(const struct message *message, const char *authserv_id, bool subject,
    struct arena *arena, struct strip *out)
{
	struct search s = {authserv_id, subject, arena, out};
	const struct field *f;
	size_t i;

	*out = (struct strip) {.count = 0};
	for (i = 0; i < message->field_count; i++) {
		f = &message->fields[i];
		look_at(&s, f->raw, f->name, f->value);
	}
	search_broken(&s, str_from(message->bytes, head_end(message)));
}

bool
strip_cut(const struct strip *strip, size_t *index, struct str *rest,
    struct str *piece)
{
	const struct str *span;

	while (*index < strip->count) {
		span = &strip->spans[*index];
		*piece = str_of(rest->data, (size_t)(span->data - rest->data));
		*rest = str_from(*rest, piece->len + span->len);
		++*index;
		if (piece->len > 0)
			return true;
	}
	*piece = *rest;
	*rest = str_from(*rest, rest->len);
	return piece->len > 0;
}
