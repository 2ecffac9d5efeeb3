#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Many messages over 20 connections: every answer is right, memory is steady,
and, with a sanitizer, nothing is reported that is ours.

usage: check_milter_threads.py [--count N] [POSTERN]"""
import argparse
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(HERE, "..", "support"))
from milter_door import Door  # noqa: E402
from milter_load import Load  # noqa: E402
from ports import free_port  # noqa: E402

SUPPRESSIONS = os.path.join(HERE, "..", "tsan.supp")
failures = []
# AddressSanitizer would keep 256 MB of what was freed.
os.environ.setdefault("ASAN_OPTIONS", "quarantine_size_mb=1:"
                      "thread_local_quarantine_size_kb=16")


def check(what, good, detail=""):
    print("%-4s %s%s" % ("ok" if good else "FAIL", what,
                         "" if good else ": %.6000s" % (detail,)), flush=True)
    if not good:
        failures.append(what)


def resident(pid):
    """KB."""
    with open("/proc/%d/status" % pid, encoding="ascii") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read())[1])


def reports(text):
    """Whole reports of ThreadSanitizer that have a frame of ours."""
    found = re.findall(r"(?s)={18}\n(WARNING: .*?)={18}", text)
    return [f for f in found if re.search(r"/(proxy|lib|filters)/", f)], found


def run(postern, count, name, **keys):
    door = Door(postern, **keys).start()
    try:
        rounds = []
        for _ in range(3):
            load = Load(door.port, count // 3 + 1, 20).start().join()
            check("%s: %d messages on 20 connections are each judged as they "
                  "must" % (name, load.done),
                  not load.wrong and load.done == count // 3 + 1,
                  (load.wrong[:5], load.done))
            rounds.append(resident(door.children()[0]))
        print("     resident KB after each third: %s" % rounds)
        check("%s: memory is steady" % name,
              rounds[2] < rounds[1] * 1.15 + 2048, rounds)
        check("%s: Postern stops with 0" % name, door.stop(keep=True) == 0,
              door.read_log()[-2000:])
        log = door.read_log()
        ours, all_of_them = reports(log)
        print("     reports of ThreadSanitizer: %d, with a frame of ours: %d"
              % (len(all_of_them), len(ours)))
        check("%s: no report with a frame of ours" % name, not ours,
              "\n".join(ours))
        check("%s: no leak, no other report" % name,
              "LeakSanitizer" not in log and "AddressSanitizer" not in log and
              "runtime error" not in log, log[-4000:])
    finally:
        door.stop()


def name_server(work):
    """A real nsd with the zone of the first run, or None."""
    port = free_port()
    conf = os.path.join(work, "nsd.conf")
    with open(conf, "w", encoding="utf-8") as file:
        file.write('server:\n ip-address: 127.0.0.1@%d\n username: ""\n'
                   ' zonesdir: "%s"\n database: ""\n pidfile: ""\n'
                   ' xfrdfile: ""\n zonelistfile: "%s/zl"\n verbosity: 0\n'
                   ' xfrdir: "%s"\n' % (port, work, work, work))
        for zone in ("good.example", "signed.example", "example"):
            file.write('zone:\n name: "%s"\n zonefile: "%s.zone"\n' % (
                zone, zone))
            write_zone(work, zone)
    process = subprocess.Popen(["nsd", "-d", "-c", conf],
                               stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    return process, port


def write_zone(work, zone):
    key = ""
    source = os.path.join(HERE, "..", "..", "packaging", "first-run",
                          "first-run.zone")
    with open(source, encoding="utf-8") as file:
        for line in file:
            if line.startswith("sel._domainkey"):
                key = line
    with open(os.path.join(work, zone + ".zone"), "w",
              encoding="utf-8") as file:
        file.write("$TTL 1\n%s. SOA ns.%s. h.%s. 1 1 1 1 1\n"
                   "%s. NS ns.%s.\nns.%s. A 127.0.0.1\n"
                   "%s. TXT \"v=spf1 ip4:127.0.0.0/8 -all\"\n" % (
                       (zone,) * 7))
        if zone == "signed.example":
            file.write(key)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=1500)
    parser.add_argument("postern", nargs="?",
                        default=os.environ.get("POSTERN"))
    words = parser.parse_args()
    os.environ["TSAN_OPTIONS"] = "suppressions=%s exitcode=0" % SUPPRESSIONS
    run(words.postern, words.count, "a zone answers")
    door = Door(words.postern)
    try:
        server, port = name_server(door.work)
    except FileNotFoundError:
        print("skipped: there is no nsd")
        return 1 if failures else 0
    try:
        run(words.postern, words.count // 4, "a name server answers",
            dns="127.0.0.1:%d" % port)
    finally:
        server.terminate()
        server.wait()
        door.stop()
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
