/*
 * xalloc: heap memory that is there or the program panics.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>
#include <string.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "postern/log.h"
#include "postern/xalloc.h"

void *
xcalloc(size_t count, size_t size)
{
	void *p = calloc(count ? count : 1, size ? size : 1);

	if (!p)
		panic("out of memory: %zu times %zu octets", count, size);
	return p;
}

void *
xrealloc(void *old, size_t size)
{
	void *p = realloc(old, size ? size : 1);

	if (!p)
		panic("out of memory: %zu octets", size);
	return p;
}

char *
xstrdup(const char *text)
{
	char *p = strdup(text);

	if (!p)
		panic("out of memory: %zu octets", strlen(text));
	return p;
}

void
xtrim(void)
{
#ifdef __GLIBC__
	malloc_trim(0);
#endif
}
