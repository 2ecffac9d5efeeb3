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

/*
 * The client is another one now, as XCLIENT told: may that one come in?  Says
 * 220, or the refusal; false when the session is over.
 */
bool greet_again(struct session *s) WAITS;

#endif
