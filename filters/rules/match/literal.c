/*
 * literal: strings of which one must be in every text that a regex matches.
 *
 * From each element of a sequence on, strings are spelled out as far as there
 * are not too many; the best place wins.  Alternatives are joined.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <math.h>

#include "literal.h"

enum {
	WORK_MAX = 4000, /* steps for one regex */
	SHORT = 4,       /* what find_from sees as well */
	COPIES_MAX = LITERAL_LEN_MAX + 1
};

/* What a literal more costs, as if it were found so often. */
static const double LITERAL_COST = 1e-6;

/* The beginnings of what a part of the regex matches. */
struct beginning {
	unsigned char len;
	unsigned char octets[LITERAL_LEN_MAX];
	bool open; /* it goes on with what follows */
};

struct beginnings {
	size_t count;
	struct beginning at[LITERALS_MAX];
};

struct finder {
	unsigned work;
};

struct choice {
	struct literals literals;
	double cost; /* of each octet of mail; below 0: there is none */
};

static bool
is_same(const struct beginning *a, const struct beginning *b)
{
	return a->open == b->open && a->len == b->len &&
	    memcmp(a->octets, b->octets, a->len) == 0;
}

/* False when there is no room for it. */
static bool
add(struct beginnings *to, const struct beginning *one)
{
	size_t i;

	for (i = 0; i < to->count; i++)
		if (is_same(&to->at[i], one))
			return true;
	if (to->count == LITERALS_MAX)
		return false;
	to->at[to->count++] = *one;
	return true;
}

/* Only what is in use: most are few. */
static void
copy(struct beginnings *to, const struct beginnings *from)
{
	to->count = from->count;
	memcpy(to->at, from->at, from->count * sizeof(from->at[0]));
}

static size_t
count_open(const struct beginnings *b)
{
	size_t i, count = 0;

	for (i = 0; i < b->count; i++)
		count += b->at[i].open;
	return count;
}

/* Distinct octets of the set, folded; SIZE_MAX when above `max`. */
static size_t
members(const struct octets *set, size_t max, unsigned char *out)
{
	static const uint64_t upper = 0x7fffffe; /* A to Z, of octets 64 on */
	size_t count = 0;
	unsigned word;
	uint64_t bits;

	for (word = 0; word < 4; word++) {
		bits = set->bits[word];
		if (word == 1)
			bits = (bits | (bits & upper) << 32) & ~upper;
		for (; bits; bits &= bits - 1) {
			if (count == max)
				return SIZE_MAX;
			out[count++] = (unsigned char)(word * 64 +
			    (unsigned)__builtin_ctzll(bits));
		}
	}
	return count;
}

/* Each open one with each octet: no two of these are the same. */
static bool
extend_set(const struct beginnings *in, const struct octets *set,
    struct beginnings *out)
{
	unsigned char octets[LITERALS_MAX];
	size_t open = count_open(in), i, k;
	size_t count = members(set, LITERALS_MAX / open, octets);
	struct beginning *one;

	if (count == SIZE_MAX || in->count - open + open * count > LITERALS_MAX)
		return false;
	out->count = 0;
	for (i = 0; i < in->count; i++) {
		if (!in->at[i].open)
			out->at[out->count++] = in->at[i];
		for (k = 0; in->at[i].open && k < count; k++) {
			one = &out->at[out->count++];
			*one = in->at[i];
			one->octets[one->len++] = octets[k];
			one->open = one->len < LITERAL_LEN_MAX;
		}
	}
	return true;
}

static bool
join(struct beginnings *to, const struct beginnings *from)
{
	size_t i;

	for (i = 0; i < from->count; i++)
		if (!add(to, &from->at[i]))
			return false;
	return true;
}

/*
 * Goes on with a node.  False when that would be too many, or when nothing is
 * known of it; *b is then unfit for use.
 */
static bool
extend(struct finder *f, struct beginnings *b, const struct node *node);

static bool
extend_alt(struct finder *f, struct beginnings *b, const struct node *alt)
{
	struct beginnings all, one;
	const struct node *child;

	all.count = 0;
	for (child = alt->first; child; child = child->next) {
		copy(&one, b);
		if (!extend(f, &one, child) || !join(&all, &one))
			return false;
	}
	copy(b, &all);
	return true;
}

static bool
extend_repeat(struct finder *f, struct beginnings *b, const struct node *repeat)
{
	struct beginnings all, next;
	unsigned copies;

	copy(&next, b);
	for (copies = 0; copies < repeat->min && 0 < count_open(&next);
	     copies++)
		if (!extend(f, &next, repeat->first))
			return false;
	copy(&all, &next);
	for (; copies < repeat->max && 0 < count_open(&next); copies++) {
		if (copies > repeat->min + COPIES_MAX ||
		    !extend(f, &next, repeat->first) || !join(&all, &next))
			return false;
	}
	copy(b, &all);
	return true;
}

static bool
extend(struct finder *f, struct beginnings *b, const struct node *node)
{
	struct beginnings in;
	const struct node *child;

	if (++f->work > WORK_MAX)
		return false;
	if (count_open(b) == 0)
		return true;
	switch (node->kind) {
	case NODE_EMPTY:
		return true;
	case NODE_ANY:
		return false;
	case NODE_SET:
		copy(&in, b);
		return extend_set(&in, &node->set, b);
	case NODE_ALT:
		return extend_alt(f, b, node);
	case NODE_REPEAT:
		return extend_repeat(f, b, node);
	case NODE_CALL:
		return node->def && extend(f, b, node->def);
	default:
		for (child = node->first; child; child = child->next)
			if (!extend(f, b, child))
				return false;
		return true;
	}
}

/* What these would cost as literals; below 0: one of them is empty. */
static double
cost_of(const struct beginnings *b)
{
	double sum = 0, one;
	size_t i, k;

	for (i = 0; i < b->count; i++) {
		if (b->at[i].len == 0)
			return -1;
		for (one = 1, k = 0; k < b->at[i].len; k++)
			one *= octet_share(b->at[i].octets[k]);
		sum += one + LITERAL_COST;
	}
	return sum;
}

static void
choose(struct choice *best, const struct beginnings *b, double cost)
{
	size_t i;

	best->cost = cost;
	best->literals.count = b->count;
	for (i = 0; i < b->count; i++) {
		best->literals.at[i] = (struct literal) {.len = b->at[i].len};
		memcpy(best->literals.at[i].octets, b->at[i].octets,
		    LITERAL_LEN_MAX);
	}
}

/* The best that begins with `from`, over as many of its siblings as help. */
static void
find_from(struct finder *f, const struct node *from, struct choice *best)
{
	struct beginnings b, next;
	const struct node *node;
	double cost;

	b.count = 1;
	b.at[0] = (struct beginning) {.open = true};
	for (node = from; node && 0 < count_open(&b); node = node->next) {
		copy(&next, &b);
		if (!extend(f, &next, node))
			return;
		copy(&b, &next);
		cost = cost_of(&b);
		if (cost >= 0 && (best->cost < 0 || cost < best->cost))
			choose(best, &b, cost);
	}
}

static void
find(struct finder *f, const struct node *node, struct choice *best);

static unsigned
sum(unsigned a, unsigned b)
{
	return a + b < REGEX_UNLIMITED ? a + b : REGEX_UNLIMITED;
}

static void
move(struct choice *choice, unsigned min, unsigned max)
{
	struct literal *one = choice->literals.at;
	size_t i;

	for (i = 0; i < choice->literals.count; i++, one++) {
		one->before_min = sum(one->before_min, min);
		one->before_max = sum(one->before_max, max);
	}
}

static void
find_concat(struct finder *f, const struct node *concat, struct choice *best)
{
	const struct node *child;
	unsigned min = 0, max = 0;
	struct choice one;

	for (child = concat->first; child; child = child->next) {
		one.cost = -1;
		one.literals.count = 0;
		if (child->longest > SHORT)
			find(f, child, &one);
		find_from(f, child, &one);
		if (one.cost >= 0 &&
		    (best->cost < 0 || one.cost < best->cost)) {
			*best = one;
			move(best, min, max);
		}
		min = sum(min, child->shortest);
		max = sum(max, child->longest);
	}
}

static void
find_alt(struct finder *f, const struct node *alt, struct choice *best)
{
	struct choice all = {.cost = 0}, one;
	const struct node *child;

	for (child = alt->first; child; child = child->next) {
		one.cost = -1;
		one.literals.count = 0;
		find(f, child, &one);
		if (one.cost < 0 ||
		    all.literals.count + one.literals.count > LITERALS_MAX)
			return;
		memcpy(&all.literals.at[all.literals.count], one.literals.at,
		    one.literals.count * sizeof(struct literal));
		all.literals.count += one.literals.count;
		all.cost += one.cost;
	}
	if (best->cost < 0 || all.cost < best->cost)
		*best = all;
}

/* Improves *best where one is better. */
static void
find(struct finder *f, const struct node *node, struct choice *best)
{
	if (++f->work > WORK_MAX)
		return;
	switch (node->kind) {
	case NODE_CONCAT:
		find_concat(f, node, best);
		break;
	case NODE_ALT:
		find_alt(f, node, best);
		break;
	case NODE_REPEAT:
		if (node->min > 0)
			find(f, node->first, best);
		break;
	case NODE_ATOMIC:
		find(f, node->first, best);
		break;
	case NODE_CALL:
		if (node->def)
			find(f, node->def, best);
		break;
	default:
		break;
	}
}

void
literals_find(const struct node *root, struct literals *literals)
{
	struct finder f = {.work = 0};
	struct choice best = {.cost = -1};

	find(&f, root, &best);
	*literals = (struct literals) {.count = 0};
	if (best.cost < 0 || best.literals.count == 0)
		return;
	*literals = best.literals;
	literals->frequency = (unsigned)(best.cost * 1e6);
}
