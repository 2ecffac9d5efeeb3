/*
 * eval_header: evals that read header fields.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "eval.h"

static unsigned
missing_to(struct eval_context *c)
{
	return message_find(c->scan->message, "To", 0) == NULL &&
	    message_find(c->scan->message, "Apparently-To", 0) == NULL;
}

const struct eval eval_header_table[] = {
    {"check_for_missing_to_header", 0, 0, missing_to},
    {NULL, 0, 0, NULL},
};
