/*
 * hunt: where in a text the probes of a group may match.
 *
 * By the words of the group and by its rare parts.  A probe that is neither
 * marked nor one of `always` does not match the text.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_HUNT_H
#define RULES_HUNT_H

#include "lazydfa.h"
#include "plan.h"

struct mark {
	size_t first, last; /* offsets at which a match may start */
	bool set;
	unsigned count, need; /* parts that were found and that must be */
	size_t end;           /* of the last of them */
};

struct hunt {
	const struct group *group;
	struct lazydfa **dfas; /* of each nfa of the plan */
	const bool *through;   /* of each probe: do not mark it */
	struct mark *marks;    /* of each probe; none is set before */
	uint32_t *marked;      /* probes whose mark is set */
	size_t marked_count;

	/* Of the text at hand. */
	bool is_subject;         /* which some probes do not read */
	size_t offset;           /* of a piece of it */
	struct nfa *const *nfas; /* that run together */
};

/*
 * Marks.  A long text goes in pieces of 64 KB, go_on(context) is asked between
 * them and may let others run; when it says no, not all is marked.
 */
void hunt_text(struct hunt *hunt, struct str text, bool is_subject,
    bool (*go_on)(void *context), void *context);

#endif
