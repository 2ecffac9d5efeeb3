/*
 * regex_group: what stands in round brackets of a regex.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "regex_parser.h"

enum { GROUPS_MAX = 1000 };

struct node *
parser_named(struct parser *p, enum node_kind kind, struct str name)
{
	struct node *node = parser_node(p, kind);
	bool back = str_starts(name, "-"), ahead = str_starts(name, "+");
	uint64_t number;

	if (!str_to_uint(str_from(name, back || ahead), 65535, &number)) {
		node->name = name;
		return node;
	}
	if (back && number > p->number)
		p->failed = true;
	else if (back)
		number = p->number + 1 - number;
	else if (ahead)
		number += p->number;
	node->group = (unsigned)number;
	return node;
}

/* Two groups of one name: none of them is meant for certain. */
static void
find_twins(struct regex_tree *tree, struct node *group)
{
	struct node *other;
	size_t i;

	for (i = 1; i <= tree->group_count; i++) {
		other = tree->groups[i];
		if (other && other != group && str_eq(other->name, group->name))
			other->twin = group->twin = true;
	}
}

/* A place for that number, before the groups inside take theirs. */
static void
reserve(struct parser *p, unsigned number)
{
	struct regex_tree *tree = p->tree;

	if (number > GROUPS_MAX) {
		tree->crowded = tree->inexact = true;
		return;
	}
	if (!tree->groups)
		tree->groups =
		    arena_push(p->arena, NULL, 0, sizeof(struct node *));
	while (tree->group_count < number) {
		tree->group_count++;
		tree->groups = arena_push(p->arena, tree->groups,
		    tree->group_count, sizeof(struct node *));
		tree->groups[tree->group_count] = NULL;
	}
}

static struct node *
parse_capture(struct parser *p, struct str name)
{
	unsigned number = ++p->number;
	struct regex_tree *tree = p->tree;
	struct node *node;

	reserve(p, number);
	node = parser_inside(p, false);
	node->group = number;
	node->name = name;
	if (number > tree->group_count)
		return node;
	if (tree->groups[number])
		tree->groups[number]->twin = true;
	else
		tree->groups[number] = node;
	if (name.len > 0)
		find_twins(tree, node);
	return node;
}

static bool
take_lookahead(struct parser *p)
{
	return parser_take(p, "=") || parser_take(p, "!") ||
	    parser_take(p, "*");
}

static bool
take_lookbehind(struct parser *p)
{
	return parser_take(p, "<=") || parser_take(p, "<!") ||
	    parser_take(p, "<*");
}

static struct node *
parse_ahead(struct parser *p)
{
	struct node *node = parser_detail(p, NODE_EMPTY, DETAIL_AHEAD);

	p->tree->inexact = true;
	parser_append(node, parser_inside(p, false));
	return node;
}

/* Read for the groups in it. */
static struct node *
parse_behind(struct parser *p)
{
	p->tree->inexact = true;
	parser_inside(p, false);
	return parser_detail(p, NODE_EMPTY, DETAIL_ASSERT);
}

static struct node *
parse_atomic(struct parser *p)
{
	struct node *node = parser_node(p, NODE_ATOMIC);

	p->tree->inexact = true;
	parser_append(node, parser_inside(p, false));
	return node;
}

/* Behind "(?(": a group's number or name, or an assertion. */
static void
skip_condition(struct parser *p)
{
	p->tree->inexact = true;
	if (str_starts(parser_rest(p), "?(")) /* none of it is a condition */
		p->failed = true;
	else if (ascii_is_one_of(parser_peek(p), "?*"))
		parser_group(p);
	else
		parser_until(p, ')');
}

/* (?(if)then|else), (?(if)then); (?(DEFINE)...) is for the groups in it. */
static struct node *
parse_condition(struct parser *p)
{
	struct node *inside, *optional;

	if (parser_take(p, "DEFINE)")) {
		parser_inside(p, false);
		return parser_node(p, NODE_EMPTY);
	}
	skip_condition(p);
	inside = parser_inside(p, false);
	if (inside->kind == NODE_ALT)
		return inside;
	optional = parser_node(p, NODE_REPEAT);
	optional->max = 1;
	parser_append(optional, inside);
	return optional;
}

/* One letter of "i-s" in "(?i-s:". */
static unsigned
flag_of(char letter)
{
	switch (letter) {
	case 'i':
		return PERLRE_CASELESS;
	case 'm':
		return PERLRE_MULTILINE;
	case 's':
		return PERLRE_DOTALL;
	case 'n':
		return PERLRE_NO_CAPTURE;
	case 'x':
		return PERLRE_EXTENDED;
	default:
		return 0;
	}
}

/* Up to ":" or ")"; fails when it is no flag. */
static void
take_flags(struct parser *p)
{
	unsigned on = 0, off = 0, *to = &on;

	if (parser_take(p, "^"))
		p->flags = 0;
	for (; !ascii_is_one_of(parser_peek(p), ":)") && !p->failed; p->at++) {
		if (parser_peek(p) == '-')
			to = &off;
		else if (!ascii_is_one_of(parser_peek(p), "imsxnJUa"))
			p->failed = true;
		if (str_starts(parser_rest(p), "xx"))
			*to |= PERLRE_EXTENDED_MORE;
		*to |= flag_of(parser_peek(p));
	}
	if (off & PERLRE_EXTENDED ||
	    (on & PERLRE_EXTENDED && !(on & PERLRE_EXTENDED_MORE)))
		off |= PERLRE_EXTENDED_MORE;
	p->flags = (p->flags | on) & ~off;
}

static struct node *
parse_flags(struct parser *p)
{
	unsigned before = p->flags;
	struct node *node;

	take_flags(p);
	if (parser_take(p, ")")) /* until the group around it ends */
		return parser_node(p, NODE_EMPTY);
	if (!parser_take(p, ":"))
		p->failed = true;
	node = parser_inside(p, false);
	p->flags = before;
	return node;
}

static bool
is_number(const struct parser *p)
{
	struct str rest = parser_rest(p);

	if (ascii_is_one_of(parser_peek(p), "+-"))
		rest = str_from(rest, 1);
	return rest.len > 0 && ascii_is_digit(rest.data[0]);
}

/* (?1) (?-1) (?R) (?&name) (?P>name) (?P=name); NULL when it is none. */
static struct node *
parse_reference(struct parser *p)
{
	struct node *node;

	if (parser_take(p, "R)"))
		return parser_node(p, NODE_CALL);
	if (parser_take(p, "&") || parser_take(p, "P>") || is_number(p))
		return parser_named(p, NODE_CALL, parser_until(p, ')'));
	if (!parser_take(p, "P="))
		return NULL;
	node = parser_named(p, NODE_ANY, parser_until(p, ')'));
	node->detail = DETAIL_BACK;
	p->tree->inexact = true;
	return node;
}

/* Behind "(?". */
static struct node *
parse_special(struct parser *p)
{
	struct node *reference;

	if (parser_take(p, ":"))
		return parser_inside(p, false);
	if (parser_take(p, "|"))
		return parser_inside(p, true);
	if (parser_take(p, ">"))
		return parse_atomic(p);
	if (take_lookahead(p))
		return parse_ahead(p);
	if (take_lookbehind(p))
		return parse_behind(p);
	if (parser_take(p, "P<") || parser_take(p, "<"))
		return parse_capture(p, parser_until(p, '>'));
	if (parser_take(p, "'"))
		return parse_capture(p, parser_until(p, '\''));
	if (parser_take(p, "("))
		return parse_condition(p);
	if (parser_take(p, "C")) { /* a callout, which may say no */
		p->tree->incomplete = true;
		parser_until(p, ')');
		return parser_node(p, NODE_EMPTY);
	}
	reference = parse_reference(p);
	return reference ? reference : parse_flags(p);
}

struct node *
parser_group(struct parser *p)
{
	if (parser_take(p, "?"))
		return parse_special(p);
	if (parser_take(p, "*")) { /* (*ACCEPT) and the like */
		p->tree->incomplete = p->tree->inexact = true;
		parser_until(p, ')');
		return parser_node(p, NODE_EMPTY);
	}
	if (p->flags & PERLRE_NO_CAPTURE)
		return parser_inside(p, false);
	return parse_capture(p, str_c(""));
}
