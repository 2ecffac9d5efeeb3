/*
 * eval_forged: mail that says it came through a large provider, and did not.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_EVAL_FORGED_H
#define RULES_EVAL_FORGED_H

#include "eval_util.h"

/* Has the mail lost its Received lines on the way (lists, groups)? */
bool eval_forged_is_gated(struct eval_context *c);

#endif
