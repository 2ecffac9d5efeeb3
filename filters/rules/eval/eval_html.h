/*
 * eval_html: evals about how HTML is written.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_EVAL_HTML_H
#define RULES_EVAL_HTML_H

#include "eval.h"

/* The next HTML part that is shown, from *n (0 at first) on; NULL: no more. */
struct html_text *eval_html_next(struct eval_context *c, size_t *n);

/* 1 when the test holds for one of them, else 0. */
unsigned eval_html_any(struct eval_context *c,
    bool (*test)(struct eval_context *c, const struct html_text *html));

#endif
