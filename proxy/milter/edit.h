/*
 * edit: what is changed in a mail that passed: forged results go, our header
 * block comes.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_EDIT_H
#define PROXY_EDIT_H

#include "guest.h"

/* Fields of one mail that may be deleted; with more nobody means well. */
enum { EDIT_DELETED_MAX = 500 };

/* Numbers the suspects by name and counts those that go. */
size_t edit_plan(struct mail *m, bool subject);

/*
 * Deletes, then inserts.  False when the mail server does not let us or is
 * gone: the mail must not pass then.
 */
bool edit_message(struct guest *g, const struct verdict *verdict, bool subject);

/* The block's next field off *rest: name, and the value as libmilter wants it,
 * folded with LF.  Both live in arena.  False at the end. */
bool edit_cut_field(struct str *rest, bool leading_space, struct arena *arena,
    const char **name, const char **value);

#endif
