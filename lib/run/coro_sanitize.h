/*
 * coro_sanitize: tells AddressSanitizer and valgrind that stacks change.
 *
 * Without them, every function here is empty.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RUN_CORO_SANITIZE_H
#define RUN_CORO_SANITIZE_H

#include <stddef.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define RUN_WITH_ASAN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define RUN_WITH_ASAN 1
#endif

#ifdef RUN_WITH_ASAN
#include <sanitizer/common_interface_defs.h>
#endif
#if defined(HAVE_CONFIG_H)
#include "config.h"
#endif
#ifdef HAVE_VALGRIND_VALGRIND_H
#include <valgrind/valgrind.h>
#endif

struct sanitize_stack {
	const void *bottom;
	size_t size;
};

/* Before a switch; fake NULL: the stack that is left is not used again. */
static inline void
sanitize_leave(void **fake, const struct sanitize_stack *to)
{
#ifdef RUN_WITH_ASAN
	__sanitizer_start_switch_fiber(fake, to->bottom, to->size);
#else
	(void)fake;
	(void)to;
#endif
}

/* After a switch; from (may be NULL) gets the stack that was left. */
static inline void
sanitize_enter(void *fake, struct sanitize_stack *from)
{
#ifdef RUN_WITH_ASAN
	__sanitizer_finish_switch_fiber(
	    fake, from ? &from->bottom : NULL, from ? &from->size : NULL);
#else
	(void)fake;
	(void)from;
#endif
}

static inline unsigned
sanitize_register(const char *bottom, size_t size)
{
#ifdef HAVE_VALGRIND_VALGRIND_H
	return VALGRIND_STACK_REGISTER(bottom, bottom + size);
#else
	(void)bottom;
	(void)size;
	return 0;
#endif
}

static inline void
sanitize_deregister(unsigned id)
{
#ifdef HAVE_VALGRIND_VALGRIND_H
	VALGRIND_STACK_DEREGISTER(id);
#else
	(void)id;
#endif
}

#endif
