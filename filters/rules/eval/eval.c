/*
 * eval: finds evals by name in the tables of all kinds.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "eval.h"

static const struct eval *const tables[] = {
    eval_auth_table,
    eval_body_table,
    eval_charset_table,
    eval_date_table,
    eval_forged_table,
    eval_freemail_table,
    eval_header_table,
    eval_html_table,
    eval_image_table,
    eval_link_table,
    eval_list_table,
    eval_mime_table,
    eval_relay_table,
    eval_text_table,
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
