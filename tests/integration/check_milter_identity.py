#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The same mail through every door: the proxy, the milter of Postfix, the
milter of Sendmail, and `postern scan`.  Action, score, findings and rules of
their JSON must agree.

Real mail, the DKIM vectors made here, and the public DKIM and SPF vectors
where they lie beside the checkout.  Everything runs in a network name space
where all of IPv4 is local, so that a client can have any address.

usage: check_milter_identity.py [--corpus N] [--vectors N] [--verbose]
           [POSTERN [RULES [VECTORS]]]       (0: all)
"""
import argparse
import collections
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(HERE, ".."))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import check_corpus  # noqa: E402
import dkim_suite  # noqa: E402
import dkim_vectors  # noqa: E402
import postfix  # noqa: E402
import sendmail  # noqa: E402
import spf_suite  # noqa: E402
from milter_door import Door  # noqa: E402
from ports import free_port  # noqa: E402

DOORS = ("proxy", "postfix", "sendmail")
IDENTITY = ("action", "would", "score", "findings", "rules")

# What a door cannot know or a server does before Postern sees the mail.
# Each is looked for by a test of its own, and counted.
REASONS = collections.OrderedDict((
    ("space", "space before a field's colon, which servers do not hand on"),
    ("split", "a line longer than the server holds, which it cuts in two"),
    ("long", "a header field above 60,000 octets, of which Postfix tells a "
             "milter no more"),
    ("header", "a line in the header that is no field, where servers and "
               "Postern end the header each in their way"),
    ("octets", "bare CR, bare LF, NUL or a line of spaces in the header: the "
               "proxy refuses them, servers change them"),
))

Case = collections.namedtuple("Case", "name mail ip helo sender")


class Wire:
    """SMTP, octet by octet, from any address."""

    def __init__(self, port, ip, helo):
        self.sock = socket.create_connection(("127.0.0.1", port), 30,
                                             (ip, 0))
        self.lines = self.sock.makefile("rb")
        self.reply()
        self.greeted = self.say(b"EHLO " + helo)

    def reply(self):
        while True:
            line = self.lines.readline()
            if line[3:4] != b"-":
                return line

    def say(self, text):
        self.sock.sendall(text + b"\r\n")
        return self.reply()

    def send(self, case):
        """The reply that decided."""
        line = self.greeted
        if line.startswith(b"2"):
            line = self.say(b"MAIL FROM:<" + case.sender + b">")
        if line.startswith(b"2"):
            line = self.say(b"RCPT TO:<bob@example.net>")
        if line.startswith(b"2"):
            line = self.say(b"DATA")
        if line.startswith(b"3"):
            stuffed = (b"\r\n" + case.mail).replace(b"\r\n.", b"\r\n..")[2:]
            self.sock.sendall(stuffed + b".\r\n")
            line = self.reply()
        return line


class Lab:
    """Every door, over one configuration and one zone."""

    def __init__(self, postern, rules):
        self.postern = postern
        ports = [free_port() for _ in range(3)]
        self.sink_port, self.proxy_port, self.sendmail_milter = ports
        self.door = Door(postern, log_format="json")
        self.zone = os.path.join(self.door.work, "zone")
        extra = """mode = monitor
listener "proxy" { address = "127.0.0.1:%d" backend = "127.0.0.1:%d"
    identity = xclient max_hops = 1000 client_name_timeout = 10ms }
milter "sendmail" { address = "inet:%d@127.0.0.1" }
""" % (self.proxy_port, self.sink_port, self.sendmail_milter)
        self.door.write(extra=extra, rules=os.path.abspath(rules),
                        dns="zone:" + self.zone)
        with open(self.door.conf, encoding="utf-8") as file:
            text = file.read()
        with open(self.door.conf, "w", encoding="utf-8") as file:
            file.write(text.replace('milter "main"', 'milter "postfix"'))
        self.write_zone("x.example. A 192.0.2.1\n")
        self.sink = subprocess.Popen(
            [postern, "sink", "--listen", "127.0.0.1:%d" % self.sink_port,
             "--maildir", os.path.join(self.door.work, "Maildir")],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.door.start()
        self.mtas = {}
        self.wires = {}

    def start_servers(self):
        where = "inet:127.0.0.1:%d" % self.door.port
        self.mtas["postfix"] = postfix.Postfix(main=[
            ("smtpd_milters", where), ("mynetworks", "127.0.0.0/8"),
            ("smtpd_client_message_rate_limit", "0"),
            ("smtpd_error_sleep_time", "0"),
            ("smtpd_hard_error_limit", "1000000")]).start()
        self.mtas["sendmail"] = sendmail.Sendmail(
            "inet:%d@127.0.0.1" % self.sendmail_milter).start()

    def port(self, name):
        return self.proxy_port if name == "proxy" else self.mtas[name].port

    def write_zone(self, text):
        with open(self.zone, "w", encoding="utf-8") as file:
            file.write(text)

    def use_zone(self, text):
        self.write_zone(text)
        self.close()
        if not self.door.reload():
            raise RuntimeError("no reload: " + self.door.read_log()[-500:])
        time.sleep(0.15)

    def close(self):
        for wire in self.wires.values():
            wire.sock.close()
        self.wires = {}

    def wire(self, name, case):
        """Sendmail sleeps longer after each further EHLO; a connection has
        one."""
        key = name, case.ip, case.helo
        if key not in self.wires:
            self.wires[key] = Wire(self.port(name), case.ip, case.helo)
        return self.wires[key]

    def hang_up(self, name, case):
        wire = self.wires.pop((name, case.ip, case.helo), None)
        if wire:
            wire.sock.close()

    def facts(self, name):
        """JSON objects of a door so far."""
        out = []
        for line in self.door.read_log().splitlines():
            at = line.find("{")
            if at >= 0:
                fact = json.loads(line[at:])
                if fact["listener"] == name and fact["verb"] == "DATA":
                    out.append(fact)
        return out

    def scan(self, cases):
        out = []
        for case in cases:
            path = os.path.join(self.door.work, "mail")
            with open(path, "wb") as file:
                file.write(case.mail)
            got = subprocess.run(
                [self.postern.encode(), b"scan", b"-c",
                 self.door.conf.encode(), b"--json", b"--ip",
                 case.ip.encode(), b"--helo", case.helo, b"--from",
                 case.sender, b"--rcpt", b"bob@example.net", path.encode()],
                capture_output=True)
            out.append(json.loads(got.stdout))
        return out

    def stop(self):
        self.close()
        self.door.stop()
        self.sink.terminate()
        self.sink.wait()
        for mta in self.mtas.values():
            mta.stop()


def reason(case):
    """Why doors may differ, or None."""
    head = case.mail.split(b"\r\n\r\n")[0] + b"\r\n"
    lines = case.mail.split(b"\r\n")
    if any(len(line) > 2040 for line in lines):
        return "split"
    if any(len(field.replace(b"\r\n", b"\n")) > 60000
           for field in re.split(rb"\r\n(?![ \t])", head)):
        return "long"
    for line in head.split(b"\r\n")[:-1]:
        name = line.split(b":")[0]
        if line[:1] in b" \t" and line:
            if not line.strip():
                return "octets"
            continue
        if b":" not in line or not name.strip() or b" " in name.strip() or \
                any(o > 126 or o < 33 for o in name.strip()):
            return "header"
        if name != name.strip():
            return "space"
    if b"\0" in case.mail or b"\r" in case.mail.replace(b"\r\n", b"") or \
            b"\n" in case.mail.replace(b"\r\n", b""):
        return "octets"
    return None


class Result:
    def __init__(self):
        self.compared = 0
        self.untaken = collections.Counter()
        self.excused = collections.Counter()
        self.wrong = []


def one(lab, case, result):
    if not case.mail.endswith(b"\r\n"):  # or the dot would not stand alone
        case = case._replace(mail=case.mail + b"\r\n")
    before = {name: len(lab.facts(name)) for name in DOORS}
    replies = {}
    for name in DOORS:
        try:
            replies[name] = lab.wire(name, case).send(case)
        except OSError as error:
            replies[name] = b"%s" % str(error).encode()
        if not replies[name].startswith(b"250"):
            lab.hang_up(name, case)
    want = lab.scan([case])[0]
    for name in DOORS:
        new = lab.facts(name)[before[name]:]
        if len(new) != 1:
            result.untaken[name] += 1
            result.wrong += [] if reason(case) or not replies[
                name].startswith(b"250") else [
                    (name, case.name, "no line in the log", replies[name])]
            continue
        result.compared += 1
        diff = [k for k in IDENTITY if new[0].get(k) != want.get(k)]
        if not diff:
            continue
        why = reason(case)
        if why and (name != "proxy" or why == "octets"):
            result.excused[name, why] += 1
        else:
            result.wrong.append((name, case.name, diff, [
                (new[0].get(k), want.get(k)) for k in diff]))


def corpus_cases(count):
    paths, why = check_corpus.corpus()
    if paths is None:
        print("skipped: real mail: %s" % why)
        return []
    step = max(1, len(paths) // count) if count else 1
    cases = []
    for path in paths[::step]:
        mail = check_corpus.message(path)
        if not check_corpus.is_dirty(mail):
            cases.append(Case(os.path.basename(path), mail, "192.0.2.1",
                              b"client.example", b"s@example.org"))
    return cases[:count] if count else cases


def grouped(vectors):
    """(zone, cases) with as few zones as their names allow.  vectors: (case,
    {name: lines})."""
    groups = []
    for case, names in vectors:
        for known, cases in groups:
            if all(known.get(name, text) == text
                   for name, text in names.items()):
                known.update(names)
                cases.append(case)
                break
        else:
            groups.append((dict(names), [case]))
    return [("".join(known.values()), cases) for known, cases in groups]


def own_dkim():
    out = []
    for v in dkim_vectors.make():
        names = {}
        for line in v.zone().splitlines(keepends=True):
            name = line.split()[0]
            names[name] = names.get(name, "") + line
        out.append((Case("made: " + v.name, v.mail, "192.0.2.1",
                         b"client.example", b"alice@example.org"), names))
    return out


def public_dkim(folder):
    out = []
    for manifest in ("stalwart.json", "lieser.json"):
        with open(os.path.join(folder, manifest), encoding="utf-8") as file:
            rows = json.load(file)
        for row in rows:
            dns = row["dns"]
            pairs = dns.items() if isinstance(dns, dict) else dns
            with open(os.path.join(folder, row["file"]), "rb") as file:
                mail = file.read()
            mail = mail.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
            out.append((Case(row["file"], mail, "192.0.2.1",
                             b"client.example", b"x@example.org"),
                        {name: dkim_suite.zone_of([(name, text)])
                         for name, text in pairs}))
    return out


def public_spf(folder):
    mail = b"Subject: spf\r\nFrom: a@b.example\r\n\r\nHello\r\n"
    out, skipped = [], 0
    for name, _ in spf_suite.SUITES:
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            scenarios = list(spf_suite.yaml.safe_load_all(file))
        for scenario in scenarios:
            zone = spf_suite.zone_of(scenario["zonedata"])
            cases = []
            for title, case in scenario["tests"].items():
                if ":" in case["host"] or case["host"].startswith("127."):
                    skipped += 1
                    continue
                cases.append(Case("%s: %s" % (name, title), mail,
                                  case["host"], case["helo"].encode(
                                      "utf-8", "surrogateescape"),
                                  (case.get("mailfrom") or "").encode(
                                      "utf-8", "surrogateescape")))
            out.append((zone, cases))
    print("     %d SPF vectors have IPv6 clients, which these servers are "
          "not given here" % skipped)
    return out


def take(groups, count):
    """The first `count` cases, evenly over the groups; 0: all."""
    if not count:
        return groups
    total = sum(len(cases) for _, cases in groups)
    step = max(1, total // count)
    out, seen = [], 0
    for zone, cases in groups:
        kept = [c for n, c in enumerate(cases) if (seen + n) % step == 0]
        seen += len(cases)
        if kept:
            out.append((zone, kept))
    return out


def tell(what, result, verbose):
    print("%-4s %s: %d comparisons with scan, %d differ" % (
        "FAIL" if result.wrong else "ok", what, result.compared,
        len(result.wrong)), flush=True)
    for (name, why), count in sorted(result.excused.items()):
        print("     %s: %d differ: %s" % (name, count, REASONS[why]))
    for name, count in sorted(result.untaken.items()):
        print("     %s: %d not taken by the server" % (name, count))
    for row in result.wrong[:None if verbose else 5]:
        print("     %.1500s" % (row,))
    return bool(result.wrong)


def run(lab, words, vectors):
    bad = False
    result = Result()
    for case in corpus_cases(words.corpus):
        one(lab, case, result)
    bad |= tell("real mail", result, words.verbose)
    parts = []
    if not words.vectors:  # keys of all sizes take their time
        parts = [("DKIM vectors made here", lambda: grouped(own_dkim()))]
    if os.path.isdir(vectors):
        parts += [("public DKIM vectors", lambda: grouped(public_dkim(
            os.path.join(vectors, "dkim")))),
                  ("public SPF vectors", lambda: public_spf(
                      os.path.join(vectors, "spf")))]
    else:
        print("skipped: public vectors: there is no %s" % vectors)
    for what, make in parts:
        result = Result()
        for zone, cases in take(make(), words.vectors):
            lab.use_zone(zone)
            for case in cases:
                one(lab, case, result)
        bad |= tell(what, result, words.verbose)
    return bad


def own_network():
    """Goes on in a name space where every IPv4 address is local."""
    if os.environ.get("POSTERN_OWN_NETWORK"):
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        subprocess.run(["ip", "route", "add", "local", "default", "dev",
                        "lo"], check=True)
        return
    os.environ["POSTERN_OWN_NETWORK"] = "1"
    os.execvp("unshare", ["unshare", "--net", sys.executable, *sys.argv])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--corpus", type=int, default=25)
    parser.add_argument("--vectors", type=int, default=8)
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("postern", nargs="?",
                        default=os.environ.get("POSTERN"))
    parser.add_argument("rules", nargs="?", default=os.environ.get("RULES"))
    parser.add_argument("vectors_folder", nargs="?",
                        default=os.environ.get("VECTORS", ""))
    words = parser.parse_args()
    if os.geteuid() != 0 or not shutil.which("ip"):
        print("skipped: a network name space needs root and iproute2")
        return 77
    try:
        postfix.unpacked()
        sendmail.unpacked()
    except postfix.Unavailable as why:
        print("skipped: %s" % why)
        return 77
    own_network()
    lab = Lab(os.path.abspath(words.postern), words.rules)
    try:
        lab.start_servers()
        return 1 if run(lab, words, words.vectors_folder) else 0
    finally:
        lab.stop()


if __name__ == "__main__":
    sys.exit(main())
