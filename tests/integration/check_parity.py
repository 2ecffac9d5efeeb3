#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Parity: the hits of SpamAssassin itself beside ours, rule by rule.

Both read the same mails of the corpus (tests/support/parity.py says in which
order, and keeps SpamAssassin's answers) and the stock rules of the package
spamassassin, without network, Bayes or preferences.  `postern scan` judges
the same octets with the rules filter alone; it takes client and sender from
the topmost Received and Return-Path, as SpamAssassin takes its relays from
the same lines: the topmost Received stands for our own hop on both sides.

Printed for each class of rules: hits of SpamAssassin that are ours, and ours
that are SpamAssassin's, counted as pairs of a mail and a rule; then the rules
with most differences, each with an example.  Rules that SpamAssassin does not
have here, and those that we tell as not supported, are counted apart and
named with --unsupported.

Then the targets themselves, text for text: what SpamAssassin matches body,
rawbody and uri rules against, beside what tests/dump_targets says of ours.

It fails below --least percent in any class or target, either way.

usage: check_parity.py [--count N] [--least PERCENT] [--class CLASS]
                       [--worst N] [--rule NAME] [--values] [--unsupported]
                       [--targets DUMP_TARGETS] [--rules FOLDER] [POSTERN]

--rules names another folder of rule files, all that both are to read.
"""
import argparse
import collections
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import parity  # noqa: E402

CLASSES = ("body", "rawbody", "uri", "full", "header", "mimeheader", "meta",
           "eval")
TARGETS = ("body", "rawbody", "uri")
TARGETS_LEAST = 99.8  # texts are few, and one octet makes two differ
CONFIG = """
authserv_id = mx.example.net
dns = "zone:/dev/null"
filters = {rules}
filter "rules" { directories = {"%s"} budget = 60s }
"""


def ours(postern, names, work):
    """{mail: {rule: count}}"""
    with open(work + "/postern.conf", "w", encoding="utf-8") as file:
        file.write(CONFIG % parity.RULES)
    got = subprocess.run(
        [postern, "scan", "-c", work + "/postern.conf", "--offline", "--json",
         "--all-rules"] + names, cwd=parity.data(), stdout=subprocess.PIPE,
        stderr=subprocess.PIPE)
    if got.returncode:
        raise RuntimeError(got.stderr[-2000:].decode("latin-1"))
    hits = {}
    for line in got.stdout.splitlines():
        answer = json.loads(line)
        hits[answer["file"]] = {
            rule["name"]: rule["hits"] for rule in answer["rules"]}
    return hits


def unsupported(postern):
    """Rules that we tell as not supported: they are not compared."""
    got = subprocess.run([postern, "rules", "list", "-v", parity.RULES],
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    names = {}
    for line in got.stdout.decode("latin-1").splitlines():
        found = re.search(r"^(\S+) .*  unsupported: (.*)$", line)
        if found:
            names[found[1]] = found[2]
    return names


class Count:
    """Of one class: pairs of a mail and a rule."""

    def __init__(self):
        self.both = self.theirs = self.ours = self.values = 0

    def percent(self, other):
        return 100.0 * self.both / (self.both + other) \
            if self.both + other else 100.0

    def least(self):
        return min(self.percent(self.theirs), self.percent(self.ours))


def compare(names, judged, found, classes, skip):
    counts = {name: Count() for name in CLASSES}
    rules = collections.defaultdict(lambda: ([], [], []))
    for name in names:
        theirs, mine = judged[name]["hits"], found[name]
        for rule in set(theirs) | set(mine):
            if rule in skip or rule not in classes:
                continue
            count = counts[classes[rule]]
            if rule in theirs and rule in mine:
                count.both += 1
                if theirs[rule] != mine[rule]:
                    count.values += 1
                    rules[rule][2].append(
                        "%s (%s, %s)" % (name, theirs[rule], mine[rule]))
            elif rule in theirs:
                count.theirs += 1
                rules[rule][0].append(name)
            else:
                count.ours += 1
                rules[rule][1].append(name)
    return counts, rules


def show(counts, rules, classes, options):
    print("%-10s %8s %8s %8s  %8s %8s %7s" % (
        "class", "both", "theirs", "ours", "of theirs", "of ours", "values"))
    for name in CLASSES:
        count = counts[name]
        print("%-10s %8d %8d %8d  %8.3f%% %8.3f%% %6d" % (
            name, count.both, count.theirs, count.ours,
            count.percent(count.theirs), count.percent(count.ours),
            count.values))
    worst = sorted(((len(only) + len(also) +
                     (len(values) if options.values else 0), rule)
                    for rule, (only, also, values) in rules.items()
                    if not options.kind or classes[rule] == options.kind),
                   reverse=True)
    for number, rule in worst[:options.worst]:
        only, also, values = rules[rule]
        if number:
            print("  %-28s %-10s theirs %d ours %d values %d  %s" % (
                rule, classes[rule], len(only), len(also), len(values),
                " ".join(only[:1] + also[:1] + values[:1])))
    if options.rule:
        for what, mails in zip(("theirs", "ours", "values"),
                               rules[options.rule]):
            for mail in mails:
                print("  ", what, mail)


def dump(program, names):
    got = subprocess.run([program, parity.RULES], cwd=parity.data(),
                         input="\n".join(names).encode(),
                         stdout=subprocess.PIPE, check=True)
    answers = [json.loads(line) for line in got.stdout.splitlines()]
    return {answer["file"]: answer for answer in answers}


def compare_targets(names, judged, found):
    """{target: Count} of texts, and the mails that differ."""
    counts = {target: Count() for target in TARGETS}
    differ = {target: [] for target in TARGETS}
    for name in names:
        for target in TARGETS:
            theirs = collections.Counter(judged[name][target])
            mine = collections.Counter(found[name][target])
            both = sum((theirs & mine).values())
            counts[target].both += both
            counts[target].theirs += sum(theirs.values()) - both
            counts[target].ours += sum(mine.values()) - both
            if theirs != mine:
                differ[target].append(name)
    return counts, differ


def show_targets(counts, differ):
    for target in TARGETS:
        count = counts[target]
        print("target %-8s %7d texts alike, theirs %d, ours %d: %.3f%%, "
              "%.3f%%; %d mails differ %s" % (
                  target, count.both, count.theirs, count.ours,
                  count.percent(count.theirs), count.percent(count.ours),
                  len(differ[target]), " ".join(differ[target][:2])))


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=int(
        os.environ.get("PARITY_COUNT", "200")))
    parser.add_argument("--least", type=float, default=99.9)
    parser.add_argument("--targets", default=os.environ.get("DUMP_TARGETS"))
    parser.add_argument("--class", dest="kind")
    parser.add_argument("--worst", type=int, default=20)
    parser.add_argument("--rule")
    parser.add_argument("--values", action="store_true")
    parser.add_argument("--unsupported", action="store_true")
    parser.add_argument("--rules", default=parity.RULES)
    parser.add_argument("postern", nargs="?",
                        default=os.environ.get("POSTERN", "./postern"))
    return parser.parse_args()


def main():
    options = arguments()
    parity.RULES = os.path.abspath(options.rules)
    postern = os.path.abspath(options.postern)
    names, reason = parity.order()
    reason = parity.missing() or reason
    if reason:
        print("skipped: %s" % reason)
        return 77
    names = names[:options.count]
    judge = parity.Judge(parity.RULES)
    judged, classes = judge.ask("hits", names), judge.classes()
    with tempfile.TemporaryDirectory(prefix="postern-parity") as work:
        found = ours(postern, names, work)
    skip = unsupported(postern)
    known = {rule: skip[rule] for rule in skip if rule in classes}
    print("%d mails, %d rules of SpamAssassin, %d of them not supported" % (
        len(names), len(classes), len(known)))
    if options.unsupported:
        for rule in sorted(known):
            print("  %-30s %-10s %s" % (rule, classes[rule], known[rule]))
    counts, rules = compare(names, judged, found, classes, skip)
    show(counts, rules, classes, options)
    targets = {}
    if options.targets:
        targets, differ = compare_targets(
            names, judge.ask("targets", names),
            dump(os.path.abspath(options.targets), names))
        show_targets(targets, differ)
    short = [name for name in counts if counts[name].least() < options.least]
    short += ["target " + name for name in targets
              if targets[name].least() < TARGETS_LEAST]
    if short:
        print("below %s%%: %s" % (options.least, ", ".join(short)))
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
