#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The rules of the house that a program can check.

usage: lint.py [--root DIR] [CHECK ...]

checks: format layers sizes waits headers text architecture (all by default),
and tidy, which is slow.  Prints what is wrong and where; ends with 1 then.
"""
import argparse
import os
import re
import statistics
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

# Which room may include which.
ROOMS = {"lib/base": {"lib/base"},
         "lib/mail": {"lib/base", "lib/mail"},
         "lib/run": {"lib/base", "lib/run"},
         "filters": {"lib/base", "lib/mail", "filters"},
         "proxy": {"lib/base", "lib/mail", "lib/run", "filters", "proxy"}}
# Folders of a filter: each may include those before it.
STACKS = {"filters/rules": ["regex", "redos", "set", "text", "relay", "target",
                            "eval", "match", "cf"]}
FLAGS = ["-std=c11", "-D_GNU_SOURCE", "-Iinclude", "-I.",
         '-DSYSCONFDIR="x"', '-DPKGDATADIR="x"', '-DLOCALSTATEDIR="x"',
         '-DRUNSTATEDIR="x"']


def files(root, *endings):
    """Tracked files, or all where there is no git."""
    got = subprocess.run(["git", "-C", root, "ls-files"], capture_output=True,
                         text=True)
    names = got.stdout.splitlines()
    if got.returncode or not names:
        names = [os.path.relpath(os.path.join(folder, name), root)
                 for folder, _, found in os.walk(root) for name in found]
    return sorted(n for n in names if n.endswith(endings) and
                  os.path.exists(os.path.join(root, n)))


def read(root, name):
    with open(os.path.join(root, name), encoding="utf-8",
              errors="replace") as file:
        return file.read()


def room_of(name):
    for room in ROOMS:
        if name.startswith(room + "/"):
            return room
    return None


def check_format(root):
    names = files(root, ".c", ".h")
    got = subprocess.run(["clang-format", "--dry-run", "-Werror", *names],
                         cwd=root, capture_output=True, text=True)
    return [line for line in got.stderr.splitlines() if "error:" in line]


def is_above(name, path):
    """Does this file include one of a folder that stands above its own?"""
    for top, stack in STACKS.items():
        mine, other = (re.match(top + r"/(\w+)/", n) for n in (name, path))
        if mine and path.startswith(top + "/"):
            return not other or stack.index(other[1]) > stack.index(mine[1])
    return False


def check_layers(root):
    """An include of postern/X.h belongs to the room where X.c lies."""
    owner = {os.path.basename(n)[:-2]: room_of(n)
             for n in files(root, ".c") if room_of(n)}
    wrong = []
    for name in files(root, ".c", ".h"):
        room = room_of(name)
        if not room:
            continue
        for number, line in enumerate(read(root, name).splitlines(), 1):
            got = re.match(r'#include "([^"]+)"', line)
            if not got:
                continue
            path = got[1]
            if path.startswith("postern/"):
                target = owner.get(path[8:-2])
                # what crosses rooms by declaration of filters/
                if path in ("postern/filter.h", "postern/chain.h",
                            "postern/scan.h"):
                    target = "filters"
            else:
                target = room_of(path) if "/" in path else room
            if is_above(name, path):
                wrong.append("%s:%d: %s stands above" % (name, number, path))
            if target and target not in ROOMS[room]:
                wrong.append("%s:%d: %s may not include %s of %s" % (
                    name, number, room, path, target))
    return wrong


def functions(text):
    """(name, line, length) of each function; a body begins and ends with a
    brace in the first column."""
    lines = text.splitlines()
    start = None
    for number, line in enumerate(lines):
        if line == "{":
            start = number
            name = next((re.match(r"(\w+)\(", lines[k])[1]
                         for k in range(number - 1, max(number - 12, -1), -1)
                         if re.match(r"\w+\(", lines[k])), "?")
        elif line == "}" and start is not None:
            yield name, start + 1, number - start + 1
            start = None


def check_sizes(root):
    wrong, lengths = [], []
    for name in files(root, ".c", ".h", ".py", ".sh"):
        text = read(root, name)
        most = 150 if name.startswith("include/postern/") else 500
        count = text.count("\n")
        if count > most:
            wrong.append("%s: %d lines, more than %d" % (name, count, most))
        if not name.endswith(".c") or name.startswith("tests/"):
            continue
        for function, line, length in functions(text):
            lengths.append(length)
            if length > 80:
                wrong.append("%s:%d: %s has %d lines, more than 80" % (
                    name, line, function, length))
    if lengths:
        lengths.sort()
        median = statistics.median(lengths)
        high = lengths[int(len(lengths) * 0.9)]
        print("  %d functions, median %d lines, 90%% within %d, longest %d" %
              (len(lengths), median, high, lengths[-1]))
        if median > 15 or high > 45:
            wrong.append("functions are too long: median %d, 90%% %d" % (
                median, high))
    return wrong


def check_waits(root):
    """A function declared in a header that directly calls one declared WAITS
    is declared WAITS too.  Calls through pointers are not seen."""
    waits, declared = set(), {}
    for name in files(root, ".h"):
        text = re.sub(r"/\*.*?\*/", "", read(root, name), flags=re.S)
        for got in re.finditer(r"\b(\w+)\(([^;{}]*)\)\s*(WAITS)?[^;{}()]*"
                               r"(?:__attribute__\(\(.*?\)\)\))?;", text):
            declared[got[1]] = name
            if got[3] or re.search(r"\bWAITS\b", got[0]):
                waits.add(got[1])
    waits.add("dns_lookup")
    waits.add("scan_breathe")
    wrong = []
    for name in files(root, ".c"):
        if name.startswith("tests/") or not room_of(name):
            continue
        lines = read(root, name).splitlines()
        for function, line, length in functions("\n".join(lines)):
            if function not in declared or function in waits:
                continue
            if any(row.startswith("static")
                   for row in lines[max(0, line - 6):line]
                   if row and not row.startswith((" ", "\t", "}"))):
                continue
            body = "\n".join(lines[line - 1:line - 1 + length])
            called = sorted(w for w in waits
                            if re.search(r"\b%s\(" % w, body))
            if called:
                wrong.append("%s:%d: %s calls %s and is not WAITS in %s" % (
                    name, line, function, called[0], declared[function]))
    return wrong


def check_headers(root):
    wrong = []
    for name in files(root, ".h"):
        if not room_of(name) and not name.startswith("include/"):
            continue
        got = subprocess.run(["cc", *FLAGS, "-fsyntax-only", "-x", "c", name],
                             cwd=root, capture_output=True, text=True)
        if got.returncode:
            wrong.append("%s does not stand alone: %s" % (
                name, got.stderr.splitlines()[0]))
    for name in files(root, ".c", ".h"):
        head = "\n".join(read(root, name).splitlines()[:24])
        if "SPDX-License-Identifier: BSD-2-Clause" not in head:
            wrong.append("%s: no SPDX line at its head" % name)
        if "/*\n * " not in head:
            wrong.append("%s: no opening comment" % name)
    return wrong


def check_text(root):
    """Nothing of one machine, nothing unfinished."""
    wrong = []
    pattern = re.compile(r"(/" + "work/|/" + "root/|/home/[a-z]|\\bFIX" +
                         "ME\\b|\\bTO" + "DO\\b|\\bXX" + "X\\b)")
    for name in files(root, ".c", ".h", ".py", ".sh", ".md", ".mk", ".am",
                      ".ac", ".talk", ".cf", ".5", ".8"):
        for number, line in enumerate(read(root, name).splitlines(), 1):
            if pattern.search(line):
                wrong.append("%s:%d: %s" % (name, number, line.strip()[:70]))
            if line != line.rstrip() and not name.endswith(".talk"):
                wrong.append("%s:%d: white space at its end" % (name, number))
    return wrong


def check_architecture(root):
    """The files that ARCHITECTURE.md names exist."""
    path = os.path.join(root, "ARCHITECTURE.md")
    if not os.path.exists(path):
        return ["there is no ARCHITECTURE.md"]
    wrong = []
    for name in re.findall(r"`([\w./-]+/[\w./-]*|\w+\.(?:c|h|md|py))`",
                           read(root, "ARCHITECTURE.md")):
        if not os.path.exists(os.path.join(root, name)):
            wrong.append("ARCHITECTURE.md names %s, which is not there" % name)
    return wrong


# Reports that were looked at and are wrong, by file and check.
TIDY_WRONG = {
    # the list gave the query up before it was freed
    ("lib/run/dns_event.c", "clang-analyzer-unix.Malloc"),
}


def tidy_one(root, name):
    got = subprocess.run(["clang-tidy", "--quiet", name, "--", *FLAGS,
                          "-DPOSTERN_VERSION=\"0\"", "-Itests/lint"],
                         cwd=root, capture_output=True, text=True)
    return [line for line in got.stdout.splitlines()
            if (": error:" in line or ": warning:" in line) and not any(
                name == file and check in line for file, check in TIDY_WRONG)]


def check_tidy(root):
    names = [n for n in files(root, ".c") if room_of(n)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = pool.map(lambda name: tidy_one(root, name), names)
    return [line for lines in found for line in lines]


CHECKS = {"format": check_format, "layers": check_layers,
          "sizes": check_sizes, "waits": check_waits,
          "headers": check_headers, "text": check_text,
          "architecture": check_architecture, "tidy": check_tidy}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", default=".")
    parser.add_argument("checks", nargs="*")
    words = parser.parse_args()
    bad = 0
    for name in words.checks or [c for c in CHECKS if c != "tidy"]:
        wrong = CHECKS[name](words.root)
        print("%s: %s" % (name, "%d wrong" % len(wrong) if wrong else "ok"))
        for line in wrong:
            print("  " + line)
        bad += len(wrong)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
