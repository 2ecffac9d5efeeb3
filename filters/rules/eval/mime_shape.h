/*
 * mime_shape: what stands around the boundary lines of a multipart.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_MIME_SHAPE_H
#define RULES_MIME_SHAPE_H

#include "mime_facts.h"

/* Adds to *facts what is wrong with the part.  Parts deeper than
 * MIME_FACTS_DEPTH are not looked into. */
void mime_shape_read(const struct mime_part *part, struct mime_facts *facts);

#endif
