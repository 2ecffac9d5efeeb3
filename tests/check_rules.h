/*
 * check_rules: what the tests of the rules share.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef TESTS_CHECK_RULES_H
#define TESTS_CHECK_RULES_H

#include <check.h>

#include "filters/rules/set/ruleset.h"

/* Each test has a new one. */
extern struct arena *arena;

/* A rule set of that text; every line has a fate. */
struct ruleset *rules_parse(const char *text, struct problems *problems);

/* The same of text without problems, with options that may be NULL. */
struct ruleset *
rules_parse_sound(const char *text, const struct ruleset_options *options);

/* Runs the tests, each with its arena; returns what main returns. */
int rules_run(const char *suite, const TTest *const *tests, size_t count);

#endif
