/*
 * error: one reason why something was not done, as a value.
 *
 * Functions that can fail at run time return bool and fill the error given
 * last.  Allocation does not fail, bugs panic (log.h).
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_ERROR_H
#define POSTERN_ERROR_H

#include <stdbool.h>

struct error {
	char text[512];
};

/*
 * Writes the reason (cut to fit) and returns false, so that a function ends
 * with `return error_set(err, ...)`.  err may be NULL.
 */
bool error_set(struct error *err, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Puts words in front of a reason already there: "reading x.cf: ...". */
bool error_prefix(struct error *err, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
