#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What DKIM needs for a mail beside the mail itself does not grow with it.

`postern scan` of signed mails, each with no filter and with dkim by either
engine: the largest size in memory may differ by little, be the body 4 KB, 20 MB
of text, one line of 20 MB without a space, or white space alone.  The CPU time
is printed, not judged.

usage: check_dkim_memory.py POSTERN
"""
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import dkim_signer as signer  # noqa: E402

SIZE = 20000000
ALLOWED_KB = 2048
TEXT = b"The quick  brown fox jumps over\tthe lazy dog and nobody minds. \r\n"


def bodies():
    return {"4 KB": TEXT * 60, "20 MB of text": TEXT * (SIZE // len(TEXT)),
            "one line of 20 MB": b"x" * SIZE + b"\r\n",
            "20 MB of spaces": b" " * SIZE + b"x\r\n",
            "20 MB of empty lines": b"x" + b"\r\n" * (SIZE // 4),
            "20 MB of tabs and letters": b"\ta" * (SIZE // 2)}


def scan(postern, config, zone, path):
    """(kilobytes, CPU seconds, results of dkim)"""
    with tempfile.TemporaryFile() as out:
        child = subprocess.Popen(
            [postern, "scan", "-c", config, "--zone", zone, "--json", "--ip",
             "192.0.2.1", "--from", "a@example.org", path], stdout=out)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = status
        out.seek(0)
        text = out.read()
    if status:
        raise SystemExit("FAIL scan ends with %d" % status)
    return (used.ru_maxrss, used.ru_utime + used.ru_stime,
            [f["result"] for f in json.loads(text)["findings"]])


def write_mails(folder):
    """In a process of its own: a child counts what its parent had."""
    key = signer.RsaKey(2048)
    head = [("From", " a@example.org"), ("Subject", " words")]
    with open(os.path.join(folder, "zone"), "w", encoding="utf-8") as file:
        file.write(signer.zone_line("rsa._domainkey.example.org",
                                    key.record()))
    for name, body in bodies().items():
        sigs = [signer.signature(head, body, key, c=form)
                for form in ("relaxed/relaxed", "simple/simple")]
        with open(os.path.join(folder, name), "wb") as file:
            file.write(signer.message(sigs + head, body))


def main():
    postern, bad = (sys.argv[1:] or [os.environ["POSTERN"]])[0], 0
    with tempfile.TemporaryDirectory() as folder:
        writer = multiprocessing.Process(target=write_mails, args=(folder,))
        writer.start()
        writer.join()
        zone = os.path.join(folder, "zone")
        names = [n for n in os.listdir(folder) if n != "zone"]
        configs = {"none": "filters = {}\n"}
        for engine in ("native", "opendkim"):
            configs[engine] = ('filters = {dkim}\nfilter "dkim" '
                               "{ engine = %s }\n" % engine)
        for name, text in configs.items():
            with open(os.path.join(folder, name), "w",
                      encoding="utf-8") as file:
                file.write(text)
        for name in names:
            path = os.path.join(folder, name)
            got = {engine: scan(postern, os.path.join(folder, engine), zone,
                                path) for engine in configs}
            for engine in ("native", "opendkim"):
                more = got[engine][0] - got["none"][0]
                good = (got[engine][2] == ["pass", "pass"] and
                        more <= ALLOWED_KB)
                bad += not good
                print("%s%s, %s: %d KB beside %d KB, %d ms of CPU beside %d" %
                      ("" if good else "FAIL %s " % got[engine][2], name,
                       engine, more, got["none"][0], got[engine][1] * 1000,
                       got["none"][1] * 1000))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
