/*
 * conffile: the grammar of postern.conf, and nothing about its meaning.
 *
 * A scanner of words and marks, and a parser that goes on behind each mistake:
 * at the next line for a setting, at the closing brace for a section.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/conffile.h"
#include "postern/strbuf.h"

enum { DEPTH_MAX = 8 };

enum token {
	TOKEN_END,
	TOKEN_WORD, /* bare */
	TOKEN_QUOTED,
	TOKEN_MARK /* one of { } , = */
};

struct parser {
	struct str text;
	size_t at;
	unsigned line;
	const char *file;
	struct arena *arena;
	struct problems *problems;

	/* The token that was read last. */
	enum token kind;
	char mark;
	const char *word;
	unsigned token_line;
};

static char
peek(const struct parser *p)
{
	return p->at < p->text.len ? p->text.data[p->at] : '\0';
}

static bool
at_end(const struct parser *p)
{
	return p->at >= p->text.len;
}

static void
skip_space(struct parser *p)
{
	while (!at_end(p)) {
		if (peek(p) == '#')
			while (!at_end(p) && peek(p) != '\n')
				p->at++;
		if (at_end(p) || !ascii_is_space(peek(p)))
			return;
		p->line += peek(p) == '\n';
		p->at++;
	}
}

static void
read_quoted(struct parser *p)
{
	struct strbuf word;
	char c;

	strbuf_init(&word);
	for (p->at++; !at_end(p) && peek(p) != '"'; p->at++) {
		c = peek(p);
		if (c == '\n')
			break;
		if (c == '\\' && p->at + 1 < p->text.len &&
		    ascii_is_one_of(p->text.data[p->at + 1], "\"\\"))
			c = p->text.data[++p->at];
		strbuf_putc(&word, c);
	}
	if (peek(p) == '"')
		p->at++;
	else
		problem_add(p->problems, p->file, p->line,
		    "a quoted value does not end on its line");
	p->word = arena_text(p->arena, strbuf_str(&word));
	strbuf_clear(&word);
}

static bool
is_word_octet(char c)
{
	return !ascii_is_control(c) && !ascii_is_one_of(c, " \"{},=");
}

static void
read_bare(struct parser *p)
{
	size_t start = p->at;

	while (!at_end(p) && is_word_octet(peek(p)))
		p->at++;
	if (p->at == start) {
		problem_add(p->problems, p->file, p->line,
		    "octet 0x%02x is not allowed here", (unsigned char)peek(p));
		p->at++;
	}
	p->word =
	    arena_text(p->arena, str_of(p->text.data + start, p->at - start));
}

static void
next(struct parser *p)
{
	skip_space(p);
	p->token_line = p->line;
	p->mark = '\0';
	if (at_end(p)) {
		p->kind = TOKEN_END;
	} else if (ascii_is_one_of(peek(p), "{},=")) {
		p->kind = TOKEN_MARK;
		p->mark = p->text.data[p->at++];
	} else if (peek(p) == '"') {
		p->kind = TOKEN_QUOTED;
		read_quoted(p);
	} else {
		p->kind = TOKEN_WORD;
		read_bare(p);
	}
}

static bool
is_value(const struct parser *p)
{
	return p->kind == TOKEN_WORD || p->kind == TOKEN_QUOTED;
}

static void
complain(struct parser *p, const char *expected)
{
	if (p->kind == TOKEN_END)
		problem_add(p->problems, p->file, p->token_line,
		    "%s expected, but the file ends", expected);
	else if (p->kind == TOKEN_MARK)
		problem_add(p->problems, p->file, p->token_line,
		    "%s expected before \"%c\"", expected, p->mark);
	else
		problem_add(p->problems, p->file, p->token_line,
		    "%s expected before \"%s\"", expected, p->word);
}

static void
add_value(struct parser *p, struct texts *values)
{
	values->at = arena_push(
	    p->arena, values->at, values->count, sizeof(*values->at));
	values->at[values->count++] = p->word;
	next(p);
}

/* Behind "{": members up to "}". */
static void
parse_list(struct parser *p, struct texts *values)
{
	for (;;) {
		if (p->mark == '}') {
			next(p);
			return;
		}
		if (!is_value(p)) {
			complain(p, "a value or }");
			return;
		}
		add_value(p, values);
		if (p->mark == ',')
			next(p);
		else if (p->mark != '}') {
			complain(p, ", or }");
			return;
		}
	}
}

/* Behind "=". */
static void
parse_value(struct parser *p, struct conf_node *node)
{
	if (p->mark == '{') {
		node->list = true;
		next(p);
		parse_list(p, &node->values);
	} else if (is_value(p)) {
		add_value(p, &node->values);
	} else {
		complain(p, "a value");
	}
}

static struct conf_node *parse_block(struct parser *p, unsigned depth);

/* Behind "{" of a section. */
static void
parse_section(struct parser *p, struct conf_node *node, unsigned depth)
{
	node->section = true;
	if (depth >= DEPTH_MAX) {
		problem_add(p->problems, p->file, p->token_line,
		    "sections are nested too deep");
		p->at = p->text.len;
		next(p);
		return;
	}
	next(p);
	node->child = parse_block(p, depth + 1);
	if (p->mark == '}')
		next(p);
	else
		problem_add(p->problems, p->file, node->line,
		    "section \"%s\" is not closed with }", node->name);
}

/* One setting or section; the token is its name.  NULL after a mistake. */
static struct conf_node *
parse_node(struct parser *p, unsigned depth)
{
	struct conf_node *node = arena_alloc(p->arena, sizeof(*node));

	node->name = p->word;
	node->file = p->file;
	node->line = p->token_line;
	next(p);
	if (p->mark == '=') {
		next(p);
		parse_value(p, node);
		return node;
	}
	if (is_value(p) && strcmp(node->name, "include") == 0) {
		add_value(p, &node->values);
		return node;
	}
	if (p->kind == TOKEN_QUOTED) {
		node->title = p->word;
		next(p);
	}
	if (p->mark == '{') {
		parse_section(p, node, depth);
		return node;
	}
	problem_add(p->problems, p->file, node->line,
	    "\"%s\" is followed by neither = nor {", node->name);
	return NULL;
}

static struct conf_node *
parse_block(struct parser *p, unsigned depth)
{
	struct conf_node *first = NULL, **end = &first;

	while (p->kind != TOKEN_END && (depth == 0 || p->mark != '}')) {
		if (p->kind != TOKEN_WORD) {
			complain(p, "the name of a setting");
			next(p);
			continue;
		}
		*end = parse_node(p, depth);
		if (*end)
			end = &(*end)->next;
	}
	return first;
}

struct conf_node *
conffile_parse(struct str text, const char *file, struct arena *arena,
    struct problems *problems)
{
	struct parser p = {
	    .text = text,
	    .line = 1,
	    .file = arena_text(arena, str_c(file)),
	    .arena = arena,
	    .problems = problems,
	};

	if (str_starts(text, "\xef\xbb\xbf"))
		p.at = 3;
	next(&p);
	return parse_block(&p, 0);
}
