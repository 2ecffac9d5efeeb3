/*
 * message: lays fields over a held mail, nothing copied.
 *
 * Two walks over the header: one counts, one fills, so that the array is
 * exact for up to FIELDS_MAX fields.  A line ends at LF, with or
 * without CR before it: a reader behind us would see a line there too.
 * Nothing here fails: what is no header is body.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/message.h"

/* The length of the line at the start of s, its LF included. */
static size_t
line_length(struct str s)
{
	const char *lf = s.len ? memchr(s.data, '\n', s.len) : NULL;

	return lf ? (size_t)(lf - s.data) + 1 : s.len;
}

static struct str
without_line_end(struct str s)
{
	if (s.len && s.data[s.len - 1] == '\n')
		s.len--;
	if (s.len && s.data[s.len - 1] == '\r')
		s.len--;
	return s;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* RFC 5322 2.2: printable US-ASCII but the colon. */
static bool
is_name_octet(char c)
{
	return c > ' ' && c < 0x7f && c != ':';
}

/*
 * The field at the start of s; false when there is none.  White space before
 * the colon is obsolete (RFC 5322 4.5) but allowed.
 */
static bool
field_parse(struct str s, struct field *out)
{
	size_t name = 0, colon, end;

	while (name < s.len && is_name_octet(s.data[name]))
		name++;
	for (colon = name; colon < s.len && is_blank(s.data[colon]);)
		colon++;
	if (name == 0 || colon == s.len || s.data[colon] != ':')
		return false;
	end = colon + 1;
	do
		end += line_length(str_from(s, end));
	while (end < s.len && is_blank(s.data[end]));
	out->raw = str_head(s, end);
	out->name = str_head(s, name);
	out->value = without_line_end(str_from(out->raw, colon + 1));
	return true;
}

static size_t
fields_count(struct str s)
{
	struct field f;
	size_t count = 0;

	while (count < FIELDS_MAX && field_parse(s, &f)) {
		s = str_from(s, f.raw.len);
		count++;
	}
	return count;
}

/*
 * A mailbox file's "From " line before the header, which Postfix and Sendmail
 * take away: were it the body's start, it would hide the header from us alone.
 */
static size_t
mailbox_line_length(struct str bytes)
{
	size_t len = line_length(bytes);
	struct field f;

	if (!str_starts(bytes, "From ") && !str_starts(bytes, ">From "))
		return 0;
	if (field_parse(bytes, &f) || !field_parse(str_from(bytes, len), &f))
		return 0;
	return len;
}

static struct str
skip_empty_line(struct str s)
{
	if (str_starts(s, "\r\n"))
		return str_from(s, 2);
	return str_starts(s, "\n") ? str_from(s, 1) : s;
}

void
message_parse(struct str bytes, struct arena *arena, struct message *out)
{
	struct str start = str_from(bytes, mailbox_line_length(bytes));
	struct str rest = start;
	struct field more;
	size_t i;

	*out = (struct message) {.bytes = bytes};
	out->field_count = fields_count(start);
	out->fields =
	    arena_array(arena, out->field_count, sizeof(out->fields[0]));
	for (i = 0; i < out->field_count; i++) {
		field_parse(rest, &out->fields[i]);
		rest = str_from(rest, out->fields[i].raw.len);
	}
	out->overfull = i == FIELDS_MAX && field_parse(rest, &more);
	out->head = str_head(start, start.len - rest.len);
	out->body = skip_empty_line(rest);
}

const struct field *
message_find(const struct message *m, const char *name, size_t nth)
{
	struct str wanted = str_c(name);
	size_t i;

	for (i = 0; i < m->field_count; i++)
		if (str_case_eq(m->fields[i].name, wanted) && nth-- == 0)
			return &m->fields[i];
	return NULL;
}

size_t
message_count(const struct message *m, const char *name)
{
	struct str wanted = str_c(name);
	size_t i, count = 0;

	for (i = 0; i < m->field_count; i++)
		count += str_case_eq(m->fields[i].name, wanted);
	return count;
}
