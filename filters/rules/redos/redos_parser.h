/*
 * redos_parser: what the two halves of the regex parser share.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_REDOS_PARSER_H
#define RULES_REDOS_PARSER_H

#include "redos_tree.h"

struct parser {
	struct str text;
	size_t at;
	struct arena *arena;
	struct redos_tree *tree;
	bool fold, extended, dot_all;
	bool failed;
	unsigned depth;
};

struct redos_node *parser_node(struct parser *p, enum redos_op op);

/* The next octet; NUL at the end. */
char parser_peek(const struct parser *p);
struct str parser_rest(const struct parser *p);

/* Takes the word when it is next. */
bool parser_take(struct parser *p, const char *word);

/* Takes what is before `end`, and `end` with it. */
struct str parser_until(struct parser *p, char end);

struct redos_node *parser_set(struct parser *p, const struct redos_set *set);
struct redos_node *parser_octet(struct parser *p, char c);
struct redos_node *parser_any(struct parser *p, bool newline);
struct redos_node *parser_assert(struct parser *p, bool start);

/* A node that can only be guessed at. */
struct redos_node *parser_guess(struct parser *p, enum redos_op op);

/* A group's number or name: 2, -1, name. */
void parser_name(struct parser *p, struct redos_node *node, struct str name);

/* Behind a backslash. */
struct redos_node *parser_escape(struct parser *p);

#endif
