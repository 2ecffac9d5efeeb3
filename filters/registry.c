/*
 * registry: every filter there is, in the order in which a chain asks them
 * when the admin names them in another order or not at all.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/chain.h"

#include "filters/dkim/dkim_filter.h"
#include "filters/rules/rules_filter.h"
#include "filters/spf/spf_filter.h"

const struct filter *const registry[] = {
    &spf_filter,
    &dkim_filter,
    &rules_filter,
    NULL,
};
