/*
 * mailbox: the addresses in From, To and their like (RFC 5322 3.4, 4.4).
 *
 * Lenient, as mail is: what can be read is read, the rest is left out.  Two
 * addresses without a comma between them are two mailboxes, because mail
 * readers differ in which one they show.  Linear; it cannot fail.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/mailbox.h"
#include "postern/strbuf.h"

#include "lexeme.h"

enum { MAILBOX_MAX = 10000, LITERAL_MAX = 255 };

enum kind { WORD, QUOTED, COMMENT, SPECIAL };

struct token {
	enum kind kind;
	struct str text; /* as written */
	bool spaced;     /* behind white space */
};

/* An item is what stands between two commas; a run, in an item, is what no
 * white space divides: a word of the name, or an address. */
struct reader {
	struct str rest;
	bool no_comment; /* one was not closed: "(" is a word's octet now */
	bool no_quote;
	struct arena *arena;
	struct mailboxes *out;
	size_t item; /* out->count at the item's start */
	size_t sure; /* mailboxes behind it may prove to be a name */
	bool in_angle;
	bool open;            /* the run goes on, even behind space */
	size_t domain;        /* its offset in the run; 0: no "@" yet */
	struct strbuf run;    /* as written, without comments */
	struct strbuf shown;  /* the run without quotes */
	struct strbuf text;   /* the item's runs: a name, if "<" follows */
	struct strbuf name;   /* those of them that are no address */
	struct strbuf remark; /* the item's first comment */
};

/* --- tokens --- */

static bool
is_word_octet(const struct reader *r, char c)
{
	if (ascii_is_space(c) || ascii_is_control(c))
		return false;
	if (c == '(')
		return r->no_comment;
	if (c == '"')
		return r->no_quote;
	return !strchr("<>,:;", c);
}

/* "[192.0.2.1]", "[IPv6:2001:db8::1]": the only words with colons. */
static size_t
literal_length(struct str s)
{
	size_t end = str_find(str_head(s, LITERAL_MAX), ']'), i;

	if (end == str_head(s, LITERAL_MAX).len)
		return 0;
	for (i = 1; i < end; i++)
		if (!ascii_is_alnum(s.data[i]) && s.data[i] != '.' &&
		    s.data[i] != ':' && s.data[i] != '-')
			return 0;
	return end + 1;
}

static size_t
word_length(const struct reader *r, struct str s)
{
	size_t i = 0, literal;

	while (i < s.len && is_word_octet(r, s.data[i])) {
		literal = s.data[i] == '[' ? literal_length(str_from(s, i)) : 0;
		if (literal > 0)
			i += literal;
		else if (s.data[i] == '\\' && i + 1 < s.len)
			i += 2;
		else
			i++;
	}
	return i;
}

static size_t
token_length(struct reader *r, struct token *t)
{
	size_t length;

	if (*r->rest.data == '(' && !r->no_comment) {
		t->kind = COMMENT;
		length = lexeme_comment(r->rest);
		r->no_comment = length == 0;
		if (length > 0)
			return length;
	}
	if (*r->rest.data == '"' && !r->no_quote) {
		t->kind = QUOTED;
		length = lexeme_quoted(r->rest);
		r->no_quote = length == 0;
		if (length > 0)
			return length;
	}
	length = word_length(r, r->rest);
	t->kind = length > 0 ? WORD : SPECIAL;
	return length > 0 ? length : 1;
}

static bool
token_next(struct reader *r, struct token *t)
{
	size_t length;

	t->spaced = false;
	while (r->rest.len > 0 &&
	    (ascii_is_space(*r->rest.data) ||
		ascii_is_control(*r->rest.data))) {
		t->spaced = true;
		r->rest = str_from(r->rest, 1);
	}
	if (r->rest.len == 0)
		return false;
	length = token_length(r, t);
	t->text = str_head(r->rest, length);
	r->rest = str_from(r->rest, length);
	return true;
}

/* --- mailboxes --- */

/* domain: its offset in the address; 0 when there is none. */
static void
mailbox_add(
    struct reader *r, struct str name, struct str address, size_t domain)
{
	struct mailbox *m;

	if (r->out->count == MAILBOX_MAX)
		return;
	r->out->at = arena_push(
	    r->arena, r->out->at, r->out->count, sizeof(*r->out->at));
	m = &r->out->at[r->out->count++];
	m->name = arena_copy(r->arena, name);
	m->address = arena_copy(r->arena, address);
	m->domain = str_from(m->address, domain > 0 ? domain : address.len);
}

static void
word_join(struct strbuf *words, struct str word)
{
	if (words->len > 0)
		strbuf_putc(words, ' ');
	strbuf_add(words, word);
}

static void
run_reset(struct reader *r)
{
	strbuf_reset(&r->run);
	strbuf_reset(&r->shown);
	r->domain = 0;
	r->open = false;
}

static void
clean_add(struct strbuf *out, struct str text)
{
	size_t i;

	for (i = 0; i < text.len; i++)
		if (!ascii_is_control(text.data[i]))
			strbuf_putc(out, text.data[i]);
}

static void
run_add(struct reader *r, const struct token *t)
{
	size_t at = str_find_last(t->text, '@');

	if (t->kind == WORD && at < t->text.len)
		r->domain = r->run.len + at + 1;
	r->open = str_is(t->text, ".") || str_ends(t->text, "@");
	clean_add(&r->run, t->text);
	if (t->kind == QUOTED)
		lexeme_text(t->text, &r->shown);
	else
		clean_add(&r->shown, t->text);
}

/* Outside angle brackets: an address, or a word of the name. */
static void
run_end(struct reader *r)
{
	struct str none = str_of("", 0);

	if (r->run.len == 0)
		return;
	word_join(&r->text, strbuf_str(&r->shown));
	if (r->domain > 0)
		mailbox_add(r, none, strbuf_str(&r->run), r->domain);
	else
		word_join(&r->name, strbuf_str(&r->shown));
	run_reset(r);
}

/* A name without address; a single word is an address without domain. */
static void
lone_add(struct reader *r)
{
	struct str name = strbuf_str(&r->name), none = str_of("", 0);
	size_t at = str_find_last(name, '@');

	if (str_find(name, ' ') < name.len)
		mailbox_add(r, name, none, 0);
	else
		mailbox_add(r, none, name, at < name.len ? at + 1 : 0);
}

/* What has no name gets the words that are left, or the comment. */
static void
item_name(struct reader *r)
{
	const struct strbuf *from = r->name.len > 0 ? &r->name : &r->remark;
	struct str name = arena_copy(r->arena, strbuf_str(from));
	size_t i;

	for (i = r->item; i < r->out->count; i++)
		if (r->out->at[i].name.len == 0)
			r->out->at[i].name = name;
}

static void
item_end(struct reader *r, bool is_group_name)
{
	run_end(r);
	if (r->out->count > r->item)
		item_name(r);
	else if (r->name.len > 0 && !is_group_name)
		lone_add(r);
	strbuf_reset(&r->text);
	strbuf_reset(&r->name);
	strbuf_reset(&r->remark);
	r->item = r->out->count;
	r->sure = r->out->count;
}

/* "<": what looked like an address before it was a name. */
static void
angle_begin(struct reader *r)
{
	run_end(r);
	r->out->count = r->sure;
	r->in_angle = true;
}

static void
angle_end(struct reader *r)
{
	r->in_angle = false;
	if (r->run.len > 0 || r->text.len > 0)
		mailbox_add(
		    r, strbuf_str(&r->text), strbuf_str(&r->run), r->domain);
	run_reset(r);
	strbuf_reset(&r->text);
	strbuf_reset(&r->name);
	r->sure = r->out->count;
}

/* In the brackets; a source route "@a,@b:" is left out. */
static void
angle_special(struct reader *r, char c)
{
	if (c == ':' || (c == ',' && str_starts(strbuf_str(&r->run), "@"))) {
		run_reset(r);
		return;
	}
	if (c == '<' && r->run.len == 0)
		return;
	angle_end(r);
	if (c == '<')
		angle_begin(r);
	else if (c != '>')
		item_end(r, false);
}

static void
special(struct reader *r, char c)
{
	if (r->in_angle)
		angle_special(r, c);
	else if (c == '<')
		angle_begin(r);
	else if (c == '>')
		run_end(r);
	else
		item_end(r, c == ':');
}

/* "jdoe @ test . example": obsolete, and still an address. */
static bool
run_goes_on(const struct reader *r, struct str word)
{
	return r->open || *word.data == '@' ||
	    (*word.data == '.' && r->domain > 0);
}

static void
token_take(struct reader *r, const struct token *t)
{
	if (t->kind == SPECIAL) {
		special(r, *t->text.data);
		return;
	}
	if (t->kind == COMMENT) {
		if (r->remark.len == 0)
			lexeme_text(t->text, &r->remark);
		return;
	}
	if (t->spaced && !r->in_angle && !run_goes_on(r, t->text))
		run_end(r);
	run_add(r, t);
}

void
mailbox_parse(struct str value, struct arena *arena, struct mailboxes *out)
{
	struct reader r = {.rest = value, .arena = arena, .out = out};
	struct strbuf *buffers[] = {
	    &r.run, &r.shown, &r.text, &r.name, &r.remark};
	struct token t;
	size_t i;

	*out = (struct mailboxes) {NULL, 0};
	for (i = 0; i < sizeof(buffers) / sizeof(*buffers); i++)
		strbuf_init(buffers[i]);
	while (token_next(&r, &t))
		token_take(&r, &t);
	if (r.in_angle)
		angle_end(&r);
	item_end(&r, false);
	for (i = 0; i < sizeof(buffers) / sizeof(*buffers); i++)
		strbuf_clear(buffers[i]);
}
