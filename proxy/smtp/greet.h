/*
 * greet: from the first packet to our greeting.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_GREET_H
#define PROXY_GREET_H

#include "session.h"

/*
 * Who is it, may it come in, is there a backend for it?  Says 220, or the
 * refusal; false when the session is over.
 */
bool greet(struct session *s) WAITS;

#endif
