/*
 * glob_match: "*" is any text, "?" is one octet; letters of either case.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "glob_match.h"

enum { STEPS_MAX = 1 << 20 };

/* One star is remembered: what follows the last one decides. */
bool
glob_match(struct str pattern, struct str text, char stop)
{
	size_t p = 0, t = 0, star = SIZE_MAX, mark = 0, steps = 0;

	while (t < text.len && ++steps < STEPS_MAX) {
		if (p < pattern.len && pattern.data[p] == '*') {
			star = p++;
			mark = t;
		} else if (p < pattern.len &&
		    (pattern.data[p] == '?' ||
			ascii_lower(pattern.data[p]) ==
			    ascii_lower(text.data[t]))) {
			p++;
			t++;
		} else if (star != SIZE_MAX &&
		    (stop == '\0' || text.data[mark] != stop)) {
			p = star + 1;
			t = ++mark;
		} else {
			return false;
		}
	}
	while (p < pattern.len && pattern.data[p] == '*')
		p++;
	return p == pattern.len && t == text.len;
}
