#!/bin/sh
# Installs the packages of debian-packages that are missing, by name.
# SPDX-License-Identifier: BSD-2-Clause
set -e
here=$(dirname "$0")
missing=
for package in $(grep -v '^#' "$here/debian-packages"); do
	dpkg-query -W -f '${Status}' "$package" 2>/dev/null |
	    grep -q 'install ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
sudo=
if [ "$(id -u)" != 0 ]; then
	sudo=sudo
	echo "These packages are missing:$missing"
fi
$sudo apt-get update -q
# shellcheck disable=SC2086
exec $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -q -y \
    --no-install-recommends $missing
