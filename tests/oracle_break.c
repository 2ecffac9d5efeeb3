/*
 * oracle_break: what mail looks like that no program should have written.
 *
 * A mail is an array of lines.  It is first put into a shape (as it is, inside
 * of one or two multiparts with another, inside of a message), then a few
 * breaks from the table are made, each where it finds a line it can break.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/strbuf.h"

#include "oracle_break.h"

typedef bool break_fn(struct breaker *b);

void
break_seed(struct breaker *b, uint64_t seed, uint64_t number)
{
	b->random =
	    (seed + 1) * 0x9e3779b97f4a7c15u + number * 0xbf58476d1ce4e5b9u;
	b->random += b->random == 0;
	break_pick(b, 2);
	break_pick(b, 2);
}

size_t
break_pick(struct breaker *b, size_t below)
{
	b->random ^= b->random << 13;
	b->random ^= b->random >> 7;
	b->random ^= b->random << 17;
	return (size_t)(b->random >> 16) % below;
}

static struct str
pick_text(struct breaker *b, const char *const *texts, size_t count)
{
	return str_c(texts[break_pick(b, count)]);
}

static void
insert(struct breaker *b, size_t at, struct str line)
{
	b->lines = arena_push(b->arena, b->lines, b->count, sizeof(*b->lines));
	memmove(b->lines + at + 1, b->lines + at,
	    (b->count - at) * sizeof(*b->lines));
	b->lines[at] = line;
	b->count++;
}

static void
add_text(struct breaker *b, struct str text)
{
	struct str line;

	while (text.len) {
		line = str_head(text, str_find(text, '\n') + 1);
		text = str_from(text, line.len);
		insert(b, b->count, line);
	}
}

/* Puts `text` into that line at that place, instead of `gone` octets. */
static void
splice(struct breaker *b, size_t line, size_t at, size_t gone, struct str text)
{
	struct str s = b->lines[line];
	struct str tail = str_from(s, at + gone);

	at = at < s.len ? at : s.len;
	b->lines[line] = arena_printf(b->arena, "%.*s%.*s%.*s", (int)at, s.data,
	    (int)text.len, text.data, (int)tail.len, tail.data);
}

static size_t
text_length(struct str line)
{
	while (line.len && ascii_is_one_of(line.data[line.len - 1], "\r\n"))
		line.len--;
	return line.len;
}

static bool
is_boundary(struct str line)
{
	return str_starts(line, "--") && text_length(line) > 2;
}

static bool
is_base64(struct str line)
{
	size_t i, len = text_length(line);

	for (i = 0; i < len; i++)
		if (!ascii_is_alnum(line.data[i]) &&
		    !ascii_is_one_of(line.data[i], "+/="))
			return false;
	return len > 20;
}

static bool
is_quoted(struct str line)
{
	return str_find(line, '=') < line.len;
}

static bool
is_content(struct str line)
{
	return str_case_starts(line, "content-");
}

static bool
is_type(struct str line)
{
	return str_case_starts(line, "content-type:");
}

static bool
has_boundary(struct str line)
{
	return str_case_find_str(line, str_c("boundary=")) < line.len;
}

static bool
is_any(struct str line)
{
	return line.len > 0;
}

/* One of the lines that are of the kind asked for. */
static bool
find(struct breaker *b, bool (*is)(struct str line), size_t *found)
{
	size_t i, count = 0;

	*found = 0;
	for (i = 0; i < b->count; i++)
		if (is(b->lines[i]) && break_pick(b, ++count) == 0)
			*found = i;
	return count > 0;
}

static bool
lose_lines(struct breaker *b)
{
	size_t at, count;

	if (!find(b, is_any, &at))
		return false;
	count = 1 + break_pick(b, 8);
	for (; count > 0 && at < b->count; count--) {
		memmove(b->lines + at, b->lines + at + 1,
		    (b->count - at - 1) * sizeof(*b->lines));
		b->count--;
	}
	return true;
}

static bool
cut_short(struct breaker *b)
{
	size_t at;

	if (!find(b, is_any, &at))
		return false;
	b->count = at + 1;
	b->lines[at] =
	    str_head(b->lines[at], break_pick(b, b->lines[at].len + 1));
	return true;
}

static bool
double_line(struct breaker *b)
{
	size_t at;

	if (!find(b, break_pick(b, 2) ? is_boundary : is_any, &at))
		return false;
	insert(b, at, b->lines[at]);
	return true;
}

static bool
swap_lines(struct breaker *b)
{
	struct str line;
	size_t at, other;

	if (!find(b, is_any, &at) || !find(b, is_boundary, &other))
		return false;
	line = b->lines[at];
	b->lines[at] = b->lines[other];
	b->lines[other] = line;
	return true;
}

static bool
spoil_base64(struct breaker *b)
{
	static const char *const texts[] = {
	    "=", "==", "!", " ", "\t", "", ".", "-", "\xe4", "=\r\n", "\r\n"};
	size_t at;

	if (!find(b, is_base64, &at))
		return false;
	splice(b, at, break_pick(b, b->lines[at].len), break_pick(b, 3),
	    pick_text(b, texts, sizeof(texts) / sizeof(texts[0])));
	return true;
}

static bool
spoil_quoted(struct breaker *b)
{
	static const char *const texts[] = {"=", "==", "= ", "=\t", "=4", "=x",
	    "=3d", "===", "=\r\n", " \t", "=\xe4", "=4\r\n1"};
	size_t at;

	if (!find(b, is_quoted, &at))
		return false;
	splice(b, at,
	    break_pick(b, 2) ? text_length(b->lines[at]) :
			       break_pick(b, b->lines[at].len),
	    0, pick_text(b, texts, sizeof(texts) / sizeof(texts[0])));
	return true;
}

static bool
tail_boundary(struct breaker *b)
{
	static const char *const texts[] = {
	    " ", "\t", "  \t ", "--", "-", "-- ", "x", "--x", "\r", ".1"};
	size_t at;

	if (!find(b, is_boundary, &at))
		return false;
	splice(b, at, text_length(b->lines[at]), 0,
	    pick_text(b, texts, sizeof(texts) / sizeof(texts[0])));
	return true;
}

static bool
spoil_boundary(struct breaker *b)
{
	static const char *const texts[] = {"-", " ", "x", ""};
	size_t at;

	if (!find(b, is_boundary, &at))
		return false;
	splice(b, at, break_pick(b, text_length(b->lines[at])),
	    break_pick(b, 3),
	    pick_text(b, texts, sizeof(texts) / sizeof(texts[0])));
	return true;
}

/* What Content-Type says of the boundary, in another form. */
static bool
rewrite_boundary(struct breaker *b)
{
	static const char *const forms[] = {
	    "boundary=", "boundary =", "boundary= ", "boundary*=us-ascii''",
	    "boundary*0=", "boundary*0*=''",
	    "BOUNDARY=", "boundary=x; boundary=", "boundary=\r\n ",
	    "boundary=\r\n\t", "boundary=\"\"; boundary=", "(c)boundary=",
	    "boundary(c)=", "bound\r\n ary="};
	size_t at, start;
	struct str line;

	if (!find(b, has_boundary, &at))
		return false;
	line = b->lines[at];
	start = str_case_find_str(line, str_c("boundary="));
	splice(b, at, start, strlen("boundary="),
	    pick_text(b, forms, sizeof(forms) / sizeof(forms[0])));
	return true;
}

/* The boundary's value loses its end, or its quotes, or gains something. */
static bool
change_boundary(struct breaker *b)
{
	static const char *const texts[] = {
	    "", " ", "\"", "\\", ";", "\" ", "'", "x", " \"", "\r\n "};
	size_t at, end;

	if (!find(b, has_boundary, &at))
		return false;
	end = text_length(b->lines[at]);
	end -= break_pick(b, end > 3 ? 3 : 1);
	splice(b, at, end, break_pick(b, 2),
	    pick_text(b, texts, sizeof(texts) / sizeof(texts[0])));
	return true;
}

static bool
change_encoding(struct breaker *b)
{
	static const char *const texts[] = {"base64", "quoted-printable",
	    "Base64 (comment)", "(c) base64", "base64;", "\"base64\"",
	    "QUOTED-PRINTABLE", "x-uuencode", "base-64", "base64 7bit", "7bit",
	    "binary", "\r\n base64", "base64\r\n\t", "", "8bit,base64"};
	size_t at;

	if (!find(b, is_content, &at))
		return false;
	insert(b, at,
	    arena_printf(b->arena, "Content-Transfer-Encoding: %s\r\n",
		pick_text(b, texts, sizeof(texts) / sizeof(texts[0])).data));
	return true;
}

static bool
change_type(struct breaker *b)
{
	static const char *const texts[] = {"text/html", "text", "text/",
	    "/plain", "TEXT/HTML; charset=utf-8", "text / html",
	    "text/html charset=utf-8", "\"text/html\"", "(c)text/html",
	    "text/(c)html", "message/rfc822", "multipart/mixed",
	    "multipart/digest", "text/plain;", ";", "message/partial",
	    "application/octet-stream; name*=utf-8''a%20b",
	    "image/png; name*0=a; name*1=b", "text\r\n /html", "html"};
	size_t at;

	if (!find(b, is_type, &at))
		return false;
	insert(b, at + break_pick(b, 2),
	    arena_printf(b->arena, "Content-Type: %s\r\n",
		pick_text(b, texts, sizeof(texts) / sizeof(texts[0])).data));
	return true;
}

/* Colons, blanks and folds where a field begins. */
static bool
spoil_field(struct breaker *b)
{
	static const char *const texts[] = {" :", "\t:", ":", "::", "", ":\t",
	    ":\r\n ", ":\r\n\t\r\n ", "\r\n:", ": ;"};
	size_t at;

	if (!find(b, is_content, &at))
		return false;
	splice(b, at, str_find(b->lines[at], ':'), 1,
	    pick_text(b, texts, sizeof(texts) / sizeof(texts[0])));
	return true;
}

static bool
insert_line(struct breaker *b)
{
	static const char *const texts[] = {"\r\n", " \r\n", "\t\r\n",
	    "no field\r\n", ": nothing\r\n", "--\r\n", "----\r\n", ".\r\n",
	    "From nobody Thu Jan  1 00:00:00 1970\r\n", "\n", "-- \r\n",
	    "X-Long: y\r\n z\r\n", ">From x\r\n"};
	size_t at;

	if (!find(b, break_pick(b, 2) ? is_content : is_any, &at))
		return false;
	insert(b, at, pick_text(b, texts, sizeof(texts) / sizeof(texts[0])));
	return true;
}

static bool
change_line_ends(struct breaker *b)
{
	static const char *const texts[] = {"\n", "\r\r\n", "\n\r\n"};
	struct str end = pick_text(b, texts, 3);
	size_t i, each = 1 + break_pick(b, 20);

	for (i = 0; i < b->count; i++)
		if (str_ends(b->lines[i], "\r\n") && break_pick(b, each) == 0)
			splice(b, i, b->lines[i].len - 2, 2, end);
	return true;
}

static const struct {
	const char *name;
	break_fn *run;
} breaks[] = {
    {"lose_lines", lose_lines},
    {"cut_short", cut_short},
    {"double_line", double_line},
    {"swap_lines", swap_lines},
    {"spoil_base64", spoil_base64},
    {"spoil_base64", spoil_base64},
    {"spoil_quoted", spoil_quoted},
    {"spoil_quoted", spoil_quoted},
    {"tail_boundary", tail_boundary},
    {"spoil_boundary", spoil_boundary},
    {"rewrite_boundary", rewrite_boundary},
    {"change_boundary", change_boundary},
    {"change_encoding", change_encoding},
    {"change_type", change_type},
    {"spoil_field", spoil_field},
    {"insert_line", insert_line},
    {"change_line_ends", change_line_ends},
};

/* Both mails as parts; the second boundary may begin like the first. */
static void
put_together(struct breaker *b, struct str mail, struct str other)
{
	static const char *const inner[] = {
	    "outer", "outerx", "oute", "outer-", "inner", "outer--"};
	struct str boundary = pick_text(b, inner, 6);
	size_t header = str_find_str(other, str_c("\r\nContent-"));

	add_text(b,
	    str_c("Subject: put together\r\nMIME-Version: 1.0\r\n"
		  "Content-Type: multipart/mixed; boundary=outer\r\n"
		  "\r\npreamble\r\n--outer\r\n"));
	add_text(b,
	    arena_printf(b->arena,
		"Content-Type: multipart/alternative;\r\n"
		"\tboundary=\"%.*s\"\r\n\r\n--%.*s\r\n",
		(int)boundary.len, boundary.data, (int)boundary.len,
		boundary.data));
	add_text(b, str_from(other, header < other.len ? header + 2 : 0));
	add_text(b,
	    arena_printf(b->arena,
		"\r\n--%.*s--\r\n\r\n--outer\r\n"
		"Content-Type: message/rfc822\r\n\r\n",
		(int)boundary.len, boundary.data));
	add_text(b, mail);
	add_text(b, str_c("\r\n--outer--\r\nepilogue\r\n"));
}

struct str
break_mail(struct breaker *b, struct str mail, struct str other)
{
	size_t i, which, count = 1 + break_pick(b, 3);
	struct strbuf out;
	struct str text;

	mail = str_head(mail, 100000);
	other = str_head(other, 100000);
	if (break_pick(b, 3) > 0)
		put_together(b, mail, other);
	else
		add_text(b, mail);
	for (i = 0; i < count; i++) {
		which = break_pick(b, sizeof(breaks) / sizeof(breaks[0]));
		if (strlen(b->done) < 300 && breaks[which].run(b)) {
			strcat(b->done, breaks[which].name);
			strcat(b->done, " ");
		}
	}
	strbuf_init(&out);
	for (i = 0; i < b->count; i++)
		strbuf_add(&out, b->lines[i]);
	text = arena_copy(b->arena, strbuf_str(&out));
	strbuf_clear(&out);
	return text;
}
