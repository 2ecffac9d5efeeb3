/*
 * arena: memory that ends together.
 *
 * A session has one arena, each transaction another; what is allocated in
 * them is never freed alone.  Allocation does not fail: it panics.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_ARENA_H
#define POSTERN_ARENA_H

#include <stdarg.h>

#include "postern/str.h"

struct arena;

struct arena *arena_new(void);

/* Ends everything allocated in it.  NULL is allowed. */
void arena_free(struct arena *a);

/* Ends everything allocated in it and keeps one block for the next use. */
void arena_reset(struct arena *a);

/* Zeroed, aligned for any type. */
void *arena_alloc(struct arena *a, size_t size);

/* Zeroed room for `count` things of `size` octets; panics on overflow. */
void *arena_array(struct arena *a, size_t count, size_t size);

/*
 * Room for one more thing of `size` octets behind the `count` in the array at:
 * returns the array, which may have moved, with a zeroed place at index count.
 * Only for arrays that this call made from NULL, one push for each count.
 */
void *arena_push(struct arena *a, void *at, size_t count, size_t size);

/* A copy that ends in NUL (not counted). */
struct str arena_copy(struct arena *a, struct str s);
char *arena_text(struct arena *a, struct str s);

struct str arena_printf(struct arena *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
struct str arena_vprintf(struct arena *a, const char *fmt, va_list args)
    __attribute__((format(printf, 2, 0)));

/* Octets taken from the heap so far. */
size_t arena_size(const struct arena *a);

#endif
