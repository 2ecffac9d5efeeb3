/*
 * charset_iconv: the charsets that mail may name, and the C library's iconv.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_CHARSET_ICONV_H
#define POSTERN_CHARSET_ICONV_H

#include "postern/arena.h"

/*
 * What iconv calls the charset of that name, or NULL for one that is not on
 * our list.  Case and punctuation do not count: "ISO_8859-2" is "iso8859-2".
 */
const char *charset_iconv_name(struct str charset);

/*
 * False when this machine's iconv lacks the charset, or when strict and the
 * text is not of it.  The result may hold anything that iconv holds for UTF-8:
 * the caller checks it.
 */
bool charset_iconv_run(const char *name, struct str text, bool strict,
    struct arena *arena, struct str *out);

#endif
