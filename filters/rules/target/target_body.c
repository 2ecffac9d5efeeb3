/*
 * target_body: the Subject, then all text that a reader sees, in paragraphs.
 *
 * One walk over the rendered parts: a run of white space with two line ends in
 * it ends a paragraph, any other run is one space.  White space at the other
 * side of the line ends stays as one space.  Every text ends with its newline,
 * and one above LINE_SIZE is cut behind a space.  Where no part has characters
 * that need UTF-8, octets above 127 are ISO 8859-1, as with SpamAssassin.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "target.h"
#include "target_header.h"

enum { PART_SIZE = 50000, LINE_SIZE = 2048 };

struct space {
	bool any;    /* inside of a run */
	bool before; /* white space before its first line end */
	bool after;  /* and behind its last */
	size_t newlines;
};

struct paragraphs {
	char *data;
	size_t len;
	size_t start; /* of the text that is not finished */
	struct targets *t;
	bool wide;
	struct space space;
};

/* Cuts off what is complete. */
static void
push_line(struct paragraphs *p)
{
	struct arena *arena = p->t->scan->arena;
	struct str line = str_of(p->data + p->start, p->len - p->start);
	size_t cut;

	while (line.len > LINE_SIZE) {
		cut = str_find_last(str_head(line, LINE_SIZE + 1), ' ') + 1;
		if (cut > LINE_SIZE + 1)
			cut = LINE_SIZE;
		target_push(arena, &p->t->body, str_head(line, cut));
		line = str_from(line, cut);
	}
	if (line.len > 0)
		target_push(arena, &p->t->body, line);
	p->start = p->len;
}

static void
put_newline(struct paragraphs *p)
{
	p->data[p->len++] = '\n';
	push_line(p);
}

static void
end_space(struct paragraphs *p)
{
	struct space s = p->space;

	p->space = (struct space) {.any = false};
	if (!s.any)
		return;
	if (s.newlines < 2) {
		p->data[p->len++] = ' ';
		return;
	}
	if (s.before)
		p->data[p->len++] = ' ';
	put_newline(p);
	if (s.after)
		p->data[p->len++] = ' ';
}

static void
add_space(struct paragraphs *p, bool newline)
{
	struct space *s = &p->space;

	s->any = true;
	if (newline) {
		s->newlines++;
		s->after = false;
	} else if (s->newlines == 0) {
		s->before = true;
	} else {
		s->after = true;
	}
}

/* The length of a white space character above ASCII at the start of s, or 0. */
static size_t
wide_space(struct str s)
{
	static const char *const spaces[] = {"\xc2\xa0", "\xc2\x85",
	    "\xe1\x9a\x80", "\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaf",
	    "\xe2\x81\x9f", "\xe3\x80\x80"};
	size_t i;

	if (str_starts(s, "\xe2\x80") && s.len > 2 &&
	    (unsigned char)s.data[2] >= 0x80 &&
	    (unsigned char)s.data[2] <= 0x8a)
		return 3;
	for (i = 0; i < sizeof(spaces) / sizeof(spaces[0]); i++)
		if (str_starts(s, spaces[i]))
			return strlen(spaces[i]);
	return 0;
}

/* One character above ASCII. */
static size_t
add_character(struct paragraphs *p, struct str s)
{
	unsigned char first = (unsigned char)s.data[0], second;
	size_t len = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;

	if (p->wide && wide_space(s) > 0) {
		add_space(p, false);
		return wide_space(s);
	}
	end_space(p);
	if (!p->wide && len == 2 && s.len >= 2) {
		second = (unsigned char)s.data[1];
		p->data[p->len++] = (char)((first & 3) << 6 | (second & 0x3f));
		return 2;
	}
	s = str_head(s, len);
	memcpy(p->data + p->len, s.data, s.len);
	p->len += s.len;
	return s.len;
}

static size_t
plain_length(struct str s)
{
	size_t i = 0;

	while (i < s.len && (unsigned char)s.data[i] > ' ' &&
	    (unsigned char)s.data[i] < 0x80)
		i++;
	return i;
}

static void
add_text(struct paragraphs *p, struct str text)
{
	size_t len;
	char c;

	while (text.len) {
		len = plain_length(text);
		if (len > 0) {
			end_space(p);
			memcpy(p->data + p->len, text.data, len);
			p->len += len;
			text = str_from(text, len);
			continue;
		}
		c = text.data[0];
		len = 1;
		if (c & 0x80) {
			len = add_character(p, text);
		} else if (ascii_is_space(c) || c == '\f' || c == '\v') {
			add_space(p, c == '\n');
		} else {
			end_space(p);
			p->data[p->len++] = c == '\0' ? '\n' : c;
			if (c == '\0')
				push_line(p);
		}
		text = str_from(text, len);
	}
}

/* The octet where character number `count` begins. */
static size_t
offset_of(struct str text, size_t count)
{
	size_t i;

	for (i = 0; i < text.len; i++)
		if ((text.data[i] & 0xc0) != 0x80 && count-- == 0)
			return i;
	return text.len;
}

static struct str
cut_part(const struct text_part *part)
{
	size_t size;

	if (part->text.len <= PART_SIZE)
		return part->text;
	size = offset_of(part->text, PART_SIZE);
	return size < part->text.len ? target_cut(part->text, size, "\n ") :
				       part->text;
}

/* Renders all parts; how much room their text needs. */
static size_t
render(struct targets *t, bool *wide)
{
	struct text_parts *parts = target_parts(t);
	size_t i, room = parts->count;

	*wide = false;
	for (i = 0; i < parts->count; i++) {
		if (!parts->at[i].shown)
			continue;
		text_part_render(&parts->at[i], t->scan->arena);
		*wide |= parts->at[i].wide;
		room += cut_part(&parts->at[i]).len;
	}
	return room;
}

static void
add_subject(struct paragraphs *p, struct str subject)
{
	size_t end;

	while (subject.len) {
		end = str_find(subject, '\n');
		memcpy(p->data + p->len, subject.data, end);
		p->len += end;
		if (end < subject.len)
			put_newline(p);
		subject = str_from(subject, end + 1);
	}
	put_newline(p);
}

/* The lowest counts, as for readers of SpamAssassin's rules. */
static struct str
subject_of(struct targets *t)
{
	const struct message *m = t->scan->message;
	size_t count = message_count(m, "Subject");
	const struct field *f;

	if (count == 0)
		return str_c("");
	f = message_find(m, "Subject", count - 1);
	return target_decode(f->name, f->value, t->scan->arena);
}

const struct target_texts *
target_body(struct targets *t)
{
	struct paragraphs p = {.t = t};
	struct text_parts *parts;
	struct str subject;
	size_t i, room;
	bool any = false;

	if (t->have_body)
		return &t->body;
	t->have_body = true;
	subject = subject_of(t);
	room = render(t, &p.wide);
	p.data = arena_alloc(t->scan->arena, subject.len + room + 16);
	add_subject(&p, subject);
	parts = target_parts(t);
	for (i = 0; i < parts->count; i++) {
		if (any)
			add_space(&p, true);
		if (!parts->at[i].shown)
			continue;
		add_text(&p, cut_part(&parts->at[i]));
		any |= parts->at[i].text.len > 0;
	}
	end_space(&p);
	push_line(&p);
	return &t->body;
}
