/*
 * fuzz_redos: the reader of regexes and the search for slow ones.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "filters/rules/redos/redos.h"
#include "filters/rules/regex/perlre.h"
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
	static const unsigned flags[] = {0, PERLRE_CASELESS, PERLRE_DOTALL,
	    PERLRE_EXTENDED, PERLRE_CASELESS | PERLRE_DOTALL,
	    PERLRE_CASELESS | PERLRE_DOTALL | PERLRE_EXTENDED,
	    PERLRE_NO_CAPTURE, PERLRE_EXTENDED | PERLRE_EXTENDED_MORE};
	struct arena *arena = arena_new();
	struct redos found;
	size_t i;

	if (input.len) {
		redos_check(str_from(input, 1),
		    flags[(unsigned char)input.data[0] % 8], arena, &found);
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
