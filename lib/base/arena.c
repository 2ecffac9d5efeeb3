/*
 * arena: memory that ends together.
 *
 * A list of blocks; the newest is filled from its front.  What does not fit
 * well into a block gets one of its own.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdio.h>
#include <stdlib.h>

#include "postern/arena.h"
#include "postern/log.h"
#include "postern/xalloc.h"

enum { ALIGN = 16, FIRST_BLOCK = 256, LAST_BLOCK = 64 * 1024 };

struct block {
	struct block *next;
	size_t room;
	size_t used;
	_Alignas(ALIGN) char data[];
};

struct arena {
	struct block *blocks; /* the newest first */
	size_t next_room;
	size_t size;
};

struct arena *
arena_new(void)
{
	struct arena *a = xcalloc(1, sizeof(*a));

	a->next_room = FIRST_BLOCK;
	return a;
}

static void
free_blocks(struct block *block)
{
	struct block *next;

	for (; block; block = next) {
		next = block->next;
		free(block);
	}
}

void
arena_free(struct arena *a)
{
	if (!a)
		return;
	free_blocks(a->blocks);
	free(a);
}

void
arena_reset(struct arena *a)
{
	struct block *kept = a->blocks;

	if (!kept)
		return;
	free_blocks(kept->next);
	kept->next = NULL;
	if (kept->room > LAST_BLOCK) {
		free(kept);
		a->blocks = NULL;
		a->size = 0;
		return;
	}
	memset(kept->data, 0, kept->used);
	kept->used = 0;
	a->size = kept->room;
}

static struct block *
block_new(struct arena *a, size_t room)
{
	struct block *block = xcalloc(1, sizeof(*block) + room);

	block->room = room;
	a->size += room;
	return block;
}

/* A block of its own goes behind the one that is being filled. */
static void *
alloc_large(struct arena *a, size_t size)
{
	struct block *block = block_new(a, size);

	block->used = size;
	if (a->blocks) {
		block->next = a->blocks->next;
		a->blocks->next = block;
	} else {
		a->blocks = block;
	}
	return block->data;
}

void *
arena_alloc(struct arena *a, size_t size)
{
	struct block *block = a->blocks;
	void *p;

	if (size > SIZE_MAX - ALIGN)
		panic("arena: %zu octets", size);
	size = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	if (!block || block->room - block->used < size) {
		if (size > a->next_room / 4)
			return alloc_large(a, size);
		block = block_new(a, a->next_room);
		block->next = a->blocks;
		a->blocks = block;
		if (a->next_room < LAST_BLOCK)
			a->next_room *= 2;
	}
	p = block->data + block->used;
	block->used += size;
	return p;
}

void *
arena_array(struct arena *a, size_t count, size_t size)
{
	size_t all;

	if (__builtin_mul_overflow(count, size, &all))
		panic("arena: %zu times %zu octets", count, size);
	return arena_alloc(a, all);
}

void *
arena_push(struct arena *a, void *at, size_t count, size_t size)
{
	void *more;

	if ((count & (count - 1)) != 0)
		return at;
	more = arena_array(a, count ? count * 2 : 1, size);
	if (count)
		memcpy(more, at, count * size);
	return more;
}

struct str
arena_copy(struct arena *a, struct str s)
{
	char *copy = arena_alloc(a, s.len + 1);

	if (s.len)
		memcpy(copy, s.data, s.len);
	return str_of(copy, s.len);
}

char *
arena_text(struct arena *a, struct str s)
{
	return (char *)arena_copy(a, s).data;
}

struct str
arena_vprintf(struct arena *a, const char *fmt, va_list args)
{
	va_list again;
	char *text;
	int len;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, fmt, args);
	if (len < 0)
		panic("arena: bad format %s", fmt);
	text = arena_alloc(a, (size_t)len + 1);
	vsnprintf(text, (size_t)len + 1, fmt, again);
	va_end(again);
	return str_of(text, (size_t)len);
}

struct str
arena_printf(struct arena *a, const char *fmt, ...)
{
	struct str s;
	va_list args;

	va_start(args, fmt);
	s = arena_vprintf(a, fmt, args);
	va_end(args);
	return s;
}

size_t
arena_size(const struct arena *a)
{
	return a->size;
}
