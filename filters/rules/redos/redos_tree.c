/*
 * redos_tree: the text of a Perl regex as a tree.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "redos_class.h"
#include "redos_parser.h"

enum { DEPTH_MAX = 200, BOUNDS_MAX = 16 };

static struct redos_node *parse_alternatives(struct parser *p);

static void
take_flags(struct parser *p)
{
	bool on = true;

	for (; p->at < p->text.len && !ascii_is_one_of(parser_peek(p), ":)");
	     p->at++) {
		if (parser_peek(p) == '^')
			p->fold = p->extended = p->dot_all = false;
		else if (parser_peek(p) == '-')
			on = false;
		else if (parser_peek(p) == 'i')
			p->fold = on;
		else if (parser_peek(p) == 'x')
			p->extended = on;
		else if (parser_peek(p) == 's')
			p->dot_all = on;
	}
}

/* The inside of a group, to its closing bracket; flags end with it. */
static struct redos_node *
parse_inside(struct parser *p)
{
	struct parser saved = *p;
	struct redos_node *node = parse_alternatives(p);

	if (!parser_take(p, ")"))
		p->failed = true;
	p->fold = saved.fold;
	p->extended = saved.extended;
	p->dot_all = saved.dot_all;
	return node;
}

static struct redos_node *
wrap(struct parser *p, enum redos_op op, struct redos_node *child)
{
	struct redos_node *node = parser_node(p, op);

	node->child = child;
	return node;
}

static struct redos_node *
parse_capture(struct parser *p, struct str name)
{
	unsigned number = ++p->tree->group_count;
	struct redos_node *node;

	if (number >= REDOS_GROUPS) {
		p->failed = true;
		return parser_node(p, REDOS_EMPTY);
	}
	p->tree->names[number] = name;
	node = parser_node(p, REDOS_CAT);
	p->tree->groups[number] = node;
	node->child = parse_inside(p);
	return node;
}

/* (?(cond)yes|no): either; (?(DEFINE)...) reads nothing. */
static struct redos_node *
parse_condition(struct parser *p)
{
	bool define = parser_take(p, "(DEFINE)");
	struct redos_node *inside, *node;

	if (define) {
		parse_inside(p);
		return parser_node(p, REDOS_EMPTY);
	}
	p->tree->inexact = true;
	if (str_starts(parser_rest(p), "(?")) {
		p->at++;
		parse_inside(p);
	} else {
		parser_until(p, ')');
	}
	inside = parse_inside(p);
	node = wrap(p, REDOS_REPEAT, inside);
	node->max = 1;
	return node;
}

static struct redos_node *
parse_call(struct parser *p, struct str name)
{
	struct redos_node *node = parser_node(p, REDOS_CALL);

	if (!str_is(name, "R"))
		parser_name(p, node, name);
	return node;
}

/* (?<= (?<!: bounded by PCRE2 itself. */
static struct redos_node *
parse_behind(struct parser *p)
{
	p->tree->inexact = true;
	parse_inside(p);
	return parser_node(p, REDOS_ASSERT);
}

static struct redos_node *
parse_ahead(struct parser *p)
{
	p->tree->inexact = true;
	return wrap(p, REDOS_LOOK, parse_inside(p));
}

static struct redos_node *
parse_flag_group(struct parser *p)
{
	struct parser saved = *p;
	struct redos_node *node;

	take_flags(p);
	if (parser_take(p, ")")) /* until the enclosing group ends */
		return parser_node(p, REDOS_EMPTY);
	if (!parser_take(p, ":"))
		p->failed = true;
	node = parse_inside(p);
	p->fold = saved.fold;
	p->extended = saved.extended;
	p->dot_all = saved.dot_all;
	return node;
}

/* Behind "(?". */
static struct redos_node *
parse_special(struct parser *p)
{
	if (parser_take(p, "#")) {
		parser_until(p, ')');
		return parser_node(p, REDOS_EMPTY);
	}
	if (parser_take(p, ":") || parser_take(p, "|"))
		return parse_inside(p);
	if (parser_take(p, ">")) {
		p->tree->inexact = true;
		return wrap(p, REDOS_ATOMIC, parse_inside(p));
	}
	if (parser_take(p, "=") || parser_take(p, "!"))
		return parse_ahead(p);
	if (parser_take(p, "<=") || parser_take(p, "<!"))
		return parse_behind(p);
	if (parser_take(p, "P<") || parser_take(p, "<"))
		return parse_capture(p, parser_until(p, '>'));
	if (parser_take(p, "'"))
		return parse_capture(p, parser_until(p, '\''));
	if (parser_take(p, "&") || parser_take(p, "P>"))
		return parse_call(p, parser_until(p, ')'));
	if (parser_peek(p) == '(')
		return parse_condition(p);
	if (parser_peek(p) == 'R' || ascii_is_digit(parser_peek(p)) ||
	    parser_peek(p) == '+' ||
	    (parser_peek(p) == '-' && p->at + 1 < p->text.len &&
		ascii_is_digit(p->text.data[p->at + 1])))
		return parse_call(p, parser_until(p, ')'));
	return parse_flag_group(p);
}

static struct redos_node *
parse_group(struct parser *p)
{
	struct redos_node *node;

	if (++p->depth > DEPTH_MAX) {
		p->failed = true;
		return parser_node(p, REDOS_EMPTY);
	}
	if (parser_take(p, "?P=")) {
		node = parser_guess(p, REDOS_BACK);
		parser_name(p, node, parser_until(p, ')'));
	} else if (parser_take(p, "?")) {
		node = parse_special(p);
	} else if (parser_take(p, "*")) {
		p->tree->inexact = true;
		parser_until(p, ')');
		node = parser_node(p, REDOS_EMPTY);
	} else {
		node = parse_capture(p, str_c(""));
	}
	p->depth--;
	return node;
}

static struct redos_node *
parse_class(struct parser *p)
{
	struct redos_set set = {{0}};
	size_t used = 1;

	if (!redos_class_parse(parser_rest(p), &set, &used))
		p->failed = true;
	p->at += used;
	return parser_set(p, &set);
}

static struct redos_node *
parse_atom(struct parser *p)
{
	char c = parser_peek(p);

	p->at++;
	switch (c) {
	case '(':
		return parse_group(p);
	case '[':
		return parse_class(p);
	case '.':
		return parser_any(p, p->dot_all);
	case '^':
	case '$':
		return parser_assert(p, c == '^');
	case '\\':
		if (p->at < p->text.len)
			return parser_escape(p);
		break;
	default:
		break;
	}
	return parser_octet(p, c);
}

/* "3}", "3,}", "3,5}" behind the brace. */
static bool
take_bounds(struct parser *p, unsigned *min, unsigned *max)
{
	struct str rest = str_head(parser_rest(p), BOUNDS_MAX), inside, low;
	size_t len = str_find(rest, '}');
	uint64_t number = 0;

	if (len == rest.len)
		return false;
	inside = str_head(rest, len);
	low = str_head(inside, str_find(inside, ','));
	if (low.len && !str_to_uint(low, 65535, &number))
		return false;
	*min = (unsigned)number;
	*max = *min;
	if (low.len == 0 && inside.len < 2)
		return false;
	if (low.len < inside.len) {
		inside = str_from(inside, low.len + 1);
		if (inside.len && !str_to_uint(inside, 65535, &number))
			return false;
		*max = inside.len ? (unsigned)number : REDOS_MANY;
	}
	p->at += len + 1;
	return true;
}

static bool
take_quantifier(struct parser *p, unsigned *min, unsigned *max)
{
	*min = 0;
	*max = REDOS_MANY;
	if (parser_take(p, "*"))
		return true;
	if (parser_take(p, "+")) {
		*min = 1;
		return true;
	}
	if (parser_take(p, "?")) {
		*max = 1;
		return true;
	}
	if (parser_peek(p) != '{')
		return false;
	p->at++;
	if (take_bounds(p, min, max))
		return true;
	p->at--;
	return false;
}

static void
skip_extended(struct parser *p)
{
	while (p->extended && p->at < p->text.len)
		if (ascii_is_space(parser_peek(p)))
			p->at++;
		else if (parser_peek(p) == '#')
			p->at += str_find(parser_rest(p), '\n');
		else
			break;
}

static struct redos_node *
parse_quantified(struct parser *p)
{
	struct redos_node *node = parse_atom(p), *repeat;
	unsigned min, max;

	skip_extended(p);
	while (take_quantifier(p, &min, &max)) {
		repeat = wrap(p, REDOS_REPEAT, node);
		repeat->min = min;
		repeat->max = max;
		node = repeat;
		if (parser_take(p, "+")) {
			p->tree->inexact = true;
			node = wrap(p, REDOS_ATOMIC, node);
		} else {
			parser_take(p, "?");
		}
		skip_extended(p);
	}
	return node;
}

static struct redos_node *
parse_row(struct parser *p)
{
	struct redos_node *cat = parser_node(p, REDOS_CAT), **at = &cat->child;

	for (;;) {
		skip_extended(p);
		if (p->at >= p->text.len || parser_peek(p) == '|' ||
		    parser_peek(p) == ')')
			return cat;
		/* A node that stands elsewhere too keeps its own `next`. */
		*at = wrap(p, REDOS_CAT, parse_quantified(p));
		at = &(*at)->next;
		if (p->failed)
			return cat;
	}
}

static struct redos_node *
parse_alternatives(struct parser *p)
{
	struct redos_node *first = parse_row(p), *alt, **at;

	if (parser_peek(p) != '|')
		return first;
	alt = wrap(p, REDOS_ALT, first);
	at = &first->next;
	while (!p->failed && parser_take(p, "|")) {
		*at = parse_row(p);
		at = &(*at)->next;
	}
	return alt;
}

struct redos_tree *
redos_parse(struct str pattern, struct str flags, struct arena *arena)
{
	struct redos_tree *tree = arena_alloc(arena, sizeof(*tree));
	struct parser p = {.text = pattern, .arena = arena, .tree = tree};

	p.fold = str_find(flags, 'i') < flags.len;
	p.extended = str_find(flags, 'x') < flags.len;
	p.dot_all = str_find(flags, 's') < flags.len;
	tree->root = parse_alternatives(&p);
	return p.failed || p.at < pattern.len ? NULL : tree;
}

struct redos_node *
redos_group(const struct redos_tree *tree, const struct redos_node *node)
{
	unsigned i;

	if (node->name.len == 0)
		return node->group == 0        ? tree->root :
		    node->group < REDOS_GROUPS ? tree->groups[node->group] :
						 NULL;
	for (i = 1; i <= tree->group_count; i++)
		if (str_eq(tree->names[i], node->name))
			return tree->groups[i];
	return NULL;
}
