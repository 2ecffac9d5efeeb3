/*
 * xalloc: heap memory that is there or the program panics.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_XALLOC_H
#define POSTERN_XALLOC_H

#include <stddef.h>

/* Zeroed room for `count` things of `size` octets.  Free it with free(). */
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *old, size_t size);
char *xstrdup(const char *text);

/* Gives back to the system what was freed; worth its while after something
 * large.  Does nothing where the C library has no such thing. */
void xtrim(void);

#endif
