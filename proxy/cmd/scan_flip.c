/*
 * scan_flip: which rule tipped the scale.
 *
 * The policy itself is asked again, with what is left of the findings.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "scan_flip.h"

static bool
is_by(const struct wish *wish, const struct hit *hit)
{
	return wish->source && strcmp(wish->source, hit->name) == 0;
}

/* The same passage without one hit and what its rule asked for. */
static void
leave_out(const struct scan *scan, size_t index, struct scan *out)
{
	size_t i;

	*out = *scan;
	out->hits =
	    arena_array(scan->arena, scan->hit_count + 1, sizeof(*out->hits));
	out->wishes = arena_array(
	    scan->arena, scan->wish_count + 1, sizeof(*out->wishes));
	out->hit_count = out->wish_count = 0;
	for (i = 0; i < scan->hit_count; i++)
		if (i != index)
			out->hits[out->hit_count++] = scan->hits[i];
	for (i = 0; i < scan->wish_count; i++)
		if (!is_by(&scan->wishes[i], &scan->hits[index]))
			out->wishes[out->wish_count++] = scan->wishes[i];
}

bool
scan_flip(const struct chain *chain, const struct scan *scan,
    const struct verdict *verdict, struct flip *out)
{
	struct verdict other;
	struct scan rest;
	size_t i;

	out->hit = NULL;
	for (i = 0; i < scan->hit_count; i++) {
		if (out->hit &&
		    abs(scan->hits[i].score) >= abs(out->hit->score))
			continue;
		leave_out(scan, i, &rest);
		chain_decide(chain, &rest, &other);
		if (other.would == verdict->would)
			continue;
		out->hit = &scan->hits[i];
		out->verdict = other;
	}
	return out->hit != NULL;
}
