/*
 * meta: arithmetic over the hits of other rules.
 *
 * Parsed by precedence into a postfix program for a small stack machine.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "meta_private.h"

enum { STEPS_MAX = 4000, DEPTH_MAX = 100, DIGITS_MAX = 15 };

struct parser {
	struct str rest;
	struct arena *arena;
	struct meta *meta;
	struct error *err;
	unsigned depth;
	unsigned height; /* of the machine's stack at this point */
};

static const struct {
	const char *text;
	enum op op;
	int level; /* higher binds tighter */
} operators[] = {
    /* longer ones first */
    {"&&", OP_AND, 2},
    {"||", OP_OR, 1},
    {"==", OP_EQ, 4},
    {"!=", OP_NE, 4},
    {"<=", OP_LE, 5},
    {">=", OP_GE, 5},
    {"<", OP_LT, 5},
    {">", OP_GT, 5},
    {"^", OP_XOR, 3},
    {"+", OP_ADD, 6},
    {"-", OP_SUB, 6},
    {"*", OP_MUL, 7},
    {"/", OP_DIV, 7},
};

enum { OPERATORS = sizeof(operators) / sizeof(operators[0]) };

static bool parse_choice(struct parser *p);

/* How many operands less, or one more, are on the stack behind it. */
static void
count_height(struct parser *p, enum op op)
{
	if (op <= OP_NAME)
		p->height++;
	else if (op == OP_SELECT)
		p->height -= 2;
	else if (op >= OP_MUL)
		p->height--;
}

static bool
emit(struct parser *p, struct step step)
{
	struct meta *m = p->meta;

	count_height(p, step.op);
	if (p->height > META_STACK_MAX)
		return error_set(p->err, "the expression is nested too deep");
	if (m->count == STEPS_MAX)
		return error_set(p->err, "the expression is too long");
	m->steps = arena_push(p->arena, m->steps, m->count, sizeof(*m->steps));
	m->steps[m->count++] = step;
	return true;
}

static bool
emit_op(struct parser *p, enum op op)
{
	return emit(p, (struct step) {.op = op});
}

static bool
emit_name(struct parser *p, struct str text, bool glob)
{
	struct meta *m = p->meta;
	unsigned i;

	for (i = 0; i < m->name_count; i++)
		if (m->names[i].glob == glob && str_eq(m->names[i].text, text))
			break;
	if (i == m->name_count) {
		m->names = arena_push(
		    p->arena, m->names, m->name_count, sizeof(*m->names));
		m->names[m->name_count++] = (struct name) {
		    .text = arena_copy(p->arena, text), .glob = glob};
	}
	return emit(p, (struct step) {.op = OP_NAME, .name = i});
}

static bool
is_name_octet(char c)
{
	return ascii_is_alnum(c) || c == '_';
}

/* "12", "0.5", ".5": the nearest double, as 15 digits are exact in one. */
static bool
parse_number(struct parser *p)
{
	double number = 0, scale = 1;
	bool point = false;
	unsigned digits = 0;
	size_t i;

	for (i = 0; i < p->rest.len; i++) {
		char c = p->rest.data[i];

		if (c == '.' && !point) {
			point = true;
			continue;
		}
		if (!ascii_is_digit(c))
			break;
		if (++digits > DIGITS_MAX)
			return error_set(p->err, "a number is too long");
		number = number * 10 + (c - '0');
		scale *= point ? 10 : 1;
	}
	if (digits == 0 || (i < p->rest.len && p->rest.data[i] == '.'))
		return error_set(p->err, "malformed number");
	p->rest = str_from(p->rest, i);
	return emit(
	    p, (struct step) {.op = OP_NUMBER, .number = number / scale});
}

/* "rules_matching(GLOB*)"; the word has been read. */
static bool
parse_glob(struct parser *p)
{
	struct str rest = str_trim(p->rest), glob;
	size_t len, i;

	len = str_find(rest, ')');
	glob = str_trim(str_from(str_head(rest, len), 1));
	if (!str_starts(rest, "(") || len == rest.len || glob.len == 0)
		return error_set(p->err, "rules_matching(GLOB) is expected");
	for (i = 0; i < glob.len; i++)
		if (!is_name_octet(glob.data[i]) && glob.data[i] != '*' &&
		    glob.data[i] != '?')
			return error_set(p->err,
			    "rules_matching: only *, ? and names are allowed");
	p->rest = str_from(rest, len + 1);
	return emit_name(p, glob, true);
}

static bool
parse_name(struct parser *p)
{
	size_t len = 0;
	struct str name;

	while (len < p->rest.len && is_name_octet(p->rest.data[len]))
		len++;
	name = str_head(p->rest, len);
	if (len == 0)
		return error_set(p->err,
		    p->rest.len ? "a rule's name is expected" :
				  "the expression ends too early");
	p->rest = str_from(p->rest, len);
	if (str_is(name, "rules_matching"))
		return parse_glob(p);
	return emit_name(p, name, false);
}

/* In brackets; "()" is 0. */
static bool
parse_group(struct parser *p)
{
	p->rest = str_trim(str_from(p->rest, 1));
	if (str_starts(p->rest, ")")) {
		p->rest = str_from(p->rest, 1);
		return emit(p, (struct step) {.op = OP_NUMBER});
	}
	if (!parse_choice(p))
		return false;
	p->rest = str_trim(p->rest);
	if (!str_starts(p->rest, ")"))
		return error_set(p->err, ") is missing");
	p->rest = str_from(p->rest, 1);
	return true;
}

static bool
parse_primary(struct parser *p)
{
	char c;
	bool good;

	p->rest = str_trim(p->rest);
	c = p->rest.len ? p->rest.data[0] : '\0';
	if (++p->depth > DEPTH_MAX)
		return error_set(p->err, "the expression is nested too deep");
	if (c == '!' || c == '-' || c == '+') {
		p->rest = str_from(p->rest, 1);
		good = parse_primary(p) &&
		    (c == '+' || emit_op(p, c == '!' ? OP_NOT : OP_NEGATE));
	} else if (c == '(') {
		good = parse_group(p);
	} else if (ascii_is_digit(c) || c == '.') {
		good = parse_number(p);
	} else {
		good = parse_name(p);
	}
	p->depth--;
	return good;
}

static size_t
find_operator(struct str text)
{
	size_t i;

	for (i = 0; i < OPERATORS; i++)
		if (str_starts(text, operators[i].text))
			break;
	return i;
}

/* Operators of at least this level, left to right; comparisons do not chain. */
static bool
parse_level(struct parser *p, int level)
{
	int compared = 0;
	size_t i;

	if (!parse_primary(p))
		return false;
	for (;;) {
		p->rest = str_trim(p->rest);
		i = find_operator(p->rest);
		if (i == OPERATORS || operators[i].level < level)
			return true;
		if (operators[i].level == compared)
			return error_set(
			    p->err, "comparisons do not chain: use brackets");
		compared = operators[i].level == 4 || operators[i].level == 5 ?
		    operators[i].level :
		    0;
		p->rest = str_from(p->rest, strlen(operators[i].text));
		if (!parse_level(p, operators[i].level + 1) ||
		    !emit_op(p, operators[i].op))
			return false;
	}
}

static bool
parse_choice(struct parser *p)
{
	if (++p->depth > DEPTH_MAX)
		return error_set(p->err, "the expression is nested too deep");
	if (!parse_level(p, 1))
		return false;
	p->rest = str_trim(p->rest);
	if (str_starts(p->rest, "?")) {
		p->rest = str_from(p->rest, 1);
		if (!parse_choice(p))
			return false;
		p->rest = str_trim(p->rest);
		if (!str_starts(p->rest, ":"))
			return error_set(p->err, ": is missing behind ?");
		p->rest = str_from(p->rest, 1);
		if (!parse_choice(p) || !emit_op(p, OP_SELECT))
			return false;
	}
	p->depth--;
	return true;
}

static double
apply(enum op op, double a, double b)
{
	switch (op) {
	case OP_MUL:
		return a * b;
	case OP_DIV:
		return b != 0 ? a / b : 0;
	case OP_ADD:
		return a + b;
	case OP_SUB:
		return a - b;
	case OP_LT:
		return a < b;
	case OP_LE:
		return a <= b;
	case OP_GT:
		return a > b;
	case OP_GE:
		return a >= b;
	case OP_EQ:
		return a == b;
	case OP_NE:
		return a != b;
	case OP_AND:
		return a != 0 ? b : a;
	default: /* OP_OR */
		return a != 0 ? a : b;
	}
}

/* Whole numbers; what is none, or too large for one, counts as 0. */
static int64_t
whole(double a)
{
	return a > -9e15 && a < 9e15 ? (int64_t)a : 0;
}

static double
name_value(const struct name *name, const double *values)
{
	double sum = 0;
	size_t i;

	for (i = 0; i < name->count; i++)
		sum += values[name->rules[i]];
	return sum;
}

/* Two operands or three; returns the new height. */
static size_t
reduce(enum op op, double *stack, size_t top)
{
	if (op == OP_SELECT) {
		stack[top - 3] =
		    stack[top - 3] != 0 ? stack[top - 2] : stack[top - 1];
		return top - 2;
	}
	if (op == OP_XOR)
		stack[top - 2] =
		    (double)(whole(stack[top - 2]) ^ whole(stack[top - 1]));
	else
		stack[top - 2] = apply(op, stack[top - 2], stack[top - 1]);
	return top - 1;
}

/* values: NULL when no name is bound.  divided, if not NULL: was there a
 * division by zero? */
static double
run(const struct meta *meta, const double *values, bool *divided)
{
	double stack[META_STACK_MAX] = {0};
	size_t top = 0, i;

	for (i = 0; i < meta->count; i++) {
		const struct step *s = &meta->steps[i];

		if (s->op == OP_NUMBER)
			stack[top++] = s->number;
		else if (s->op == OP_NAME)
			stack[top++] = values ?
			    name_value(&meta->names[s->name], values) :
			    0;
		else if (s->op == OP_NOT)
			stack[top - 1] = stack[top - 1] == 0;
		else if (s->op == OP_NEGATE)
			stack[top - 1] = -stack[top - 1];
		else {
			if (divided && s->op == OP_DIV && stack[top - 1] == 0)
				*divided = true;
			top = reduce(s->op, stack, top);
		}
	}
	return stack[0];
}

double
meta_run(const struct meta *meta, const double *values)
{
	return run(meta, values, NULL);
}

struct meta *
meta_parse(struct str text, struct arena *arena, struct error *err)
{
	struct parser p = {.rest = text, .arena = arena, .err = err};
	bool divided = false;

	p.meta = arena_alloc(arena, sizeof(*p.meta));
	if (!parse_choice(&p))
		return NULL;
	if (str_trim(p.rest).len) {
		error_set(err, "\"%.*s\" is not understood",
		    (int)str_head(p.rest, 40).len, p.rest.data);
		return NULL;
	}
	run(p.meta, NULL, &divided); /* nothing is bound yet */
	if (!divided)
		return p.meta;
	error_set(err, "a division by zero is possible");
	return NULL;
}

size_t
meta_name_count(const struct meta *meta)
{
	return meta->name_count;
}

struct str
meta_name(const struct meta *meta, size_t index)
{
	return meta->names[index].text;
}

bool
meta_name_is_glob(const struct meta *meta, size_t index)
{
	return meta->names[index].glob;
}

/* Backs up to the last star alone: no pattern is slow. */
bool
meta_glob_matches(struct str glob, struct str name)
{
	size_t g = 0, n = 0, star = SIZE_MAX, from = 0;

	while (n < name.len) {
		if (g < glob.len && glob.data[g] == '*') {
			star = g++;
			from = n;
		} else if (g < glob.len &&
		    (glob.data[g] == '?' || glob.data[g] == name.data[n])) {
			g++;
			n++;
		} else if (star != SIZE_MAX) {
			g = star + 1;
			n = ++from;
		} else {
			return false;
		}
	}
	while (g < glob.len && glob.data[g] == '*')
		g++;
	return g == glob.len;
}

void
meta_bind(struct meta *meta, size_t index, const size_t *rules, size_t count)
{
	meta->names[index].rules = rules;
	meta->names[index].count = count;
}

const size_t *
meta_bound(const struct meta *meta, size_t index, size_t *count)
{
	*count = meta->names[index].count;
	return meta->names[index].rules;
}
