/*
 * text_part: the leaves of a mail as rules read them.
 *
 * What SpamAssassin does to lines is done to them: of more than 20 empty lines
 * in a row 20 stay, and inside of a multipart a line above 2,048 octets is cut
 * in pieces, which HTML then sees as white space.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/charset.h"

#include "text_part.h"

enum { EMPTY_LINES_MAX = 20, LINE_SIZE_MAX = 2048 };

static bool
is_html_name(struct str name)
{
	static const char *const ends[] = {".htm", ".html", ".shtm", ".shtml"};
	size_t i;

	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (str_case_ends(name, ends[i]))
			return true;
	return false;
}

static void
classify(struct text_part *p)
{
	const struct mime_part *part = p->part;
	/* Without its boundary a multipart is plain text. */
	bool text =
	    str_is(part->type, "text") || str_is(part->type, "multipart");
	bool calendar = text && str_is(part->subtype, "calendar");

	p->html =
	    (text && str_is(part->subtype, "html")) || is_html_name(part->name);
	p->shown =
	    p->html || (text && !calendar && !str_is(part->subtype, "x-vcard"));
	p->raw =
	    (text || p->html || str_is(part->type, "message")) && !calendar;
}

struct text_parts *
text_parts_new(const struct mime_part *first, struct arena *arena)
{
	struct text_parts *parts = arena_alloc(arena, sizeof(*parts));
	const struct mime_part *part;

	for (part = first; part; part = mime_next(part)) {
		if (part->child)
			continue;
		parts->at = arena_push(
		    arena, parts->at, parts->count, sizeof(*parts->at));
		parts->at[parts->count].part = part;
		classify(&parts->at[parts->count++]);
	}
	return parts;
}

struct str
text_part_lf(struct str text, struct arena *arena)
{
	size_t cr, len = 0;
	char *out;

	cr = str_find(text, '\r');
	if (cr == text.len)
		return text;
	out = arena_alloc(arena, text.len + 1);
	while (text.len) {
		cr = str_find(text, '\r');
		memcpy(out + len, text.data, cr);
		len += cr;
		if (cr < text.len && !str_starts(str_from(text, cr), "\r\n"))
			out[len++] = '\r';
		text = str_from(text, cr + 1);
	}
	return str_of(out, len);
}

bool
text_part_is_blank(struct str line)
{
	size_t i;

	for (i = 0; i < line.len; i++)
		if (!ascii_is_space(line.data[i]) && line.data[i] != '\f' &&
		    line.data[i] != '\v')
			return false;
	return true;
}

struct copy {
	char *data;
	size_t len;
};

static void
copy_add(struct copy *c, struct str s)
{
	memcpy(c->data + c->len, s.data, s.len);
	c->len += s.len;
}

/* One line, its LF included. */
static void
copy_line(struct copy *c, struct str line, bool cut)
{
	bool end = str_ends(line, "\r\n");

	if (end)
		line.len -= 2;
	while (cut && line.len + end > LINE_SIZE_MAX) {
		copy_add(c, str_head(line, LINE_SIZE_MAX));
		copy_add(c, str_c("\n"));
		line = str_from(line, LINE_SIZE_MAX);
	}
	copy_add(c, line);
	if (end)
		copy_add(c, str_c("\n"));
}

/* How many lines of a long run of empty ones stay: some of the first, and the
 * last.  The line above a part's body belongs to the run, too. */
struct stay {
	size_t first;
	size_t all;
};

static struct stay
stay_at(const struct mime_part *part, bool start)
{
	if (!start)
		return (struct stay) {1, EMPTY_LINES_MAX};
	if (part->parent)
		return (struct stay) {0, EMPTY_LINES_MAX - 1};
	return (struct stay) {2, EMPTY_LINES_MAX + 1};
}

/* Copies the run of empty lines at the start of s; returns its length. */
static size_t
copy_empty(struct copy *c, struct str s, struct stay stay)
{
	size_t count = 0, number = 0, left_out, line, len;
	struct str rest = s;

	for (; rest.len; rest = str_from(rest, line), count++) {
		line = str_find(rest, '\n') + 1;
		if (!text_part_is_blank(str_head(rest, line)))
			break;
	}
	len = s.len - rest.len;
	left_out = count > stay.all ? count - stay.all : 0;
	for (rest = str_head(s, len); rest.len; rest = str_from(rest, line)) {
		line = str_find(rest, '\n') + 1;
		if (number < stay.first || number >= stay.first + left_out)
			copy_line(c, str_head(rest, line), false);
		number++;
	}
	return len;
}

/* The body as it is, its lines done. */
static struct str
lines_of(const struct mime_part *part, struct arena *arena)
{
	struct str rest = str_head(part->body, 2 * TEXT_PART_MAX), line;
	struct copy c = {NULL, 0};
	struct stay stay;

	c.data = arena_alloc(arena, rest.len + rest.len / LINE_SIZE_MAX + 2);
	while (rest.len) {
		line = str_head(rest, str_find(rest, '\n') + 1);
		if (text_part_is_blank(line)) {
			stay = stay_at(part, line.data == part->body.data);
			line.len = copy_empty(&c, rest, stay);
		} else {
			copy_line(&c, line, part->parent != NULL);
		}
		rest = str_from(rest, line.len);
	}
	return str_of(c.data, c.len);
}

/* Without white space before line ends, lines that end in "=" joined to the
 * next.  At the very end both stay. */
static void
join_lines(struct copy *c, struct str lines)
{
	struct str line;
	size_t end;

	while (lines.len) {
		end = str_find(lines, '\n');
		line = str_head(lines, end);
		while (end < lines.len && line.len &&
		    ascii_is_one_of(line.data[line.len - 1], " \t"))
			line.len--;
		if (end < lines.len && str_ends(line, "=")) {
			line.len--;
			copy_add(c, line);
		} else {
			copy_add(c, line);
			copy_add(c, str_head(str_from(lines, end), 1));
		}
		lines = str_from(lines, end + 1);
	}
}

/* Quoted-printable as SpamAssassin undoes it: first lines are joined, then
 * pairs of digits looked for. */
static struct str
decode_qp(struct str lines, struct arena *arena)
{
	struct copy c = {arena_alloc(arena, lines.len + 1), 0};
	struct str rest;
	size_t equals;
	int high, low;

	join_lines(&c, lines);
	rest = str_of(c.data, c.len);
	for (c.len = 0; rest.len; rest = str_from(rest, 1)) {
		equals = str_find(rest, '=');
		memmove(c.data + c.len, rest.data, equals);
		c.len += equals;
		rest = str_from(rest, equals);
		if (rest.len == 0)
			break;
		high = rest.len > 2 ? ascii_hex_value(rest.data[1]) : -1;
		low = rest.len > 2 ? ascii_hex_value(rest.data[2]) : -1;
		if (high >= 0 && low >= 0)
			rest = str_from(rest, 2);
		c.data[c.len++] =
		    high >= 0 && low >= 0 ? (char)(high << 4 | low) : '=';
	}
	return str_head(str_of(c.data, c.len), TEXT_PART_MAX);
}

void
text_part_decode(struct text_part *p, struct arena *arena)
{
	struct str lines;

	if (p->have_octets)
		return;
	p->have_octets = true;
	lines = lines_of(p->part, arena);
	switch (p->part->encoding) {
	case MIME_QUOTED_PRINTABLE:
		p->octets = text_part_lf(decode_qp(lines, arena), arena);
		break;
	case MIME_BASE64:
		p->octets = mime_decode_base64(lines, TEXT_PART_MAX, arena);
		if (str_is(p->part->type, "text") ||
		    str_is(p->part->type, "message"))
			p->octets = text_part_lf(p->octets, arena);
		break;
	default:
		p->octets = str_head(lines, TEXT_PART_MAX);
	}
}

void
text_part_render(struct text_part *p, struct arena *arena)
{
	if (p->have_text)
		return;
	p->have_text = true;
	text_part_decode(p, arena);
	p->text = charset_read(p->part->charset, p->octets, arena, &p->wide);
	if (!p->html || p->text.len == 0)
		return;
	p->facts = arena_alloc(arena, sizeof(*p->facts));
	html_render(p->text, p->wide, arena, p->facts);
	p->facts->facts.octets = p->octets.len;
	p->text = p->facts->text;
	p->wide = p->facts->wide;
}
