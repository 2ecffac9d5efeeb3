#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Rules are reloaded under load.

Sessions stay open and send one mail after another while rule files change and
the master gets HUP.  No session is dropped, every mail is answered by one set
of rules or the other and never by a mixture; a new connection sees the new
rules; a set with an error leaves the old one; the log tells what changed.

usage: check_reload.py POSTERN
"""
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "support"))
from ports import free_port  # noqa: E402

SESSIONS, RELOADS, PATIENCE = 8, 6, 30
CONF = """authserv_id = mx.example.net
user = nobody
workers = 2
filters = {{rules}}
dns = "zone:{work}/zone"
spool_directory = "{work}"
filter "rules" {{ directories = {{"{work}/rules"}} }}
listener "mx" {{ address = "127.0.0.1:{port}" backend = "127.0.0.1:{sink}"
                max_hops = 1000 }}
"""
failures = 0


def check(what, good, detail=""):
    global failures
    failures += not good
    print("%-4s %s%s" % ("ok" if good else "FAIL", what,
                         "" if good else ": %s" % (detail,)), flush=True)


class Client:
    def __init__(self, port):
        self.sock = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self.lines = self.sock.makefile("rb")
        self.greeting = self.lines.readline()
        self.command(b"HELO client.example")

    def command(self, text):
        self.sock.sendall(text + b"\r\n")
        return self.lines.readline()

    def mail(self, body):
        for text in (b"MAIL FROM:<s@example.org>", b"RCPT TO:<r@example.net>",
                     b"DATA"):
            reply = self.command(text)
            if reply[:1] not in b"23":
                return reply
        return self.command(b"Subject: x\r\n\r\n" + body + b"\r\n.")


class Session(threading.Thread):
    """One connection for the whole test; what breaks it is kept."""

    def __init__(self, port, stop):
        super().__init__()
        self.port, self.stop = port, stop
        self.replies, self.broken = [], None

    def run(self):
        try:
            client = Client(self.port)
            while not self.stop.is_set():
                reply = client.mail(b"odd and even words")
                self.replies.append(reply)
                if not reply:
                    raise OSError("closed")
            client.command(b"QUIT")
        except OSError as error:
            self.broken = error


class Setting:
    """Postern, its backend, and a folder of rules."""

    def __init__(self, postern, work):
        self.work, self.port = work, free_port()
        sink = free_port()
        os.mkdir(work + "/rules")
        open(work + "/zone", "w").close()
        with open(work + "/postern.conf", "w", encoding="utf-8") as file:
            file.write(CONF.format(work=work, port=self.port, sink=sink))
        self.rules(0)
        self.sink = subprocess.Popen(
            [postern, "sink", "--listen", "127.0.0.1:%d" % sink],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.serve = subprocess.Popen(
            [postern, "serve", "-f", "-c", work + "/postern.conf"],
            stderr=open(work + "/log", "wb"))
        self.await_log("backend ready")

    def log(self):
        with open(self.work + "/log", encoding="utf-8") as file:
            return file.read()

    def await_log(self, words, count=1):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if self.log().count(words) >= count:
                return True
            time.sleep(0.05)
        return False

    def rules(self, turn, more=""):
        """Even sets refuse with one text, odd ones with another."""
        word = ("even", "odd")[turn % 2]
        text = ("if (can(Postern::action))\n"
                "body BOTH /even/\naction BOTH reject \"no %s mail\"\n"
                "body %s_%d /%s/\nscore %s_%d 0.1\nendif\n" % (
                    word, word.upper(), turn, word, word.upper(), turn))
        path = self.work + "/rules/a.cf"
        with open(path + ".new", "w", encoding="utf-8") as file:
            file.write(text + more)
        os.rename(path + ".new", path)

    def hang_up(self):
        self.serve.send_signal(signal.SIGHUP)

    def end(self):
        self.serve.terminate()
        self.serve.wait(PATIENCE)
        self.sink.terminate()
        self.sink.wait(PATIENCE)


def says(port, word, seconds=10):
    """A new connection is answered by that set within some seconds."""
    end = time.monotonic() + seconds
    reply = b""
    while time.monotonic() < end:
        reply = Client(port).mail(b"even")
        if b"no %s mail" % word in reply:
            return True
        time.sleep(0.1)
    return False


def reloads(setting):
    for turn in range(1, RELOADS + 1):
        setting.rules(turn)
        setting.hang_up()
        check("reload %d is done" % turn,
              setting.await_log("reloaded ", turn))
        word = (b"even", b"odd")[turn % 2]
        check("a new connection sees set %d" % turn,
              says(setting.port, word))
        time.sleep(0.3)
    lines = re.findall(r"rules: (.*)", setting.log())
    check("the log tells what changed",
          "1 added (ODD_1), 1 removed (EVEN_0), 1 changed (BOTH)" in lines,
          lines)


def broken(setting):
    """An error keeps the old set, and is told with its file and line."""
    setting.rules(1, "body WRONG /(/\n")
    setting.hang_up()
    check("an error is told", setting.await_log("reload failed") and
          re.search(r"a\.cf:7: WRONG: ", setting.log()))
    check("the old rules stay", says(setting.port, b"even"))


def sessions(setting):
    stop = threading.Event()
    threads = [Session(setting.port, stop) for _ in range(SESSIONS)]
    idle = Client(setting.port)
    for thread in threads:
        thread.start()
    reloads(setting)
    broken(setting)
    check("a session that was idle through all reloads goes on",
          b"no even mail" in idle.mail(b"even"))
    stop.set()
    for thread in threads:
        thread.join(PATIENCE)
    check("no session was dropped", not any(t.broken for t in threads),
          [t.broken for t in threads])
    replies = [reply for t in threads for reply in t.replies]
    odd = [reply for reply in replies
           if not re.match(rb"550 5\.7\.1 no (odd|even) mail", reply)]
    check("%d mails, each answered by one set" % len(replies),
          len(replies) > SESSIONS * RELOADS and not odd, odd[:3])


def main():
    postern = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else
                              os.environ["POSTERN"])
    with tempfile.TemporaryDirectory(prefix="postern-reload") as work:
        os.chmod(work, 0o777)
        setting = Setting(postern, work)
        try:
            sessions(setting)
        finally:
            setting.end()
        if failures:
            print(setting.log()[-3000:])
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
