/*
 * dns_zone: a resolver that answers from a file.
 *
 * Names hang in a hash table, those above them too (RFC 8020), so that an
 * empty one between others is DNS_NODATA and not DNS_NXDOMAIN.  Wildcards are
 * those of RFC 4592.  Nothing changes after reading but clock and counts.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "postern/dns_zone.h"
#include "postern/strbuf.h"

#include "dns_zone_parse.h"

enum { CHAIN_MAX = 16, FILE_MAX = 256 << 20 };

/* What one name has of one type. */
struct set {
	struct set *next;
	unsigned type;          /* dns_type, or DNS_ANY */
	enum dns_status status; /* DNS_OK, or what is said instead */
	uint32_t ttl;
	struct dns_record *records;
	size_t count;
};

struct node {
	struct node *next; /* in the same bucket */
	struct str name;   /* wire form, lower case */
	struct set *sets;
};

struct zone {
	struct dns dns; /* first: the resolver is the zone */
	struct arena *arena;
	struct node **buckets;
	size_t mask; /* buckets less one */
	int64_t now;
	struct dns_zone_counts counts;
};

/* FNV-1a; names come from the admin, so nobody chooses collisions. */
static struct node **
bucket(const struct zone *zone, struct str name)
{
	uint64_t hash = 0xcbf29ce484222325;
	size_t i;

	for (i = 0; i < name.len; i++)
		hash = (hash ^ (unsigned char)name.data[i]) * 0x100000001b3;
	return &zone->buckets[(hash ^ hash >> 32) & zone->mask];
}

static struct node *
node_find(const struct zone *zone, struct str name)
{
	struct node *node = *bucket(zone, name);

	while (node && !str_eq(node->name, name))
		node = node->next;
	return node;
}

static struct str
parent(struct str name)
{
	return str_from(name, 1 + (size_t)(unsigned char)name.data[0]);
}

/* The name and, where they are not there yet, all names above it. */
static struct node *
node_get(struct zone *zone, struct str name)
{
	struct node *found = node_find(zone, name), *node, **head;

	if (found)
		return found;
	name = arena_copy(zone->arena, name);
	for (; name.len > 0 && !node_find(zone, name); name = parent(name)) {
		head = bucket(zone, name);
		node = arena_alloc(zone->arena, sizeof(*node));
		*node = (struct node) {.next = *head, .name = name};
		*head = node;
		if (!found)
			found = node;
	}
	return found;
}

/*
 * The node that answers for the name: its own, else the wildcard beside it
 * (RFC 4592 3.3.1), else NULL.
 */
static struct node *
node_match(const struct zone *zone, struct str name)
{
	struct node *node = node_find(zone, name);
	char star[DNS_WIRE_ROOM + 2] = "\1*";

	if (node)
		return node;
	while (name.len > 1 && !node_find(zone, name))
		name = parent(name);
	memcpy(star + 2, name.data, name.len);
	return node_find(zone, str_of(star, 2 + name.len));
}

static struct set *
set_find(const struct node *node, unsigned type)
{
	struct set *set = node->sets;

	while (set && set->type != type)
		set = set->next;
	return set;
}

static struct set *
set_get(struct node *node, unsigned type, struct arena *arena)
{
	struct set *set = set_find(node, type);

	if (set)
		return set;
	set = arena_alloc(arena, sizeof(*set));
	*set =
	    (struct set) {.next = node->sets, .type = type, .ttl = UINT32_MAX};
	node->sets = set;
	return set;
}

/* False when the name already says something else about the type. */
static bool
zone_add(struct zone *zone, const struct dns_zone_line *line)
{
	struct str owner = str_of((const char *)line->owner, line->owner_len);
	struct node *node = node_get(zone, owner);
	bool fresh = !set_find(node, line->type);
	struct set *set = set_get(node, line->type, zone->arena);

	if (fresh)
		set->status = line->status;
	if (line->status != DNS_OK || set->status != DNS_OK)
		return fresh;
	set->records = arena_push(
	    zone->arena, set->records, set->count, sizeof(*set->records));
	set->records[set->count++] = line->record;
	if (line->ttl < set->ttl)
		set->ttl = line->ttl;
	return true;
}

static void
zone_read(struct zone *zone, struct str text, const char *file,
    struct problems *problems)
{
	struct dns_zone_line line;
	struct error err;
	unsigned number = 0;
	struct str each;

	while (str_cut_line(&text, &each)) {
		number++;
		if (!dns_zone_parse(each, zone->arena, &line, &err)) {
			problem_add(problems, file, number, "%s", err.text);
			continue;
		}
		if (line.doubt)
			problem_warn(problems, file, number, "%s", line.doubt);
		if (line.owner_len > 0 && !zone_add(zone, &line))
			problem_add(problems, file, number,
			    "this contradicts an earlier line for the name");
	}
}

static void
records_copy(
    const struct set *set, struct arena *arena, struct dns_answer *answer)
{
	size_t i;

	answer->count = set->count;
	answer->records =
	    arena_array(arena, set->count, sizeof(*answer->records));
	for (i = 0; i < set->count; i++) {
		answer->records[i] = set->records[i];
		answer->records[i].data =
		    arena_copy(arena, set->records[i].data);
	}
}

/* What the node says of the type: records, an alias, a status, nothing. */
static const struct set *
node_answer(const struct node *node, enum dns_type type)
{
	const struct set *set = set_find(node, type);
	const struct set *alias = set_find(node, DNS_CNAME);

	if (set)
		return set;
	if (alias && alias->status == DNS_OK)
		return alias;
	return set_find(node, DNS_ANY);
}

/* Follows aliases to what answers in the end. */
static const struct set *
chain(const struct zone *zone, struct str name, enum dns_type type,
    unsigned char *wire, uint32_t *ttl)
{
	static const struct set loop = {.status = DNS_SERVFAIL};
	static const struct set none = {.status = DNS_NXDOMAIN};
	static const struct set empty = {.status = DNS_NODATA};
	const struct node *node;
	const struct set *set;
	unsigned hops;
	size_t len;

	for (hops = 0; hops <= CHAIN_MAX; hops++) {
		node = node_match(zone, name);
		if (!node)
			return &none;
		set = node_answer(node, type);
		if (!set)
			return &empty;
		if (set->status == DNS_OK && set->ttl < *ttl)
			*ttl = set->ttl;
		if (set->type != DNS_CNAME || type == DNS_CNAME)
			return set;
		dns_name_parse(set->records[0].data, wire, &len);
		name = str_of((const char *)wire, len);
	}
	return &loop;
}

static void
zone_lookup(struct dns *dns, const char *name, enum dns_type type,
    int64_t deadline, struct arena *arena, struct dns_answer *answer)
{
	struct zone *zone = (struct zone *)dns;
	unsigned char wire[DNS_WIRE_ROOM];
	const struct set *set;
	uint32_t ttl = UINT32_MAX;
	size_t len;

	zone->counts.all++;
	zone->counts.txt += type == DNS_TXT;
	*answer = (struct dns_answer) {.status = DNS_NXDOMAIN};
	if (!dns_name_to_wire(name, wire, &len))
		return;
	answer->status = DNS_TIMEOUT;
	if (zone->now >= deadline)
		return;
	dns_name_lower(wire, len);
	set = chain(zone, str_of((const char *)wire, len), type, wire, &ttl);
	answer->status = set->status;
	answer->ttl = ttl == UINT32_MAX ? 0 : ttl;
	records_copy(set, arena, answer);
	if (set->status == DNS_TIMEOUT)
		zone->now = deadline;
}

static void
nothing_prefetch(struct dns *dns, const char *name, enum dns_type type)
{
	(void)dns, (void)name, (void)type;
}

void
dns_zone_set_clock(struct dns *dns, int64_t now)
{
	((struct zone *)dns)->now = now;
}

static int64_t
zone_now(struct dns *dns)
{
	return ((const struct zone *)dns)->now;
}

struct dns *
dns_zone_new(struct str text, const char *file, struct arena *arena,
    struct problems *problems)
{
	struct zone *zone = arena_alloc(arena, sizeof(*zone));
	size_t lines = 1, buckets = 16, i;

	for (i = 0; i < text.len; i++)
		lines += text.data[i] == '\n';
	while (buckets < lines)
		buckets *= 2;
	*zone = (struct zone) {
	    .dns = {zone_lookup, nothing_prefetch, zone_now},
	    .arena = arena,
	    .buckets = arena_array(arena, buckets, sizeof(*zone->buckets)),
	    .mask = buckets - 1,
	};
	zone_read(zone, text, file, problems);
	return &zone->dns;
}

static bool
file_read(const char *file, struct strbuf *out)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	ssize_t got = -1;

	while (fd >= 0 && out->len <= FILE_MAX) {
		got = read(fd, strbuf_grow(out, 65536), 65536);
		if (got <= 0)
			break;
		strbuf_grew(out, (size_t)got);
	}
	if (out->len > FILE_MAX)
		errno = EFBIG;
	if (fd >= 0)
		close(fd);
	return got == 0;
}

struct dns *
dns_zone_load(const char *file, struct arena *arena, struct problems *problems)
{
	struct dns *dns = NULL;
	struct strbuf text;

	strbuf_init(&text);
	if (file_read(file, &text))
		dns = dns_zone_new(strbuf_str(&text), file, arena, problems);
	else
		problem_add(problems, file, 0, "%s", strerror(errno));
	strbuf_clear(&text);
	return dns;
}

static void
offline_lookup(struct dns *dns, const char *name, enum dns_type type,
    int64_t deadline, struct arena *arena, struct dns_answer *answer)
{
	(void)dns, (void)name, (void)type, (void)deadline, (void)arena;
	*answer = (struct dns_answer) {.status = DNS_SERVFAIL};
}

static int64_t
offline_now(struct dns *dns)
{
	(void)dns;
	return 0;
}

struct dns *
dns_offline_new(struct arena *arena)
{
	struct dns *dns = arena_alloc(arena, sizeof(*dns));

	*dns = (struct dns) {offline_lookup, nothing_prefetch, offline_now};
	return dns;
}

struct dns_zone_counts
dns_zone_counts(const struct dns *zone)
{
	return ((const struct zone *)zone)->counts;
}
