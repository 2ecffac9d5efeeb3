/*
 * eval_html: evals about how HTML is written.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_EVAL_HTML_H
#define RULES_EVAL_HTML_H

#include "eval.h"

/* The next HTML part that is shown, from *n (0 at first) on; NULL: no more. */
struct html_text *eval_html_next(struct eval_context *c, size_t *n);

#endif
