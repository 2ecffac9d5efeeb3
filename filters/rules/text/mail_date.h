/*
 * mail_date: dates of header fields (RFC 5322 3.3), as leniently as rules
 * have always read them.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_MAIL_DATE_H
#define RULES_MAIL_DATE_H

#include "postern/str.h"

/* Seconds since 1970; false when there is no date in the text.  What is out of
 * range is brought into it: 1970 to 2037. */
bool mail_date_parse(struct str text, int64_t *out);

/* The first "13 Mar 2003 20:39:56 -0800" of a line; "" when there is none. */
struct str mail_date_find(struct str line);

#endif
