/*
 * scan_target: what rules of a kind are matched against, for those who write
 * them.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef PROXY_SCAN_TARGET_H
#define PROXY_SCAN_TARGET_H

#include "filters/rules/target/target.h"

struct scan_target {
	enum scan_target_kind {
		SCAN_TARGET_NONE,
		SCAN_TARGET_BODY,
		SCAN_TARGET_RAWBODY,
		SCAN_TARGET_FULL,
		SCAN_TARGET_URI,
		SCAN_TARGET_HEADER,
		SCAN_TARGET_MIMEHEADER,
		SCAN_TARGET_RELAYS
	} kind;
	struct rule rule; /* the field, for the headers */
};

/* body, rawbody, full, uri, relays, header:NAME, header:NAME:raw,
 * mimeheader:NAME; false: none of them.  The text must stay. */
bool scan_target_parse(
    const char *text, struct arena *arena, struct scan_target *out);

/* One text a line ("full" as it is), or as JSON: {"file", "target", "texts"}.
 * set: whose trusted networks count; may be NULL. */
void scan_target_print(const struct scan_target *target, const char *file,
    struct scan *scan, const struct ruleset *set, bool json);

#endif
