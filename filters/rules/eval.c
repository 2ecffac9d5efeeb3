/*
 * eval: finds evals by name in the tables of all kinds.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "eval.h"

static const struct eval *const tables[] = {
    eval_header_table,
};

const struct eval *
eval_find(struct str name)
{
	const struct eval *eval;
	size_t i;

	for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		for (eval = tables[i]; eval->name; eval++)
			if (str_is(name, eval->name))
				return eval;
	return NULL;
}

const char *
eval_unanswered(struct str name)
{
	const struct eval_mute *mute;

	for (mute = eval_mute_table; mute->name; mute++)
		if (str_is(name, mute->name))
			return mute->why;
	return NULL;
}
