/*
 * filter: one link of the chain, as one exported constant.
 *
 * A filter finds; it never decides.  check cannot fail: when it cannot say,
 * it calls scan_add_undecided.  It may wait only in scan->dns, never past
 * scan->deadline, and keeps no pointer into the scan past its return.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_FILTER_H
#define POSTERN_FILTER_H

#include "postern/problem.h"
#include "postern/scan.h"
#include "postern/setting.h"

struct filter {
	const char *name;
	const char *summary; /* one line */
	unsigned stages;     /* bits: 1u << STAGE_MAIL | ... */
	const struct setting *settings;
	size_t config_size;

	/*
	 * Once, in the master.  config stays valid until close.  Every problem
	 * is noted; NULL when one of them is an error.  What it returns is
	 * read-only from then on: many checks share it, also across fork.
	 * Optional when there is nothing to open: self is then config.
	 */
	void *(*open)(const void *config, struct problems *problems);

	/*
	 * Optional, and only in a server: after open and before there are
	 * lanes.  What is counted is kept in files of this directory, where
	 * tools find it.
	 */
	bool (*publish)(void *self, const char *directory, struct error *err);

	/*
	 * Once for each worker or thread, after fork: caches, match stacks,
	 * counters.  Optional: lane is then NULL.  Never held across a wait.
	 */
	void *(*lane_open)(const void *self);

	/* At each stage of `stages`, in stage order.  WAITS. */
	void (*check)(
	    const void *self, void *lane, enum stage stage, struct scan *scan);

	/*
	 * Optional: the score from which the filter's own files want mail
	 * marked, in thousandths; 0 when they say none.
	 */
	int (*tag_score)(const void *self);

	/* Optional: logs how it differs from the one that it replaces. */
	void (*compare)(const void *self, const void *replaced);

	void (*lane_close)(void *lane); /* optional */
	void (*close)(void *self);      /* optional */
};

#endif
