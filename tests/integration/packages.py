# SPDX-License-Identifier: BSD-2-Clause
"""Debian packages that tests unpack into a cache and never install: nothing of
the machine's own set-up is read or touched."""
import glob
import os
import subprocess

CACHE = os.environ.get("POSTERN_TEST_CACHE", "/var/tmp/postern-test-cache")


class Unavailable(Exception):
    """Why something is not here; the test is skipped, and says so."""


def unpacked(cache, *names):
    """The folder into which these packages are unpacked together."""
    folder = os.path.join(CACHE, cache)
    root = os.path.join(folder, "root")
    for name in names:
        mark = os.path.join(folder, name + ".unpacked")
        if os.path.exists(mark):
            continue
        os.makedirs(folder, exist_ok=True)
        got = subprocess.run(["apt-get", "download", name], cwd=folder,
                             stdout=subprocess.PIPE, check=False,
                             stderr=subprocess.STDOUT)
        files = glob.glob(os.path.join(folder, name + "_*.deb"))
        if got.returncode != 0 or not files:
            raise Unavailable(
                "the package %s cannot be downloaded: %s" % (
                    name, got.stdout.decode("utf-8", "replace")[-200:]))
        subprocess.run(["dpkg", "-x", files[0], root], check=True)
        with open(mark, "w", encoding="ascii"):
            pass
    return root
