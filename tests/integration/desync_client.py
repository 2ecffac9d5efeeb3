# SPDX-License-Identifier: BSD-2-Clause
"""The random clients of check_desync.py, and what each knows of its session.

A client sends commands in one breath, up to the next place where RFC 2920 lets
it wait, and then reads one reply for each.
"""
import asyncio
import random
import re
import socket
import struct

from desync_model import Command, Mail, Model

PATIENCE = 60


class Lost(Exception):
    """The session is over, before or after what was asked."""


class Script:
    """Draws the commands."""

    def __init__(self, book, index, chunking=True):
        self.book, self.index = book, index
        self.chance = random.Random(book.name + ":client")
        self.count = 0
        self.params = False  # DSN and 8BITMIME were offered
        self.chunking = chunking
        self.noise_odds = self.chance.choice((0, 0.05, 0.2))

    def token(self):
        self.count += 1
        return b"t%dn%d" % (self.index, self.count)

    def noise(self):
        chance = self.chance
        kind = chance.choice(("NOOP", "NOOP", "RSET", "EHLO", "HELO", "VRFY",
                              "HELP", "UNKNOWN", "REFUSED", "BADARG",
                              "BADMAIL", "BADRCPT", "LONG", "NESTED"))
        token = self.token()
        if kind in ("EHLO", "HELO"):
            return self.hello(kind)
        if kind == "VRFY":
            return Command(kind, b"VRFY " + token, token)
        if kind == "NESTED":
            return self.mail()
        if kind == "LONG":
            return Command("UNKNOWN", chance.choice((b"NOOP ", b"RCPT TO:<"))
                           + b"x" * chance.choice((4096, 9000, 70000)))
        line = {
            "NOOP": b"NOOP", "RSET": b"RSET", "HELP": b"HELP me",
            "UNKNOWN": chance.choice((b"XYZZY", b".", b"", b"MAILFROM:<a>",
                                      b" NOOP", b"354 go", b"250 ok")),
            "REFUSED": chance.choice((b"EXPN list", b"LHLO x", b"TURN")),
            "BADARG": chance.choice((b"RSET now", b"EHLO", b"EHLO a b")),
            "BADMAIL": chance.choice((
                b"MAIL FROM:bad " + token, b"MAIL FROM:<%s@x> SIZE=999999999" %
                token, b"MAIL FROM:<%s@x> FOO=1" % token, b"MAIL")),
            "BADRCPT": chance.choice((
                b"RCPT TO:bad " + token, b"RCPT TO:<%s@x> FOO=1" % token,
                b"RCPT")),
        }[kind]
        return Command(kind, line, token)

    def hello(self, kind="EHLO"):
        self.params = False  # until its reply was read
        return Command(kind, kind.encode() + b" c.example")

    def mail(self):
        token, chance = self.token(), self.chance
        line = b"MAIL FROM:<%s@example.org>" % token
        if self.params and chance.random() < 0.3:
            line += chance.choice((b" SIZE=100", b" BODY=8BITMIME",
                                   b" SIZE=1 BODY=7BIT RET=HDRS ENVID=x"))
        command = Command("MAIL", line, token, mail=Mail(line))
        if chance.random() < 0.1:
            command.line = b"mail from:" + line[10:]
        return command

    def recipient(self):
        token = self.token()
        line = b"RCPT TO:<%s@example.net>" % token
        if self.params and self.chance.random() < 0.2:
            line += b" NOTIFY=NEVER"
        return Command("RCPT", line, token)

    def content(self):
        """Octets that end in CRLF, or none."""
        chance = self.chance
        lines = [b"Subject: %s" % self.token(), b""]
        shape = chance.random()
        if shape < 0.1:
            return b""
        if shape > 0.95:
            return self.exactly(chance.choice(
                (4096, 8192, 16384, 65536, 131072, 262144)) +
                chance.randrange(-2, 3))
        if shape < 0.2:
            lines = []
        for _ in range(chance.choice((1, 2, 5, 40, 400))):
            lines.append(chance.choice((
                b"", b".", b"..", b".text", b"QUIT", b"a line of text",
                b"MAIL FROM:<evil@example.org>", b"\x80\xff\x01",
                b"x" * chance.choice((998, 1000, 5000)))))
        return b"".join(line + b"\r\n" for line in lines)

    def exactly(self, size):
        """Octets at the edge of somebody's buffer, with dots to be stuffed."""
        chance, content = self.chance, b""
        most = chance.choice((3, 80, 600, 70000))
        while len(content) < size:
            room = size - len(content) - 2
            length = min(chance.randrange(most), room)
            if room - length < 2:
                length = room  # no line is one octet
            content += (b"." + b"y" * length)[:length] + b"\r\n"
        return content

    def chunks(self):
        content, chance = self.content(), self.chance
        if chance.random() < 0.2:
            content = content.removesuffix(b"\r\n")
        pieces = []
        while content and chance.random() < 0.6:
            cut = chance.randrange(len(content) + 1)
            pieces.append(content[:cut])
            content = content[cut:]
        pieces.append(content)
        for i, piece in enumerate(pieces):
            last = i + 1 == len(pieces)
            yield Command("BDAT", b"BDAT %d%s" % (
                len(piece), b" LAST" if last else b""), octets=piece,
                last=last)

    def transaction(self):
        """Commands; the last may be DATA, behind which the client waits."""
        chance = self.chance
        commands = [self.mail()]
        commands += [self.recipient()
                     for _ in range(chance.choice((0, 1, 1, 1, 2, 3, 12)))]
        if self.chunking and chance.random() < 0.4:
            commands += self.chunks()
        elif chance.random() < 0.95:
            commands.append(Command("DATA", b"DATA"))
        for at in range(len(commands) - 1, 0, -1):
            if chance.random() < self.noise_odds:
                noise = self.noise()
                if noise.kind not in ("EHLO", "HELO") or not any(
                        b"> " in command.line for command in commands):
                    commands.insert(at, noise)
        return commands

    def dialogue(self):
        """Groups of commands; after each the client waits."""
        chance = self.chance
        group = [self.hello()] if chance.random() < 0.98 else []
        if group and chance.random() < 0.7:
            yield group
            group = []
        for _ in range(chance.choice((1, 1, 2, 2, 3, 6))):
            group += self.transaction()
            waits = group[-1].kind == "DATA"
            if waits or chance.random() < 0.3:
                yield group
                group = []
        yield group + [Command("QUIT", b"QUIT")]


class Client:
    """One dialogue from connect to the end."""

    def __init__(self, book, index, host):
        self.book, self.host = book, host
        self.script = Script(book, index)
        self.chance = self.script.chance
        self.model = Model(book)
        self.mails = []
        self.out = b""
        self.owed = []
        self.replies = 0
        self.reader = self.writer = None
        self.blind = False  # leaves before it knows what became of chunks
        self.over = False  # the last reply ends the session
        self.ending = self.chance.choice(
            ("quit",) * 20 + ("close", "reset", "shut", "mid-data"))
        self.left = self.chance.randrange(1, 4)  # groups before that ending

    def note(self, text):
        self.book.lines.append(b"C " + text)

    def problem(self, text):
        self.book.problems.append(text)

    async def run(self, port, context):
        try:
            self.reader, self.writer = await asyncio.open_connection(
                "127.0.0.1", port, local_addr=(self.host, 0), limit=1 << 20,
                ssl=context)
            await self.talk()
        except asyncio.TimeoutError:
            self.problem("no reply for %d s; owed %r" % (
                PATIENCE, [c.line[:40] for c in self.owed]))
        except (Lost, OSError):
            pass
        finally:
            if self.writer:
                self.writer.transport.abort()

    async def talk(self):
        await self.greeting()
        for group in self.script.dialogue():
            for command in group:
                self.queue(command)
            self.left -= 1
            if self.left == 0 and self.ending in ("close", "reset", "shut"):
                return await self.leave()
            await self.flush()
            await self.read_all()

    async def greeting(self):
        raw = await self.reply()
        self.over = not raw.startswith(b"220")
        if self.over and not self.book.excuse():
            self.problem("greeted with %r" % raw[:80])
        if self.over:
            await self.expect_end()

    def queue(self, command):
        self.note(b"> " + command.line[:100])
        self.out += command.line + b"\r\n" + command.octets
        self.owed.append(command)
        if command.mail:
            self.mails.append(command.mail)
        self.blind |= command.kind == "BDAT" and self.left == 1

    async def flush(self):
        """In as many pieces as chance will have it."""
        chance, out = self.chance, self.out
        self.out = b""
        while out:
            cut = len(out)
            if chance.random() < 0.1:
                cut = chance.randrange(1, len(out) + 1)
            self.writer.write(out[:cut])
            out = out[cut:]
            if out:
                await asyncio.sleep(0.005 * chance.random())
        await asyncio.wait_for(self.writer.drain(), PATIENCE)

    async def reply(self):
        """All lines of one; Lost at the end of the connection."""
        raw = b""
        while True:
            line = await asyncio.wait_for(self.reader.readline(), PATIENCE)
            if not line.endswith(b"\r\n"):
                self.lost(raw + line)
            raw += line
            if line[3:4] != b"-":
                self.note(b"< " + raw[:100])
                return raw

    def lost(self, rest):
        if rest or not self.over:
            self.problem("hung up on, after %r; owed %r" % (
                rest[:40], [c.line[:40] for c in self.owed[:3]]))
        raise Lost

    async def read_all(self):
        while self.owed:
            reply = await self.reply()
            command = self.owed.pop(0)
            self.replies += 1
            problem = self.model.check(command, reply)
            if problem:
                self.problem("reply %d, to %r: %s" % (
                    self.replies, command.line[:60], problem))
                raise Lost
            if command.kind == "EHLO":
                self.script.params = not self.owed and b"-DSN\r\n" in reply
            if reply.startswith(b"421") or command.kind == "QUIT":
                self.over = True
                await self.expect_end()
            if reply.startswith(b"354") and self.left == 0 and \
                    self.ending == "shut":
                raise Lost
            if reply.startswith(b"354"):
                await self.send_message()

    async def expect_end(self):
        rest = await asyncio.wait_for(self.reader.read(1000), PATIENCE)
        if rest and not (self.book.reloads and rest.startswith(b"421 4.3.2")):
            self.problem("octets behind the last reply: %r" % rest[:80])
        raise Lost

    async def send_message(self):
        mail, content = self.model.mail, self.script.content()
        mail.content = content
        out = re.sub(rb"^\.", b"..", content, flags=re.M)
        if self.ending == "mid-data" and self.left <= 0:
            out = out[:self.chance.randrange(len(out) + 1)]
            self.out = b""
            self.writer.write(out)
            return await self.leave()
        mail.finished = True
        self.out = out + b".\r\n" + self.out
        self.owed.insert(0, Command("message", b"(message)"))
        if not self.owed[1:] and self.chance.random() < 0.5:
            # the next commands in the same breath
            self.queue(self.script.noise())
        await self.flush()

    async def leave(self):
        """Without QUIT, and perhaps in the middle."""
        self.note(b"leaves: " + self.ending.encode())
        if self.ending == "shut" and self.writer.can_write_eof():
            await self.flush()
            self.writer.write_eof()
            self.over = True  # it need not answer all of it
            await self.read_all()
            await self.expect_end()
        else:
            self.writer.write(self.out)
            sock = self.writer.get_extra_info("socket")
            if sock and (self.ending == "reset" or self.chance.random() < 0.5):
                sock.setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER,
                    struct.pack("ii", 1, 0))
        raise Lost
