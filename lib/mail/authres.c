/*
 * authres: Authentication-Results (RFC 8601), written and recognised.
 *
 * Recognising is about forgeries: a field that any consumer behind us could
 * read as ours must go, one that names somebody else must stay.  Consumers
 * differ in what they make of comments and white space, so the id is read in
 * the ways they do, and ours in one of them is enough.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/authres.h"
#include "postern/strbuf.h"

#include "lexeme.h"

enum {
	VALUE_MAX = 256,
	COLUMN_MAX = 77, /* RFC 5322 2.1.1 recommends 78 */
	NAME_LENGTH = sizeof("Authentication-Results:") - 1
};

/* RFC 2045 5.1; octets above 127 by RFC 6532. */
static bool
is_token(char c)
{
	return c != ' ' && !ascii_is_control(c) &&
	    !strchr("()<>@,;:\\\"/[]?=", c);
}

/* --- recognising --- */

/* How a consumer may find the id; see authres_is_from. */
struct reading {
	bool comment_ends; /* the id, or is it as if not there? */
	bool space_ends;   /* likewise white space */
	struct strbuf id;
	bool doubt;   /* comment or quote that not everybody reads alike */
	bool encoded; /* RFC 2047 where the id should be */
};

/* Nested, or with quoted pairs: there are parsers without. */
static bool
is_tricky(struct str comment)
{
	return str_find(str_from(comment, 1), '(') < comment.len - 1 ||
	    str_find(comment, '\\') < comment.len;
}

/* The other dots between labels (RFC 3490 3.1), in UTF-8: octets, or 0. */
static size_t
dot_length(struct str rest)
{
	return str_starts(rest, "\xe3\x80\x82") ||
		str_starts(rest, "\xef\xbc\x8e") ||
		str_starts(rest, "\xef\xbd\xa1") ?
	    3 :
	    0;
}

/* Reads one comment, quoted string or octet; 0 at the end of the id. */
static size_t
reading_step(struct reading *r, struct str rest)
{
	bool begun = r->id.len > 0;
	char c = *rest.data;
	size_t length;

	if (c == '(' && begun && r->comment_ends)
		return 0;
	if (c == '(') {
		length = lexeme_comment(rest);
		r->doubt |= length == 0 || is_tricky(str_head(rest, length));
		return length > 0 ? length : rest.len;
	}
	if (c == '"') {
		length = lexeme_quoted(rest);
		r->doubt |= length == 0;
		lexeme_text(str_head(rest, length), &r->id);
		return length > 0 ? length : rest.len;
	}
	if (ascii_is_space(c) || ascii_is_control(c))
		return begun && r->space_ends ? 0 : 1;
	length = dot_length(rest);
	if (length > 0) {
		strbuf_putc(&r->id, '.');
		return length;
	}
	if (is_token(c)) {
		strbuf_putc(&r->id, c);
		return 1;
	}
	r->encoded |= str_starts(rest, "=?") && !begun;
	return begun || r->encoded ? 0 : 1;
}

static bool
has_octets_above_127(struct str s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if ((unsigned char)s.data[i] > 0x7f)
			return true;
	return false;
}

/* The forms of an international label are not converted: in doubt, equal. */
static bool
label_eq(struct str a, struct str b)
{
	bool a_is_utf8 = has_octets_above_127(a);
	bool b_is_utf8 = has_octets_above_127(b);

	if (a_is_utf8 || b_is_utf8)
		return (a_is_utf8 || str_case_starts(a, "xn--")) &&
		    (b_is_utf8 || str_case_starts(b, "xn--"));
	return str_case_eq(a, b);
}

static struct str
without_last_dots(struct str id)
{
	while (str_ends(id, "."))
		id.len--;
	return id;
}

static bool
id_eq(struct str a, struct str b)
{
	struct str label_a, label_b;
	bool more_a, more_b;

	a = without_last_dots(str_trim(a));
	do {
		more_a = str_cut(&a, '.', &label_a);
		more_b = str_cut(&b, '.', &label_b);
		if (more_a != more_b)
			return false;
		if (more_a && !label_eq(label_a, label_b))
			return false;
	} while (more_a);
	return true;
}

static bool
reading_is_ours(struct reading r, struct str value, struct str ours)
{
	size_t i = 0, length = 1;
	bool is_ours;

	strbuf_init(&r.id);
	while (i < value.len && length > 0) {
		length = reading_step(&r, str_from(value, i));
		i += length;
	}
	is_ours = r.encoded || id_eq(strbuf_str(&r.id), ours) ||
	    (r.doubt && str_case_find_str(str_head(value, i), ours) < i);
	strbuf_clear(&r.id);
	return is_ours;
}

bool
authres_is_from(struct str value, const char *authserv_id)
{
	struct str ours = without_last_dots(str_c(authserv_id));

	return reading_is_ours(
		   (struct reading) {.comment_ends = true, .space_ends = true},
		   value, ours) ||
	    reading_is_ours(
		(struct reading) {.space_ends = true}, value, ours) ||
	    reading_is_ours((struct reading) {0}, value, ours);
}

/* --- writing --- */

static struct str
value_cut(struct str value)
{
	size_t len = VALUE_MAX;

	if (value.len <= VALUE_MAX)
		return value;
	while (len > 0 && ((unsigned char)value.data[len] & 0xc0) == 0x80)
		len--;
	return str_head(value, len > VALUE_MAX - 4 ? len : VALUE_MAX);
}

/* Bounded, without controls, `special` octets behind a backslash. */
static void
text_add(struct strbuf *out, struct str text, const char *special)
{
	bool is_utf8;
	size_t i;
	char c;

	text = value_cut(text);
	is_utf8 = lexeme_is_utf8(text);
	for (i = 0; i < text.len; i++) {
		c = text.data[i];
		if (ascii_is_control(c) ||
		    (!is_utf8 && (unsigned char)c > 0x7f))
			c = '?';
		if (strchr(special, c))
			strbuf_putc(out, '\\');
		strbuf_putc(out, c);
	}
}

/* A token, or an address made of tokens: RFC 8601 2.2 pvalue. */
static bool
is_plain(struct str value)
{
	size_t at = str_find(value, '@'), i;

	if (value.len == 0 || value.len > VALUE_MAX || at + 1 == value.len)
		return false;
	for (i = 0; i < value.len; i++)
		if (i != at &&
		    (!is_token(value.data[i]) ||
			(unsigned char)value.data[i] > 0x7f))
			return false;
	return true;
}

static void
quoted_add(struct strbuf *out, struct str value)
{
	strbuf_putc(out, '"');
	text_add(out, value, "\"\\");
	strbuf_putc(out, '"');
}

static void
value_add(struct strbuf *out, struct str value)
{
	if (is_plain(value))
		strbuf_add(out, value);
	else
		quoted_add(out, value);
}

struct str
authres_value(struct str value, struct arena *arena)
{
	struct strbuf out;
	struct str copy;

	if (is_plain(value))
		return value;
	strbuf_init(&out);
	quoted_add(&out, value);
	copy = arena_copy(arena, strbuf_str(&out));
	strbuf_clear(&out);
	return copy;
}

struct writer {
	struct strbuf out;
	struct strbuf unit; /* being made; never broken */
	size_t column;
};

/* Puts the unit on this line, or on the next one. */
static void
unit_end(struct writer *w)
{
	if (w->column + 1 + w->unit.len > COLUMN_MAX && w->column > 0) {
		strbuf_puts(&w->out, "\r\n");
		w->column = 0;
	}
	strbuf_putc(&w->out, ' ');
	strbuf_add(&w->out, strbuf_str(&w->unit));
	w->column += 1 + w->unit.len;
	strbuf_reset(&w->unit);
}

static void
comment_add(struct writer *w, struct str comment)
{
	struct str rest, word;
	struct strbuf text;

	strbuf_init(&text);
	strbuf_putc(&text, '(');
	text_add(&text, comment, "()\\");
	strbuf_putc(&text, ')');
	rest = strbuf_str(&text);
	while (str_cut_word(&rest, &word)) {
		strbuf_add(&w->unit, word);
		unit_end(w);
	}
	strbuf_clear(&text);
}

static void
finding_add(struct writer *w, const struct finding *f)
{
	const struct property *p;
	size_t i;

	strbuf_puts(&w->out, ";\r\n");
	w->column = 0;
	strbuf_printf(&w->unit, "%s=%s", f->method, result_word(f->result));
	unit_end(w);
	if (f->comment.len > 0)
		comment_add(w, f->comment);
	if (f->reason.len > 0) {
		strbuf_puts(&w->unit, "reason=");
		quoted_add(&w->unit, f->reason);
		unit_end(w);
	}
	for (i = 0; i < f->property_count; i++) {
		p = &f->properties[i];
		if (p->value.len == 0)
			continue;
		strbuf_printf(&w->unit, "%s.%s=", p->ptype, p->name);
		value_add(&w->unit, p->value);
		unit_end(w);
	}
}

struct str
authres_format(const char *authserv_id, const struct finding *findings,
    size_t count, struct arena *arena)
{
	struct writer w = {.column = NAME_LENGTH};
	struct str value;
	size_t i;

	strbuf_init(&w.out);
	strbuf_init(&w.unit);
	value_add(&w.out, str_c(authserv_id));
	for (i = 0; i < count; i++)
		finding_add(&w, &findings[i]);
	if (count == 0)
		strbuf_puts(&w.out, "; none");
	value = arena_copy(arena, strbuf_str(&w.out));
	strbuf_clear(&w.unit);
	strbuf_clear(&w.out);
	return value;
}
