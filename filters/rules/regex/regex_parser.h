/*
 * regex_parser: what the parts of the reader of regexes share.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_REGEX_PARSER_H
#define RULES_REGEX_PARSER_H

#include "perlre.h"
#include "regex_tree.h"

struct parser {
	struct str text;
	size_t at;
	unsigned flags; /* bits PERLRE_ */
	bool quoted;    /* between \Q and \E */
	struct arena *arena;
	struct regex_tree *tree;
	unsigned number; /* of the last group that was opened */
	unsigned depth;
	size_t nodes;
	bool failed;
};

struct node *parser_node(struct parser *p, enum node_kind kind);
struct node *
parser_detail(struct parser *p, enum node_kind kind, enum node_detail detail);
void parser_append(struct node *parent, struct node *child);

/* The next octet; NUL at the end. */
char parser_peek(const struct parser *p);
struct str parser_rest(const struct parser *p);

/* Takes the word when it is next. */
bool parser_take(struct parser *p, const char *word);

/* Takes what is before `end`, and `end` with it; fails where it is missing. */
struct str parser_until(struct parser *p, char end);

/* One octet of the set, in both cases where the flags say so. */
struct node *parser_set(struct parser *p, const struct octets *set);
struct node *parser_octet(struct parser *p, char octet);

/* Any octet, or any but a newline. */
struct node *parser_dot(struct parser *p, bool newline);

/* A node of that kind that names a group: 2, -1, name. */
struct node *
parser_named(struct parser *p, enum node_kind kind, struct str name);

/* The inside of a group and its closing bracket; flags set within end with
 * it.  reset: each alternative numbers its groups anew. */
struct node *parser_inside(struct parser *p, bool reset);

/* regex_group.c: behind "(". */
struct node *parser_group(struct parser *p);

/* regex_escape.c: behind a backslash. */
struct node *parser_escape(struct parser *p);

/* One octet by escape, such as \n, \x41, \012 or \cA, behind the backslash:
 * how much of the text it took, 0 when it is something else. */
size_t regex_escape(struct str text, unsigned char *octet);

/* Up to three octal digits: how many. */
size_t regex_octal(struct str text, unsigned char *octet);

/*
 * regex_class.c: adds what the escape \d, \D, \s, \S, \w, \W, \h, \H, \v, \V
 * or \N stands for; false for others.
 */
bool regex_class_letter(struct octets *set, char letter);

/* "[...]" from behind the bracket: how much it took, 0 when it does not end.
 * *guess is set when the set is larger than the class. */
size_t
regex_class(struct str text, unsigned flags, struct octets *set, bool *guess);

#endif
