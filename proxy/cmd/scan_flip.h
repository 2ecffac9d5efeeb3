/*
 * scan_flip: which rule tipped the scale.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_SCAN_FLIP_H
#define PROXY_SCAN_FLIP_H

#include "postern/chain.h"

struct flip {
	const struct hit *hit;  /* the rule; in the scan */
	struct verdict verdict; /* without it */
};

/*
 * Of the rules without which the policy would do something else, the one
 * with the fewest points.  A meta that counts the rule is not counted anew.
 * False: there is none.  Text lives in the scan's arena.
 */
bool scan_flip(const struct chain *chain, const struct scan *scan,
    const struct verdict *verdict, struct flip *out);

#endif
