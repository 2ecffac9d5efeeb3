/*
 * html_color: colours as HTML and CSS write them.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef POSTERN_HTML_COLOR_H
#define POSTERN_HTML_COLOR_H

#include "postern/str.h"

enum { HTML_COLOR_INVALID = -1 }; /* others are 0xRRGGBB */

/* "#fff", "navy", "rgb(1, 2, 3)", "rgb(10%, 20%, 30%)". */
int html_color(struct str text);

/* "rgb(1, 2, 3)" and "rgba(1, 2, 3, 0.5)" as a style gives them. */
int html_color_rgb(struct str text);

/* Hard or impossible to read on each other. */
bool html_color_is_near(int one, int other);

#endif
