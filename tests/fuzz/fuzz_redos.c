/*
 * fuzz_redos: the reader of regexes and the search for slow ones.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "filters/rules/redos/redos.h"
#include "fuzz.h"

static void
must(bool holds)
{
	if (!holds)
		abort();
}

/* The first octet chooses the flags. */
static void
run_redos(struct str input)
{
	static const char *const flags[] = {"", "i", "s", "x", "is", "isx"};
	struct arena *arena = arena_new();
	struct redos found;
	size_t i;

	if (input.len) {
		redos_check(str_from(input, 1),
		    str_c(flags[(unsigned char)input.data[0] % 6]), arena,
		    &found);
		must(found.count <= REDOS_ATTACKS);
		for (i = 0; i < found.count; i++)
			must(found.attacks[i].pump.len > 0);
	}
	arena_free(arena);
}

const struct fuzz_target fuzz_targets[] = {
    {"redos", run_redos},
    {NULL, NULL},
};
