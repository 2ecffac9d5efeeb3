/*
 * check_mime: what the tests of a mail's content share.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef CHECK_MIME_H
#define CHECK_MIME_H

#include <check.h>

#include "postern/arena.h"

/* A copy at the exact end of a heap block, so that ASan sees a read beyond
 * it.  Free its data. */
struct str exact(struct str s);

/* Fails, naming the case, unless both are the same. */
void expect(const char *label, struct str got, struct str want);

/* `count` times the text, on the heap. */
struct str repeated(const char *text, size_t count);

/*
 * Fails unless work on 16 times the input takes at most 50 times as long: a
 * quadratic one takes 256 times.  make gives `count` units of input.
 */
void expect_linear(const char *label, struct str (*make)(size_t count),
    void (*work)(struct str in), size_t count);

Suite *message_suite(void);
Suite *header_suite(void);
Suite *charset_suite(void);
Suite *mime_suite(void);
Suite *mime_part_suite(void);
Suite *mime_decode_suite(void);
Suite *html_suite(void);

#endif
