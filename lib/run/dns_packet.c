/*
 * dns_packet: an answer packet (RFC 1035) to a dns_answer.
 *
 * Pure: looks at the octets it is given and at nothing else.  Bounded: names
 * only jump backwards, so that nothing can loop, and the answer section is
 * read at most once for each of 16 aliases.  Whatever is not as it should be
 * makes the whole packet DNS_SERVFAIL.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/dns_packet.h"

enum {
	FLAG_RESPONSE = 0x8000,
	FLAG_CUT = 0x0200,
	FLAG_RCODE = 0x000f,
	JUMPS_MAX = 127, /* a name has no more labels than that */
	RECORDS_MAX = 1000,
	CHAIN_MAX = 16,
	CLASS_IN = 1,
	RCODE_NXDOMAIN = 3
};

struct reader {
	const unsigned char *data;
	size_t len;
	size_t at;
};

/* A packet whose sections all have their shape. */
struct packet {
	struct reader answers; /* stands at the first record */
	unsigned count;
	unsigned rcode;
};

struct name {
	unsigned char wire[DNS_WIRE_ROOM]; /* lower case */
	size_t len;
};

struct rr {
	struct name owner;
	unsigned type;
	unsigned class;
	uint32_t ttl;
	struct reader rdata; /* len is where the RDATA ends */
};

static bool
uint_read(struct reader *r, unsigned octets, uint32_t *out)
{
	if (r->len - r->at < octets)
		return false;
	for (*out = 0; octets > 0; octets--)
		*out = *out << 8 | r->data[r->at++];
	return true;
}

/* Where the pointer (RFC 1035 4.1.4) at `at` leads: always backwards. */
static bool
pointer_read(struct reader *r, size_t start, size_t *target)
{
	uint32_t value;

	if (!uint_read(r, 2, &value))
		return false;
	*target = value & 0x3fff;
	return *target < start;
}

/* Appends the label at r->at and moves behind it; *root: it was the last. */
static bool
label_read(struct reader *r, struct name *name, bool *root)
{
	size_t size;

	if (r->at >= r->len)
		return false;
	size = 1 + (size_t)r->data[r->at];
	*root = size == 1;
	if (size > 1 + DNS_LABEL_MAX || r->len - r->at < size)
		return false;
	/* Behind every other label there must be room for the root. */
	if (name->len + size > DNS_WIRE_MAX - (*root ? 0 : 1))
		return false;
	memcpy(name->wire + name->len, r->data + r->at, size);
	name->len += size;
	r->at += size;
	return true;
}

static bool
name_read(struct reader *r, struct name *name)
{
	struct reader part = *r;
	size_t start = r->at;
	unsigned jumps = 0;
	bool root = false;

	name->len = 0;
	while (!root) {
		if (part.at < part.len && part.data[part.at] >= 0xc0) {
			if (!pointer_read(&part, start, &start))
				return false;
			if (jumps++ == 0)
				r->at = part.at;
			if (jumps > JUMPS_MAX)
				return false;
			part.at = start;
		} else if (!label_read(&part, name, &root)) {
			return false;
		}
	}
	if (jumps == 0)
		r->at = part.at;
	dns_name_lower(name->wire, name->len);
	return true;
}

static bool
rr_read(struct reader *r, struct rr *rr)
{
	uint32_t type, class, len;

	if (!name_read(r, &rr->owner) || !uint_read(r, 2, &type) ||
	    !uint_read(r, 2, &class) || !uint_read(r, 4, &rr->ttl) ||
	    !uint_read(r, 2, &len) || r->len - r->at < len)
		return false;
	rr->type = type;
	rr->class = class;
	if (rr->ttl > INT32_MAX) /* RFC 2181 8 */
		rr->ttl = 0;
	rr->rdata = (struct reader) {r->data, r->at + len, r->at};
	r->at += len;
	return true;
}

static bool
question_skip(struct reader *r)
{
	struct name name;
	uint32_t rest;

	return name_read(r, &name) && uint_read(r, 4, &rest);
}

/* Walks every section; true when the packet is whole and nothing is over. */
static bool
packet_open(struct str octets, struct packet *p)
{
	struct reader r = {(const unsigned char *)octets.data, octets.len, 0};
	uint32_t id, flags, questions, answers, authority, additional, i;
	struct rr rr;

	if (!uint_read(&r, 2, &id) || !uint_read(&r, 2, &flags) ||
	    !uint_read(&r, 2, &questions) || !uint_read(&r, 2, &answers) ||
	    !uint_read(&r, 2, &authority) || !uint_read(&r, 2, &additional))
		return false;
	if (!(flags & FLAG_RESPONSE) || flags & FLAG_CUT ||
	    answers > RECORDS_MAX)
		return false;
	for (i = 0; i < questions; i++)
		if (!question_skip(&r))
			return false;
	p->answers = r;
	p->count = answers;
	p->rcode = flags & FLAG_RCODE;
	for (i = 0; i < answers + authority + additional; i++)
		if (!rr_read(&r, &rr))
			return false;
	return r.at == r.len;
}

/* RDATA that is a name from r on. */
static bool
rdata_name(struct reader r, struct arena *arena, struct str *out)
{
	struct name name;

	if (!name_read(&r, &name) || r.at != r.len)
		return false;
	*out = dns_name_text(name.wire, arena);
	return true;
}

/* The primary's name; the mailbox and five numbers must be there. */
static bool
rdata_soa(struct reader r, struct arena *arena, struct str *out)
{
	struct name primary, mailbox;

	if (!name_read(&r, &primary) || !name_read(&r, &mailbox) ||
	    r.len - r.at != 20)
		return false;
	*out = dns_name_text(primary.wire, arena);
	return true;
}

/* Character strings joined (RFC 7208 3.3); at least one. */
static bool
rdata_text(struct reader r, struct arena *arena, struct str *out)
{
	char *text = arena_alloc(arena, r.len - r.at + 1);
	size_t used = 0, len;

	if (r.at == r.len)
		return false;
	while (r.at < r.len) {
		len = r.data[r.at++];
		if (r.len - r.at < len)
			return false;
		memcpy(text + used, r.data + r.at, len);
		used += len;
		r.at += len;
	}
	*out = str_of(text, used);
	return true;
}

static bool
rdata_octets(
    struct reader r, size_t expected, struct arena *arena, struct str *out)
{
	if (expected && r.len - r.at != expected)
		return false;
	*out = arena_copy(
	    arena, str_of((const char *)r.data + r.at, r.len - r.at));
	return true;
}

static bool
record_read(const struct rr *rr, struct arena *arena, struct dns_record *record)
{
	struct reader r = rr->rdata;
	uint32_t preference;

	switch (rr->type) {
	case DNS_A:
		return rdata_octets(r, 4, arena, &record->data);
	case DNS_AAAA:
		return rdata_octets(r, 16, arena, &record->data);
	case DNS_TXT:
	case DNS_SPF:
		return rdata_text(r, arena, &record->data);
	case DNS_MX:
		if (!uint_read(&r, 2, &preference))
			return false;
		record->preference = preference;
		return rdata_name(r, arena, &record->data);
	case DNS_NS:
	case DNS_CNAME:
	case DNS_PTR:
		return rdata_name(r, arena, &record->data);
	case DNS_SOA:
		return rdata_soa(r, arena, &record->data);
	default:
		return rdata_octets(r, 0, arena, &record->data);
	}
}

static void
ttl_lower(struct dns_answer *answer, uint32_t ttl)
{
	if (ttl < answer->ttl)
		answer->ttl = ttl;
}

static bool
rr_is(const struct rr *rr, const struct name *owner, enum dns_type type)
{
	return rr->class == CLASS_IN && rr->type == (unsigned)type &&
	    rr->owner.len == owner->len &&
	    memcmp(rr->owner.wire, owner->wire, owner->len) == 0;
}

static bool
records_read(const struct packet *p, const struct name *owner,
    enum dns_type type, struct arena *arena, struct dns_answer *answer)
{
	struct reader r = p->answers;
	struct rr rr;
	unsigned i;

	for (i = 0; i < p->count; i++) {
		if (!rr_read(&r, &rr))
			return false;
		if (!rr_is(&rr, owner, type))
			continue;
		answer->records = arena_push(arena, answer->records,
		    answer->count, sizeof(*answer->records));
		if (!record_read(&rr, arena, &answer->records[answer->count++]))
			return false;
		ttl_lower(answer, rr.ttl);
	}
	return true;
}

/* Puts what *name is an alias of in its place. */
static bool
alias_read(const struct packet *p, struct name *name, struct dns_answer *answer,
    bool *found)
{
	struct reader r = p->answers;
	struct rr rr;
	unsigned i;

	*found = false;
	for (i = 0; i < p->count && !*found; i++) {
		if (!rr_read(&r, &rr))
			return false;
		*found = rr_is(&rr, name, DNS_CNAME);
	}
	if (!*found)
		return true;
	ttl_lower(answer, rr.ttl);
	return name_read(&rr.rdata, name) && rr.rdata.at == rr.rdata.len;
}

static bool
chain_read(const struct packet *p, struct name *name, enum dns_type type,
    struct arena *arena, struct dns_answer *answer)
{
	unsigned hops;
	bool more;

	for (hops = 0; hops <= CHAIN_MAX; hops++) {
		if (!records_read(p, name, type, arena, answer))
			return false;
		if (answer->count > 0)
			return true;
		if (!alias_read(p, name, answer, &more))
			return false;
		if (!more)
			return true;
	}
	return false;
}

void
dns_packet_read(struct str packet, const char *name, enum dns_type type,
    struct arena *arena, struct dns_answer *answer)
{
	struct dns_answer found = {.ttl = UINT32_MAX};
	struct packet p;
	struct name owner;

	*answer = (struct dns_answer) {.status = DNS_NXDOMAIN};
	if (!dns_name_to_wire(name, owner.wire, &owner.len))
		return;
	dns_name_lower(owner.wire, owner.len);
	answer->status = DNS_SERVFAIL;
	if (!packet_open(packet, &p))
		return;
	if (p.rcode == RCODE_NXDOMAIN)
		answer->status = DNS_NXDOMAIN;
	if (p.rcode != 0 || !chain_read(&p, &owner, type, arena, &found))
		return;
	if (found.ttl == UINT32_MAX)
		found.ttl = 0;
	found.status = found.count > 0 ? DNS_OK : DNS_NODATA;
	*answer = found;
}
