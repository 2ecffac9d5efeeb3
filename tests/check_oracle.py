#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The leaves of real mails as GMime finds them: same types, same octets.

tests/oracle_mime compares, and says what it found; here the mails are chosen.

usage: check_oracle.py [--mails N] [--broken N [--seed S]] [ORACLE_MIME]
       (N of the corpus; default the whole of it, none broken)
"""
import argparse
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "integration"))
from check_corpus import corpus  # noqa: E402


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mails", type=int, default=0)
    parser.add_argument("--broken", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("program", nargs="?", default="tests/oracle_mime")
    options = parser.parse_args()
    if not os.path.exists(options.program):
        print("skipped: built without gmime-3.0 (Debian: libgmime-3.0-dev)")
        return 77
    paths, reason = corpus()
    if not paths:
        print("skipped: %s" % reason)
        return 77
    program = os.path.abspath(options.program)
    step = max(1, len(paths) // options.mails) if options.mails else 1
    chosen = "\n".join(paths[::step]).encode()
    status = subprocess.run([program], input=chosen).returncode
    if options.broken:
        status |= subprocess.run(
            [program, "--broken", str(options.broken), "--seed",
             str(options.seed)], input="\n".join(paths).encode()).returncode
    return status


if __name__ == "__main__":
    sys.exit(main())
