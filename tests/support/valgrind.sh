#!/bin/sh
# The program under valgrind, for the talks; run from the build folder.
# SPDX-License-Identifier: BSD-2-Clause
exec valgrind -q --leak-check=full --error-exitcode=9 \
    --suppressions="$(dirname "$0")/../valgrind.supp" ./postern "$@"
