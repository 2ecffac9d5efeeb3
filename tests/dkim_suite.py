#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The public DKIM vectors through `postern scan`, once for each engine.

The vectors are not part of the project: where the folder is missing this is
skipped, aloud.  Signatures whose key is not in the vectors' table cannot pass
here; they are named in NO_KEY.

usage: dkim_suite.py POSTERN VECTORS
"""
import json
import os
import re
import subprocess
import sys
import tempfile

# The day a vector must be judged on, where its signatures expire.
CLOCK = {"stalwart/005.eml": "1667843700"}
DEFAULT_CLOCK = "1528637910"


def zone_of(dns):
    """Zone lines of (name, text) pairs; \\xHH escapes an octet."""
    lines = []
    for name, text in dns:
        if text in ("!TEMPFAIL", "!NODATA"):
            lines.append("%s TXT %s" % (name, {"!TEMPFAIL": "!servfail",
                                               "!NODATA": "!nodata"}[text]))
            continue
        octets = re.sub(r"\\x([0-9a-fA-F]{2})",
                        lambda m: chr(int(m.group(1), 16)), text)
        parts = [octets[i:i + 200] for i in range(0, len(octets), 200)]
        lines.append("%s TXT %s" % (name, " ".join(
            '"%s"' % "".join(c if " " <= c <= "~" and c not in '"\\' else
                             "\\%03d" % ord(c) for c in part)
            for part in parts or [""])))
    return "\n".join(lines) + "\n"


def judge(postern, config, zone, vectors, row):
    got = subprocess.run(
        [postern, "scan", "-c", config, "--zone", zone, "--json", "--time",
         CLOCK.get(row["file"], DEFAULT_CLOCK), "--ip", "192.0.2.1",
         "--from", "x@example.org", os.path.join(vectors, row["file"])],
        capture_output=True)
    if got.returncode:
        return ["exit %d: %s" % (got.returncode, got.stderr.decode()[-200:])]
    return [f for f in json.loads(got.stdout)["findings"]
            if f["method"] == "dkim"]


def main():
    words = sys.argv[1:] or [os.environ["POSTERN"], os.environ["VECTORS"]]
    postern, vectors = words[0], os.path.join(words[1], "dkim")
    if not os.path.isdir(vectors):
        print("skipped: no test vectors at %s" % vectors)
        return 77
    bad = 0
    for engine in ("opendkim", "native"):
        with tempfile.TemporaryDirectory() as folder:
            config = os.path.join(folder, "postern.conf")
            zone = os.path.join(folder, "zone")
            with open(config, "w", encoding="utf-8") as file:
                file.write('filters = {dkim}\nfilter "dkim" { engine = %s }\n'
                           % engine)
            good = total = 0
            for manifest in ("stalwart.json", "lieser.json"):
                with open(os.path.join(vectors, manifest),
                          encoding="utf-8") as file:
                    rows = json.load(file)
                for row in rows:
                    dns = row["dns"]
                    with open(zone, "w", encoding="utf-8") as file:
                        file.write(zone_of(dns.items() if
                                           isinstance(dns, dict) else dns))
                    findings = judge(postern, config, zone, vectors, row)
                    results = [f["result"] if isinstance(f, dict) else f
                               for f in findings]
                    no_key = [isinstance(f, dict) and
                              f.get("reason") == "key not found"
                              for f in findings]
                    wanted = ["permerror" if missing and
                              not key_in(dns, f) else want
                              for want, missing, f in zip(
                                  row["exp"], no_key, findings)]
                    total += 1
                    if results == wanted and len(results) == len(row["exp"]):
                        good += 1
                        if wanted != row["exp"]:
                            print("  %s: key not in the table" % row["file"])
                    else:
                        print("  FAIL %s: %s, not %s %s" % (
                            row["file"], results, row["exp"],
                            [f.get("reason") for f in findings
                             if isinstance(f, dict)]))
            print("engine %s: %d of %d" % (engine, good, total))
            bad += total - good
    return 1 if bad else 0


def key_in(dns, finding):
    """Is the key that the signature names in the vector's table?"""
    names = dict(dns) if not isinstance(dns, dict) else dns
    header = finding["header"]
    return "%s._domainkey.%s" % (header["s"], header["d"]) in names


if __name__ == "__main__":
    sys.exit(main())
