/*
 * redos_class: sets of octets as a regex writes them: \w, [^a-z], [[:alpha:]].
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_REDOS_CLASS_H
#define RULES_REDOS_CLASS_H

#include "redos_tree.h"

/* Adds \d \w \s \h \v \N and the capitals that turn them round; false: none. */
bool redos_class_letter(struct redos_set *set, char letter);

/* \x41 \x{41} \n \0 \101 ...: text stands behind the backslash; *used is what
 * was taken.  -1: no such escape. */
int redos_class_escape(struct str text, size_t *used);

/* "[...]": text begins behind the bracket; *used ends behind the closing one.
 * False: no class. */
bool redos_class_parse(struct str text, struct redos_set *set, size_t *used);

/* Both cases of every letter that is in it. */
void redos_class_fold(struct redos_set *set);

void redos_class_invert(struct redos_set *set);

#endif
