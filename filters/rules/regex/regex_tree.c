/*
 * regex_tree: what strings a regex can match, as a tree.
 *
 * Recursive descent, bounded in depth and nodes.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "regex_tree.h"

enum {
	DEPTH_MAX = 60,
	NODES_MAX = 200000,
	REPEAT_MAX = 65535,
	NEL = 0x85 /* white space of the x flag, or not, as versions differ */
};

struct parser {
	struct str text;
	size_t at;
	unsigned flags;
	struct arena *arena;
	struct node **groups; /* that have names */
	size_t group_count;
	unsigned depth;
	size_t nodes;
	bool failed;
};

static struct node *parse_alt(struct parser *p);

static struct node *
node_new(struct parser *p, enum node_kind kind)
{
	struct node *node = arena_alloc(p->arena, sizeof(*node));

	node->kind = kind;
	if (++p->nodes > NODES_MAX)
		p->failed = true;
	return node;
}

static void
append(struct node *parent, struct node *child)
{
	if (parent->last)
		parent->last->next = child;
	else
		parent->first = child;
	parent->last = child;
}

static struct str
rest(const struct parser *p)
{
	return str_from(p->text, p->at);
}

static bool
take(struct parser *p, const char *text)
{
	if (!str_starts(rest(p), text))
		return false;
	p->at += strlen(text);
	return true;
}

/* Up to the closing octet, which is taken too. */
static struct str
take_until(struct parser *p, char close)
{
	struct str got = str_head(rest(p), str_find(rest(p), close));

	p->at += got.len + 1;
	return got;
}

static struct node *
node_set(struct parser *p, const struct octets *set)
{
	struct node *node = node_new(p, NODE_SET);

	node->set = *set;
	if (p->flags & REGEX_CASELESS)
		octets_fold(&node->set);
	return node;
}

static struct node *
node_octet(struct parser *p, unsigned char octet)
{
	struct octets set = {{0}};

	octets_add(&set, octet);
	return node_set(p, &set);
}

static struct node *
node_all(struct parser *p)
{
	struct octets set;

	octets_fill(&set);
	return node_set(p, &set);
}

/* What stands behind \g, \k, \o, \p and the like: a name or number. */
static void
skip_argument(struct parser *p)
{
	if (take(p, "{"))
		take_until(p, '}');
	else if (take(p, "<"))
		take_until(p, '>');
	else if (take(p, "'"))
		take_until(p, '\'');
	else
		while (rest(p).len &&
		    ascii_is_one_of(rest(p).data[0], "+-0123456789"))
			p->at++;
}

static struct node *
parse_letter_escape(struct parser *p, char letter)
{
	struct octets set = {{0}};

	if (letter == 'N' && take(p, "{")) { /* \N{U+41} */
		take_until(p, '}');
		return node_new(p, NODE_ANY);
	}
	if (octets_add_escape(&set, letter))
		return node_set(p, &set);
	if (ascii_is_one_of(letter, "bBAzZK"))
		return node_new(p, NODE_EMPTY);
	if (letter == 'p' || letter == 'P') {
		if (take(p, "{"))
			take_until(p, '}');
		else
			p->at++;
		return node_all(p);
	}
	if (letter == 'Q') /* a quantifier behind \E is of one octet */
		p->at += str_find_str(rest(p), str_c("\\E"));
	else if (letter == 'c')
		p->at++;
	else if (letter == 'g' || letter == 'k' || letter == 'o')
		skip_argument(p);
	else if (ascii_is_digit(letter))
		while (rest(p).len && ascii_is_digit(rest(p).data[0]))
			p->at++;
	else if (letter != 'X' && letter != 'R')
		p->failed = true; /* \G, or unknown */
	return node_new(p, NODE_ANY);
}

static struct node *
parse_escape(struct parser *p)
{
	unsigned char octet;
	size_t used = regex_escape(rest(p), &octet);

	if (used == 0 && rest(p).len)
		return parse_letter_escape(p, p->text.data[p->at++]);
	p->at += used;
	return used ? node_octet(p, octet) : node_new(p, NODE_ANY);
}

/* "i-s:" of "(?i-s:" or "(?i)" ; false when it is no flag. */
static bool
take_flags(struct parser *p)
{
	static const struct {
		char letter;
		unsigned flag;
	} known[] = {{'i', REGEX_CASELESS}, {'x', REGEX_EXTENDED}};
	bool on = true;
	size_t i;
	char c;

	if (take(p, "^"))
		p->flags = 0;
	for (; rest(p).len && rest(p).data[0] != ':' && rest(p).data[0] != ')';
	     p->at++) {
		c = rest(p).data[0];
		if (c == '-')
			on = false;
		else if (!ascii_is_one_of(c, "imsxnJUa"))
			return false;
		if (c == 'x' && str_starts(rest(p), "xx"))
			p->flags |= REGEX_EXTENDED_MORE;
		for (i = 0; i < 2; i++)
			if (c == known[i].letter)
				p->flags = on ? p->flags | known[i].flag :
						p->flags & ~known[i].flag;
	}
	return rest(p).len > 0;
}

static void
expect_close(struct parser *p)
{
	if (!take(p, ")"))
		p->failed = true;
}

/* A group's inside; flags set within end with it. */
static struct node *
parse_inside(struct parser *p, unsigned flags)
{
	struct node *node = parse_alt(p);

	expect_close(p);
	p->flags = flags;
	return node;
}

static struct node *
parse_named(struct parser *p, char close)
{
	struct node *group = node_new(p, NODE_GROUP);

	group->name = take_until(p, close);
	append(group, parse_inside(p, p->flags));
	p->groups = arena_push(
	    p->arena, p->groups, p->group_count, sizeof(struct node *));
	p->groups[p->group_count++] = group;
	return group;
}

/* Parsed for what it defines, matched as what it stands for. */
static struct node *
parse_as(struct parser *p, enum node_kind kind)
{
	parse_inside(p, p->flags);
	return node_new(p, kind);
}

static bool
take_lookaround(struct parser *p)
{
	static const char *const starts[] = {"=", "!", "<=", "<!", "*", "<*"};
	size_t i;

	for (i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (take(p, starts[i]))
			return true;
	return false;
}

/* (?(DEFINE)...) or a condition, which is any string. */
static struct node *
parse_condition(struct parser *p)
{
	if (take(p, "DEFINE)"))
		return parse_as(p, NODE_EMPTY);
	p->failed = true;
	return node_new(p, NODE_ANY);
}

static struct node *
parse_call(struct parser *p)
{
	struct node *call = node_new(p, NODE_CALL);

	call->name = take_until(p, ')');
	return call;
}

/* Behind "(?". */
static struct node *
parse_special(struct parser *p)
{
	unsigned flags = p->flags;

	if (take_lookaround(p))
		return parse_as(p, NODE_EMPTY);
	if (take(p, ":") || take(p, ">") || take(p, "|"))
		return parse_inside(p, flags);
	if (take(p, "P<") || take(p, "<"))
		return parse_named(p, '>');
	if (take(p, "'"))
		return parse_named(p, '\'');
	if (take(p, "&") || take(p, "P>"))
		return parse_call(p);
	if (take(p, "("))
		return parse_condition(p);
	if (take(p, "P=") ||
	    (rest(p).len && ascii_is_one_of(rest(p).data[0], "R0123456789+")) ||
	    (rest(p).len > 1 && rest(p).data[0] == '-' &&
		ascii_is_digit(rest(p).data[1]))) {
		take_until(p, ')');
		return node_new(p, NODE_ANY);
	}
	if (!take_flags(p))
		p->failed = true;
	if (take(p, ":"))
		return parse_inside(p, flags);
	expect_close(p); /* (?i): until the group around it ends */
	return node_new(p, NODE_EMPTY);
}

static struct node *
parse_group(struct parser *p)
{
	if (take(p, "?"))
		return parse_special(p);
	if (str_starts(rest(p), "*"))
		p->failed = true; /* verbs such as (*ACCEPT) */
	return parse_inside(p, p->flags);
}

static struct node *
parse_atom(struct parser *p)
{
	struct octets set;
	char c = p->text.data[p->at++];

	switch (c) {
	case '\\':
		return parse_escape(p);
	case '(':
		return parse_group(p);
	case '[':
		if (take(p, "[:<:]]") || take(p, "[:>:]]"))
			return node_new(p, NODE_EMPTY);
		p->at += regex_class(rest(p), p->flags, &set);
		/* Folded there, before it was turned round. */
		return node_set(p, &set);
	case '.':
		return node_all(p);
	case '^':
	case '$':
		return node_new(p, NODE_EMPTY);
	default:
		return node_octet(p, (unsigned char)c);
	}
}

/* Comments, the white space of the x flag, and what \Q leaves behind. */
static void
skip_nothing(struct parser *p)
{
	bool extended;

	for (;;) {
		extended = p->flags & REGEX_EXTENDED && rest(p).len;
		if (extended && (unsigned char)rest(p).data[0] == NEL)
			p->failed = true;
		if (take(p, "(?#"))
			take_until(p, ')');
		else if (extended && rest(p).data[0] == '#')
			take_until(p, '\n');
		else if (extended &&
		    ascii_is_one_of(rest(p).data[0], " \t\r\n\v\f"))
			p->at++;
		else if (!take(p, "\\E") && !take(p, "\\Q\\E"))
			return;
	}
}

static bool
take_number(struct parser *p, unsigned *number)
{
	size_t start = p->at;

	*number = 0;
	while (rest(p).len && ascii_is_digit(rest(p).data[0]) &&
	    *number <= REPEAT_MAX)
		*number =
		    *number * 10 + (unsigned)(p->text.data[p->at++] - '0');
	return p->at > start;
}

/* "{n}", "{n,}", "{n,m}".  Others are literal or not, as versions differ:
 * *odd then, with the braces taken. */
static bool
take_braces(struct parser *p, unsigned *min, unsigned *max, bool *odd)
{
	struct str text = rest(p);
	size_t start = p->at, i;

	for (i = 1;
	     i < text.len && ascii_is_one_of(text.data[i], "0123456789, ");)
		i++;
	if (i == 1 || i >= text.len || text.data[i] != '}')
		return false;
	p->at++;
	if (take_number(p, min)) {
		*max = *min;
		if (take(p, ",") && !take_number(p, max))
			*max = REGEX_UNLIMITED;
		if (take(p, "}"))
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
	if (take(p, "*"))
		return true;
	if (take(p, "+")) {
		*min = 1;
		return true;
	}
	if (take(p, "?")) {
		*max = 1;
		return true;
	}
	return str_starts(rest(p), "{") && take_braces(p, min, max, odd);
}

static struct node *
parse_repeat(struct parser *p)
{
	struct node *atom = parse_atom(p), *repeat;
	unsigned min, max;
	bool odd;

	for (;;) {
		skip_nothing(p);
		if (p->failed || !take_quantifier(p, &min, &max, &odd))
			return atom;
		if (odd)
			return node_new(p, NODE_ANY);
		repeat = node_new(p, NODE_REPEAT);
		repeat->min = min;
		repeat->max = max;
		append(repeat, atom);
		atom = repeat;
		/* Lazy or possessive, when nothing stands between. */
		if (!take(p, "?"))
			take(p, "+");
	}
}

static struct node *
parse_concat(struct parser *p)
{
	struct node *concat = node_new(p, NODE_CONCAT);

	for (;;) {
		skip_nothing(p);
		if (p->failed || rest(p).len == 0 || rest(p).data[0] == '|' ||
		    rest(p).data[0] == ')')
			return concat;
		append(concat, parse_repeat(p));
	}
}

static struct node *
parse_alt(struct parser *p)
{
	struct node *alt = node_new(p, NODE_ALT);

	if (++p->depth > DEPTH_MAX)
		p->failed = true;
	do
		append(alt, parse_concat(p));
	while (!p->failed && take(p, "|"));
	p->depth--;
	return alt->first == alt->last ? alt->first : alt;
}

const struct node *
regex_tree(struct str pattern, unsigned flags, struct arena *arena)
{
	struct parser p = {.text = pattern, .flags = flags, .arena = arena};
	struct node *root = parse_alt(&p);

	if (p.failed || rest(&p).len)
		return NULL;
	regex_tree_finish(root, p.groups, p.group_count);
	return root;
}
