/*
 * oracle_break: mails broken at random, the same ones for the same seed.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef TESTS_ORACLE_BREAK_H
#define TESTS_ORACLE_BREAK_H

#include "postern/arena.h"

struct breaker {
	struct arena *arena;
	uint64_t random;
	struct str *lines; /* each with its line end */
	size_t count;
	char done[400]; /* the names of what was done */
};

void break_seed(struct breaker *b, uint64_t seed, uint64_t number);
size_t break_pick(struct breaker *b, size_t below);

/* A mail made of one or both, some of its lines broken. */
struct str break_mail(struct breaker *b, struct str mail, struct str other);

#endif
