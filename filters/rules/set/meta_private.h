/*
 * meta_private: what a meta is made of, for meta.c and meta_watch.c.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_META_PRIVATE_H
#define RULES_META_PRIVATE_H

#include "meta.h"

enum { META_STACK_MAX = 64 }; /* values at once, while it is computed */

enum op {
	OP_NUMBER,
	OP_NAME,
	OP_NOT,
	OP_NEGATE,
	OP_SELECT, /* condition ? a : b */
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
	OP_XOR,
	OP_AND,
	OP_OR
};

struct step {
	enum op op;
	unsigned name; /* OP_NAME: its index */
	double number; /* OP_NUMBER */
};

struct name {
	struct str text;
	bool glob;
	const size_t *rules;
	size_t count;
};

struct meta {
	struct step *steps;
	size_t count;
	struct name *names;
	size_t name_count;
};

#endif
