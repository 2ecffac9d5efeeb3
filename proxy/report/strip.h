/*
 * strip: fields of a mail that must not reach the backend.
 *
 * Results that claim to be ours, X-Postern-* and the X-Spam-* fields that we
 * write are forged whenever they come from outside.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_STRIP_H
#define PROXY_STRIP_H

#include "postern/message.h"

struct strip {
	struct str *spans; /* to be left out, in order; they lie in the mail */
	size_t count;
	unsigned authres; /* how many were Authentication-Results */
};

/*
 * Must a field with this value (folded, as it came) go?  subject: Subject
 * fields as well, because a marked one replaces them.
 */
bool strip_wants(
    struct str name, struct str value, const char *authserv_id, bool subject);

/* Is it an Authentication-Results field, whose ever? */
bool strip_is_result(struct str name);

/* subject: the Subject fields as well, because a marked one replaces them. */
void strip_find(const struct message *message, const char *authserv_id,
    bool subject, struct arena *arena, struct strip *out);

/*
 * The next piece that stays, taken off *rest (at first the whole mail);
 * *index counts the spans passed (at first 0).  False at the end.
 */
bool strip_cut(const struct strip *strip, size_t *index, struct str *rest,
    struct str *piece);

#endif
