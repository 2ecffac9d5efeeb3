#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The public SPF suites (RFC 7208, RFC 4408) through `postern spf --zone`.

Result and explanation are compared exactly, once for each engine.  The suites
are not part of the project: where the folder is missing this is skipped, aloud.

usage: spf_suite.py POSTERN VECTORS
"""
import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

try:
    import yaml
except ImportError:
    yaml = None

SUITES = (("rfc7208-tests.yml", 203), ("rfc4408-tests.yml", 191))


def quoted(text):
    octets = text.encode("utf-8", "surrogateescape")
    return '"%s"' % "".join(
        chr(o) if 32 <= o < 127 and o not in (34, 92) else "\\%03d" % o
        for o in octets)


def name_of(text):
    return "".join(c if c not in " \t;\"()" else "\\%03d" % ord(c)
                   for c in text)


def record_lines(name, record):
    """Zone lines of one record of the suite."""
    name = name_of(name)
    if record == "TIMEOUT":
        return ["%s ANY !timeout" % name]
    (kind, value), = record.items()
    if value == "TIMEOUT":
        return ["%s %s !timeout" % (name, kind)]
    if kind in ("TXT", "SPF"):
        parts = value if isinstance(value, list) else [value]
        return ["%s %s %s" % (name, kind, " ".join(
            quoted(part[i:i + 255]) for part in parts
            for i in range(0, max(len(part), 1), 255)) or '""')]
    if kind == "MX":
        return ["%s MX %d %s" % (name, value[0], name_of(value[1]) or ".")]
    return ["%s %s %s" % (name, kind, name_of(value) or ".")]


def zone_of(data):
    """The zone file; SPF records count as TXT where a name has no TXT."""
    lines = []
    for name, records in data.items():
        kinds = [next(iter(r)) for r in records if isinstance(r, dict)]
        for record in records:
            if record == {"TXT": "NONE"}:
                continue
            if isinstance(record, dict) and "SPF" in record:
                if "TXT" not in kinds:
                    lines += record_lines(name, {"TXT": record["SPF"]})
                continue
            lines += record_lines(name, record)
    return "\n".join(lines) + "\n"


def run_case(postern, config, zone, case):
    """None, or how the answer differs."""
    got = subprocess.run(
        [postern, "spf", "-c", config, "--zone", zone, "--json", "--ip",
         case["host"], "--helo", case["helo"], "--from",
         case.get("mailfrom") or ""], capture_output=True)
    if got.returncode != 0:
        return "exit %d: %s" % (got.returncode, got.stderr.decode()[-300:])
    answer = json.loads(got.stdout)
    wanted = case["result"]
    wanted = wanted if isinstance(wanted, list) else [wanted]
    if answer["result"] not in wanted:
        return "%s, not %s (%s)" % (answer["result"], "/".join(wanted),
                                    answer["problem"])
    words = case.get("explanation")
    if words and answer["result"] == "fail":
        if words == "DEFAULT":
            words = "%s is not allowed to send mail for %s" % (
                case["host"], answer["domain"])
        if answer["explanation"] != words:
            return "explains %r, not %r" % (answer["explanation"], words)
    return None


def run_suite(postern, path, engine, folder):
    """How many cases there are, and those that differ."""
    config = os.path.join(folder, engine + ".conf")
    with open(config, "w", encoding="utf-8") as file:
        file.write('filters = {}\nfilter "spf" { engine = %s }\n' % engine)
    with open(path, encoding="utf-8") as file:
        scenarios = list(yaml.safe_load_all(file))
    jobs = []
    for number, scenario in enumerate(scenarios):
        zone = os.path.join(folder, "%d.zone" % number)
        with open(zone, "w", encoding="utf-8") as file:
            file.write(zone_of(scenario["zonedata"]))
        jobs += [(zone, name, case)
                 for name, case in scenario["tests"].items()]
    with ThreadPoolExecutor(2) as pool:
        answers = pool.map(lambda job: run_case(postern, config, job[0],
                                                job[2]), jobs)
        failures = ["%s: %s" % (job[1], answer)
                    for job, answer in zip(jobs, answers) if answer]
    return len(jobs), failures


def main():
    words = sys.argv[1:] or [os.environ["POSTERN"], os.environ["VECTORS"]]
    postern, vectors = words[0], os.path.join(words[1], "spf")
    if yaml is None or not os.path.isdir(vectors):
        print("skipped: no python3-yaml" if yaml is None else
              "skipped: no test vectors at %s" % vectors)
        return 77
    bad = 0
    for name, count in SUITES:
        for engine in ("libspf2", "internal"):
            with tempfile.TemporaryDirectory() as folder:
                total, failures = run_suite(
                    postern, os.path.join(vectors, name), engine, folder)
            print("%s with %s: %d of %d" % (name, engine,
                                            total - len(failures), total))
            for failure in failures:
                print("  " + failure)
            bad += len(failures) + (total != count)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
