# SPDX-License-Identifier: BSD-2-Clause
"""What SpamAssassin finds in the corpus, remembered.

Answers of tests/support/parity_judge.pl are kept under
POSTERN_TEST_CACHE (/var/tmp/postern-test-cache) in parity/KEY/, where KEY
is made of SpamAssassin's version, all rule files, the plugin lists and FORM:

    hits.jsonl     {"file": "spam-1/00001.x.txt", "hits": {NAME: COUNT}}
    targets.jsonl  {"file": ..., "body": [...], "rawbody": [...], "uri": [...],
                    "relays": {...}, "envelope_from": ...}
    rules.json     {"version": ..., "rules": {NAME: CLASS}}

Lines are appended in no particular order as they come; files are named
relative to the corpus' data folder.  order() is the one sequence of mails of
which every part of a comparison takes the first N: seeded, so that a longer
run contains the shorter.

usage: parity.py COUNT     asks for the first COUNT mails
"""
import fcntl
import glob
import hashlib
import json
import os
import random
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "integration"))
import check_corpus  # noqa: E402

JUDGE = os.path.join(HERE, "parity_judge.pl")
RULES = "/usr/share/spamassassin"
PLUGINS = "/etc/spamassassin"
FORM = b"1"
SEED = 2026
CACHE = os.path.join(os.environ.get(
    "POSTERN_TEST_CACHE", "/var/tmp/postern-test-cache"), "parity")


def missing():
    """Why there is no SpamAssassin here, or None."""
    got = subprocess.run(["perl", "-MMail::SpamAssassin", "-e",
                          "print Mail::SpamAssassin::Version()"],
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    if got.returncode:
        return "SpamAssassin (package spamassassin) is not installed"
    if not glob.glob(RULES + "/*.cf"):
        return "no stock rules in " + RULES
    return None


def data():
    return check_corpus.CACHE + "/package/data"


def order():
    """All mails in the order of the comparison, or None and the reason."""
    paths, reason = check_corpus.corpus()
    if not paths:
        return None, reason
    names = sorted(os.path.relpath(path, data()) for path in paths)
    random.Random(SEED).shuffle(names)
    return names, None


class Judge:
    """SpamAssassin with its memory."""

    def __init__(self, rules=RULES):
        self.rules = rules
        version = subprocess.run(
            ["perl", "-MMail::SpamAssassin", "-e",
             "print Mail::SpamAssassin::Version()"],
            stdout=subprocess.PIPE, check=True).stdout
        key = hashlib.sha256(FORM + version)
        pre = sorted(glob.glob(PLUGINS + "/*.pre"))
        for path in sorted(glob.glob(rules + "/*.cf")) + pre:
            with open(path, "rb") as file:
                key.update(path.encode() + file.read())
        self.home = os.path.join(CACHE, key.hexdigest()[:16])
        os.makedirs(self.home + "/pre", exist_ok=True)
        for path in pre:
            shutil.copy(path, self.home + "/pre")

    def command(self, mode):
        return ["perl", JUDGE, mode, self.rules, self.home + "/pre"]

    def classes(self):
        """NAME: CLASS of every rule that SpamAssassin has."""
        path = self.home + "/rules.json"
        if not os.path.exists(path):
            text = subprocess.run(self.command("rules"), check=True,
                                  stdout=subprocess.PIPE).stdout
            with open(path + ".new", "wb") as file:
                file.write(text)
            os.replace(path + ".new", path)
        with open(path, encoding="utf-8") as file:
            return json.load(file)["rules"]

    def known(self, mode):
        answers = {}
        path = "%s/%s.jsonl" % (self.home, mode)
        if os.path.exists(path):
            with open(path, encoding="latin-1") as file:
                for line in file:
                    if line.endswith("\n"):
                        answer = json.loads(line)
                        answers[answer["file"]] = answer
        return answers

    def ask(self, mode, names):
        """Answers for those mails; what is not known yet is asked now."""
        answers = self.known(mode)
        wanted = [name for name in names if name not in answers]
        if wanted:
            self.run(mode, wanted)
            answers = self.known(mode)
        return {name: answers[name] for name in names}

    def run(self, mode, names):
        process = subprocess.Popen(
            self.command(mode), cwd=data(), stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, env=dict(os.environ, TZ="UTC"))
        with open("%s/%s.jsonl" % (self.home, mode), "ab") as out:
            for name in names:
                process.stdin.write(name.encode() + b"\n")
                process.stdin.flush()
                line = process.stdout.readline()
                if not line:
                    raise RuntimeError("SpamAssassin died at " + name)
                fcntl.flock(out, fcntl.LOCK_EX)
                out.write(line)
                out.flush()
                fcntl.flock(out, fcntl.LOCK_UN)
        process.stdin.close()
        process.wait()


def main():
    names, reason = order()
    reason = missing() or reason
    if reason:
        print("skipped: %s" % reason)
        return 77
    names = names[:int(sys.argv[1])]
    judge = Judge()
    judge.classes()
    for mode in ("targets", "hits"):
        print(mode, len(judge.ask(mode, names)), judge.home, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
