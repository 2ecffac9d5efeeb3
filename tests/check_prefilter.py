#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The same hits with and without the prefilter of the rules.

Over mails of the corpus, over mails made of strings of the regexes, and regex
by regex over made texts of at most 512 octets.  The rules are the stock set
of the package spamassassin, or the shipped ones where that is not installed.

usage: check_prefilter.py SAME_HITS SAME_MARKS [MAILS [MADE [TEXTS]]]
       (0 mails: the whole corpus; default 100 mails, 300 made, 20000 texts)
"""
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "integration"))
from check_corpus import corpus  # noqa: E402

STOCK = "/usr/share/spamassassin"


def main():
    hits = sys.argv[1] if len(sys.argv) > 1 else "tests/same_hits"
    marks = sys.argv[2] if len(sys.argv) > 2 else "tests/same_marks"
    mails, made, texts = [int(n) for n in (
        sys.argv[3:] + ["100", "300", "20000"][len(sys.argv[3:]):])]
    rules = STOCK
    if not os.path.isdir(STOCK):
        rules = os.path.join(HERE, "..", "rules")
        print("no package spamassassin: the shipped rules are taken")
    paths, reason = corpus()
    if not paths:
        print("no corpus: %s" % reason)
        paths = []
    step = max(1, len(paths) // mails) if mails else 1
    with tempfile.NamedTemporaryFile("w", suffix=".list") as file:
        file.write("".join("%s\n" % path for path in paths[::step]))
        file.flush()
        first = subprocess.run([hits, rules, file.name, str(made)])
    second = subprocess.run([marks, rules, str(texts)])
    return 1 if first.returncode or second.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
