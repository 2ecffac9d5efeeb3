#!/bin/sh
# Counts what the test programs ended with; the last line is read by programs.
# SPDX-License-Identifier: BSD-2-Clause
passed=0 failed=0 skipped=0
for trs in $(find tests -name '*.trs' | sort); do
	case $(sed -n 's/^:test-result: *//p' "$trs" | head -n 1) in
	PASS*) passed=$((passed + 1)) ;;
	SKIP*)
		skipped=$((skipped + 1))
		echo "skipped: ${trs%.trs}: $(grep -i '^skipped' \
		    "${trs%.trs}.log" | head -n 1)"
		;;
	*) failed=$((failed + 1)) ;;
	esac
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
