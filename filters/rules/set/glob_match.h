/*
 * glob_match: "*" is any text, "?" is one octet; letters of either case.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_GLOB_MATCH_H
#define RULES_GLOB_MATCH_H

#include "postern/str.h"

/* Does the whole text fit?  "*" does not go beyond `stop`, if that is not NUL.
 * At most the product of the lengths, and that is bounded. */
bool glob_match(struct str pattern, struct str text, char stop);

#endif
