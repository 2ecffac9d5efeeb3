/*
 * regex_tree: what strings a regex can match, as a tree.
 *
 * A reading of the syntax of PCRE2 that errs on one side only: every string
 * that the regex matches is a string of the tree.  Look-around, boundaries and
 * anchors are the empty string; a backreference, a conditional or whatever is
 * not understood is any string.  NULL when even that would not be true.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_REGEX_TREE_H
#define RULES_REGEX_TREE_H

#include "postern/arena.h"

enum { REGEX_UNLIMITED = 1 << 20 };

enum node_kind {
	NODE_EMPTY,
	NODE_ANY,    /* any string, of any length */
	NODE_SET,    /* one octet of a set */
	NODE_CONCAT, /* children in order */
	NODE_ALT,    /* one of the children */
	NODE_REPEAT, /* the only child, min to max times */
	NODE_GROUP,  /* the only child, which has a name */
	NODE_CALL    /* the group of that name */
};

/* Of octets. */
struct octets {
	uint64_t bits[4];
};

struct node {
	enum node_kind kind;
	struct octets set;
	unsigned min, max;      /* of a repeat; REGEX_UNLIMITED */
	struct str name;        /* of a group or call */
	struct node *first;     /* children */
	struct node *last;      /* of them; of use while parsing */
	struct node *next;      /* sibling */
	const struct node *def; /* of a call: the group; NULL: any string */
	/* How long its strings are, and how many sets it spells out, about;
	 * filled last. */
	unsigned shortest, longest, size;
	/* That a string of it begins at an octet of mail: 0 to 1, a guess. */
	double likelihood;
	enum { LENGTHS_UNKNOWN, LENGTHS_BEGUN, LENGTHS_KNOWN } lengths;
};

enum {
	REGEX_CASELESS = 1,
	REGEX_EXTENDED = 2, /* white space and comments do not count */
	REGEX_EXTENDED_MORE = 4
};

/*
 * The pattern without its delimiters.  It must be one that PCRE2 compiled:
 * errors of syntax are not found here.
 */
const struct node *
regex_tree(struct str pattern, unsigned flags, struct arena *arena);

static inline void
octets_add(struct octets *set, unsigned char octet)
{
	set->bits[octet >> 6] |= (uint64_t)1 << (octet & 63);
}

static inline bool
octets_has(const struct octets *set, unsigned char octet)
{
	return set->bits[octet >> 6] >> (octet & 63) & 1;
}

/* regex_length.c: finds the groups of calls, all lengths and likelihoods. */
void
regex_tree_finish(struct node *root, struct node **groups, size_t group_count);

/* How often one octet of mail, folded to lower case, is this one. */
double octet_share(unsigned char octet);

/* regex_class.c */

void octets_fill(struct octets *set);
void octets_add_range(struct octets *set, unsigned from, unsigned to);
void octets_invert(struct octets *set);
/* ASCII letters in both cases. */
void octets_fold(struct octets *set);

/*
 * Adds what the escape \d, \D, \s, \S, \w, \W, \h, \H, \v, \V, \N or \C
 * stands for; false for others.
 */
bool octets_add_escape(struct octets *set, char letter);

/* One octet by escape, such as \n, \x41 or \012, from behind the backslash on:
 * how much of the text it took, 0 when it is something else. */
size_t regex_escape(struct str text, unsigned char *octet);

/* "[...]" from behind the bracket: how much it took. */
size_t regex_class(struct str text, unsigned flags, struct octets *set);

#endif
