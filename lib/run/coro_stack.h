/*
 * coro_stack: memory that a coroutine runs on.
 *
 * 256 KB above as much that must not be touched: a frame that is too large
 * hits the guard and not a neighbour.  Only pages that were touched cost.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RUN_CORO_STACK_H
#define RUN_CORO_STACK_H

#include <stddef.h>

enum { CORO_STACK_SIZE = 256 * 1024 };

struct coro_stack {
	char *bottom; /* the lowest octet that may be used */
	unsigned valgrind_id;
};

/* Panics when the kernel gives no memory. */
void coro_stack_open(struct coro_stack *stack);
void coro_stack_close(struct coro_stack *stack);

/* Gives back the pages below what is in use; `frame` is in use. */
void coro_stack_trim(struct coro_stack *stack, const char *frame);

#endif
