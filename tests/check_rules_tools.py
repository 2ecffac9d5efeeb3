#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""`postern rules` and `postern scan --explain --target`: what they print of
real files, and what they say of folders and files that cannot be read."""
import glob
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
POSTERN = os.environ.get("POSTERN", os.path.join(HERE, "..", "postern"))
RULES = os.environ.get("RULES", os.path.join(HERE, "..", "rules"))
STOCK = "/usr/share/spamassassin"
failures = 0


def run(*words, text=None):
    got = subprocess.run([POSTERN, *words], capture_output=True, timeout=120,
                         input=text)
    return (got.returncode, got.stdout.decode("utf-8", "replace"),
            got.stderr.decode("utf-8", "replace"))


def check(what, good, detail=""):
    global failures
    failures += not good
    print("%-4s %s%s" % ("ok" if good else "FAIL", what,
                         "" if good else ": %r" % (detail,)))


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def lint_finds_slow_regexes():
    """Each file of cf/redos holds one rule of one kind that is slow."""
    missed = []
    files = sorted(glob.glob(HERE + "/cf/redos/*.cf"))
    for path in files:
        name = "RD_" + os.path.basename(path)[:-3].upper()
        code, out, err = run("rules", "lint", path)
        told = [line for line in err.splitlines()
                if path + ":1: warning: " + name in line
                and "backtrack" in line]
        if code != 0 or len(told) != 1:
            missed.append((name, code, err))
    check("lint finds all %d kinds of slow rules" % len(files),
          len(files) >= 20 and not missed, missed)
    code, out, err = run("rules", "lint", "-v", HERE + "/cf/redos_safe.cf")
    check("lint leaves their look-alikes alone",
          code == 0 and err == "" and " 0 warnings, 0 notes" in out,
          (code, out, err))
    code = run("rules", "lint", "--strict", files[0])[0]
    check("lint --strict ends with 65 for a warning", code == 65, code)


BAD = r"""body     ONE   /(unclosed/
bodie    TWO   /x/
meta     THREE ONE_THAT_IS_NOT && 1
describe THREE About nothing
score    THREE 1
body     FOUR  /four/
score    FOUR  many
body     FOUR  /four again/
score    FIVE  1.5
body     SIX   /six/
describe SIX   Without a score
body     SEVEN /seven/
describe SEVEN Switched off
score    SEVEN 0
body     EIGHT /six/
describe EIGHT The same as SIX
score    EIGHT 1
"""

BAD_WANTED = [
    (1, "error", "ONE"), (2, "error", "bodie"),
    (3, "warning", "there is no rule ONE_THAT_IS_NOT"),
    (7, "error", "many"), (8, "warning", "replaces the rule of that name in"),
    (9, "warning", "FIVE"), (10, "warning", "SIX has no score"),
    (12, "note", "SEVEN has score 0"), (15, "note", "tests the same as SIX"),
    (8, "note", "FOUR has no description")]


def lint_tells_every_problem(work):
    path = write(work + "/bad.cf", BAD)
    code, out, err = run("rules", "lint", "-v", path)
    lines = err.splitlines()
    for line, kind, text in BAD_WANTED:
        check("lint: line %d: %s: %s" % (line, kind, text),
              any(each.startswith("%s:%d: %s: " % (path, line, kind)) and
                  text in each for each in lines), err)
    check("lint ends with 65 for errors", code == 65, code)
    code, out, err = run("rules", "lint", "--json", path)
    objects = [json.loads(line) for line in out.splitlines()]
    for line, kind, text in BAD_WANTED:
        check("lint --json: line %d" % line,
              any(o.get("line") == line and o["severity"] == kind and
                  o["file"] == path and text in o["text"]
                  for o in objects[:-1]), out)
    last = objects[-1]
    check("lint --json ends with the sums, and with 65",
          code == 65 and last["files"] == 1 and last["errors"] == sum(
              o["severity"] == "error" for o in objects[:-1]) and
          last["warnings"] == sum(
              o["severity"] == "warning" for o in objects[:-1]), last)


def tools_tell_what_cannot_be_read(work):
    os.mkdir(work + "/empty")
    for tool in ("lint", "list"):
        for what, path in (("is missing", work + "/missing"),
                           ("is empty", work + "/empty")):
            code, out, err = run("rules", tool, path)
            check("%s: a folder that %s is told, 78" % (tool, what),
                  code == 78 and path in err, (code, out, err))
        check("%s without a folder is misused, 64" % tool,
              run("rules", tool)[0] == 64)
    write(work + "/empty.cf", "")
    code, out, err = run("rules", "lint", work + "/empty.cf")
    check("lint: an empty file is no error", code == 0 and
          out.startswith("0 rules in 1 files"), (code, out, err))
    if os.getuid() == 0:
        print("skipped: root reads every file")
    else:
        path = write(work + "/closed.cf", "")
        os.chmod(path, 0)
        check("lint: a file that is closed is told, 78",
              run("rules", "lint", path)[0] == 78)
    check("an unknown tool is misused, 64", run("rules", "lind", work)[0]
          == 64)


def lint_of_stock_rules():
    if not os.path.isdir(STOCK):
        print("skipped: the package spamassassin is not installed")
        return
    code, out, err = run("rules", "lint", STOCK)
    slow = [line for line in err.splitlines() if "backtrack" in line]
    print("stock rules: %s; %d of the warnings are about slow regexes"
          % (out.strip(), len(slow)))
    check("lint: few stock rules are slow", len(slow) <= 20, slow)


def main():
    with tempfile.TemporaryDirectory(prefix="postern-rules") as work:
        lint_finds_slow_regexes()
        lint_tells_every_problem(work)
        tools_tell_what_cannot_be_read(work)
        lint_of_stock_rules()
    print("%d failed" % failures)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
