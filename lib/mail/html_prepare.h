/*
 * html_prepare: HTML before it is read.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_HTML_PREPARE_H
#define POSTERN_HTML_PREPARE_H

#include "postern/arena.h"

/* "&nbsp;" is a space, "<br/>" is "<br>", and quotes that a word processor
 * made round are quotes. */
struct str html_prepare(struct str html, struct arena *arena);

#endif
