/*
 * limits: how many sessions there are, over all workers.
 *
 * A count-min sketch: a key is counted in one place of each row, and its count
 * is the least of them, summed over the columns of all workers.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <time.h>

#include "postern/log.h"

#include "limits.h"

enum {
	COLUMNS = 128, /* workers, with those that drain */
	ROWS = 2,
	PLACES = 2048
};

struct column {
	_Atomic uint32_t counts[ROWS][PLACES];
};

struct limits {
	uint64_t secret[ROWS]; /* nobody can choose an address that collides */
	pid_t owners[COLUMNS];
	_Atomic unsigned used; /* columns that were ever taken */
	struct column columns[COLUMNS];
};

struct limits *
limits_new(void)
{
	struct limits *l = mmap(NULL, sizeof(*l), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (l == MAP_FAILED)
		panic("no memory for the limits");
	if (getrandom(l->secret, sizeof(l->secret), 0) !=
	    (ssize_t)sizeof(l->secret))
		l->secret[0] = (uint64_t)time(NULL);
	return l;
}

void
limits_free(struct limits *l)
{
	munmap(l, sizeof(*l));
}

unsigned
limits_take_column(struct limits *l)
{
	unsigned i = 0;

	while (i + 1 < COLUMNS && l->owners[i] != 0)
		i++;
	if (i >= l->used)
		l->used = i + 1;
	return i;
}

void
limits_set_owner(struct limits *l, unsigned column, pid_t pid)
{
	l->owners[column] = pid;
}

void
limits_forget(struct limits *l, pid_t pid)
{
	unsigned i;

	for (i = 0; i < COLUMNS; i++) {
		if (l->owners[i] != pid)
			continue;
		memset(&l->columns[i], 0, sizeof(l->columns[i]));
		l->owners[i] = 0;
	}
}

/* What is counted: a listener, and of it perhaps a network. */
struct key {
	const char *title;
	struct ip net;
	unsigned char prefix;
};

static uint64_t
mix(uint64_t hash, const void *data, size_t len)
{
	const unsigned char *p = data;

	for (; len > 0; len--) {
		hash = (hash ^ *p++) * 0x9e3779b97f4a7c15u;
		hash ^= hash >> 29;
	}
	return hash;
}

static size_t
place_of(const struct limits *l, unsigned row, const struct key *key)
{
	uint64_t hash = l->secret[row] + row;

	hash = mix(hash, key->title, strlen(key->title));
	hash = mix(hash, &key->prefix, 1);
	hash = mix(hash, key->net.octets, key->net.bits / 8);
	return (hash >> 32) % PLACES;
}

static void
count(struct limits *l, unsigned column, const struct key *key, int by)
{
	unsigned row;

	for (row = 0; row < ROWS; row++)
		atomic_fetch_add_explicit(
		    &l->columns[column].counts[row][place_of(l, row, key)],
		    (uint32_t)by, memory_order_relaxed);
}

static uint64_t
sum(struct limits *l, const struct key *key)
{
	uint64_t least = UINT64_MAX, total;
	unsigned row, i;
	size_t place;

	for (row = 0; row < ROWS; row++) {
		place = place_of(l, row, key);
		for (total = i = 0; i < l->used; i++)
			total += atomic_load_explicit(
			    &l->columns[i].counts[row][place],
			    memory_order_relaxed);
		if (total < least)
			least = total;
	}
	return least;
}

enum { KEYS = 3 };

/* The listener, the address (or IPv6 /64), the network around it. */
static size_t
make_keys(const struct listener_conf *conf, const struct ip *ip,
    struct key keys[KEYS])
{
	unsigned near = ip_is_v4(ip) ? 32 : 64, far = ip_is_v4(ip) ? 24 : 48;

	keys[0] = (struct key) {.title = conf->title};
	if (ip->bits == 0 || ip_nets_have(&conf->limit_exceptions, ip))
		return 1;
	keys[1] =
	    (struct key) {conf->title, ip_mask(ip, near), (unsigned char)near};
	keys[2] =
	    (struct key) {conf->title, ip_mask(ip, far), (unsigned char)far};
	return KEYS;
}

enum limits_answer
limits_enter(struct limits *l, unsigned column,
    const struct listener_conf *conf, const struct ip *client)
{
	const unsigned most[KEYS] = {conf->max_sessions,
	    conf->max_sessions_per_address, conf->max_sessions_per_network};
	struct key keys[KEYS];
	size_t i, n = make_keys(conf, client, keys);

	for (i = 0; i < n; i++)
		if (most[i] > 0 && sum(l, &keys[i]) >= most[i])
			return (enum limits_answer)(LIMITS_SESSIONS + i);
	for (i = 0; i < n; i++)
		count(l, column, &keys[i], 1);
	return LIMITS_OK;
}

void
limits_leave(struct limits *l, unsigned column,
    const struct listener_conf *conf, const struct ip *client)
{
	struct key keys[KEYS];
	size_t i, n = make_keys(conf, client, keys);

	for (i = 0; i < n; i++)
		count(l, column, &keys[i], -1);
}
