/*
 * coro_stack: memory that a coroutine runs on.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "postern/log.h"

#include "coro_sanitize.h"
#include "coro_stack.h"

enum {
	GUARD_SIZE = 256 * 1024, /* a 4 KB guard was jumped by a large frame */
	PAGE = 4096,
	BELOW = 1024 /* octets below a frame that may still be its own */
};

void
coro_stack_open(struct coro_stack *stack)
{
	char *low =
	    mmap(NULL, GUARD_SIZE + CORO_STACK_SIZE, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);

	if (low == MAP_FAILED)
		panic("no memory for a stack: %s", strerror(errno));
	if (mprotect(low, GUARD_SIZE, PROT_NONE) != 0)
		panic("no guard for a stack (vm.max_map_count?): %s",
		    strerror(errno));
	stack->bottom = low + GUARD_SIZE;
	stack->valgrind_id = sanitize_register(stack->bottom, CORO_STACK_SIZE);
}

void
coro_stack_close(struct coro_stack *stack)
{
	sanitize_deregister(stack->valgrind_id);
	munmap(stack->bottom - GUARD_SIZE, GUARD_SIZE + CORO_STACK_SIZE);
	stack->bottom = NULL;
}

void
coro_stack_trim(struct coro_stack *stack, const char *frame)
{
	size_t unused = (size_t)(frame - stack->bottom);

	if (unused < BELOW + PAGE)
		return;
	unused = (unused - BELOW) / PAGE * PAGE;
	madvise(stack->bottom, unused, MADV_DONTNEED);
}
