# SPDX-License-Identifier: BSD-2-Clause
"""Postern between real clients and real servers, for tests: the program with a
configuration, and a client that says one line at a time."""
import atexit
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "support")]
from ports import free_port  # noqa: E402

TOP = """
authserv_id = mx.example.net
hostname = mx.example.net
user = nobody
workers = %d
filters = {}
dns = "zone:%s/zone"
spool_directory = "%s"
%s
"""
MAIL = b"Subject: a test\r\nFrom: a@good.example\r\n\r\nA body.\r\n"


def reverse6(text):
    """The name that an IPv6 address's PTR record has."""
    octets = socket.inet_pton(socket.AF_INET6, text)
    return ".".join(reversed(octets.hex())) + ".ip6.arpa"


class Report:
    """What was seen; prints it as it goes."""

    def __init__(self):
        self.failures = []
        self.passed = 0

    def check(self, what, good, detail=""):
        print("%-4s %s%s" % ("ok" if good else "FAIL", what, "" if good
                             else ": %s" % (detail,)), flush=True)
        self.passed += bool(good)
        if not good:
            self.failures.append(what)
        return good

    def skip(self, what, why):
        print("skipped: %s: %s" % (what, why), flush=True)


class Postern:
    """`postern serve`; listeners maps a title to the settings of one."""

    def __init__(self, listeners, top="", zone="", host="127.0.0.1",
                 workers=1, ready=True):
        self.work = tempfile.mkdtemp(prefix="postern-test")
        os.chmod(self.work, 0o777)
        self.ports, self.listeners = {}, listeners
        self.log, self.config = self.work + "/log", self.work + "/conf"
        with open(self.work + "/zone", "w", encoding="utf-8") as file:
            file.write("client.example A 192.0.2.7\n"
                       "7.2.0.192.in-addr.arpa PTR client.example\n"
                       "client6.example AAAA 2001:db8::7\n"
                       "%s PTR client6.example\n%s\n" % (
                           reverse6("2001:db8::7"), zone))
        shown = "[%s]" % host if ":" in host else host
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(TOP % (workers, self.work, self.work, top))
            for title, text in listeners.items():
                self.ports[title] = free_port()
                file.write('listener "%s" { address = "%s:%d" %s }\n' % (
                    title, shown, self.ports[title], text))
        self.host = host
        self.process = subprocess.Popen(
            [os.path.abspath(os.environ["POSTERN"]), "serve", "-f", "-c",
             self.config], stderr=open(self.log, "wb"))
        atexit.register(self.process.kill)
        if ready and not self.wait_log("backend ready",
                                       workers * len(listeners)):
            raise RuntimeError("not ready: " + self.read_log())

    @property
    def port(self):
        return next(iter(self.ports.values()))

    def read_log(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()

    def wait_log(self, text, count=1, seconds=15):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.read_log().count(text) >= count:
                return True
            time.sleep(0.05)
        return False

    def stop(self):
        self.process.terminate()
        code = self.process.wait(70)
        log = self.read_log()
        shutil.rmtree(self.work, ignore_errors=True)
        if re.search("ERROR: |runtime error|panic|was killed", log):
            return "the log says " + log[-2000:]
        return code


class Client:
    """A connection; say() sends a line and gives the whole reply."""

    def __init__(self, port, host="127.0.0.1", first=b""):
        self.sock = socket.create_connection((host, port), 30)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock.sendall(first)
        self.lines = self.sock.makefile("rb")
        self.greeting = self.reply()

    def reply(self):
        raw = b""
        while True:
            line = self.lines.readline()
            raw += line
            if line[3:4] != b"-":
                return raw.decode("utf-8", "replace")

    def say(self, text):
        octets = text if isinstance(text, bytes) else text.encode()
        self.sock.sendall(octets + b"\r\n")
        return self.reply()

    def mail(self, rcpt="bob@example.net", sender="a@good.example",
             content=MAIL, ehlo="client.example", params=""):
        """The reply to the end of the message, or the first refusal."""
        reply = self.say("EHLO " + ehlo) if ehlo else "250"
        for text in ("MAIL FROM:<%s>%s" % (sender, params),
                     "RCPT TO:<%s>" % rcpt, "DATA"):
            if reply[:1] != "2":
                return reply
            reply = self.say(text)
        if reply[:3] != "354":
            return reply
        return self.say(content + b".")

    def close(self):
        self.lines.close()
        self.sock.close()


def certificate(folder, name, stem="cert", ip=None):
    """PEM files of a certificate of that name and its key."""
    cert, key = (os.path.join(folder, stem + end) for end in
                 (".pem", ".key"))
    also = ",IP:" + ip if ip else ""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
         "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
         "/CN=" + name, "-addext", "subjectAltName=DNS:" + name + also,
         "-keyout", key, "-out", cert], check=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.chmod(key, 0o644)
    return cert, key
