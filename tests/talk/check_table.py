#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The table in README.md names every talk, and only talks that are there."""
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def named(text):
    """Words of every cell of a table but the first of its row."""
    words = set()
    for line in text.splitlines():
        if not line.startswith("| ") or line.startswith("| ---"):
            continue
        for cell in line.strip("| ").split(" | ")[1:]:
            words.update(re.findall(r"[\w-]+", cell))
    return words - {"talks", "at", "the", "end", "MAIL", "RCPT", "DATA",
                    "VRFY", "AUTH"}


def main():
    with open(os.path.join(HERE, "README.md"), encoding="utf-8") as file:
        words = named(file.read())
    talks = {name[:-len(".talk")] for name in os.listdir(HERE)
             if name.endswith(".talk")}
    for name in sorted(words - talks):
        print("README.md names %s.talk, which is not there" % name)
    for name in sorted(talks - words):
        print("README.md does not name %s.talk" % name)
    print("%d talks, %d named" % (len(talks), len(words)))
    return 0 if words == talks and talks else 1


if __name__ == "__main__":
    sys.exit(main())
