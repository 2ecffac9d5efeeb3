/*
 * keycache: keys that were read, by name, as long as DNS says (RFC 6376 3.6.2).
 *
 * One for each worker, of bounded size: a name takes the place of another.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef DKIM_KEYCACHE_H
#define DKIM_KEYCACHE_H

#include "keyrecord.h"

enum {
	KEYSET_MAX = 4,         /* records of one name */
	KEYCACHE_TTL_MAX = 3600 /* seconds; a revoked key lives no longer */
};

/* The records of one name. */
struct keyset {
	struct keyrecord records[KEYSET_MAX];
	size_t count;
};

void keyset_clear(struct keyset *set);

struct keycache;

struct keycache *keycache_new(void);
void keycache_free(struct keycache *cache);

bool keycache_has(struct keycache *cache, const char *name, int64_t now);

/* False when the name is not there or ran out; otherwise *out is a copy that
 * the caller clears.  now: milliseconds, as dns_now(). */
bool keycache_find(
    struct keycache *cache, const char *name, int64_t now, struct keyset *out);

/* Keeps a copy for ttl seconds; with 0 it keeps nothing. */
void keycache_put(struct keycache *cache, const char *name, int64_t now,
    uint32_t ttl, const struct keyset *set);

#endif
