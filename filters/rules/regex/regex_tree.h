/*
 * regex_tree: a regex, read.
 *
 * The syntax of PCRE2 as a tree, for whoever asks which texts it matches and
 * for whoever asks how long that takes.  The kind of a node errs on one side
 * only: every string that the regex matches is a string of the tree.
 * Look-around, boundaries and anchors are the empty string, a backreference or
 * whatever is not understood is any string; their detail says what more is
 * known.  Bounded in depth and nodes, linear in the pattern.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_REGEX_TREE_H
#define RULES_REGEX_TREE_H

#include "postern/arena.h"

#include "octets.h"

enum { REGEX_UNLIMITED = 1 << 20 };

enum node_kind {
	NODE_EMPTY,
	NODE_ANY,    /* any string, of any length */
	NODE_SET,    /* one octet of a set */
	NODE_CONCAT, /* children in order */
	NODE_ALT,    /* one of the children */
	NODE_REPEAT, /* the only child, min to max times */
	NODE_ATOMIC, /* the only child, of which nothing is given back */
	NODE_CALL    /* a group's regex again */
};

enum node_detail {
	DETAIL_NONE,
	DETAIL_ASSERT, /* empty: \b, $, a look behind */
	DETAIL_START,  /* empty: ^, \A */
	DETAIL_AHEAD,  /* empty: the only child is looked for */
	DETAIL_BACK    /* any: what a group has matched */
};

struct node {
	enum node_kind kind;
	enum node_detail detail;
	struct octets set;
	unsigned min, max;      /* of a repeat; REGEX_UNLIMITED */
	unsigned group;         /* its number, or of one that it names */
	bool twin;              /* another group has its number or name */
	struct str name;        /* instead of a number */
	struct node *first;     /* children */
	struct node *last;      /* of them; of use while parsing */
	struct node *next;      /* sibling */
	const struct node *def; /* of a call: the group; NULL: any string */
	/* How long its strings are, how many sets it spells out, about, and how
	 * many nodes are above each other; filled last. */
	unsigned shortest, longest, size, height;
	/* That a string of it begins at an octet of mail: 0 to 1, a guess. */
	double likelihood;
	enum { LENGTHS_UNKNOWN, LENGTHS_BEGUN, LENGTHS_KNOWN } lengths;
	bool recurses; /* it holds a node that was begun */
};

struct regex_tree {
	struct node *root;
	struct node **groups; /* by number, from 1 */
	size_t group_count;
	bool crowded;    /* there are more groups: none is found */
	bool incomplete; /* it matches what is no string of the tree */
	bool inexact;    /* something was read with a guess */
};

/*
 * The pattern without its delimiters, and bits PERLRE_.  NULL when it is no
 * regex that is understood, or too large; not every error of syntax is found.
 */
struct regex_tree *
regex_parse(struct str pattern, unsigned flags, struct arena *arena);

/*
 * Its strings, with their lengths: the root of the tree of a pattern that
 * PCRE2 compiled.  NULL when it may match others.
 */
const struct node *
regex_tree(struct str pattern, unsigned flags, struct arena *arena);

/* The group that a node names; NULL: not known.  Of twins the first. */
struct node *
regex_tree_group(const struct regex_tree *tree, const struct node *node);

/* regex_length.c: finds what calls stand for, all lengths and likelihoods. */
void regex_tree_measure(const struct regex_tree *tree);

#endif
