#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Smuggling: every pair of line endings around a dot, whole and split at every
octet.  The backend must never see a second message, nor an octet of the first
as a command; only CRLF.CRLF ends a message, and what else there is of CR, LF or
NUL is refused.

usage: check_smuggling.py POSTERN
"""
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from postfix import free_port  # noqa: E402

ENDS = (b"\r\n", b"\r", b"\n", b"\0", b"\r\r\n", b"\r\n\0", b"\n\r", b"")
EVIL = (b"MAIL FROM:<evil@example.org>\r\nRCPT TO:<v@example.net>\r\nDATA\r\n"
        b"Subject: smuggled\r\n\r\nevil\r\n.\r\n")
START = (b"HELO c\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.net>\r\n"
         b"DATA\r\n")


class Backend(threading.Thread):
    """Says yes to everything but the probe, and remembers what it saw."""

    def __init__(self):
        super().__init__(daemon=True)
        self.listening = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.port = self.listening.getsockname()[1]
        self.commands, self.messages = [], []

    def run(self):
        while True:
            sock = self.listening.accept()[0]
            threading.Thread(target=self.serve, args=(sock,),
                             daemon=True).start()

    def serve(self, sock):
        """As lax as servers come: LF alone ends a line, and so on."""
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.sendall(b"220 b\r\n")
        lines = sock.makefile("rb")
        for line in lines:
            word = line[:4].upper()
            self.commands.append(line)
            if word == b"DATA":
                sock.sendall(b"354 go\r\n")
                self.messages.append(self.read_message(lines))
                sock.sendall(b"250 ok\r\n")
            elif b"relay-test" in line:
                sock.sendall(b"554 5.7.1 no\r\n")
            else:
                sock.sendall(b"250 ok\r\n")

    @staticmethod
    def read_message(lines):
        held = b""
        for line in lines:
            if re.sub(rb"[\r\n\0]", b"", line) == b".":
                break
            held += line
        return held


def converse(port, payload, split):
    """The replies to START, then to the payload cut at `split`."""
    with socket.create_connection(("127.0.0.1", port), 10) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        lines = sock.makefile("rb")
        lines.readline()
        sock.sendall(START)
        for _ in range(4):
            reply = lines.readline()
        if not reply.startswith(b"354"):
            return [reply]
        pieces = (payload[:split], payload[split:]) if split else (payload,)
        try:
            for piece in pieces:
                sock.sendall(piece)
                if split:
                    time.sleep(0.0005)
            sock.sendall(b"\r\n.\r\nQUIT\r\n")
            return lines.readlines()
        except ConnectionError:  # hung up on, with reason
            return []


def start(postern, work, backend):
    port = free_port()
    with open(work + "/zone", "w", encoding="utf-8") as file:
        file.write("x.example A 192.0.2.1\n")
    with open(work + "/conf", "w", encoding="utf-8") as file:
        file.write("""
authserv_id = mx.example.net
user = nobody
workers = 1
filters = {}
dns = "zone:%s/zone"
spool_directory = "%s"
listener "t" { address = "127.0.0.1:%d" backend = "127.0.0.1:%d"
               max_errors = 1000 }
""" % (work, work, port, backend))
    process = subprocess.Popen([postern, "serve", "-f", "-c", work + "/conf"],
                               stderr=open(work + "/log", "wb"))
    for _ in range(100):
        time.sleep(0.1)
        with open(work + "/log", "rb") as file:
            if b"backend ready" in file.read():
                return port, process
    raise RuntimeError("Postern does not start")


def judge(backend, before, after, replies):
    """What is wrong, or None.  Two messages are right only when the first was
    ended by CRLF.CRLF: the second is then the client's own, in commands."""
    honest = b"\r\n.\r\n" in before + b"." + after
    messages = backend.messages
    if any(b"evil@" in c for c in backend.commands) and not honest:
        return "the backend obeyed the hidden command"
    if len(messages) > (2 if honest else 1):
        return "%d messages" % len(messages)
    for message in messages:
        if re.search(rb"\r(?!\n)|(?<!\r)\n|\0", message):
            return "a bare octet reached the backend"
    told = sum(reply.startswith(b"250") for reply in replies)
    if told < len(messages):
        return "accepted behind, but not told"
    if messages and not honest and any(
            b"evil" in m and b"smuggled" in m for m in messages[1:]):
        return "the second message arrived"
    return None


def main():
    postern = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else
                              os.environ["POSTERN"])
    backend = Backend()
    backend.start()
    tried = wrong = 0
    with tempfile.TemporaryDirectory(prefix="postern-smuggle") as work:
        os.chmod(work, 0o777)
        port, process = start(postern, work, backend.port)
        for before, after in [(b, a) for b in ENDS for a in ENDS]:
            payload = b"Subject: x\r\n\r\nfirst" + before + b"." + after
            for split in range(len(payload) - len(before) - 3,
                               len(payload) + 2):
                backend.commands.clear()
                backend.messages.clear()
                replies = converse(port, payload + EVIL, split)
                tried += 1
                problem = judge(backend, before, after, replies)
                if problem:
                    wrong += 1
                    print("%r . %r split at %d: %s" % (before, after,
                                                       split, problem))
        process.terminate()
        code = process.wait(20)
    print("%d conversations, %d wrong" % (tried, wrong))
    return 1 if wrong or code or tried < 400 else 0


if __name__ == "__main__":
    sys.exit(main())
