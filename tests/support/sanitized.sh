#!/bin/sh
# sanitized.sh FOLDER SANITIZERS: a copy of the sources in FOLDER, configured
# for these sanitizers.  A copy, because a tree that was configured cannot be
# built in another folder.  Run from the build folder, by make.
# SPDX-License-Identifier: BSD-2-Clause
set -e
source=$(cd "$(dirname "$0")/../.." && pwd)
folder=$PWD/$1
vectors=${VECTORS:-$source/../shared/vectors}
rm -rf "$folder"
mkdir "$folder"
cd "$source"
git ls-files -z | xargs -0 cp --parents -t "$folder"
cd "$folder"
./autogen.sh
./configure -q CFLAGS='-O1 -g' --enable-sanitizers="$2" VECTORS="$vectors"
