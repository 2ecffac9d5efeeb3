/*
 * rules_pump: is a regex as slow as it looks?
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_RULES_PUMP_H
#define PROXY_RULES_PUMP_H

#include "filters/rules/redos/redos.h"
#include "filters/rules/regex/regex.h"

struct pump {
	struct matcher *matcher; /* with the limits of live mail */
	size_t longest;          /* octets of the texts that are tried */
};

/*
 * Matches prefix, pump, pump, ... and an end that does not fit, longer and
 * longer.  True when the regex gave up; *text is then what it gave up on.
 */
bool pump_try(const struct pump *p, const struct regex *regex,
    const struct redos_attack *attack, struct arena *arena, struct str *text);

/* The same with runs of common octets, for what redos could not judge. */
bool pump_blindly(const struct pump *p, const struct regex *regex,
    struct arena *arena, struct str *text);

#endif
