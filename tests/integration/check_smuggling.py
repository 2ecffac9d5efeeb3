#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Smuggling: every pair of line endings around a dot, whole, cut at every octet,
pipelined, octet by octet, and in BDAT, against a backend as lax as they come.

Only CRLF.CRLF ends a message; what else there is of CR, LF or NUL is refused.
The backend must see exactly the messages that a strict reader of the same
octets sees, and never an octet of one as a command.

usage: check_smuggling.py [--all] [POSTERN]

Without --all, only the cuts near the dot are tried.
"""
import asyncio
import os
import re
import signal
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "support")]
from ports import free_port  # noqa: E402

ENDS = (b"\r\n", b"\r", b"\n", b"\0", b"\r\r\n", b"\r\n\0", b"\n\r", b"\r\0\n",
        b"\0\r\n", b"")
EVIL = (b"MAIL FROM:<evil@example.org>\r\nRCPT TO:<v@example.net>\r\nDATA\r\n"
        b"Subject: smuggled\r\n\r\nevil\r\n.\r\n")
HEAD = b"Subject: x\r\n\r\nfirst"
START = (b"EHLO c\r\nMAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.net>\r\n")
AT_A_TIME = 40
LAX_DOT = re.compile(rb"(?:\A|(?<=[\r\n\0]))\.[\r\n\0]")
BARE = re.compile(rb"\r(?!\n)|(?<!\r)\n|\0")
LISTENER = """
listener "%s" { address = "127.0.0.1:%d" backend = "127.0.0.1:%d"
    identity = proxy-v1 chunking = yes max_errors = 1000 bare_lf = %s }
"""


class Seen:
    """What the backend saw of one conversation."""

    def __init__(self):
        self.commands, self.messages = [], []


class Backend(asyncio.Protocol):
    """Says yes to everything but the probe; CR, LF or NUL ends a line."""

    def __init__(self, book):
        self.book = book
        self.held = b""
        self.seen = self.transport = None
        self.in_data = False

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.held += data
        while self.in_data and self.take_message() or \
                not self.in_data and self.take_line():
            pass

    def take_message(self):
        found = LAX_DOT.search(self.held)
        if not found:
            return False
        self.seen.messages.append(self.held[:found.start()])
        self.held = self.held[found.end():]
        self.in_data = False
        self.transport.write(b"250 taken\r\n")
        return True

    def take_line(self):
        self.held = self.held.lstrip(b"\r\n\0")
        found = re.search(rb"\r\n|[\r\n\0]", self.held)
        if not found:
            return False
        line, self.held = self.held[:found.start()], self.held[found.end():]
        if self.seen is None:
            self.seen = self.book.get(line.split()[2].decode(), Seen())
            self.transport.write(b"220 b\r\n")
            return True
        self.seen.commands.append(line)
        self.in_data = line[:4].upper() == b"DATA"
        if line[:4].upper() == b"EHLO":
            self.transport.write(b"250-b\r\n250 PIPELINING\r\n")
        elif b"relay-test" in line:
            self.transport.write(b"554 5.7.1 no\r\n")
        else:
            self.transport.write(b"354 go\r\n" if self.in_data
                                 else b"250 ok\r\n")
        return True


class Trial:
    """One conversation: how the octets are sent, and what must come of it."""

    def __init__(self, way, before, after, cut):
        self.way, self.cut = way, cut
        self.content = HEAD + before + b"." + after + EVIL
        self.name = "%r . %r, %s, cut at %d" % (before, after, way, cut)
        self.replies = b""

    def expected(self):
        """Messages that a strict reader sees, without those to be refused;
        and False when they are to be normalised."""
        if self.way in ("bdat", "chunks"):
            return ([] if BARE.search(self.content) else [self.content]), True
        rest = self.content + b"\r\n.\r\n"
        if self.way == "normalise":
            return None, False
        messages = []
        while rest:
            at = (b"\r\n" + rest).find(b"\r\n.\r\n")
            if at < 0:
                break
            message, rest = rest[:at], rest[at + 3:]
            if BARE.search(message):
                break  # refused; what comes with it is perhaps not obeyed
            messages.append(re.sub(rb"^\.", b"", message, flags=re.M))
            found = re.match(rb"MAIL.*\r\nRCPT.*\r\nDATA\r\n", rest)
            if not found:
                break
            rest = rest[found.end():]
        return messages, True

    def pieces(self):
        """(octets, replies to wait for before the next)"""
        cut, content = self.cut, self.content
        if self.way in ("bdat", "chunks"):
            bound = len(content) if self.way == "bdat" else cut
            chunks = b"BDAT %d LAST\r\n%s" % (bound, content)
            if self.way == "chunks":
                chunks = b"BDAT %d\r\n%sBDAT %d LAST\r\n%s" % (
                    cut, content[:cut], len(content) - cut, content[cut:])
                return [(START + chunks + b"QUIT\r\n", 0)]
            at = chunks.index(b"\n") + 1 + cut
            return [(START + chunks[:at], 0), (chunks[at:] + b"QUIT\r\n", 0)]
        content += b"\r\n.\r\nQUIT\r\n"
        if self.way == "pipelined":
            return [(START + b"DATA\r\n" + content[:cut], 0),
                    (content[cut:], 0)]
        if self.way == "octets":
            return [(START + b"DATA\r\n", 4)] + [
                (content[i:i + 1], 0) for i in range(len(content))]
        return [(START + b"DATA\r\n", 4), (content[:cut], 0),
                (content[cut:], 0)]

    async def converse(self, port, host):
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", port, local_addr=(host, 0))
        try:
            await reader.readline()
            for octets, count in self.pieces():
                writer.write(octets)
                if count:
                    self.replies += await self.read(reader, count)
                else:
                    await asyncio.sleep(0.0005)
            self.replies += await asyncio.wait_for(reader.read(-1), 30)
        except ConnectionError:
            pass  # hung up on, with reason
        finally:
            writer.transport.abort()

    @staticmethod
    async def read(reader, count):
        raw = b""
        while count:
            line = await asyncio.wait_for(reader.readline(), 30)
            raw += line
            count -= line[3:4] != b"-"
            if not line:
                break
        return raw

    def judge(self, seen):
        """What is wrong, or None."""
        wanted, exact = self.expected()
        got = [without_block(message) for message in seen.messages]
        told = len(re.findall(rb"^250 taken", self.replies, re.M))
        for message in seen.messages:
            if BARE.search(message):
                return "a bare octet reached the backend"
        if told != len(got):
            return "%d messages behind, %d told" % (len(got), told)
        if not exact:
            return self.judge_normalised(seen, got)
        if got != wanted[:len(got)] or (wanted and not got):
            return "%r became %r" % (wanted, got)
        if len(wanted) < 2 and (len(got) > 1 or any(
                b"evil@" in line for line in seen.commands)):
            return "the backend obeyed the hidden command"
        return None

    def judge_normalised(self, seen, got):
        """Bare LF became CRLF; still only CRLF.CRLF was an end."""
        content = self.content + b"\r\n.\r\n"
        honest = content.index(b"\r\n.\r\n") < content.index(b"MAIL")
        if honest:
            return None
        if len(got) > 1 or any(b"evil@" in line for line in seen.commands):
            return "the backend obeyed the hidden command"
        return None


def without_block(message):
    """Ours is in front, and ours alone."""
    at = message.index(b"Subject: ")
    rest = re.sub(rb"^\.", b"", message[at:], flags=re.M)
    return rest


def trials(everything):
    for before in ENDS:
        for after in ENDS:
            dot = len(HEAD + before)
            end = dot + 1 + len(after)
            cuts = range(1, end + len(EVIL) + 5) if everything else \
                range(dot - len(before) - 1, end + 3)
            for way in ("plain", "pipelined", "bdat", "chunks", "normalise"):
                for cut in cuts:
                    if way in ("bdat", "chunks") and cut >= end + len(EVIL):
                        continue
                    yield Trial(way, before, after, cut)
            yield Trial("octets", before, after, 0)


async def start(postern, work, book):
    server = await asyncio.get_running_loop().create_server(
        lambda: Backend(book), "127.0.0.1", 0, backlog=500)
    behind = server.sockets[0].getsockname()[1]
    ports = {"refuse": free_port(), "normalise": free_port()}
    with open(work + "/zone", "w", encoding="utf-8") as file:
        file.write("x.example A 192.0.2.1\n")
    with open(work + "/conf", "w", encoding="utf-8") as file:
        file.write('authserv_id = mx.example.net\nuser = nobody\nworkers = 1\n'
                   'filters = {}\ndns = "zone:%s/zone"\n'
                   'spool_directory = "%s"\n' % (work, work))
        for word, port in ports.items():
            file.write(LISTENER % (word, port, behind, word))
    process = await asyncio.create_subprocess_exec(
        postern, "serve", "-f", "-c", work + "/conf",
        stderr=open(work + "/log", "wb"))
    for _ in range(200):
        await asyncio.sleep(0.05)
        with open(work + "/log", "rb") as file:
            if file.read().count(b"backend ready") == 2:
                return server, ports, process
    raise RuntimeError("Postern does not start")


async def try_one(trial, number, ports, book, wrong):
    host = "127.%d.%d.%d" % (10 + number // 62500, number // 250 % 250 + 1,
                             number % 250 + 1)
    seen = book[host] = Seen()
    port = ports["normalise" if trial.way == "normalise" else "refuse"]
    try:
        await trial.converse(port, host)
        problem = trial.judge(seen)
    except Exception as error:  # of the test itself
        problem = "%s: %s" % (type(error).__name__, error)
    del book[host]
    if problem:
        wrong.append("%s: %s" % (trial.name, problem))


async def run(postern, work, everything):
    book, wrong, number, running = {}, [], 0, set()
    server, ports, process = await start(postern, work, book)
    for number, trial in enumerate(trials(everything), 1):
        if len(running) >= AT_A_TIME:
            _, running = await asyncio.wait(
                running, return_when=asyncio.FIRST_COMPLETED)
        running.add(asyncio.ensure_future(
            try_one(trial, number, ports, book, wrong)))
    await asyncio.gather(*running)
    process.send_signal(signal.SIGTERM)
    code = await asyncio.wait_for(process.wait(), 30)
    server.close()
    return number, wrong, code


def main():
    words = [word for word in sys.argv[1:] if word != "--all"]
    postern = os.path.abspath(words[0] if words else os.environ["POSTERN"])
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="postern-smuggle") as work:
        os.chmod(work, 0o777)
        tried, wrong, code = asyncio.run(
            run(postern, work, "--all" in sys.argv))
    for line in wrong[:20]:
        print(line)
    print("%d conversations, %d wrong, %.1f s" % (
        tried, len(wrong), time.monotonic() - started))
    return 1 if wrong or code or tried < 2000 else 0


if __name__ == "__main__":
    sys.exit(main())
