/*
 * engine: does the header signature verify with this key?
 *
 * Two of them: libopendkim behind the front end, and our own.  Both get only
 * what the front end accepted, and neither looks at the body.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef DKIM_ENGINE_H
#define DKIM_ENGINE_H

#include "keyrecord.h"

bool engine_native(const struct message *message, const struct signature *sig,
    const struct keyrecord *key, struct arena *arena);

struct opendkim_library;

/* One for the process; NULL when the library cannot start. */
struct opendkim_library *engine_opendkim_open(void);
void engine_opendkim_close(struct opendkim_library *lib);

/* False when the library is known to judge this signature wrongly or to be
 * harmed by it; our own engine then decides. */
bool engine_opendkim_takes(const struct message *message,
    const struct signature *sig, const struct keyrecord *key);

/* *passed is the answer; false when the library gave none. */
bool engine_opendkim(struct opendkim_library *lib,
    const struct message *message, const struct signature *sig,
    const struct keyrecord *key, struct arena *arena, bool *passed);

#endif
