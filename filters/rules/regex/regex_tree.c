/*
 * regex_tree: a regex, read.
 *
 * Recursive descent: alternatives, rows, quantifiers.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "regex_parser.h"

enum {
	DEPTH_MAX = 200, /* of groups, and of quantifiers of one thing */
	NODES_MAX = 200000,
	REPEAT_MAX = 65535,
	NEL = 0x85 /* white space of the x flag, or not, as versions differ */
};

struct node *
parser_node(struct parser *p, enum node_kind kind)
{
	struct node *node = arena_alloc(p->arena, sizeof(*node));

	node->kind = kind;
	if (++p->nodes > NODES_MAX)
		p->failed = true;
	return node;
}

struct node *
parser_detail(struct parser *p, enum node_kind kind, enum node_detail detail)
{
	struct node *node = parser_node(p, kind);

	node->detail = detail;
	return node;
}

void
parser_append(struct node *parent, struct node *child)
{
	if (parent->last)
		parent->last->next = child;
	else
		parent->first = child;
	parent->last = child;
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

struct str
parser_until(struct parser *p, char end)
{
	struct str rest = parser_rest(p);
	size_t len = str_find(rest, end);

	if (len == rest.len)
		p->failed = true;
	p->at += len + (len < rest.len);
	return str_head(rest, len);
}

struct node *
parser_set(struct parser *p, const struct octets *set)
{
	struct node *node = parser_node(p, NODE_SET);

	node->set = *set;
	if (p->flags & PERLRE_CASELESS)
		octets_fold(&node->set);
	return node;
}

struct node *
parser_octet(struct parser *p, char octet)
{
	struct octets set = {{0}};

	octets_add(&set, (unsigned char)octet);
	return parser_set(p, &set);
}

struct node *
parser_dot(struct parser *p, bool newline)
{
	struct octets set = {{0}};

	if (!newline)
		octets_add(&set, '\n');
	octets_invert(&set);
	return parser_set(p, &set);
}

static struct node *
parse_class(struct parser *p)
{
	struct octets set;
	size_t used;

	if (parser_take(p, "[:<:]]") || parser_take(p, "[:>:]]"))
		return parser_detail(p, NODE_EMPTY, DETAIL_ASSERT);
	used = regex_class(parser_rest(p), p->flags, &set, &p->tree->inexact);
	if (used == 0)
		p->failed = true;
	p->at += used;
	/* Folded already, before it was turned round. */
	return parser_set(p, &set);
}

static struct node *
parse_atom(struct parser *p)
{
	char c = p->text.data[p->at++];

	switch (p->quoted ? '\0' : c) {
	case '\\':
		return parser_escape(p);
	case '(':
		return parser_group(p);
	case '[':
		return parse_class(p);
	case '.':
		return parser_dot(p, p->flags & PERLRE_DOTALL);
	case '^':
		return parser_detail(p, NODE_EMPTY, DETAIL_START);
	case '$':
		return parser_detail(p, NODE_EMPTY, DETAIL_ASSERT);
	default:
		return parser_octet(p, c);
	}
}

/* White space or a comment of the x flag. */
static bool
skip_extended(struct parser *p)
{
	char c = parser_peek(p);

	if (!(p->flags & (PERLRE_EXTENDED | PERLRE_EXTENDED_MORE)))
		return false;
	if ((unsigned char)c == NEL)
		p->tree->incomplete = true;
	if (c == '#')
		p->at += str_find(parser_rest(p), '\n');
	else if (ascii_is_one_of(c, " \t\r\n\v\f"))
		p->at++;
	else
		return false;
	return true;
}

/* What stands for nothing, also before a quantifier. */
static void
skip_nothing(struct parser *p)
{
	for (;;) {
		if (parser_take(p, "\\E"))
			p->quoted = false;
		else if (!p->quoted && parser_take(p, "\\Q"))
			p->quoted = true;
		else if (!p->quoted && parser_take(p, "(?#"))
			parser_until(p, ')');
		else if (p->quoted || !skip_extended(p))
			return;
	}
}

static bool
take_number(struct parser *p, unsigned *number)
{
	size_t start = p->at;

	*number = 0;
	while (ascii_is_digit(parser_peek(p)) && *number <= REPEAT_MAX)
		*number =
		    *number * 10 + (unsigned)(p->text.data[p->at++] - '0');
	return p->at > start;
}

/* "{n}", "{n,}", "{n,m}".  Others are literal or not, as versions differ:
 * *odd then, with the braces taken. */
static bool
take_braces(struct parser *p, unsigned *min, unsigned *max, bool *odd)
{
	struct str text = parser_rest(p);
	size_t start = p->at, i;

	for (i = 1;
	     i < text.len && ascii_is_one_of(text.data[i], "0123456789, ");)
		i++;
	if (i == 1 || i >= text.len || text.data[i] != '}')
		return false;
	p->at++;
	if (take_number(p, min)) {
		*max = *min;
		if (parser_take(p, ",") && !take_number(p, max))
			*max = REGEX_UNLIMITED;
		if (parser_take(p, "}"))
			return true;
	}
	*odd = true;
	p->at = start + i + 1;
	return true;
}

static bool
take_quantifier(struct parser *p, unsigned *min, unsigned *max, bool *odd)
{
	*min = 0;
	*max = REGEX_UNLIMITED;
	*odd = false;
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
	return parser_peek(p) == '{' && take_braces(p, min, max, odd);
}

static struct node *
wrap(struct parser *p, enum node_kind kind, struct node *child)
{
	struct node *node = parser_node(p, kind);

	parser_append(node, child);
	return node;
}

/* Lazy or possessive, when nothing stands between. */
static struct node *
parse_manner(struct parser *p, struct node *repeat)
{
	if (parser_take(p, "?") || !parser_take(p, "+"))
		return repeat;
	p->tree->inexact = true;
	return wrap(p, NODE_ATOMIC, repeat);
}

static struct node *
parse_repeat(struct parser *p)
{
	struct node *node = parse_atom(p);
	unsigned min, max, count = 0;
	bool odd;

	for (;;) {
		skip_nothing(p);
		if (p->failed || p->quoted ||
		    !take_quantifier(p, &min, &max, &odd))
			return node;
		p->failed |= ++count > DEPTH_MAX;
		if (odd) {
			p->tree->inexact = true;
			return parser_node(p, NODE_ANY);
		}
		node = wrap(p, NODE_REPEAT, node);
		node->min = min;
		node->max = max;
		node = parse_manner(p, node);
	}
}

static struct node *
parse_row(struct parser *p)
{
	struct node *row = parser_node(p, NODE_CONCAT);

	for (;;) {
		skip_nothing(p);
		if (p->failed || p->at >= p->text.len ||
		    (!p->quoted && ascii_is_one_of(parser_peek(p), "|)")))
			return row;
		parser_append(row, parse_repeat(p));
	}
}

static struct node *
parse_alternatives(struct parser *p, bool reset)
{
	struct node *alt = parser_node(p, NODE_ALT);
	unsigned before = p->number, most = before;

	if (++p->depth > DEPTH_MAX)
		p->failed = true;
	do {
		if (reset)
			p->number = before;
		parser_append(alt, parse_row(p));
		if (p->number > most)
			most = p->number;
	} while (!p->failed && parser_take(p, "|"));
	p->number = most;
	p->depth--;
	return alt->first == alt->last ? alt->first : alt;
}

struct node *
parser_inside(struct parser *p, bool reset)
{
	unsigned flags = p->flags;
	struct node *node = parse_alternatives(p, reset);

	if (!parser_take(p, ")"))
		p->failed = true;
	p->flags = flags;
	return node;
}

struct regex_tree *
regex_parse(struct str pattern, unsigned flags, struct arena *arena)
{
	struct regex_tree *tree = arena_alloc(arena, sizeof(*tree));
	struct parser p = {
	    .text = pattern, .flags = flags, .arena = arena, .tree = tree};

	tree->root = parse_alternatives(&p, false);
	return p.failed || p.at < pattern.len ? NULL : tree;
}

const struct node *
regex_tree(struct str pattern, unsigned flags, struct arena *arena)
{
	struct regex_tree *tree = regex_parse(pattern, flags, arena);

	if (!tree || tree->incomplete)
		return NULL;
	regex_tree_measure(tree);
	return tree->root;
}

struct node *
regex_tree_group(const struct regex_tree *tree, const struct node *node)
{
	struct node *group;
	size_t i;

	if (tree->crowded)
		return NULL;
	if (node->name.len == 0)
		return node->group == 0 ? tree->root :
		    node->group <= tree->group_count ?
					  tree->groups[node->group] :
					  NULL;
	for (i = 1; i <= tree->group_count; i++) {
		group = tree->groups[i];
		if (group && str_eq(group->name, node->name))
			return group;
	}
	return NULL;
}
