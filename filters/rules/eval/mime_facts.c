/*
 * mime_facts: how the parts of a mail are typed, coded and put together.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "filters/rules/text/domain.h"
#include "mime_facts.h"
#include "mime_shape.h"
#include "filters/rules/target/target_header.h"

enum { LONG_LINE = 78 };

/* Of a multipart/alternative: the last text and HTML. */
struct sizes {
	size_t text, html;
	bool has_text, has_html;
};

static bool
has(struct str s, const char *part)
{
	return str_find_str(s, str_c(part)) < s.len;
}

/* The lowest field of that name, decoded, lower case; "" when absent. */
static struct str
field_of(const struct mime_part *part, const char *name, struct arena *arena)
{
	size_t i;

	for (i = part->field_count; i > 0; i--)
		if (str_case_is(part->fields[i - 1].name, name))
			return domain_lower(
			    target_decode(part->fields[i - 1].name,
				part->fields[i - 1].value, arena),
			    arena);
	return str_c("");
}

/* Text is plain text, but for a few kinds. */
static struct str
type_of(const struct mime_part *part, struct arena *arena)
{
	if (str_is(part->type, "text") && !str_is(part->subtype, "html") &&
	    !str_is(part->subtype, "calendar") &&
	    !str_is(part->subtype, "x-vcard"))
		return str_c("text/plain");
	return arena_printf(arena, "%.*s/%.*s", (int)part->type.len,
	    part->type.data, (int)part->subtype.len, part->subtype.data);
}

/* What is behind "charset=": to a quote, a semicolon or the end. */
static bool
find_charset(struct str type, struct str *out)
{
	size_t at = str_find_str(type, str_c("charset")), end;
	struct str rest = str_trim(str_from(type, at + 7));

	*out = str_c("");
	if (at >= type.len || !str_starts(rest, "="))
		return false;
	rest = str_trim(str_from(rest, 1));
	if (str_starts(rest, "\"") || str_starts(rest, "'"))
		rest = str_from(rest, 1);
	end = str_find(rest, ';');
	rest = str_head(rest, end);
	if (str_ends(rest, "\"") || str_ends(rest, "'"))
		rest.len--;
	*out = rest;
	return true;
}

void
mime_head_read(
    const struct mime_part *part, struct arena *arena, struct mime_head *out)
{
	struct str type = field_of(part, "Content-Type", arena);

	out->type = type_of(part, arena);
	out->has_charset = find_charset(type, &out->charset);
	if (type.len == 0) {
		out->charset = str_c("us-ascii");
		out->has_charset = true;
	}
	out->encoding = field_of(part, "Content-Transfer-Encoding", arena);
	out->disposition = field_of(part, "Content-Disposition", arena);
}

bool
mime_is_caps_charset(struct str name)
{
	static const char *const parts[] = {"koi", "jp", "jis", "euc", "gb",
	    "big5", "isoir", "cp1251", "windows-1251", "georgianps", "pt154",
	    "tis"};
	size_t i;

	for (i = 0; i < name.len; i++)
		if (!ascii_is_alnum(name.data[i]) &&
		    !ascii_is_one_of(name.data[i], "-_"))
			return false;
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (str_case_find_str(name, str_c(parts[i])) < name.len)
			return true;
	return false;
}

static bool
is_ascii_name(struct str charset)
{
	static const char *const names[] = {"ascii", "ansi_x3.4-1968",
	    "ansi_x3.4-1986", "iso-ir-6", "iso_646.irv:1991", "iso646-us", "us",
	    "ibm367", "cp367"};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (has(charset, names[i]))
			return true;
	return charset.len == 0;
}

/* "iso-x-y" that is neither 8859 nor 2022. */
static bool
is_bad_iso(struct str charset)
{
	struct str rest;
	size_t at = str_find_str(charset, str_c("iso-")), dash;

	rest = str_from(charset, at + 4);
	dash = str_find(str_from(rest, 1), '-') + 1;
	if (at >= charset.len || rest.len < 3 || dash + 1 >= rest.len)
		return false;
	return !(str_starts(rest, "8859-") && rest.len > 5 &&
		   ascii_is_digit(rest.data[5])) &&
	    !str_starts(rest, "2022-jp") && !str_starts(rest, "2022-kr");
}

static void
add_head(struct mime_facts *f, const struct mime_head *h)
{
	bool base64 = has(h->encoding, "base64");

	if (str_is(h->type, "text/html"))
		f->html_parts++;
	else if (str_starts(h->type, "text"))
		f->text_parts++;
	f->base64_parts += base64;
	f->qp_parts += !base64 && has(h->encoding, "quoted-printable");
	f->attachments += has(h->disposition, "attachment");
	f->base64_text |= str_starts(h->type, "text") && base64 &&
	    is_ascii_name(h->charset) &&
	    !str_starts(h->disposition, "attachment") &&
	    !str_starts(h->disposition, "inline");
	f->bad_iso_charset |= is_bad_iso(h->charset);
	f->caps_charset |= mime_is_caps_charset(h->charset);
	f->alternative |= str_is(h->type, "multipart/alternative");
}

/* --- lines --- */

static int
hex_upper(char c)
{
	return c >= 'a' && c <= 'f' ? -1 : ascii_hex_value(c);
}

/* "=41": an octet that might stand as it is. */
static bool
is_needless(char a, char b)
{
	int low = hex_upper(b);

	if (a == '0')
		return b == '9';
	if (a == '3')
		return low >= 0 && low != 0xd;
	if (a == '7')
		return low >= 0 && low != 0xf;
	return (a == '2' || a == '4' || a == '5' || a == '6') && low >= 0;
}

static bool
is_escaped_space(struct str s, size_t i)
{
	struct str three = str_head(str_from(s, i), 3);

	return str_is(three, "=09") || str_is(three, "=20");
}

/* White space at a line's end has to be escaped. */
static size_t
trailing_escapes(struct str line)
{
	size_t count = 0;

	while (line.len > 0 && ascii_is_space(line.data[line.len - 1]))
		line.len--;
	while (line.len >= 3 && is_escaped_space(line, line.len - 3)) {
		line.len -= 3;
		count++;
	}
	return count;
}

static void
add_qp_line(struct mime_facts *f, struct str line)
{
	size_t i, needless = 0;

	f->qp_long_line |= line.len > LONG_LINE;
	f->qp_octets += line.len + 1;
	for (i = 0; i + 2 < line.len; i++)
		if (line.data[i] == '=' &&
		    is_needless(line.data[i + 1], line.data[i + 2])) {
			needless++;
			i += 2;
		}
	if (needless > 0)
		f->qp_needless += needless - trailing_escapes(line);
}

static bool
is_no_ascii(struct str line)
{
	size_t i;

	for (i = 0; i < line.len; i++)
		if ((unsigned char)line.data[i] > 127 || line.data[i] == '\0' ||
		    line.data[i] == '\r')
			return true;
	return false;
}

/* "&#x1234;" */
static bool
is_reference(struct str s)
{
	size_t i;

	if (s.len < 8 || !str_starts(s, "&#x") || s.data[7] != ';')
		return false;
	for (i = 3; i < 7; i++)
		if (hex_upper(s.data[i]) < 0)
			return false;
	return true;
}

static void
add_plain_line(struct mime_facts *f, struct str line)
{
	struct str rest = line;
	size_t references = 0;

	while ((rest = str_from(rest, str_find(rest, '&'))).len > 0) {
		references += is_reference(rest);
		rest = str_from(rest, 1);
	}
	f->plain_references += references;
	f->plain_octets += line.len + 1 - 8 * references;
}

static bool
is_plainly_coded(const struct mime_head *h)
{
	return h->encoding.len == 0 || str_is(h->encoding, "7bit") ||
	    str_is(h->encoding, "8bit");
}

/* Returns the octets of all lines. */
static size_t
add_lines(struct mime_facts *f, const struct mime_head *h, struct str body)
{
	bool qp = str_is(h->encoding, "quoted-printable");
	bool base64 = str_is(h->encoding, "base64") &&
	    !str_is(h->type, "application/ics");
	bool plain = str_is(h->type, "text/plain");
	bool ascii =
	    plain && (!h->has_charset || str_is(h->charset, "us-ascii"));
	bool coded = plain && is_plainly_coded(h);
	size_t octets = 0;
	struct str line;

	if (!qp && !base64 && !plain && !str_is(h->type, "text/html"))
		return 0;
	while (str_cut_line(&body, &line)) {
		octets += line.len + 1;
		if (qp)
			add_qp_line(f, line);
		if (base64 && line.len + 1 > f->base64_line)
			f->base64_line = line.len + 1;
		if (ascii && !f->ascii_illegal)
			f->ascii_illegal = is_no_ascii(line);
		if (coded)
			add_plain_line(f, line);
	}
	return octets;
}

static void
add_size(struct sizes *s, const struct mime_head *h, size_t octets)
{
	if (has(h->disposition, "attachment"))
		return;
	if (str_is(h->type, "text/html")) {
		s->html = octets;
		s->has_html = true;
	} else if (str_is(h->type, "text/plain")) {
		s->text = octets;
		s->has_text = true;
	}
}

static void
find_facts(struct targets *t, struct mime_facts *f)
{
	struct arena *arena = t->scan->arena;
	const struct mime_part *part;
	struct sizes sizes = {.has_text = false};
	struct mime_head head;
	size_t octets;

	f->text_to_html = 1;
	for (part = target_first_part(t); part; part = mime_next(part)) {
		mime_head_read(part, arena, &head);
		add_head(f, &head);
		if (part->child) {
			if (str_is(part->type, "multipart"))
				mime_shape_read(part, f);
			continue;
		}
		octets = add_lines(f, &head, part->body);
		add_size(&sizes, &head, f->alternative ? octets : 0);
	}
	if (f->alternative && sizes.has_text && sizes.has_html &&
	    sizes.html > 0)
		f->text_to_html = (double)sizes.text / (double)sizes.html;
}

const struct mime_facts *
targets_mime_facts(struct targets *t)
{
	if (!t->mime_facts) {
		t->mime_facts =
		    arena_alloc(t->scan->arena, sizeof(*t->mime_facts));
		find_facts(t, t->mime_facts);
	}
	return t->mime_facts;
}
