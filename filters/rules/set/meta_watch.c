/*
 * meta_watch: which names a meta needs to be anything but 0.
 *
 * "A && B && !C" is 0 as long as A is, so it is enough to look at A.  The
 * program of the meta is run with sets of names for values: when all of a set
 * are 0, so is what it stands for.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "meta_private.h"

enum { NAMES_MAX = 64 };

/* What is known of a value on the stack. */
struct need {
	bool known;     /* it is 0 when all of these are */
	uint64_t names; /* bits */
	uint64_t cost;
	bool is_number;
	double number;
};

static struct need
cheaper(struct need a, struct need b)
{
	a.is_number = b.is_number = false;
	return !b.known || (a.known && a.cost <= b.cost) ? a : b;
}

static struct need
both(struct need a, struct need b)
{
	return (struct need) {
	    .known = a.known && b.known,
	    .names = a.names | b.names,
	    .cost = a.cost + b.cost,
	};
}

/* A comparison with a number that 0 does not pass. */
static struct need
compared(enum op op, struct need a, struct need b)
{
	double n = b.number;
	bool fails = (op == OP_GT && n >= 0) || (op == OP_GE && n > 0) ||
	    (op == OP_LT && n <= 0) || (op == OP_LE && n < 0) ||
	    (op == OP_EQ && n != 0) || (op == OP_NE && n == 0);

	a.known &= b.is_number && fails;
	a.is_number = false;
	return a;
}

static struct need
combine(enum op op, struct need a, struct need b)
{
	switch (op) {
	case OP_AND:
	case OP_MUL:
		return cheaper(a, b);
	case OP_DIV:
		a.is_number = false;
		return a;
	case OP_OR:
	case OP_ADD:
	case OP_SUB:
	case OP_XOR:
		return both(a, b);
	default:
		return compared(op, a, b);
	}
}

static struct need
number(double n)
{
	return (struct need) {
	    .known = n == 0,
	    .is_number = true,
	    .number = n,
	};
}

static size_t
apply(
    const struct step *s, const uint64_t *costs, struct need *stack, size_t top)
{
	if (s->op == OP_NUMBER) {
		stack[top] = number(s->number);
		return top + 1;
	}
	if (s->op == OP_NAME) {
		stack[top] = (struct need) {
		    .known = costs[s->name] < META_NEVER_ZERO,
		    .names = (uint64_t)1 << s->name,
		    .cost = costs[s->name],
		};
		return top + 1;
	}
	if (s->op == OP_NOT || s->op == OP_NEGATE) {
		stack[top - 1].known &= s->op == OP_NEGATE;
		stack[top - 1].is_number = false;
		return top;
	}
	if (s->op == OP_SELECT) {
		stack[top - 3] = both(stack[top - 2], stack[top - 1]);
		return top - 2;
	}
	stack[top - 2] = combine(s->op, stack[top - 2], stack[top - 1]);
	return top - 1;
}

bool
meta_watch(const struct meta *meta, const uint64_t *costs, bool *watched)
{
	struct need stack[META_STACK_MAX] = {{0}};
	size_t top = 0, i;

	if (meta->name_count > NAMES_MAX)
		return false;
	for (i = 0; i < meta->count; i++)
		top = apply(&meta->steps[i], costs, stack, top);
	for (i = 0; i < meta->name_count; i++)
		watched[i] = stack[0].names >> i & 1;
	return stack[0].known;
}
