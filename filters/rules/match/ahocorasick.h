/*
 * ahocorasick: finds many words in a text in one pass.
 *
 * ASCII case does not count.  Compact: states near the root, where a text
 * spends its time, have a row of a column for each class of octets; the others
 * have their few children and a state to fall back to.  Read-only once made,
 * so that workers share it after fork.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_AHOCORASICK_H
#define RULES_AHOCORASICK_H

#include "postern/str.h"

struct ahocorasick;

/* Words are not empty, and may be the same. */
struct ahocorasick *ahocorasick_new(const struct str *words, size_t count);
void ahocorasick_free(struct ahocorasick *ac);

/*
 * Tells each place of each word, in no certain order: word is the index in
 * `words`, end the offset behind it.  A text may come in pieces: *at is 0
 * before the first and carries on; offsets are those of the piece.
 */
void
ahocorasick_run(const struct ahocorasick *ac, uint32_t *at, struct str piece,
    void (*found)(void *context, size_t word, size_t end), void *context);

/* Octets of memory. */
size_t ahocorasick_size(const struct ahocorasick *ac);

#endif
