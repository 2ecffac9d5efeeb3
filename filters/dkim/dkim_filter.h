/*
 * dkim_filter: the link of the chain that verifies DKIM.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef DKIM_FILTER_H
#define DKIM_FILTER_H

#include "postern/filter.h"

extern const struct filter dkim_filter;

#endif
