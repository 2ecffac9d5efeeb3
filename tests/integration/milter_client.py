# SPDX-License-Identifier: BSD-2-Clause
"""The mail server's side of the milter protocol, packet by packet, for what
no real server and no test tool would send."""
import socket
import struct

ALL_ACTIONS = 0x1ff
ALL_STEPS = 0x1fffff
ADD, CHANGE, QUARANTINE, SYMLIST = 0x01, 0x10, 0x20, 0x100
LEADSPC, NR_HDR, NR_EOH = 0x100000, 0x80, 0x40000


class Milter:
    """One connection.  target: a port, or the path of a socket."""

    def __init__(self, target, timeout=30):
        if isinstance(target, int):
            self.sock = socket.create_connection(("127.0.0.1", target),
                                                 timeout)
        else:
            self.sock = socket.socket(socket.AF_UNIX)
            self.sock.settimeout(timeout)
            self.sock.connect(target)
        self.actions = self.steps = 0
        self.symbols = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sock.close()

    def send(self, command, data=b""):
        self.sock.sendall(struct.pack(">I", len(data) + 1) + command + data)

    def exactly(self, count):
        out = b""
        while len(out) < count:
            got = self.sock.recv(count - len(out))
            if not got:
                raise EOFError("the milter hung up")
            out += got
        return out

    def packet(self):
        size = struct.unpack(">I", self.exactly(4))[0]
        got = self.exactly(size)
        return got[:1], got[1:]

    def ask(self, command, data=b""):
        self.send(command, data)
        return self.packet()

    def negotiate(self, version=6, actions=ALL_ACTIONS, steps=ALL_STEPS):
        code, data = self.ask(b"O", struct.pack(">III", version, actions,
                                                steps))
        assert code == b"O", code
        self.version, self.actions, self.steps = struct.unpack(
            ">III", data[:12])
        rest = data[12:]
        while rest:
            stage = struct.unpack(">I", rest[:4])[0]
            names, rest = rest[4:].split(b"\0", 1)
            self.symbols[stage] = names.decode()
        return self

    def macros(self, stage, **names):
        data = stage
        for name, value in names.items():
            name = name if len(name) == 1 else "{%s}" % name
            data += name.encode() + b"\0" + value.encode() + b"\0"
        self.send(b"D", data)

    def connect(self, name=b"client.example", address=b"127.0.0.1",
                port=40000):
        return self.ask(b"C", name + b"\0" + b"4" + struct.pack(">H", port) +
                        address + b"\0")

    def helo(self, name=b"client.example"):
        return self.ask(b"H", name + b"\0")

    def mail(self, sender=b"<alice@good.example>"):
        return self.ask(b"M", sender + b"\0")

    def rcpt(self, rcpt=b"<bob@example.net>"):
        return self.ask(b"R", rcpt + b"\0")

    def header(self, name, value):
        self.send(b"L", name + b"\0" + value + b"\0")
        if not self.steps & NR_HDR:
            return self.packet()
        return None

    def end_of_header(self):
        self.send(b"N")
        if not self.steps & NR_EOH:
            return self.packet()
        return None

    def body(self, octets):
        return self.ask(b"B", octets)

    def end(self, octets=b""):
        """Changes that were asked for, and the final reply."""
        self.send(b"E", octets)
        changes = []
        while True:
            code, data = self.packet()
            if code in b"actrdy45":
                return changes, code, data
            changes.append((code, data))

    def letter(self, subject, sender=b"<alice@good.example>", head=()):
        """A small message; what end() returns."""
        self.mail(sender)
        self.rcpt()
        for name, value in head:
            self.header(name, value)
        self.header(b"Subject", b" " + subject)
        self.end_of_header()
        self.body(b"Hello\r\n")
        return self.end()


def inserted(changes):
    """(index, name, value) of every inserted field, in their order."""
    return [(struct.unpack(">I", data[:4])[0], *data[4:-1].split(b"\0"))
            for code, data in changes if code == b"i"]


def deleted(changes):
    """(name, nth) of every deleted field, in their order."""
    out = []
    for code, data in changes:
        if code == b"m":
            name, value, _ = data[4:].split(b"\0")
            assert value == b"", value
            out.append((name, struct.unpack(">I", data[:4])[0]))
    return out
