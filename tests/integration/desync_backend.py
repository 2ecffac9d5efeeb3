# SPDX-License-Identifier: BSD-2-Clause
"""The scripted backend of check_desync.py, and the book of what it saw.

It knows which dialogue a connection belongs to by the PROXY header in front of
it; what it answers is drawn from that dialogue's own random numbers.  A reply
carries the token of the command it answers, so that no two are alike.
"""
import asyncio
import random
import re
import ssl

TOKEN = re.compile(rb"t\d+n\d+")
OWN = re.compile(rb"((EHLO|HELO|LHLO) (mx\.test|c)\.example|DATA|RSET|"
                 rb"STARTTLS|QUIT)\Z")
OFFER = [b"PIPELINING", b"SIZE 10000000", b"8BITMIME", b"SMTPUTF8", b"DSN",
         b"ENHANCEDSTATUSCODES"]
SILENCE_ODDS = 0.01  # of the faults: each costs a whole time-out

REFUSALS = (b"450", b"451", b"452", b"550", b"552", b"554", b"571", b"421")
UNASKED = b"250 2.0.0 unasked\r\n"

# What is no reply at all, or not to this command.
NONSENSE = [b"hello\r\n", b"150 what\r\n", b"999 no\r\n", b"250 lf\n",
            b"250-one\r\n550 two\r\n", b"2500 long\r\n", b"250 a\0b\r\n",
            b"250 a\rb\r\n", b"\r\n", b"250 " + 5000 * b"x" + b"\r\n",
            b"\x16\x03\x01\r\n", b"250\tx\r\n", b"25\r\n", b"250-\r\n.\r\n"]


class Delivery:
    """One DATA that reached the backend, with the envelope it had then."""

    def __init__(self, mail, recipients):
        self.mail, self.recipients = mail, list(recipients)
        self.content = None  # octets before the dot
        self.answers = []    # to the dot

    @property
    def accepted(self):
        return bool(self.answers) and all(
            a.proper and a.raw.startswith(b"2") for a in self.answers)


class Answer:
    """What the backend said to one command."""

    def __init__(self, raw, proper, parts=()):
        self.raw = raw
        self.meant = proper  # to be whole, well-formed and asked for
        self.sent = False
        self.parts = parts   # answers that are sent together

    @property
    def proper(self):
        return self.meant and self.sent

    def was_sent(self):
        self.sent = True
        for part in self.parts:
            part.sent = True


class Book:
    """What happened behind, in one dialogue."""

    def __init__(self, base, index, kind, reloads):
        self.reloads = reloads  # of the configuration: sessions may get 421
        self.kind = kind  # of listener: mail, accept, lmtp, pair or tls
        self.name = "%s:%d" % (base, index)
        chance = random.Random(self.name + ":mood")
        self.fault_odds = chance.choice((0, 0, 0, 0.02, 0.08, 0.2))
        self.refusal_odds = chance.choice((0, 0.05, 0.2, 0.5))
        self.connections = self.open = 0
        self.said = {}        # (token, command) -> [Answer]
        self.hangups = set()  # 421s that may stand for any reply
        self.faults = []
        self.deliveries = []
        self.problems = []
        self.lines = []       # for the reader of a failure


    def excuse(self):
        """May we say that the server is lost?  With two of them, what others
        saw counts as well."""
        return self.faults or self.kind == "pair" or self.reloads


class Backend(asyncio.Protocol):
    """One connection."""

    def __init__(self, books, context):
        self.books, self.context = books, context
        self.secure = self.in_handshake = False
        self.book = self.transport = self.chance = None
        self.held = b""
        self.busy = self.gone = self.probe = False
        self.delivery = None
        self.early = False
        self.cut_at = None  # octets of a message after which we are gone
        self.mail, self.recipients = None, []

    def connection_made(self, transport):
        self.transport = transport

    def connection_lost(self, exc):
        if self.book and not self.gone:
            self.book.open -= 1
        self.gone = True

    def data_received(self, data):
        self.held += data
        self.go()

    def go(self):
        while self.held and not self.busy and not self.gone:
            if self.delivery:
                if not self.take_message():
                    return
                continue
            line, end, rest = self.held.partition(b"\n")
            if not end:
                return
            self.held = rest
            if not self.book and not self.probe:
                self.begin(line)
            else:
                self.take_line(line)

    def begin(self, line):
        """PROXY TCP4 client server port port"""
        client = line.split()[2].decode()
        self.book = self.books.get(client)
        self.probe = self.book is None
        if self.probe:
            self.transport.write(b"220 b\r\n")
            return
        self.book.connections += 1
        self.book.open += 1
        self.chance = random.Random("%s:%d" % (self.book.name,
                                               self.book.connections))
        self.note(b"connection")
        self.answer(b"greeting", b"greeting", [b"220"])

    def note(self, text):
        self.book.lines.append(b"B%d %s" % (self.book.connections, text))

    def problem(self, text):
        self.book.problems.append(text)

    # Commands

    def take_line(self, line):
        if not line.endswith(b"\r"):
            if self.book:
                self.problem("a bare LF in a command: %r" % line[:80])
            return self.transport.close()
        line = line[:-1]
        if self.probe:
            return self.answer_probe(line)
        self.note(b"< " + line[:200])
        if self.held:
            self.problem("more behind %r before its reply" % line[:80])
        if not OWN.match(line) and not TOKEN.search(line):
            self.problem("a command that nobody said: %r" % line[:80])
        return getattr(self, "take_" + line.split()[0].decode(
            "latin-1").lower(), self.take_other)(line)

    def answer_probe(self, line):
        verb = line[:4].upper()
        if verb in (b"EHLO", b"LHLO"):
            self.transport.write(b"250-b\r\n" + b"".join(
                b"250-%s\r\n" % word for word in self.offer()) +
                b"250 OTHER\r\n")
        elif verb == b"STAR":
            self.take_starttls(line)
        elif verb == b"RCPT":
            self.transport.write(b"554 5.7.1 no\r\n")
        else:
            self.transport.write(b"250 ok\r\n")
            if verb == b"QUIT":
                self.transport.close()

    def offer(self):
        return OFFER if self.secure else [b"STARTTLS"] + OFFER

    def take_starttls(self, _line):
        """Nothing is read from here to the handshake."""
        self.forget()
        self.transport.write(b"220 2.0.0 go\r\n")
        self.secure = self.busy = self.in_handshake = True
        asyncio.ensure_future(self.start_tls())

    async def start_tls(self):
        try:
            self.transport = await asyncio.get_running_loop().start_tls(
                self.transport, self, self.context, server_side=True)
            self.busy = self.in_handshake = False
            self.go()
        except (OSError, ssl.SSLError):
            self.connection_lost(None)

    def token(self):
        found = TOKEN.search(self.mail or b"")
        return found[0] if found else b"t0n0"

    def forget(self):
        self.mail, self.recipients = None, []

    def take_ehlo(self, _line):
        self.forget()
        self.answer(b"ehlo", b"EHLO", [b"250"], self.offer())

    take_lhlo = take_ehlo

    def take_helo(self, _line):
        self.forget()
        self.answer(b"helo", b"HELO", [b"250"])

    def take_rset(self, _line):
        self.forget()
        self.answer(b"rset", b"RSET", [b"250"])

    def take_quit(self, _line):
        self.forget()
        self.answer(b"quit", b"QUIT", [b"221"])

    def take_mail(self, line):
        if self.mail:
            self.problem("MAIL inside a transaction: %r" % line[:80])
        answer = self.answer(TOKEN.search(line)[0], b"MAIL", [b"250"])
        if answer.raw.startswith(b"2"):
            self.mail = line

    def take_rcpt(self, line):
        if not self.mail:
            self.problem("RCPT outside a transaction: %r" % line[:80])
        answer = self.answer(TOKEN.search(line)[0], b"RCPT",
                             [b"250", b"250", b"251", b"252"])
        if answer.raw.startswith(b"2"):
            self.recipients.append(line)

    def take_vrfy(self, line):
        self.answer(TOKEN.search(line)[0], b"VRFY", [b"250", b"252"])

    def take_other(self, line):
        self.problem("a command that we never hand on: %r" % line[:80])
        self.transport.close()

    def take_data(self, _line):
        if not self.recipients:
            self.problem("DATA without a recipient")
        if self.book.said.get((self.token(), b"DATA")):
            self.problem("DATA twice for one message")
        self.delivery = Delivery(self.mail, self.recipients)
        self.book.deliveries.append(self.delivery)
        if self.chance.random() < self.book.fault_odds:
            self.cut_at = self.chance.choice((1, 1000, 65536, 262144))
        answer = self.answer(self.token(), b"DATA", [b"354"])
        if not answer.raw.startswith(b"354"):
            self.delivery = None

    def take_message(self):
        """False when its end has not come."""
        if self.cut_at and len(self.held) >= self.cut_at:
            self.book.faults.append("gone inside a message")
            self.note(b"! gone")
            self.transport.abort()
            return False
        at = (b"\r\n" + self.held).find(b"\r\n.\r\n")
        if at < 0:
            return False
        content, self.held = self.held[:at], self.held[at + 3:]
        delivery, self.delivery = self.delivery, None
        self.note(b"< message of %d" % len(content))
        if self.held:
            self.problem("octets behind the dot: %r" % self.held[:80])
        if self.early:
            self.problem("a dot although the reply came before it")
        delivery.content = re.sub(rb"^\.", b"", content, flags=re.M)
        if self.book.kind == "lmtp":
            delivery.answers = self.answer_each()
        else:
            delivery.answers = [self.answer(self.token(), b"dot", [b"250"])]
        self.forget()
        return True

    # Replies

    def answer(self, token, command, good, words=None):
        """Draws a reply, says it and returns it."""
        chance, book = self.chance, self.book
        said = book.said.setdefault((token, command), [])
        text = b"%s.%d.%s" % (token, len(said), command)
        if chance.random() < book.fault_odds:
            said.append(self.fault(text, command, good[0]))
            return said[-1]
        code = chance.choice(good)
        if chance.random() < book.refusal_odds * (
                0.3 if command in (b"greeting", b"EHLO", b"RSET") else 1):
            code = chance.choice(REFUSALS)
            if command == b"EHLO" and chance.random() < 0.9:
                code = b"451"  # else HELO, and an offer that shrinks
            words = None
        said.append(Answer(self.reply(code, text, words), True))
        if code == b"421":
            book.hangups.add(said[-1].raw)
        if command in (b"greeting", b"EHLO", b"HELO", b"RSET") and \
                not code.startswith(b"2"):
            book.faults.append("%s: %s" % (command.decode(), code.decode()))
        self.speak(said[-1], close=code in (b"221", b"421") and
                   chance.random() < 0.7)
        if chance.random() < 0.02:
            self.late_close()
        return said[-1]

    def answer_each(self):
        """LMTP: one reply for each recipient, in one breath."""
        chance, answers = self.chance, []
        for number in range(len(self.recipients)):
            code = b"250"
            if chance.random() < self.book.refusal_odds:
                code = chance.choice(REFUSALS[:-1])
            answers.append(Answer(self.reply(code, b"%s.%d.dot" % (
                self.token(), number)), True))
        self.book.said[self.token(), b"dot"] = answers
        all_of_it = Answer(b"".join(a.raw for a in answers), True, answers)
        if chance.random() < self.book.fault_odds:
            self.book.faults.append("dot: cut")
            all_of_it.raw = all_of_it.raw[:chance.randrange(
                len(all_of_it.raw) - 1)]
            for answer in answers:
                answer.meant = False
            self.speak(all_of_it, close=True)
        else:
            self.speak(all_of_it)
        return answers

    def reply(self, code, text, words=None):
        chance = self.chance
        count = chance.choice((1, 1, 1, 1, 1, 2, 3, 5, 60))
        if words:
            lines = [text] + words
        else:
            lines = [b"%s line %d" % (text, i) for i in range(count)]
            if chance.random() < 0.5:
                lines = [code[:1] + b".1.0 " + line for line in lines]
        if code.startswith(b"3"):
            lines = lines[:1]
        return b"".join(code + (b" " if i + 1 == len(lines) else b"-") + line +
                        b"\r\n" for i, line in enumerate(lines))

    def fault(self, text, command, good):
        """Says what is no proper reply, or more than one."""
        chance = self.chance
        raw = self.reply(good, text)
        kind = chance.choice(("close", "cut", "nonsense", "wrong", "twice",
                              "close after", "silence"))
        if kind == "silence" and chance.random() > SILENCE_ODDS:
            kind = "twice" if command == b"DATA" else "nonsense"
        self.book.faults.append("%s: %s" % (command.decode(), kind))
        self.note(b"! " + kind.encode())
        answer = Answer(raw, False)
        if kind == "close":
            answer.raw = b""
        elif kind == "cut":
            answer.raw = raw[:chance.randrange(1, len(raw) - 1)]
        elif kind == "nonsense":
            answer.raw = chance.choice(NONSENSE)
        elif kind == "wrong":
            answer.raw = (b"250" if good == b"354" else b"354") + raw[3:]
        elif kind == "twice":
            self.early = command == b"DATA"
            answer.meant = not self.early
            answer.raw += UNASKED
        elif kind == "close after":
            answer.meant = True
        if kind == "silence":
            self.busy = True
        else:
            self.speak(answer, close=kind in ("close", "cut", "close after"))
        answer.raw = answer.raw.removesuffix(UNASKED)
        return answer

    def late_close(self):
        """As servers do that have waited too long."""
        answer = Answer(b"421 4.4.2 %s timeout\r\n" %
                        self.book.name.encode(), True)
        self.book.hangups.add(answer.raw)
        self.book.faults.append("late 421")
        asyncio.get_running_loop().call_later(
            self.chance.random() * 0.02, self.say, answer, answer.raw, True)

    def speak(self, answer, close=False):
        raw = answer.raw
        if self.chance.random() < 0.03:
            self.busy = True
            asyncio.get_running_loop().call_later(
                self.chance.random() * 0.02, self.resume, answer, raw, close)
        else:
            self.say(answer, raw, close)

    def resume(self, answer, raw, close):
        self.busy = False
        self.say(answer, raw, close)
        self.go()

    def say(self, answer, raw, close):
        if self.gone or self.in_handshake or self.transport.is_closing():
            return
        answer.was_sent()
        self.note(b"> " + raw[:100])
        # What comes in two pieces could be taken for two replies, rightly.
        if not raw.endswith(UNASKED) and len(raw) > 1 and \
                self.chance.random() < 0.1:
            cut = self.chance.randrange(1, len(raw))
            self.transport.write(raw[:cut])
            raw = raw[cut:]
        self.transport.write(raw)
        if close:
            self.transport.close()
