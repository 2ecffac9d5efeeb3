/*
 * counters: what each rule did, in a file that other processes map.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "postern/xalloc.h"

#include "counters.h"

enum { COLUMNS = 32, RULES_MAX = 1000000, VERSION = 1 };

static const char magic[8] = "postern";

struct head {
	char magic[8];
	uint32_t version, rules, columns;
	_Atomic uint32_t taken; /* columns handed out */
	int64_t since;
	_Atomic uint64_t mails;
};

struct label {
	char name[100], where[152];
	int32_t score;
};

struct counters {
	struct head *head; /* then labels, then columns of counters */
	const struct label *labels;
	struct counter *counters;
	size_t size;
};

static size_t
size_for(size_t rules, size_t columns)
{
	return sizeof(struct head) + rules * sizeof(struct label) +
	    rules * columns * sizeof(struct counter);
}

static struct counters *
wrap(void *at, size_t rules, size_t size)
{
	struct counters *c = xcalloc(1, sizeof(*c));

	c->head = at;
	c->labels = (const struct label *)(c->head + 1);
	c->counters = (struct counter *)(c->labels + rules);
	c->size = size;
	return c;
}

static void
fill(struct counters *c, const struct ruleset *set)
{
	struct label *labels = (struct label *)(c->head + 1);
	const struct rule *rule;
	size_t i;

	memcpy(c->head->magic, magic, sizeof(magic));
	c->head->version = VERSION;
	c->head->rules = (uint32_t)set->count;
	c->head->columns = COLUMNS;
	c->head->since = time(NULL);
	for (i = 0; i < set->count; i++) {
		rule = &set->rules[i];
		snprintf(
		    labels[i].name, sizeof(labels[i].name), "%s", rule->name);
		snprintf(labels[i].where, sizeof(labels[i].where), "%s",
		    rule->where ? rule->where : "");
		labels[i].score = rule->score;
	}
}

/* A new file beside the old one, then in its place. */
struct counters *
counters_create(const char *path, const struct ruleset *set, struct error *err)
{
	size_t size = size_for(set->count, COLUMNS);
	char fresh[4096];
	struct counters *c;
	void *at = MAP_FAILED;
	int fd;

	if (snprintf(fresh, sizeof(fresh), "%s.new", path) >=
	    (int)sizeof(fresh)) {
		error_set(err, "%s: the path is too long", path);
		return NULL;
	}
	unlink(fresh);
	fd = open(
	    fresh, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd >= 0 && posix_fallocate(fd, 0, (off_t)size) == 0)
		at =
		    mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (fd >= 0)
		close(fd);
	if (at == MAP_FAILED) {
		error_set(err, "%s: %s", fresh, strerror(errno));
		unlink(fresh);
		return NULL;
	}
	c = wrap(at, set->count, size);
	fill(c, set);
	if (rename(fresh, path) == 0)
		return c;
	error_set(err, "%s: %s", path, strerror(errno));
	unlink(fresh);
	counters_close(c);
	return NULL;
}

static bool
is_whole(const struct head *head, size_t size)
{
	return size >= sizeof(*head) &&
	    memcmp(head->magic, magic, sizeof(magic)) == 0 &&
	    head->version == VERSION && head->rules <= RULES_MAX &&
	    head->columns <= 1024 &&
	    size == size_for(head->rules, head->columns);
}

static bool
has_ends(const struct counters *c)
{
	size_t i;

	for (i = 0; i < c->head->rules; i++)
		if (!memchr(
			c->labels[i].name, '\0', sizeof(c->labels[i].name)) ||
		    !memchr(
			c->labels[i].where, '\0', sizeof(c->labels[i].where)))
			return false;
	return true;
}

struct counters *
counters_open(const char *path, struct error *err)
{
	struct counters *c;
	struct stat st;
	void *at = MAP_FAILED;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0 && fstat(fd, &st) == 0 && st.st_size > 0)
		at = mmap(
		    NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	else if (fd >= 0)
		errno = EINVAL;
	if (fd >= 0)
		close(fd);
	if (at == MAP_FAILED) {
		error_set(err, "%s: %s", path, strerror(errno));
		return NULL;
	}
	if (!is_whole(at, (size_t)st.st_size)) {
		error_set(err, "%s: these are no counters of rules", path);
		munmap(at, (size_t)st.st_size);
		return NULL;
	}
	c = wrap(at, ((struct head *)at)->rules, (size_t)st.st_size);
	if (has_ends(c))
		return c;
	error_set(err, "%s: these are no counters of rules", path);
	counters_close(c);
	return NULL;
}

void
counters_close(struct counters *c)
{
	if (!c)
		return;
	munmap(c->head, c->size);
	free(c);
}

/* When there are more writers than columns, some share one. */
struct counter *
counters_column(struct counters *c)
{
	uint32_t column =
	    atomic_fetch_add_explicit(&c->head->taken, 1, memory_order_relaxed);

	return c->counters +
	    (size_t)(column % c->head->columns) * c->head->rules;
}

void
counters_add_mail(struct counters *c)
{
	atomic_fetch_add_explicit(&c->head->mails, 1, memory_order_relaxed);
}

void
counters_add_hit(struct counter *column, size_t rule, int64_t time)
{
	atomic_fetch_add_explicit(&column[rule].hits, 1, memory_order_relaxed);
	atomic_store_explicit(
	    &column[rule].last, (uint64_t)time, memory_order_relaxed);
}

void
counters_add_error(struct counter *column, size_t rule)
{
	atomic_fetch_add_explicit(
	    &column[rule].errors, 1, memory_order_relaxed);
}

void
counters_add_spent(struct counter *column, size_t rule, uint64_t ns)
{
	atomic_fetch_add_explicit(
	    &column[rule].spent, ns * COUNTERS_MEASURED, memory_order_relaxed);
}

size_t
counters_rules(const struct counters *c)
{
	return c->head->rules;
}

uint64_t
counters_mails(const struct counters *c)
{
	return atomic_load_explicit(&c->head->mails, memory_order_relaxed);
}

int64_t
counters_since(const struct counters *c)
{
	return c->head->since;
}

void
counters_sum(const struct counters *c, size_t rule, struct counter_sum *out)
{
	const struct counter *one = c->counters + rule;
	uint64_t last;
	uint32_t i;

	*out = (struct counter_sum) {
	    .name = c->labels[rule].name,
	    .where = c->labels[rule].where,
	    .score = c->labels[rule].score,
	};
	for (i = 0; i < c->head->columns; i++, one += c->head->rules) {
		out->hits +=
		    atomic_load_explicit(&one->hits, memory_order_relaxed);
		out->spent +=
		    atomic_load_explicit(&one->spent, memory_order_relaxed);
		out->errors +=
		    atomic_load_explicit(&one->errors, memory_order_relaxed);
		last = atomic_load_explicit(&one->last, memory_order_relaxed);
		if (last > out->last)
			out->last = last;
	}
}
