/*
 * target_header: header fields as rules and evals read them.
 *
 * Read once for each field and part, however many rules ask.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_TARGET_HEADER_H
#define RULES_TARGET_HEADER_H

#include "target.h"

/*
 * All of a field: one text for each instance (each address, with PART_ADDR or
 * PART_NAME), in the order of the mail.  Fields end in LF, addresses and names
 * do not.  The pseudo-headers are fields, too.
 */
struct target_texts
target_fields(struct targets *t, const char *field, unsigned part);

/* The same, joined; *absent when there is none.  absent may be NULL. */
struct str
target_field(struct targets *t, const char *field, unsigned part, bool *absent);

/* The first text without its LF, "" when there is none. */
struct str target_first(struct targets *t, const char *field, unsigned part);

/* A value unfolded, trimmed, decoded and in UTF-8; name is the field's. */
struct str
target_decode(struct str name, struct str value, struct arena *arena);

/* The text and LF. */
struct str target_line(struct str text, struct arena *arena);

/* The sender of the envelope; false when nothing tells it. */
bool target_sender(struct targets *t, struct str *out);

/* Of target_all.c: the fields that ALL, ALL-TRUSTED and their kin are. */
void target_push_all(struct targets *t, const char *field, unsigned part,
    struct target_texts *out);

#endif
