#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Workers are killed with SIGKILL, and the master reloads, under load.

Nothing that was acknowledged may be missing; a message may be there twice only
when its session broke before the reply was relayed (RFC 1047; counted); and
somebody answers again within a second.

usage: check_kill.py POSTERN
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

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import check_corpus  # noqa: E402

SECONDS, SENDERS, KILLS = 8, 8, 5
BODY = b"Subject: load\r\n\r\n" + b"some text of this mail\r\n" * 100


class Sender(threading.Thread):
    """Sends numbered messages; what is not acknowledged is sent again."""

    def __init__(self, port, first, end):
        super().__init__()
        self.port, self.number, self.end = port, first, end
        self.acknowledged, self.unsure = set(), set()
        self.breaks = self.odd = 0

    def run(self):
        while time.monotonic() < self.end:
            try:
                with socket.create_connection(("127.0.0.1", self.port),
                                              5) as sock:
                    self.converse(sock)
            except OSError:
                self.breaks += 1
                time.sleep(0.02)

    def command(self, sock, lines, text):
        sock.sendall(text + b"\r\n")
        reply = lines.readline()
        if not reply:
            raise OSError("closed")
        return reply

    def converse(self, sock):
        lines = sock.makefile("rb")
        if not lines.readline().startswith(b"220"):
            raise OSError("not served")
        self.command(sock, lines, b"HELO client.example")
        while time.monotonic() < self.end:
            for text in (b"MAIL FROM:<s@example.org>",
                         b"RCPT TO:<m%d@example.net>" % self.number, b"DATA"):
                reply = self.command(sock, lines, text)
                if reply[:1] not in b"23":
                    raise OSError("refused: %r" % reply)
            self.unsure.add(self.number)
            reply = self.command(sock, lines, BODY + b".")
            if reply.startswith(b"250"):
                self.acknowledged.add(self.number)
                self.unsure.discard(self.number)
                self.number += SENDERS
            elif reply[:1] != b"4":
                self.odd += 1


def children(pid):
    with open("/proc/%d/task/%d/children" % (pid, pid),
              encoding="ascii") as file:
        return [int(word) for word in file.read().split()]


def time_to_answer(port):
    """Seconds until a new connection is greeted."""
    begin = time.monotonic()
    while time.monotonic() - begin < 10:
        try:
            with socket.create_connection(("127.0.0.1", port), 5) as sock:
                if sock.recv(100).startswith(b"220"):
                    return time.monotonic() - begin
        except OSError:
            pass
        time.sleep(0.01)
    return 99.0


def disturb(serve, port):
    """Kills and reloads in turn; the slowest return to service."""
    slowest = 0.0
    for turn in range(KILLS):
        time.sleep(SECONDS / (KILLS + 2))
        os.kill(children(serve.pid)[turn % 2], signal.SIGKILL)
        slowest = max(slowest, time_to_answer(port))
        if turn % 2:
            serve.send_signal(signal.SIGHUP)
    return slowest


def stored(work):
    counts = {}
    with open(work + "/sink.log", encoding="utf-8") as file:
        for number in re.findall(r"to=<m(\d+)@", file.read()):
            counts[int(number)] = counts.get(int(number), 0) + 1
    return counts


def gone(pid):
    """No process, or one that nobody has waited for yet."""
    try:
        with open("/proc/%d/stat" % pid, encoding="ascii") as file:
            return file.read().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


def orphans(postern):
    """Workers that are still there 5 s after their master was killed."""
    with tempfile.TemporaryDirectory(prefix="postern-kill") as work:
        os.chmod(work, 0o777)
        _, sink, serve = check_corpus.start(postern, work)
        workers = children(serve.pid)
        serve.kill()
        serve.wait(10)
        end = time.monotonic() + 5
        while time.monotonic() < end and not all(map(gone, workers)):
            time.sleep(0.05)
        left = [pid for pid in workers if not gone(pid)]
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        sink.terminate()
        sink.wait(10)
    return len(left) if workers else 99


def main():
    postern = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else
                              os.environ["POSTERN"])
    with tempfile.TemporaryDirectory(prefix="postern-kill") as work:
        os.chmod(work, 0o777)
        port, sink, serve = check_corpus.start(postern, work)
        end = time.monotonic() + SECONDS
        senders = [Sender(port, n, end) for n in range(SENDERS)]
        for sender in senders:
            sender.start()
        slowest = disturb(serve, port)
        for sender in senders:
            sender.join()
        serve.terminate()
        code = serve.wait(70)
        sink.terminate()
        sink.wait(10)
        counts = stored(work)
    acknowledged = set().union(*(s.acknowledged for s in senders))
    missing = acknowledged - set(counts)
    twice = sum(n - 1 for n in counts.values())
    breaks = sum(s.breaks for s in senders)
    print("%d acknowledged, %d missing, %d twice in %d broken sessions, "
          "answered again after at most %.2f s" % (
              len(acknowledged), len(missing), twice, breaks, slowest))
    odd = sum(s.odd for s in senders)
    if odd:
        print("%d replies that were neither 2xx nor 4xx" % odd)
    left = orphans(postern)
    print("%d workers outlive their master" % left)
    good = left == 0 and acknowledged and not missing and not odd and twice <= breaks
    return 0 if good and slowest < 1.0 and code == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
