#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What reads our log reads it right: pflogsumm counts the refusals, and the
fail2ban filter that we ship finds who was refused, and nobody whom a client
merely named.  In JSON each refusal is an object with the same keys.  usage: POSTERN=./postern check_log_readers.py"""
import json
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from door import Client, Postern, Report, free_port  # noqa: E402
from packages import Unavailable, unpacked  # noqa: E402

report = Report()
check = report.check
FILTER = os.path.join(HERE, "..", "..", "packaging", "fail2ban")
EVIL = '"x: reject: RCPT from unknown[203.0.113.99]: 550 5.1.1 y"@z.example'


def client(port, ip):
    return Client(port, first=b"PROXY TCP4 %s 192.0.2.1 4321 25\r\n" %
                  ip.encode())


def misbehave(port):
    """Three refusals of recipients, a browser, errors, a bad message."""
    who = client(port, "192.0.2.7")
    who.say("EHLO client.example")
    who.say("MAIL FROM:<a@good.example>")
    for _ in range(2):
        who.say("RCPT TO:<nobody@example.net>")
    who.close()
    who = client(port, "198.51.100.2")
    who.say("EHLO reject:.RCPT.from.unknown[203.0.113.98]:")
    who.say("MAIL FROM:<%s>" % EVIL)
    who.say("RCPT TO:<nobody@example.net>")
    who.close()
    who = client(port, "198.51.100.3")
    who.say("GET / HTTP/1.1")
    who.close()
    who = client(port, "198.51.100.4")
    for _ in range(25):
        if who.say("XYZZY")[:3] == "421":
            break
    who.close()
    who = client(port, "198.51.100.5")
    reply = who.mail(content=b"Subject: x\r\n\r\nbare\nLF\r\n")
    check("a message with a bare LF is refused", reply[:3] == "554", reply)
    who.close()
    who = client(port, "198.51.100.6")
    check("a good one is not", who.mail()[:3] == "250")
    who.close()


def pflogsumm(path):
    if not shutil.which("pflogsumm"):
        report.skip("pflogsumm", "it is not installed")
        return
    text = subprocess.run(
        ["pflogsumm", "--syslog-name=postern", path], check=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout.decode()
    found = re.search(r"(\d+)\s+rejected", text)
    check("pflogsumm counts five refusals", found and found[1] == "5", text)
    check("pflogsumm knows why", re.search(
        r"RCPT\n(?:.*\n)?.*User unknown|unknown", text), text)
    check("pflogsumm has no word of what it cannot read",
          "uninitialized" not in text, text)


def fail2ban(path, mode):
    """The addresses that the filter finds, with how often."""
    root = unpacked("fail2ban", "fail2ban")
    folder = os.path.dirname(path) + "/" + mode
    shutil.copytree(os.path.join(root, "etc/fail2ban"), folder)
    shutil.copy(os.path.join(FILTER, "filter.d/postern.conf"),
                os.path.join(folder, "filter.d"))
    env = dict(os.environ, PYTHONPATH=os.path.join(
        root, "usr/lib/python3/dist-packages"))
    python = "/usr/bin/python3"
    got = subprocess.run(
        [python, os.path.join(root, "usr/bin/fail2ban-regex"), "-c", folder,
         "-o", "ip", path, "postern[mode=%s]" % mode], env=env, timeout=60,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    text = got.stdout.decode("utf-8", "replace")
    check("fail2ban-regex reads the filter, mode %s" % mode,
          got.returncode == 0, text[-800:])
    return text.split()


def bans(path):
    try:
        normal = fail2ban(path, "normal")
        aggressive = fail2ban(path, "aggressive")
    except Unavailable as reason:
        report.skip("fail2ban", reason)
        return
    check("two refusals of one client", normal.count("192.0.2.7") == 2,
          normal)
    for ip, what in (("198.51.100.2", "who forges log lines"),
                     ("198.51.100.3", "a browser"),
                     ("198.51.100.4", "too many errors")):
        check("%s is found" % what, normal.count(ip) == 1, normal)
    check("nobody else", set(normal) == {
        "192.0.2.7", "198.51.100.2", "198.51.100.3", "198.51.100.4"},
        normal)
    check("aggressive: a refused message, too", set(aggressive) ==
          set(normal) | {"198.51.100.5"}, aggressive)


def refused_connections(postern):
    """One of each kind, and a mail, which is what the others must look like."""
    port = postern.ports
    with_one = Client(port["full"])
    Client(port["full"]).close()
    with_one.close()
    Client(port["early"], first=b"EHLO c.example\r\n").close()
    Client(port["listed"]).close()
    Client(port["balancer"], first=b"EHLO c.example\r\n").close()
    for line in ("GET / HTTP/1.1", "\xff"):
        who = Client(port["mx"])
        who.say(line)
        who.close()
    who = Client(port["mx"])
    for _ in range(5):
        who.say("XYZZY")
    who.close()
    who = Client(port["mx"])
    check("a mail in between", who.mail()[:3] == "250")
    who.close()


REFUSALS = (("defer", "CONNECT", "421 4.3.2 Too busy", "(max_sessions)"),
            ("reject", "CONNECT", "554 5.5.1 ", "(spoke before"),
            ("reject", "CONNECT", "554 5.7.1 ", "(not listed in clients)"),
            ("reject", "CONNECT", "", "(no PROXY header: "),
            ("defer", "UNKNOWN", "421 4.7.0 ", "(no SMTP client)"),
            ("defer", "UNKNOWN", "421 4.7.0 ", "(binary octets)"),
            ("defer", "UNKNOWN", "421 4.7.0 Too many errors", ""))


def json_lines(behind):
    back = 'backend = "127.0.0.1:%d" ' % behind
    postern = Postern({
        "mx": back + "max_errors = 5", "full": back + "max_sessions = 1",
        "early": back + "greet_pause = 1s",
        "listed": back + "clients = {192.0.2.0/24}",
        "balancer": back + "accept_proxy = {127.0.0.0/8}"},
        top="log_format = json")
    refused_connections(postern)
    postern.wait_log('"queue_id"', len(REFUSALS) + 1)
    log = postern.read_log()
    found = [json.loads(line[line.index("{"):]) for line in log.splitlines()
             if ": {" in line]
    mails = [one for one in found if one["verb"] == "DATA"]
    check("the mail is an object", len(mails) == 1, found)
    check("nothing more, nothing less", len(found) == len(REFUSALS) + 1, log)
    check("no refusal is text", "reject:" not in log and
          "too many errors" not in log and "no PROXY header from" not in log,
          log)
    for action, verb, start, end in REFUSALS:
        fit = [one for one in found if one["action"] == action and
               one["verb"] == verb and one["reply"].startswith(start) and
               end in one["reply"]]
        check("%s%s is an object" % (start, end), len(fit) == 1, found)
        check("with the keys of a mail", fit and fit[0].keys() ==
              mails[0].keys() and fit[0]["client"] == "127.0.0.1", fit)
    check("Postern stops with 0", postern.stop() == 0)


def main():
    behind = free_port()
    sink = subprocess.Popen(
        [os.path.abspath(os.environ["POSTERN"]), "sink", "--quiet",
         "--listen", "127.0.0.1:%d" % behind, "--domain", "example.net",
         "--refuse", "nobody@example.net"])
    postern = Postern({"mx": 'backend = "127.0.0.1:%d" '
                       'accept_proxy = {127.0.0.0/8} max_errors = 5' %
                       behind})
    misbehave(postern.port)
    path = postern.work + "/mail.log"
    with open(path, "w", encoding="utf-8") as file:  # as syslogd writes it
        file.write(re.sub(r"(?m)^(\w+ +\d+ [\d:]+) ", r"\1 mx ",
                          postern.read_log()))
    pflogsumm(path)
    bans(path)
    check("Postern stops with 0", postern.stop() == 0)
    json_lines(behind)
    sink.terminate()
    sink.wait(10)
    print("%d checks passed, %d failed" % (report.passed,
                                           len(report.failures)))
    return 1 if report.failures else 0


if __name__ == "__main__":
    sys.exit(main())
