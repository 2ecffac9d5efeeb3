/*
 * perlre: a regex as rule files write it, in the syntax of PCRE2.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/strbuf.h"

#include "perlre.h"

enum {
	OCTET_MOST = 0xff,
	BRACE_MAX = 32, /* octets of "{1,3}" and "[:alpha:]" */
	NAME_MAX_OCTETS = 128
};

static char
closing(char open)
{
	switch (open) {
	case '{':
		return '}';
	case '(':
		return ')';
	case '[':
		return ']';
	case '<':
		return '>';
	default:
		return open;
	}
}

static bool
read_flags(struct str flags, unsigned *out, struct error *err)
{
	static const char letters[] = "ixmsn";
	static const unsigned bits[] = {PERLRE_CASELESS, PERLRE_EXTENDED,
	    PERLRE_MULTILINE, PERLRE_DOTALL, PERLRE_NO_CAPTURE};
	const char *at;
	size_t i;
	char c;

	for (i = 0; i < flags.len; i++) {
		c = flags.data[i];
		at = strchr(letters, c);
		if (c == 'x' && *out & PERLRE_EXTENDED)
			*out |= PERLRE_EXTENDED_MORE;
		else if (at)
			*out |= bits[at - letters];
		else if (!ascii_is_one_of(c, "adlupocgr"))
			return error_set(err, "unknown regex flag %c", c);
		/* those say nothing of octets, or nothing to a match */
	}
	return true;
}

/* Two backslashes are one character, a delimiter behind one is quoted. */
static bool
has_bare(struct str pattern, char delimiter)
{
	size_t i;

	for (i = 0; i < pattern.len; i++) {
		if (pattern.data[i] == '\\')
			i++;
		else if (pattern.data[i] == delimiter)
			return true;
	}
	return false;
}

/* Where the pattern begins; 0 when the literal is none. */
static size_t
find_start(struct str literal)
{
	size_t at = 0;
	char c;

	if (str_starts(literal, "/"))
		return 1;
	if (str_starts(literal, "m"))
		at = 1;
	else if (str_starts(literal, "qr"))
		at = 2;
	if (at == 0 || at >= literal.len)
		return 0;
	c = literal.data[at];
	if (ascii_is_alnum(c) || c == '_' || c == '\\' || ascii_is_space(c))
		return 0;
	return at + 1;
}

/* "%{NAME}": what a named group of another rule has caught; its length, 0 when
 * it is none. */
static size_t
template_length(struct str text)
{
	size_t len = str_find(str_head(text, NAME_MAX_OCTETS), '}');

	if (!str_starts(text, "%{") || len < 3 || len >= NAME_MAX_OCTETS ||
	    len == text.len || text.data[2] < 'A' || text.data[2] > 'Z')
		return 0;
	return len + 1;
}

/* Where the next one begins, from `at` on; pattern.len when there is none. */
static size_t
find_template(struct str pattern, size_t at)
{
	for (; at < pattern.len; at++) {
		if (pattern.data[at] == '\\')
			at++;
		else if (template_length(str_from(pattern, at)))
			return at;
	}
	return pattern.len;
}

struct str
perlre_template(struct str pattern, size_t n)
{
	size_t at = find_template(pattern, 0), length;

	for (; at < pattern.len; n--) {
		length = template_length(str_from(pattern, at));
		if (n == 0)
			return str_of(pattern.data + at + 2, length - 3);
		at = find_template(pattern, at + length);
	}
	return str_of("", 0);
}

void
perlre_templates(struct perlre *re, size_t most, struct arena *arena)
{
	struct str rest = re->pattern;
	struct strbuf out;
	size_t n, at;

	strbuf_init(&out);
	for (n = 1;; n += 2) {
		at = find_template(rest, 0);
		strbuf_add(&out, str_head(rest, at));
		if (at == rest.len)
			break;
		strbuf_printf(
		    &out, "(?C%zu)(?:[\\s\\S]{1,%zu}?)(?C%zu)", n, most, n + 1);
		rest = str_from(rest, at + template_length(str_from(rest, at)));
	}
	re->pattern = arena_copy(arena, strbuf_str(&out));
	strbuf_clear(&out);
}

bool
perlre_split(struct str literal, struct perlre *out, struct error *err)
{
	size_t start = find_start(literal), end = literal.len;
	char close;

	*out = (struct perlre) {.flags = 0};
	if (start == 0)
		return error_set(err, "a regex such as /.../i is expected");
	close = closing(literal.data[start - 1]);
	while (end > start && literal.data[end - 1] >= 'a' &&
	    literal.data[end - 1] <= 'z')
		end--;
	if (end == start || literal.data[end - 1] != close)
		return error_set(err,
		    "%c and perhaps flags are expected at the end of the regex",
		    close);
	out->pattern = str_of(literal.data + start, end - 1 - start);
	if (!ascii_is_one_of(close, "})]") && has_bare(out->pattern, close))
		return error_set(err, "a bare %c inside the regex", close);
	if (str_find_str(out->pattern, str_c("(?{")) < out->pattern.len ||
	    str_find_str(out->pattern, str_c("(?\?{")) < out->pattern.len)
		return error_set(err, "code in a regex is refused");
	return read_flags(str_from(literal, end), &out->flags, err);
}

struct translator {
	struct str in;
	size_t at;
	char *out;
	size_t len;
	bool class;
	size_t class_start; /* where its first member may stand */
};

static void
put(struct translator *t, struct str text)
{
	memcpy(t->out + t->len, text.data, text.len);
	t->len += text.len;
}

static void
copy(struct translator *t, size_t count)
{
	struct str text = str_head(str_from(t->in, t->at), count);

	put(t, text);
	t->at += text.len;
}

/* "\x{263a}", "\N{U+263a}": how long, and which; 0: it is none. */
static size_t
wide_escape(struct str text, unsigned *value)
{
	size_t at, digits = 0;
	int hex;

	if (str_starts(text, "\\x{"))
		at = 3;
	else if (str_starts(text, "\\N{U+"))
		at = 5;
	else
		return 0;
	*value = 0;
	for (; at < text.len && text.data[at] != '}'; at++) {
		if (text.data[at] == ' ' || text.data[at] == '\t')
			continue;
		hex = ascii_hex_value(text.data[at]);
		if (hex < 0 || ++digits > 6)
			return 0;
		*value = *value * 16 + (unsigned)hex;
	}
	return at < text.len && digits ? at + 1 : 0;
}

/* What no octet can be: nothing in a class, at the end of a range the last
 * octet there is. */
static void
put_wide(struct translator *t, size_t length)
{
	struct str rest = str_from(t->in, t->at + length);
	unsigned value;
	size_t more;

	t->at += length;
	if (!t->class) {
		put(t, str_c("(?!)"));
		return;
	}
	if (t->len && t->out[t->len - 1] == '-' && t->at > t->class_start) {
		put(t, str_c("\\xff"));
		return;
	}
	more =
	    str_starts(rest, "-") ? wide_escape(str_from(rest, 1), &value) : 0;
	if (more)
		t->at += 1 + more;
}

static bool
is_braced(struct str text)
{
	return text.len > 2 && text.data[2] == '{' &&
	    ascii_is_one_of(text.data[1], "xNpPgkobB");
}

static void
take_escape(struct translator *t)
{
	unsigned value;
	size_t length = wide_escape(str_from(t->in, t->at), &value);
	char text[8] = "\\x00";

	if (length == 0) {
		/* the brace of \p{Lu} or \g{1} is no quantifier */
		copy(t, is_braced(str_from(t->in, t->at)) ? 3 : 2);
	} else if (value > OCTET_MOST) {
		put_wide(t, length);
	} else {
		text[2] = "0123456789abcdef"[value >> 4];
		text[3] = "0123456789abcdef"[value & 15];
		put(t, str_c(text));
		t->at += length;
	}
}

static struct str
take_digits(struct str *rest)
{
	struct str digits;
	size_t len = 0;

	*rest = str_trim(*rest);
	while (len < rest->len && ascii_is_digit(rest->data[len]))
		len++;
	digits = str_head(*rest, len);
	*rest = str_trim(str_from(*rest, len));
	return digits;
}

/* "{,3}", "{ 1, 3 }" as "{0,3}", "{1,3}"; anything else as it is. */
static void
take_brace(struct translator *t)
{
	struct str rest = str_head(str_from(t->in, t->at), BRACE_MAX);
	struct str low, high = {"", 0};
	size_t len = str_find(rest, '}');
	bool comma;

	if (len == rest.len) {
		copy(t, 1);
		return;
	}
	rest = str_from(str_head(rest, len), 1);
	low = take_digits(&rest);
	comma = str_starts(rest, ",");
	rest = str_from(rest, comma);
	if (comma)
		high = take_digits(&rest);
	if (rest.len || low.len + high.len == 0) {
		copy(t, 1);
		return;
	}
	put(t, str_c("{"));
	put(t, low.len ? low : str_c("0"));
	put(t, str_c(comma ? "," : ""));
	put(t, high);
	put(t, str_c("}"));
	t->at += len + 1;
}

static void
take_class_start(struct translator *t)
{
	copy(t, 1);
	if (t->at < t->in.len && t->in.data[t->at] == '^')
		copy(t, 1);
	t->class = true;
	t->class_start = t->at;
	if (t->at < t->in.len && t->in.data[t->at] == ']')
		copy(t, 1);
}

/* "[:alpha:]" inside a class; a "[" of no such name stands for itself. */
static void
take_posix(struct translator *t)
{
	struct str rest = str_head(str_from(t->in, t->at + 1), BRACE_MAX);
	size_t end = str_find_str(rest, str_c(":]"));

	copy(t, str_starts(rest, ":") && end < rest.len ? end + 3 : 1);
}

/* Octets of "$", "^", "\b" and their like, which match no text; 0: none. */
static size_t
assertion(struct str text)
{
	if (text.data[0] == '^' || text.data[0] == '$')
		return 1;
	if (text.len < 2 || text.data[0] != '\\' ||
	    !ascii_is_one_of(text.data[1], "bBAzZG"))
		return 0;
	return text.len > 2 && text.data[2] == '{' ? 0 : 2;
}

/* "$?", as in "save $?[0-9]", is allowed in Perl, and "(?:$)?" here. */
static bool
take_assertion(struct translator *t)
{
	size_t length = assertion(str_from(t->in, t->at));

	if (t->class || length == 0)
		return false;
	if (str_starts(str_from(t->in, t->at + length), "?")) {
		put(t, str_c("(?:"));
		copy(t, length);
		put(t, str_c(")"));
	} else {
		copy(t, length);
	}
	return true;
}

static void
take_one(struct translator *t)
{
	char c = t->in.data[t->at];

	if (take_assertion(t))
		return;
	if (c == '\\')
		take_escape(t);
	else if (t->class && c == '[')
		take_posix(t);
	else if (c == '[')
		take_class_start(t);
	else if (!t->class && c == '{')
		take_brace(t);
	else {
		if (t->class && c == ']')
			t->class = false;
		copy(t, 1);
	}
}

static bool
needs_change(struct str pattern)
{
	size_t at = 0;

	if (str_find(pattern, '{') < pattern.len)
		return true;
	while ((at += str_find(str_from(pattern, at), '?')) < pattern.len) {
		if (at > 0 && ascii_is_one_of(pattern.data[at - 1], "^$bBAzZG"))
			return true;
		at++;
	}
	return false;
}

void
perlre_translate(struct perlre *re, struct arena *arena)
{
	struct translator t = {.in = re->pattern};

	if (!needs_change(re->pattern))
		return;
	/* "$?" grows most, from two octets to six */
	t.out = arena_alloc(arena, 3 * t.in.len + 1);
	while (t.at < t.in.len)
		take_one(&t);
	re->pattern = str_of(t.out, t.len);
}
