/*
 * rules_filter: the link of the chain that matches rules.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef RULES_FILTER_H
#define RULES_FILTER_H

#include "postern/filter.h"

extern const struct filter rules_filter;

#endif
