/*
 * spf_filter: the link of the chain that checks SPF.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef SPF_FILTER_H
#define SPF_FILTER_H

#include "postern/filter.h"

extern const struct filter spf_filter;

#endif
