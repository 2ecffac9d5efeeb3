/*
 * policy: the admin's decisions, folded from what filters found.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef FILTERS_POLICY_H
#define FILTERS_POLICY_H

#include "postern/chain.h"

/*
 * Why this scan is not to be judged at all: "trusted network", "recipient",
 * or NULL.  A recipient counts only when every recipient so far is exempt, so
 * that one exempt recipient opens no way to the others.
 */
const char *
policy_bypass(const struct policy_conf *policy, const struct scan *scan);

/* Is this one recipient exempt?  An entry is an address, a domain written
 * "@example.org", or a local part without @ ("postmaster"). */
bool policy_exempts(const struct policy_conf *policy, const char *address);

void policy_decide(const struct policy_conf *policy, const struct scan *scan,
    struct verdict *verdict);

#endif
