/*
 * finding: the words of RFC 8601 2.7 for a result.
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "postern/finding.h"

const char *
result_word(enum result result)
{
	switch (result) {
	case RESULT_NONE:
		return "none";
	case RESULT_NEUTRAL:
		return "neutral";
	case RESULT_PASS:
		return "pass";
	case RESULT_FAIL:
		return "fail";
	case RESULT_SOFTFAIL:
		return "softfail";
	case RESULT_POLICY:
		return "policy";
	case RESULT_TEMPERROR:
		return "temperror";
	case RESULT_PERMERROR:
		return "permerror";
	}
	return "none";
}
