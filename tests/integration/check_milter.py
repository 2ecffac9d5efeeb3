#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Postern as the milter of a real Postfix and of a real Sendmail.

usage: check_milter.py [POSTERN] [postfix|sendmail]"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import postfix  # noqa: E402
import sendmail  # noqa: E402
from milter_cases import Cases  # noqa: E402
from milter_door import Door  # noqa: E402

USERS = ["u%d" % n for n in range(100)]
EXTRA = 'tag_subject = "[SPAM] "'
failures = []


def check(what, good, detail=""):
    print("%-4s %s%s" % ("ok" if good else "FAIL", what,
                         "" if good else ": %.3000s" % (detail,)), flush=True)
    if not good:
        failures.append(what)


def with_postfix(door):
    where = "inet:127.0.0.1:%d" % door.port
    return postfix.Postfix(users=USERS, main=[
        ("smtpd_milters", where), ("non_smtpd_milters", where),
        ("milter_default_action", "tempfail")])


def with_sendmail(door):
    return sendmail.Sendmail("inet:%d@127.0.0.1" % door.port)


def run(postern, make):
    door = Door(postern, extra=EXTRA, log_format="json").start()
    mta = None
    try:
        mta = make(door)
        mta.start()
        Cases(mta, door, check).all()
        log = door.read_log()
        check("%s: Postern stops with 0" % mta.name,
              door.stop(keep=True) == 0, log[-2000:])
        check("%s: no report of a sanitizer" % mta.name,
              not any(word in log for word in (
                  "ERROR: ", "runtime error", "WARNING: Thread")), log[-3000:])
    finally:
        door.stop()
        if mta:
            mta.stop()


def main():
    words = sys.argv[1:]
    kinds = {"postfix": with_postfix, "sendmail": with_sendmail}
    only = [word for word in words if word in kinds]
    words = [word for word in words if word not in kinds]
    postern = words[0] if words else os.environ["POSTERN"]
    skipped = 0
    for kind in only or kinds:
        try:
            run(postern, kinds[kind])
        except postfix.Unavailable as reason:
            print("skipped: %s" % reason)
            skipped += 1
    if failures:
        return 1
    return 77 if skipped else 0


if __name__ == "__main__":
    sys.exit(main())
