#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Signatures made here, right and wrong, through both engines and, where
python3-dkim is installed, through dkimpy.

Every vector says what RFC 6376, 8301 and 8463 want.  Where dkimpy is
known to say otherwise the vector has dkimpy=True, and filters/dkim/README.md argues it.

usage: check_dkim_vectors.py POSTERN [-v]
"""
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
sys.path.insert(0, HERE)
import dkim_vectors  # noqa: E402

try:
    import dkim
except ImportError:
    dkim = None


def scan(postern, config, zone, path):
    got = subprocess.run(
        [postern, "scan", "-c", config, "--zone", zone, "--json", "--time",
         str(dkim_vectors.NOW), "--ip", "192.0.2.1", "--from",
         "alice@example.org", path], capture_output=True, check=False)
    if got.returncode:
        return None, "exit %d: %s" % (got.returncode,
                                      got.stderr.decode()[-300:])
    found = [f for f in json.loads(got.stdout)["findings"]
             if f["method"] == "dkim"]
    return ([f["result"] for f in found],
            "; ".join(f.get("reason", "") for f in found))


def ask_dkimpy(vector):
    """pass or not, for each signature."""
    def txt(name, timeout=5):
        name = name.decode() if isinstance(name, bytes) else name
        texts = vector.dns.get(name.rstrip("."))
        text = texts[0] if texts else None
        return text.encode("utf-8", "surrogateescape") if isinstance(
            text, str) else text
    out = []
    for i in range(len(vector.want)):
        try:
            out.append(bool(dkim.DKIM(vector.mail).verify(i, dnsfunc=txt)))
        except Exception:
            out.append(False)
    return out


def check(folder, postern, vector):
    """Words on what is wrong; empty when nothing is."""
    wrong = []
    path, zone = (os.path.join(folder, name) for name in ("mail", "zone"))
    with open(path, "wb") as file:
        file.write(vector.mail)
    with open(zone, "w", encoding="utf-8") as file:
        file.write(vector.zone())
    for engine in ("native", "opendkim"):
        got, why = scan(postern, os.path.join(folder, engine), zone, path)
        if got != vector.want:
            wrong.append("%s says %s (%s)" % (engine, got, why))
        elif vector.reason and vector.reason not in why:
            wrong.append("%s gives as reason: %s" % (engine, why))
    return wrong


def main():
    postern = (sys.argv[1:] or [os.environ["POSTERN"]])[0]
    vectors = dkim_vectors.make()
    bad = against = asked = 0
    with tempfile.TemporaryDirectory() as folder:
        for engine in ("native", "opendkim"):
            with open(os.path.join(folder, engine), "w",
                      encoding="utf-8") as file:
                file.write('filters = {dkim}\nfilter "dkim" { engine = %s }\n'
                           % engine)
        for vector in vectors:
            wrong = check(folder, postern, vector)
            if dkim and vector.dkimpy is not None:
                theirs = ask_dkimpy(vector)
                asked += 1
                ours = [r == "pass" for r in vector.want]
                against += theirs != ours
                if theirs != ours and "-v" in sys.argv:
                    print("dkimpy: %s: %s" % (vector.name, theirs))
                if (theirs != ours) != vector.dkimpy:
                    wrong.append("dkimpy says %s" % theirs)
            for line in wrong:
                print("FAIL %s: wanted %s, %s" % (vector.name, vector.want,
                                                  line))
            bad += bool(wrong)
    print("%d vectors by both engines, %d wrong; dkimpy: %s" % (
        len(vectors), bad, "%d asked, %d argued in filters/dkim/README.md"
        % (asked, against) if dkim else "skipped, not installed"))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
