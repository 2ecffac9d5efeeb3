/*
 * keycache: keys that were read, by name, as long as DNS says.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdlib.h>

#include "postern/xalloc.h"

#include "keycache.h"

enum { SLOTS = 1024, MS = 1000 };

struct entry {
	int64_t expires; /* as dns_now() */
	struct keyset set;
	char name[];
};

struct keycache {
	struct entry *slots[SLOTS];
};

/* FNV-1a.  Who aims at a slot drives another key out, and no more. */
static struct entry **
slot_of(struct keycache *cache, const char *name)
{
	uint64_t hash = 0xcbf29ce484222325;

	for (; *name; name++)
		hash =
		    (hash ^ (unsigned char)ascii_lower(*name)) * 0x100000001b3;
	return &cache->slots[(hash ^ hash >> 32) % SLOTS];
}

static void
set_copy(const struct keyset *set, struct keyset *out)
{
	size_t i;

	out->count = set->count;
	for (i = 0; i < set->count; i++)
		keyrecord_copy(&set->records[i], &out->records[i]);
}

void
keyset_clear(struct keyset *set)
{
	while (set->count > 0)
		keyrecord_clear(&set->records[--set->count]);
}

static void
drop(struct entry **slot)
{
	if (*slot)
		keyset_clear(&(*slot)->set);
	free(*slot);
	*slot = NULL;
}

struct keycache *
keycache_new(void)
{
	return xcalloc(1, sizeof(struct keycache));
}

void
keycache_free(struct keycache *cache)
{
	size_t i;

	for (i = 0; cache && i < SLOTS; i++)
		drop(&cache->slots[i]);
	free(cache);
}

/* The entry of that name, or NULL. */
static const struct entry *
entry_of(struct keycache *cache, const char *name, int64_t now)
{
	struct entry **slot = slot_of(cache, name);

	if (!*slot || !str_case_is(str_c((*slot)->name), name))
		return NULL;
	if ((*slot)->expires <= now)
		drop(slot);
	return *slot;
}

bool
keycache_has(struct keycache *cache, const char *name, int64_t now)
{
	return entry_of(cache, name, now) != NULL;
}

bool
keycache_find(
    struct keycache *cache, const char *name, int64_t now, struct keyset *out)
{
	const struct entry *entry = entry_of(cache, name, now);

	if (entry)
		set_copy(&entry->set, out);
	return entry != NULL;
}

void
keycache_put(struct keycache *cache, const char *name, int64_t now,
    uint32_t ttl, const struct keyset *set)
{
	struct entry **slot = slot_of(cache, name);
	size_t size = strlen(name) + 1;

	if (ttl == 0)
		return;
	if (ttl > KEYCACHE_TTL_MAX)
		ttl = KEYCACHE_TTL_MAX;
	drop(slot);
	*slot = xcalloc(1, sizeof(**slot) + size);
	memcpy((*slot)->name, name, size);
	(*slot)->expires = now + (int64_t)ttl * MS;
	set_copy(set, &(*slot)->set);
}
