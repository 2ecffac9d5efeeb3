#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""`postern rules stats`: mail goes through a running server, and its counters
are read while it runs, by text, JSON and metrics; a reload begins anew; and
files that are no counters are told."""
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "support"))
from ports import free_port  # noqa: E402

POSTERN = os.environ.get("POSTERN", os.path.join(HERE, "..", "postern"))
failures = 0

RULES = """body ALPHA /wonder/
score ALPHA 0.5
body BETA /never seen/
body SLOW /(?:\\w+\\s?)+!x/
score SLOW 0.1
meta SUM ALPHA + BETA
score SUM 0.2
if (can(Postern::action))
header EARLY EnvelopeFrom =~ /early/
stage EARLY rcpt
score EARLY 0.1
endif
"""

CONF = """authserv_id = mx.example.net
user = nobody
workers = 2
filters = {{rules}}
dns = "zone:{work}/zone"
spool_directory = "{work}"
runtime_directory = "{work}/run"
log = stderr
filter "rules" {{ directories = {{"{work}/rules"}} }}
listener "mx" {{ address = "127.0.0.1:{front}" backend = "127.0.0.1:{back}"
                 identity = xclient }}
"""


def check(what, good, detail=""):
    global failures
    failures += not good
    print("%-4s %s%s" % ("ok" if good else "FAIL", what,
                         "" if good else ": %r" % (detail,)))


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def run(*words):
    got = subprocess.run([POSTERN, "rules", "stats", *words],
                         capture_output=True, timeout=60)
    return got.returncode, got.stdout.decode(), got.stderr.decode()


def stats(work):
    """By name, and the sums."""
    code, out, err = run("-c", work + "/postern.conf", "--json", "-v")
    lines = [json.loads(line) for line in out.splitlines()]
    if code or not lines:
        return {}, {"code": code, "err": err}
    return {line["name"]: line for line in lines[:-1]}, lines[-1]


def send(port, body, sender="a@example.org"):
    with socket.create_connection(("127.0.0.1", port), 30) as sock:
        lines = sock.makefile("rb")
        lines.readline()
        for command in ("HELO c.example", "MAIL FROM:<%s>" % sender,
                        "RCPT TO:<b@example.net>", "DATA"):
            sock.sendall(command.encode() + b"\r\n")
            lines.readline()
        sock.sendall(b"Subject: x\r\nFrom: a@example.org\r\n\r\n" +
                     body.encode() + b"\r\n.\r\n")
        return lines.readline()


def wait_for(what, seconds=20):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.1)
    return False


def log_has(work, text, count):
    with open(work + "/serve.log", "rb") as file:
        return file.read().count(text) >= count


def start(work):
    ports = {"front": free_port(), "back": free_port()}
    write(work + "/postern.conf", CONF.format(work=work, **ports))
    sink = subprocess.Popen(
        [POSTERN, "sink", "--quiet", "--listen",
         "127.0.0.1:%d" % ports["back"], "--maildir", work + "/Maildir"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    serve = subprocess.Popen([POSTERN, "serve", "-f", "-c",
                              work + "/postern.conf"],
                             stderr=open(work + "/serve.log", "wb"))
    wait_for(lambda: log_has(work, b"backend ready", 2))
    return ports["front"], sink, serve


def count_mail(work, port):
    before = int(time.time())
    replies = [send(port, "I wonder") for _ in range(20)]
    replies.append(send(port, "words " * 40 + "!y, and !x comes late"))
    replies.append(send(port, "nothing", "early@example.org"))
    check("mail is taken", all(r.startswith(b"250") for r in replies),
          replies)
    rules, sums = stats(work)
    check("22 mails are counted", sums.get("mails") == 22 and
          sums.get("rules") == 5, sums)
    check("hits of rules and metas are counted",
          [rules.get(name, {}).get("hits") for name in
           ("ALPHA", "BETA", "SUM", "EARLY")] == [20, 0, 20, 1], rules)
    check("the last hit is told",
          before <= rules["ALPHA"]["last"] <= time.time() and
          rules["BETA"]["last"] == 0, rules)
    check("a rule that meets its limit is an error",
          rules["SLOW"]["errors"] == 1, rules)
    check("place and score are told", rules["ALPHA"]["score"] == 0.5 and
          rules["ALPHA"]["where"] == work + "/rules/a.cf:1", rules)
    check("time is told", rules["ALPHA"]["ms"] > 0, rules)


def other_shapes(work):
    code, out, err = run("-c", work + "/postern.conf")
    check("text: the busiest first, no rule without hits",
          code == 0 and "22 mails, 5 rules" in out.splitlines()[0] and
          re.search(r"^ +20 \d{4}-\S+Z +[\d.]+ +0 +0\.5  ALPHA$", out, re.M)
          and "BETA" not in out, out)
    code, out, err = run("-c", work + "/postern.conf", "--metrics")
    check("metrics", code == 0 and "postern_rules_mails_total 22\n" in out and
          'postern_rule_hits_total{rule="ALPHA"} 20\n' in out and
          'postern_rule_errors_total{rule="SLOW"} 1\n' in out, out)


def reload_begins_anew(work, port, serve):
    write(work + "/rules/a.cf", RULES + "body GAMMA /wonder/\n")
    serve.send_signal(signal.SIGHUP)
    wait_for(lambda: log_has(work, b"backend ready", 4))
    rules, sums = stats(work)
    check("a reload begins anew, with the new rules",
          sums.get("mails") == 0 and "GAMMA" in rules, sums)
    send(port, "I wonder")
    rules, sums = stats(work)
    check("... and counts", sums.get("mails") == 1 and
          rules["GAMMA"]["hits"] == 1, rules)


def files_that_are_none(work):
    with open(work + "/run/rules.stats", "rb") as file:
        good = file.read()
    cases = [("empty", b""), ("short", good[:20]), ("cut", good[:-1]),
             ("text", b"hits 7\n" * 100), ("long", good + b"x"),
             ("no end of a name", good[:48] + b"A" * 252 + good[300:])]
    for what, content in cases:
        with open(work + "/bad", "wb") as file:
            file.write(content)
        code, out, err = run("--file", work + "/bad")
        check("a file that is %s is told, 69" % what,
              code == 69 and work + "/bad" in err and out == "",
              (code, out, err))
    code, out, err = run("--file", work + "/missing")
    check("a missing file is told, 69", code == 69 and "missing" in err, err)
    check("an argument is misused, 64", run("x")[0] == 64)


def main():
    with tempfile.TemporaryDirectory(prefix="postern-stats") as work:
        os.chmod(work, 0o777)
        os.mkdir(work + "/run")
        os.mkdir(work + "/rules")
        write(work + "/rules/a.cf", RULES)
        write(work + "/zone", "x.example A 192.0.2.1\n")
        port, sink, serve = start(work)
        try:
            count_mail(work, port)
            other_shapes(work)
            reload_begins_anew(work, port, serve)
            files_that_are_none(work)
        finally:
            serve.terminate()
            code = serve.wait(30)
            sink.terminate()
            sink.wait(10)
        check("the server ends well", code == 0, code)
    print("%d failed" % failures)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
