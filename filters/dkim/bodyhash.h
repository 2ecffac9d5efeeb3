/*
 * bodyhash: SHA-256 of a canonical body (RFC 6376 3.4.3, 3.4.4, 3.7).
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef DKIM_BODYHASH_H
#define DKIM_BODYHASH_H

#include "postern/str.h"

struct bodyhash {
	bool relaxed;
	bool has_limit;
	uint64_t limit; /* l= */
	unsigned char digest[32];
	uint64_t size; /* canonical octets, before the limit */
};

/*
 * Fills digest and size.  Clean runs of the body go to the hash from where
 * they are.  breathe(context) is called once for every 64 KB; WAITS if it does.
 */
void bodyhash_compute(struct bodyhash *h, struct str body,
    void (*breathe)(void *context), void *context);

#endif
