#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""SPF evaluations a CPU second: both engines, plain libspf2, and pyspf.

usage: spf_rates.py BENCH_SPF    (the program of `make bench/spf`)

All answer from bench/spf.zone, on one CPU, one after the other in one run.
"""
import os
import shlex
import subprocess
import sys
import time

ZONE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "spf.zone")
DOMAINS = ("simple.example", "chain.example", "macro.example")
PEER = "plain-libspf2"


def load(path):
    """The zone as pyspf's answers: (name, type) to [((name, type), data)]."""
    answers = {}
    with open(path, encoding="ascii") as file:
        for line in file:
            words = shlex.split(line.split(";")[0])
            if not words:
                continue
            name, kind, data = words[0], words[1], words[2]
            value = (data.encode(),) if kind == "TXT" else data
            answers.setdefault((name, kind), []).append(((name, kind), value))
    return answers


def measure_pyspf():
    """Lines as bench/spf prints them, or why there are none."""
    try:
        import spf
    except ImportError:
        return [], "pyspf: skipped: no python3-spf"
    answers = load(ZONE)
    spf.DNSLookup = lambda name, kind, *rest, **more: answers.get(
        (name.lower().rstrip("."), kind), [])
    lines = []
    for domain in DOMAINS:
        count, start = 0, time.process_time()
        while time.process_time() - start < 1:
            for _ in range(50):
                result = spf.query(i="192.0.2.1", s="alice@" + domain,
                                   h="helo.example").check()
            count += 50
        lines.append("pyspf %s %d %s" % (
            domain, count / (time.process_time() - start), result[0]))
    return lines, None


def main():
    program = sys.argv[1] if len(sys.argv) == 2 else "bench/spf"
    got = subprocess.run([program, ZONE], check=True, capture_output=True,
                         text=True)
    lines, skipped = measure_pyspf()
    rates, results = {}, {}
    for line in got.stdout.splitlines() + lines:
        engine, domain, rate, result = line.split()
        rates.setdefault(engine, {})[domain] = int(rate)
        results.setdefault(domain, set()).add(result)
    print("evaluations a CPU second" + "".join(
        "%18s" % d.split(".")[0] for d in DOMAINS))
    for engine, row in rates.items():
        print("%-24s" % engine + "".join(
            "%10d (%4.2f)" % (row[d], row[d] / rates[PEER][d])
            for d in DOMAINS))
    print("in brackets: beside %s" % PEER)
    for domain, words in results.items():
        print("%s: %s" % (domain, "/".join(sorted(words))))
    if skipped:
        print(skipped)
    return 0 if all(len(words) == 1 for words in results.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
