/*
 * reply: an SMTP reply (RFC 5321 4.2, RFC 2034), kept word by word.
 *
 * Strict where a reply could be taken for another one: three digits from 200
 * to 599, then space, hyphen or the end of the line, one code for all lines.
 * The second digit is free: servers say 571.  Text may hold any octet but CR,
 * LF and NUL.  A broken line is not kept.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdio.h>

#include "postern/reply.h"

enum {
	LINE_MAX_IN = 4096,
	LINE_MAX_OUT = 509, /* RFC 5321 4.5.3.1.5: 512 with CRLF, less one */
	CODE_LENGTH = 3
};

void
reply_init(struct reply *r)
{
	r->code = 0;
	r->lines = 0;
	strbuf_init(&r->raw);
}

void
reply_clear(struct reply *r)
{
	strbuf_clear(&r->raw);
	r->code = 0;
	r->lines = 0;
}

void
reply_reset(struct reply *r)
{
	strbuf_reset(&r->raw);
	r->code = 0;
	r->lines = 0;
}

static bool
is_line_text(struct str line)
{
	return str_find(line, '\0') == line.len &&
	    str_find(line, '\r') == line.len &&
	    str_find(line, '\n') == line.len;
}

/* 0 when there is none. */
static unsigned
line_code(struct str line)
{
	uint64_t code;

	if (line.len < CODE_LENGTH ||
	    !str_to_uint(str_head(line, CODE_LENGTH), 599, &code))
		return 0;
	if (line.len > CODE_LENGTH && line.data[CODE_LENGTH] != ' ' &&
	    line.data[CODE_LENGTH] != '-')
		return 0;
	return code >= 200 ? (unsigned)code : 0;
}

enum reply_step
reply_add_line(struct reply *r, struct str line)
{
	unsigned code = line_code(line);

	if (code == 0 || (r->lines > 0 && code != r->code))
		return REPLY_BROKEN;
	if (line.len > LINE_MAX_IN || !is_line_text(line) ||
	    r->raw.len + line.len + 2 > REPLY_SIZE_MAX)
		return REPLY_BROKEN;
	r->code = code;
	r->lines++;
	strbuf_add(&r->raw, line);
	strbuf_puts(&r->raw, "\r\n");
	if (line.len > CODE_LENGTH && line.data[CODE_LENGTH] == '-')
		return REPLY_MORE;
	return REPLY_DONE;
}

struct str
reply_line(const struct reply *r, size_t nth)
{
	struct str rest = strbuf_str(&r->raw), line;

	while (str_cut_line(&rest, &line))
		if (nth-- == 0)
			return str_from(line, CODE_LENGTH + 1);
	return str_of("", 0);
}

/* One to three digits (RFC 3463 2), 0 when there are none or more. */
static size_t
number_length(struct str s)
{
	size_t i = 0;

	while (i < s.len && ascii_is_digit(s.data[i]))
		i++;
	return i <= 3 ? i : 0;
}

struct str
reply_enhanced(const struct reply *r)
{
	struct str line = reply_line(r, 0), none = str_of("", 0);
	unsigned class = r->code / 100;
	size_t subject, detail, end;

	if (class == 3 || line.len < 2 || line.data[0] != (char)('0' + class) ||
	    line.data[1] != '.')
		return none;
	subject = number_length(str_from(line, 2));
	end = 2 + subject;
	if (subject == 0 || end == line.len || line.data[end] != '.')
		return none;
	detail = number_length(str_from(line, end + 1));
	end += 1 + detail;
	if (detail == 0 || (end < line.len && line.data[end] != ' '))
		return none;
	return str_head(line, end);
}

struct str
reply_text(const struct reply *r)
{
	struct str text = reply_line(r, 0);
	size_t i;

	text = str_trim(str_from(text, reply_enhanced(r).len));
	for (i = 0; i < text.len && !ascii_is_control(text.data[i]); i++)
		;
	return str_head(text, i);
}

/* How much of the text stands on the next line: words, while they fit. */
static size_t
wrap_length(struct str text, size_t room)
{
	size_t space;

	if (text.len <= room)
		return text.len;
	space = str_find_last(str_head(text, room + 1), ' ');
	return space > 0 && space <= room ? space : room;
}

static void
text_add(struct strbuf *out, struct str text)
{
	size_t i;

	for (i = 0; i < text.len; i++)
		strbuf_putc(out,
		    text.data[i] < ' ' || text.data[i] > '~' ? '?' :
							       text.data[i]);
}

/* "250-2.0.0 "; the mark is "-" or " ". */
static void
line_add(struct strbuf *out, const char *prefix, char mark, struct str text)
{
	size_t end = CODE_LENGTH;

	strbuf_puts(out, prefix);
	out->data[out->len - strlen(prefix) + end] = mark;
	text_add(out, text);
	strbuf_puts(out, "\r\n");
}

void
reply_format(
    struct strbuf *out, unsigned code, const char *enhanced, struct str text)
{
	struct str line = str_of("", 0), piece;
	char prefix[32];
	size_t room, used;
	bool more = true;

	code = code % 1000;
	if (enhanced && *enhanced && code / 100 != 3)
		snprintf(prefix, sizeof(prefix), "%03u %u%.16s ", code,
		    code / 100, enhanced + 1);
	else
		snprintf(prefix, sizeof(prefix), "%03u ", code);
	room = LINE_MAX_OUT - strlen(prefix);
	str_cut_line(&text, &line);
	while (more) {
		used = wrap_length(line, room);
		piece = str_head(line, used);
		line = str_from(line, used);
		if (line.len > 0 && *line.data == ' ')
			line = str_from(line, 1);
		more = line.len > 0 || str_cut_line(&text, &line);
		line_add(out, prefix, more ? '-' : ' ', piece);
	}
}
