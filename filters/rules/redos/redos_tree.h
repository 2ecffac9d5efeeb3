/*
 * redos_tree: the text of a Perl regex as a tree.
 *
 * Understands what PCRE2 compiles, so far as it decides which octets are
 * read; what only restricts a match (assertions, conditions) is kept as such.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_REDOS_TREE_H
#define RULES_REDOS_TREE_H

#include "postern/arena.h"

enum { REDOS_MANY = 65536, REDOS_GROUPS = 512 };

struct redos_set {
	uint64_t bits[4];
};

enum redos_op {
	REDOS_EMPTY,
	REDOS_SET,
	REDOS_CAT,    /* children in a row */
	REDOS_ALT,    /* one of the children */
	REDOS_REPEAT, /* child min to max times; REDOS_MANY: no end */
	REDOS_ATOMIC, /* child, never given back */
	REDOS_LOOK,   /* child ahead, nothing read */
	REDOS_ASSERT, /* ^ $ \b ..., or a look behind */
	REDOS_BACK,   /* what a group has read */
	REDOS_CALL    /* a group's regex again */
};

struct redos_node {
	enum redos_op op;
	struct redos_set set;
	struct redos_node *child; /* the first */
	struct redos_node *next;  /* the next of the same parent */
	unsigned min, max;
	unsigned group;  /* REDOS_BACK, REDOS_CALL; 0: the whole */
	struct str name; /* of the group, when it is not a number */
	bool start;      /* REDOS_ASSERT: ^ or \A */
	bool open;       /* being walked: a call to it is recursion */
};

struct redos_tree {
	struct redos_node *root;
	struct redos_node *groups[REDOS_GROUPS];
	struct str names[REDOS_GROUPS];
	unsigned group_count;
	bool inexact; /* something was read with a guess */
};

/* NULL: not understood. */
struct redos_tree *
redos_parse(struct str pattern, struct str flags, struct arena *arena);

/* The group that a REDOS_BACK or REDOS_CALL names; NULL: none. */
struct redos_node *
redos_group(const struct redos_tree *tree, const struct redos_node *node);

static inline void
redos_set_add(struct redos_set *set, unsigned char c)
{
	set->bits[c / 64] |= (uint64_t)1 << (c % 64);
}

static inline bool
redos_set_has(const struct redos_set *set, unsigned char c)
{
	return set->bits[c / 64] >> (c % 64) & 1;
}

static inline struct redos_set
redos_set_and(const struct redos_set *a, const struct redos_set *b)
{
	return (struct redos_set) {
	    {a->bits[0] & b->bits[0], a->bits[1] & b->bits[1],
		a->bits[2] & b->bits[2], a->bits[3] & b->bits[3]}};
}

static inline bool
redos_set_empty(const struct redos_set *s)
{
	return !(s->bits[0] | s->bits[1] | s->bits[2] | s->bits[3]);
}

#endif
