/*
 * verify: all signatures of one mail, each with its result and reason
 * (RFC 6376 6.1).
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef DKIM_VERIFY_H
#define DKIM_VERIFY_H

#include "postern/scan.h"
#include "postern/setting.h"

#include "bodyhash.h"
#include "engine.h"
#include "keycache.h"

enum engine_choice { ENGINE_OPENDKIM, ENGINE_NATIVE };
enum witness_choice { WITNESS_NONE, WITNESS_OPENDKIM, WITNESS_NATIVE };

/* The filter's settings. */
struct dkim_conf {
	int engine;
	int witness;
	unsigned min_bits;
	unsigned max_seen;
	unsigned max_verified;
	int64_t timeout;
	struct reaction on_fail;
	struct reaction on_none;
	struct reaction on_temperror;
};

/* What a worker keeps between mails. */
struct verify_lane {
	struct keycache *keys;
	unsigned long witnessed;
	unsigned long differences; /* between engine and witness */
};

/* One mail's passage. */
struct verify {
	const struct dkim_conf *conf;
	struct opendkim_library *lib;
	struct verify_lane *lane; /* may be NULL: nothing is kept */
	struct scan *scan;
	int64_t deadline;

	struct signature *sigs; /* in header order */
	size_t count;
	struct bodyhash *hashes; /* shared between signatures */
	size_t hash_count;
};

/* Fills sigs, each with a result.  WAITS for keys, until the deadline. */
void verify_run(struct verify *v) WAITS;

#endif
