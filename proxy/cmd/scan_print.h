/*
 * scan_print: a judged file for a human or a program.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_SCAN_PRINT_H
#define PROXY_SCAN_PRINT_H

#include "proxy/report/report.h"

struct scan_style {
	bool json;
	bool headers;
	bool explain;
};

void scan_print(const struct report *report, const struct scan_style *style);

/* Text of a mail on stdout, its controls as \xHH. */
void scan_print_safe(struct str text);

/* Says on stderr which parts of the envelope were read from the mail. */
void scan_print_guess(const char *file, const struct envelope *envelope);

#endif
