#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The table of RFC 7208's sections in filters/spf/README.md names tests that
are there, and each with a section has a case of that section."""
import glob
import os
import re
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
SECTIONS_LEAST = 35


def read(name):
    with open(os.path.join(ROOT, name), encoding="utf-8") as file:
        return file.read()


def tests_of(text):
    """Name of each test, and the table that it runs."""
    return {name: re.findall(r"\brun\((\w+),", body) for name, body in
            re.findall(r"START_TEST\((\w+)\)(.*?)END_TEST", text, re.S)}


def sections_of(text):
    """Name of each table of cases, and the sections in it."""
    return {name: set(re.findall(r'^    \{"([^"]+)",', body, re.M))
            for name, body in re.findall(
                r"struct case_of (\w+)\[\] = \{(.*?)^\};", text, re.S | re.M)}


def main():
    text = "".join(read(name) for name in sorted(glob.glob(
        os.path.join(ROOT, "tests", "check_spf*.c"))))
    tests, tables = tests_of(text), sections_of(text)
    started = set(re.findall(r"tcase_add_test\(c, (\w+)\)", text))
    rows = re.findall(r"^\| ([\d., ]+) \| [^|]+ \| ([^|]+) \|$",
                      read("filters/spf/README.md"), re.M)
    wrong, named = [], set()
    for section, cell in rows:
        found = re.findall(r"`(\w+)`(?: \((\d[^`,]*?)\)(?=,|$| *$))?",
                           cell.strip())
        if not found:
            wrong.append("section %s names no test" % section)
        for test, case in found:
            named.add(test)
            if test not in tests or test not in started:
                wrong.append("section %s: no test %s runs" % (section, test))
            elif case and not any(case in tables.get(table, ())
                                  for table in tests[test]):
                wrong.append("section %s: %s has no case of %s" % (
                    section, test, case))
    if len(rows) < SECTIONS_LEAST:
        wrong.append("only %d rows" % len(rows))
    for line in wrong:
        print("FAIL " + line)
    print("%d rows, %d tests named, %d wrong" % (len(rows), len(named),
                                                 len(wrong)))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
