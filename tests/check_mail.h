/*
 * check_mail: what the tests of SMTP's syntax share.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef CHECK_MAIL_H
#define CHECK_MAIL_H

#include <check.h>

#include "postern/str.h"

/* A copy at the exact end of a heap block, so that ASan sees a read beyond
 * it.  Free its data. */
struct str exact(struct str s);

/* Fails, naming the case, unless both are the same. */
void expect(const char *label, struct str got, struct str want);

Suite *command_suite(void);
Suite *reply_suite(void);
Suite *dotline_suite(void);
Suite *authres_suite(void);
Suite *mailbox_suite(void);

#endif
