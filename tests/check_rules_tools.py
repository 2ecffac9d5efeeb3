#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""`postern rules` and `postern scan --explain --target`: what they print of
real files, and what they say of folders and files that cannot be read."""
import glob
import json
import os
import re
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
          code == 0 and " 0 errors, 0 warnings" in out and
          not re.search("note: .*(quantifier|repeat|run is read)", err),
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
body     NINE  /[a-z]\d+/
describe NINE  No literal
score    NINE  1
"""

BAD_WANTED = [
    (1, "error", "ONE"), (2, "error", "bodie"),
    (3, "warning", "there is no rule ONE_THAT_IS_NOT"),
    (7, "error", "many"), (8, "warning", "replaces the rule of that name in"),
    (9, "warning", "FIVE"), (10, "warning", "SIX has no score"),
    (12, "note", "SEVEN has score 0"), (15, "note", "tests the same as SIX"),
    (8, "note", "FOUR has no description"),
    (18, "note", "no rare literal is in every match")]


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
    check("lint: few stock rules are slow", len(slow) <= 40, slow)


MAIL = """From: Ann <ann@example.org>\r
Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r
MIME-Version: 1.0\r
Content-Type: text/html; charset=utf-8\r
\r
<p>one <b>two</b></p><a href="http://192.0.2.7/x">here</a>\x07\r
"""

SCAN_RULES = r"""body ALPHA /one two/
describe ALPHA First
score ALPHA 3
uri BETA /192/
score BETA 2.5
header GAMMA Subject =~ /Gr/
score GAMMA 0.5
"""

CONF = """authserv_id = mx.example.net
filters = {{rules}}
filter "rules" {{ directories = {{"{0}/rules"}} }}
listener "x" {{ address = "127.0.0.1:1" backend = "127.0.0.1:2" }}
"""

TARGETS = [("body", "Gr\u00fc\u00dfe\n"),
           ("rawbody", '<p>one <b>two</b></p><a href="http://192.0.2.7/x">'
            "here</a>\\x07\n"),
           ("uri", "http://192.0.2.7/x\n"),
           ("header:Subject", "Gr\u00fc\u00dfe\n"),
           ("header:Subject:raw", "=?utf-8?q?Gr=C3=BC=C3=9Fe?=\n"),
           ("header:From:addr", "ann@example.org\n"),
           ("header:Nowhere", ""),
           ("mimeheader:Content-Type", "text/html; charset=utf-8\n"),
           ("full", "From: Ann <ann@example.org>\nSubject: "),
           ("relays", "X-Spam-Relays-Trusted: ")]


def scan_explains(work):
    os.mkdir(work + "/rules")
    write(work + "/rules/a.cf", SCAN_RULES)
    write(work + "/postern.conf", CONF.format(work))
    mail = write(work + "/a.eml", MAIL)
    base = ("scan", "-c", work + "/postern.conf", "--offline", "--ip",
            "192.0.2.1", "--from", "a@example.org")
    code, out, err = run(*base, "--explain", mail)
    check("scan --explain: place and text of each hit", code == 0 and all(
        part in out for part in (
            "/rules/a.cf:1, 1 hit(s): \"one two\"",
            "/rules/a.cf:4, 1 hit(s): \"192\"",
            "/rules/a.cf:6, 1 hit(s): \"Gr\"", "First", "score=6")),
          (out, err))
    check("scan --explain: the rule that tips the scale",
          "without BETA (2.5) it would be accept, score=3.5" in out, out)
    write(work + "/rules/b.cf", "score BETA 1\nscore GAMMA 0.3\n")
    code, out, err = run(*base, "--explain", mail)
    check("scan --explain: no rule tips it, and how far it is",
          "no single rule decides: 0.7 points more would be tag" in out, out)
    write(work + "/rules/b.cf", "if (can(Postern::action))\nbody DELTA /two/\n"
          "score DELTA 0.1\naction DELTA reject \"No two\"\nendif\n")
    code, out, err = run(*base, "--explain", mail)
    check("scan --explain: an action tips it", ": reject" in out and
          "without DELTA (0.1) it would be tag" in out, out)
    for target, wanted in TARGETS:
        code, out, err = run(*base, "--target", target, mail)
        check("scan --target " + target, code == 0 and
              out.lstrip(" ").startswith(wanted) and (wanted or not out),
              (out, err))
    code, out, err = run(*base, "--target", "uri", "--json", mail)
    told = json.loads(out)
    check("scan --target --json", told["file"] == mail and
          told["target"] == "uri" and "http://192.0.2.7/x" in told["texts"],
          out)
    for target in ("zork", "header", "header:", "body:x", "header:A:zork"):
        code, out, err = run(*base, "--target", target, mail)
        check("scan --target %s is misused, 64" % target,
              code == 64 and "is no target" in err, (code, err))
    code, out, err = run(*base, "--target", "body", work + "/missing.eml")
    check("scan --target: a missing mail is told, 66",
          code == 66 and "missing.eml" in err, (code, err))


def list_shows_rules(work):
    path = write(work + "/list.cf", "body ONE /x/\nscore ONE 1.5\n"
                 "header TWO eval:no_such_thing()\nmeta THREE ONE && 1\n")
    code, out, err = run("rules", "list", path)
    rows = [line.split() for line in out.splitlines()]
    check("list: name, type, score, place", rows == [
        ["ONE", "body", "1.5", path + ":1"],
        ["TWO", "unsupported", "1", path + ":3"],
        ["THREE", "meta", "1", path + ":4"]], out)
    code, out, err = run("rules", "list", "-v", path)
    check("list -v: pattern, and why it is not supported",
          "/x/" in out and "ONE && 1" in out and
          any("TWO" in line and "  unsupported: " in line
              for line in out.splitlines()), out)


IMPORT = """# a comment
body ONE /x/
body TWO /(/
header THREE eval:no_such_thing()
report_safe 0
if (version < 2)
body FOUR /y/
endif
frobnicate 7
meta FIVE THREE && ONE
"""

IMPORT_WANTED = [(2, "taken", ""), (3, "error", "parenthesis"),
                 (4, "unsupported", "no_such_thing"), (5, "ignored", ""),
                 (7, "inactive", ""), (9, "error", "frobnicate"),
                 (10, "taken", "depends on THREE")]


def import_tells_each_line(work):
    path = write(work + "/their.cf", IMPORT)
    code, out, err = run("rules", "import", path)
    lines = out.splitlines()
    for number, fate, reason in IMPORT_WANTED:
        check("import: line %d is %s" % (number, fate), any(
            line.startswith("%s:%d: %s: " % (path, number, fate)) and
            reason in line for line in lines), out)
    sums = [int(n) for n in re.findall(r" (\d+) [a-z]+[,;]", lines[-1])]
    check("import: the fates add up to the lines, 65 for errors",
          code == 65 and lines[-1].startswith("10 lines:") and
          sum(sums) == 10, (code, lines[-1], sums))
    code, out, err = run("rules", "import", "--json", path)
    objects = [json.loads(line) for line in out.splitlines()]
    check("import --json tells the same", code == 65 and all(
        any(o["line"] == number and o["fate"] == fate and
            reason in o["reason"] for o in objects)
        for number, fate, reason in IMPORT_WANTED), out)
    mine = work + "/mine.cf"
    code, out, err = run("rules", "import", "-o", mine, path)
    code, out, err = run("rules", "import", mine)
    check("import --output writes a file that has no errors", code == 0 and
          " 0 error" in out.splitlines()[-1] and ":2: taken: body ONE" in out,
          out)
    code, out, err = run("rules", "import", "-o", mine, path)
    check("import --output leaves a file that is there alone, 73",
          code == 73 and mine in err, (code, err))
    check("import: a missing file is told, 78",
          run("rules", "import", work + "/missing.cf")[0] == 78)


def test_judges_folders(work):
    """Two hams and two spams, two sets of rules."""
    for kind, mails in (("ham", ("tea and cake", "tea")),
                        ("spam", ("pills", "cake and pills"))):
        os.mkdir(work + "/" + kind)
        for number, body in enumerate(mails):
            write("%s/%s/%d.eml" % (work, kind, number),
                  "Subject: x\n\n%s\n" % body)
    old = write(work + "/old.cf", "body PILLS /pills/\nscore PILLS 6\n"
                "body CAKE /cake/\nscore CAKE 1\n"
                "test PILLS ok pills\ntest PILLS fail tea\n")
    new = write(work + "/new.cf", "body PILLS /pills/\nscore PILLS 4.5\n"
                "body CAKE /cake/\nscore CAKE 5\n"
                "test CAKE ok tea\ntest CAKE maybe tea\n")
    folders = ("--ham", work + "/ham", "--spam", work + "/spam")
    code, out, err = run("rules", "test", *folders, old)
    rows = {line.split()[-1]: line.split()[:-1]
            for line in out.splitlines() if re.match(r" +[\d.]+ +[\d.]+ ", line)}
    check("test: hit frequencies, S/O, score", code == 0 and rows == {
        "PILLS": ["100.000", "0.000", "1.000", "6"],
        "CAKE": ["50.000", "50.000", "0.500", "1"]}, (rows, out, err))
    check("test: what is marked", "2 of 2 tests ran, 0 failed" in out and
          "0 of 2 ham marked" in out and "2 of 2 spam marked" in out, out)
    fine = write(work + "/fine.cf", "body CAKE /cake/\nscore CAKE 5\n")
    code, out, err = run("rules", "test", *folders, "--against", old, fine)
    check("test: false positives, and flips against other rules",
          code == 0 and "1 of 2 ham marked" in out and
          "false positive: %s/ham/0.eml 5 CAKE" % work in out and
          "2 verdicts differ" in out and
          "flip: %s/ham/0.eml 1 -> 5" % work in out and
          "flip: %s/spam/0.eml 6 -> 0" % work in out, out)
    code, out, err = run("rules", "test", "--tag", "4", *folders, new)
    check("test: a failed test line is told with its place, 65",
          code == 65 and new + ":5: error: test: CAKE does not hit" in err and
          new + ":6: error" in err, (code, err))
    code, out, err = run("rules", "test", "--ham", work + "/nowhere", old)
    check("test: a missing folder is told, 65", code == 65 and
          "nowhere" in err, (code, out, err))
    os.mkdir(work + "/no-mail")
    code, out, err = run("rules", "test", "--ham", work + "/no-mail", old)
    check("test: a folder without mail, 66", code == 66, (code, out, err))
    check("test: missing rules, 78", run(
        "rules", "test", work + "/no-rules")[0] == 78)


def main():
    with tempfile.TemporaryDirectory(prefix="postern-rules") as work:
        lint_finds_slow_regexes()
        lint_tells_every_problem(work)
        tools_tell_what_cannot_be_read(work)
        list_shows_rules(work)
        import_tells_each_line(work)
        test_judges_folders(work)
        scan_explains(work)
        lint_of_stock_rules()
    print("%d failed" % failures)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
