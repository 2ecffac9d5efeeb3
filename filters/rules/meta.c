/*
 * meta: arithmetic over the hits of other rules.
 *
 * Parsed by precedence into a postfix program for a small stack machine.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "meta.h"

enum {
	STEPS_MAX = 4000,
	DEPTH_MAX = 100,
	STACK_MAX = 64,
	UNIT = 1000 /* numbers are thousandths */
};

enum op {
	OP_NUMBER,
	OP_NAME,
	OP_NOT,
	OP_NEGATE,
	OP_MUL,
	OP_DIV,
	OP_ADD,
	OP_SUB,
	OP_LT,
	OP_LE,
	OP_GT,
	OP_GE,
	OP_EQ,
	OP_NE,
	OP_AND,
	OP_OR
};

struct step {
	enum op op;
	int64_t number; /* or the index of a name */
};

struct meta {
	struct step *steps;
	size_t count;
	struct str *names;
	size_t name_count;
};

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
    {"==", OP_EQ, 3},
    {"!=", OP_NE, 3},
    {"<=", OP_LE, 4},
    {">=", OP_GE, 4},
    {"<", OP_LT, 4},
    {">", OP_GT, 4},
    {"+", OP_ADD, 5},
    {"-", OP_SUB, 5},
    {"*", OP_MUL, 6},
    {"/", OP_DIV, 6},
    {"&", OP_AND, 2},
    {"|", OP_OR, 1},
};

enum { OPERATORS = sizeof(operators) / sizeof(operators[0]) };

static bool parse_level(struct parser *p, int level);

static bool
emit(struct parser *p, enum op op, int64_t number)
{
	struct meta *m = p->meta;

	if (op <= OP_NAME && ++p->height > STACK_MAX)
		return error_set(p->err, "the expression is nested too deep");
	if (op >= OP_MUL)
		p->height--;
	if (m->count == STEPS_MAX)
		return error_set(p->err, "the expression is too long");
	m->steps = arena_push(p->arena, m->steps, m->count, sizeof(*m->steps));
	m->steps[m->count++] = (struct step) {op, number};
	return true;
}

static size_t
name_index(struct parser *p, struct str name)
{
	struct meta *m = p->meta;
	size_t i;

	for (i = 0; i < m->name_count; i++)
		if (str_eq(m->names[i], name))
			return i;
	m->names =
	    arena_push(p->arena, m->names, m->name_count, sizeof(*m->names));
	m->names[m->name_count] = arena_copy(p->arena, name);
	return m->name_count++;
}

static bool
is_name_octet(char c)
{
	return ascii_is_alnum(c) || c == '_';
}

/* "12", "0.5" to thousandths. */
static bool
parse_number(struct parser *p)
{
	size_t len = 0, point;
	uint64_t whole = 0, part = 0;
	struct str text, decimals;

	while (len < p->rest.len &&
	    (ascii_is_digit(p->rest.data[len]) || p->rest.data[len] == '.'))
		len++;
	text = str_head(p->rest, len);
	p->rest = str_from(p->rest, len);
	point = str_find(text, '.');
	decimals = str_head(str_from(text, point + 1), 3);
	if (!str_to_uint(str_head(text, point), 1000000000, &whole) ||
	    (decimals.len && !str_to_uint(decimals, 999, &part)))
		return error_set(p->err, "malformed number");
	for (len = decimals.len; len < 3; len++)
		part *= 10;
	return emit(p, OP_NUMBER, (int64_t)(whole * UNIT + part));
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
	return emit(p, OP_NAME, (int64_t)name_index(p, name));
}

static bool
parse_primary(struct parser *p)
{
	bool good;

	p->rest = str_trim(p->rest);
	if (++p->depth > DEPTH_MAX)
		return error_set(p->err, "the expression is nested too deep");
	if (str_starts(p->rest, "!") || str_starts(p->rest, "-")) {
		enum op op = p->rest.data[0] == '!' ? OP_NOT : OP_NEGATE;

		p->rest = str_from(p->rest, 1);
		good = parse_primary(p) && emit(p, op, 0);
	} else if (str_starts(p->rest, "(")) {
		p->rest = str_from(p->rest, 1);
		good = parse_level(p, 1);
		p->rest = str_trim(p->rest);
		if (good && !str_starts(p->rest, ")"))
			return error_set(p->err, ") is missing");
		p->rest = str_from(p->rest, 1);
	} else if (p->rest.len && ascii_is_digit(p->rest.data[0])) {
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

/* Operators of at least this level, left to right. */
static bool
parse_level(struct parser *p, int level)
{
	size_t i;

	if (!parse_primary(p))
		return false;
	for (;;) {
		p->rest = str_trim(p->rest);
		i = find_operator(p->rest);
		if (i == OPERATORS || operators[i].level < level)
			return true;
		p->rest = str_from(p->rest, strlen(operators[i].text));
		if (!parse_level(p, operators[i].level + 1) ||
		    !emit(p, operators[i].op, 0))
			return false;
	}
}

struct meta *
meta_parse(struct str text, struct arena *arena, struct error *err)
{
	struct parser p = {.rest = text, .arena = arena, .err = err};

	p.meta = arena_alloc(arena, sizeof(*p.meta));
	if (!parse_level(&p, 1))
		return NULL;
	if (str_trim(p.rest).len == 0)
		return p.meta;
	error_set(err, "\"%.*s\" is not understood",
	    (int)str_head(p.rest, 40).len, p.rest.data);
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
	return meta->names[index];
}

static int64_t
clamp(int64_t value)
{
	const int64_t most = (int64_t)1 << 40;

	return value > most ? most : value < -most ? -most : value;
}

/* In thousandths; both are clamped, so the second product cannot overflow. */
static int64_t
multiply(int64_t a, int64_t b)
{
	int64_t whole;

	if (__builtin_mul_overflow(a / UNIT, b, &whole))
		return clamp((a < 0) == (b < 0) ? INT64_MAX : INT64_MIN);
	return clamp(clamp(whole) + a % UNIT * b / UNIT);
}

static int64_t
apply(enum op op, int64_t a, int64_t b)
{
	switch (op) {
	case OP_MUL:
		return multiply(a, b);
	case OP_DIV:
		return b ? clamp(a * UNIT / b) : 0;
	case OP_ADD:
		return clamp(a + b);
	case OP_SUB:
		return clamp(a - b);
	case OP_LT:
		return UNIT * (a < b);
	case OP_LE:
		return UNIT * (a <= b);
	case OP_GT:
		return UNIT * (a > b);
	case OP_GE:
		return UNIT * (a >= b);
	case OP_EQ:
		return UNIT * (a == b);
	case OP_NE:
		return UNIT * (a != b);
	case OP_AND:
		return a && b ? b : 0;
	default: /* OP_OR */
		return a ? a : b;
	}
}

int64_t
meta_value(const struct meta *meta,
    int64_t (*value)(void *context, size_t index), void *context)
{
	int64_t stack[STACK_MAX] = {0};
	size_t top = 0, i;

	for (i = 0; i < meta->count; i++) {
		const struct step *s = &meta->steps[i];

		if (s->op == OP_NUMBER)
			stack[top++] = s->number;
		else if (s->op == OP_NAME)
			stack[top++] = UNIT * value(context, (size_t)s->number);
		else if (s->op == OP_NOT)
			stack[top - 1] = UNIT * !stack[top - 1];
		else if (s->op == OP_NEGATE)
			stack[top - 1] = -stack[top - 1];
		else {
			top--;
			stack[top - 1] =
			    apply(s->op, stack[top - 1], stack[top]);
		}
	}
	/* Fractions count as a hit, negative ones as one. */
	if (stack[0] < 0)
		return 1;
	return (stack[0] + UNIT - 1) / UNIT;
}
