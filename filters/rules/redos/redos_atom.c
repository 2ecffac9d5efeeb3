/*
 * redos_atom: what stands for one octet, or behind a backslash.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "redos_class.h"
#include "redos_parser.h"

struct redos_node *
parser_node(struct parser *p, enum redos_op op)
{
	struct redos_node *node = arena_alloc(p->arena, sizeof(*node));

	node->op = op;
	return node;
}

char
parser_peek(const struct parser *p)
{
	return p->at < p->text.len ? p->text.data[p->at] : '\0';
}

struct str
parser_rest(const struct parser *p)
{
	return str_from(p->text, p->at);
}

bool
parser_take(struct parser *p, const char *word)
{
	if (!str_starts(parser_rest(p), word))
		return false;
	p->at += strlen(word);
	return true;
}

struct redos_node *
parser_set(struct parser *p, const struct redos_set *set)
{
	struct redos_node *node = parser_node(p, REDOS_SET);

	node->set = *set;
	if (p->fold)
		redos_class_fold(&node->set);
	return node;
}

struct redos_node *
parser_octet(struct parser *p, char c)
{
	struct redos_set set = {{0}};

	redos_set_add(&set, (unsigned char)c);
	return parser_set(p, &set);
}

struct redos_node *
parser_any(struct parser *p, bool newline)
{
	struct redos_set set = {{0}};

	if (!newline)
		redos_set_add(&set, '\n');
	redos_class_invert(&set);
	return parser_set(p, &set);
}

struct redos_node *
parser_guess(struct parser *p, enum redos_op op)
{
	p->tree->inexact = true;
	return parser_node(p, op);
}

/* Up to `end`, and past it. */
struct str
parser_until(struct parser *p, char end)
{
	struct str rest = parser_rest(p);
	size_t len = str_find(rest, end);

	p->at += len + (len < rest.len);
	if (len == rest.len)
		p->failed = true;
	return str_head(rest, len);
}

/* A group's number or name: 2, -1, name. */
void
parser_name(struct parser *p, struct redos_node *node, struct str name)
{
	uint64_t number;
	bool back = str_starts(name, "-"), ahead = str_starts(name, "+");

	if (!str_to_uint(str_from(name, back || ahead), 65535, &number)) {
		node->name = name;
		return;
	}
	node->group = (unsigned)number;
	if (back)
		node->group = p->tree->group_count + 1 > number ?
		    p->tree->group_count + 1 - (unsigned)number :
		    0;
	else if (ahead)
		node->group = p->tree->group_count + (unsigned)number;
}

/* \1 \g{1} \g<name> \k<name>; false when it is none of them. */
static struct redos_node *
parse_reference(struct parser *p)
{
	struct redos_node *node;
	char c = parser_peek(p), open;
	size_t start = p->at;

	if (c >= '1' && c <= '9') {
		while (ascii_is_digit(parser_peek(p)))
			p->at++;
		node = parser_guess(p, REDOS_BACK);
		parser_name(
		    p, node, str_of(p->text.data + start, p->at - start));
		return node;
	}
	p->at++;
	open = parser_peek(p);
	node = parser_guess(p,
	    c == 'g' && ascii_is_one_of(open, "<'") ? REDOS_CALL : REDOS_BACK);
	if (ascii_is_digit(open)) {
		start = p->at++;
		parser_name(p, node, str_of(p->text.data + start, 1));
		return node;
	}
	p->at++;
	parser_name(p, node,
	    parser_until(p,
		open == '{'     ? '}' :
		    open == '<' ? '>' :
				  '\''));
	return node;
}

/* \Q...\E */
static struct redos_node *
parse_quoted(struct parser *p)
{
	struct redos_node *cat = parser_node(p, REDOS_CAT), **at = &cat->child;
	struct str rest = parser_rest(p);
	size_t len = str_find_str(rest, str_c("\\E")), i;

	for (i = 0; i < len; i++) {
		*at = parser_octet(p, rest.data[i]);
		at = &(*at)->next;
	}
	p->at += len < rest.len ? len + 2 : len;
	return cat;
}

struct redos_node *
parser_assert(struct parser *p, bool start)
{
	struct redos_node *node = parser_node(p, REDOS_ASSERT);

	node->start = start;
	return node;
}

struct redos_node *
parser_escape(struct parser *p)
{
	struct redos_set set = {{0}};
	char c = parser_peek(p);
	size_t used;
	int octet;

	if ((c >= '1' && c <= '9') || c == 'g' || c == 'k')
		return parse_reference(p);
	p->at++;
	if (c == 'Q')
		return parse_quoted(p);
	if (c == 'E')
		return parser_node(p, REDOS_EMPTY);
	if (ascii_is_one_of(c, "bBAzZGK"))
		return parser_assert(p, c == 'A' || c == 'G');
	if (c == 'p' || c == 'P') {
		if (parser_take(p, "{"))
			parser_until(p, '}');
		else
			p->at++;
		p->tree->inexact = true;
		return parser_any(p, true);
	}
	if (ascii_is_one_of(c, "RXC")) {
		p->tree->inexact = true;
		return parser_any(p, true);
	}
	if (redos_class_letter(&set, c))
		return parser_set(p, &set);
	p->at--;
	octet = redos_class_escape(parser_rest(p), &used);
	p->at += octet < 0 ? 1 : used;
	return parser_octet(p, octet < 0 ? c : (char)octet);
}
