/*
 * octets: a set of octets.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_OCTETS_H
#define RULES_OCTETS_H

#include "postern/str.h"

struct octets {
	uint64_t bits[4];
};

static inline void
octets_add(struct octets *set, unsigned char octet)
{
	set->bits[octet >> 6] |= (uint64_t)1 << (octet & 63);
}

static inline bool
octets_has(const struct octets *set, unsigned char octet)
{
	return set->bits[octet >> 6] >> (octet & 63) & 1;
}

static inline struct octets
octets_and(const struct octets *a, const struct octets *b)
{
	return (struct octets) {
	    {a->bits[0] & b->bits[0], a->bits[1] & b->bits[1],
		a->bits[2] & b->bits[2], a->bits[3] & b->bits[3]}};
}

static inline bool
octets_is_empty(const struct octets *set)
{
	return !(set->bits[0] | set->bits[1] | set->bits[2] | set->bits[3]);
}

void octets_fill(struct octets *set);
void octets_add_range(struct octets *set, unsigned from, unsigned to);
void octets_add_all(struct octets *set, const struct octets *more);
void octets_invert(struct octets *set);
/* ASCII letters in both cases. */
void octets_fold(struct octets *set);

unsigned octets_count(const struct octets *set);

/* How often one octet of mail, folded to lower case, is this one. */
double octet_share(unsigned char octet);

/* ... and any of these, in which capitals are rare: 0 to 1, a guess. */
double octets_share(const struct octets *set);

#endif
