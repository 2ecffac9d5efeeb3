/*
 * relay_auth: did the peer of a hop prove who it is (SMTP AUTH, webmail)?
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_RELAY_AUTH_H
#define RULES_RELAY_AUTH_H

#include "postern/arena.h"

/* line: a Received field on one line, "from ..." and all.  "ESMTPA",
 * "Postfix", "Sendmail" ...: how it is told; "" when it is not.  Linear. */
struct str relay_auth(struct str line, struct arena *arena);

#endif
