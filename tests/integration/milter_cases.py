# SPDX-License-Identifier: BSD-2-Clause
"""What a mail server with Postern as its milter must do, whichever it is."""
import os
import smtplib
import socket
import time

SAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..",
                       "packaging", "first-run")
SPAM = b"XJS*C4JDBQADN1.NSBN3*2IDNEI*GTUBE\r\n"
FORGED = (b"Authentication-Results: mx.example.net; spf=pass\r\n"
          b" smtp.mailfrom=bank.example\r\n"
          b"Authentication-Results: mx.example.net; none\r\n"
          b"Authentication-Results: \"MX.example.net\" 1; dkim=pass\r\n"
          b"Authentication-Results: (a (b) c) mx.example.net (d)\r\n"
          b" ; dmarc=pass header.from=bank.example\r\n"
          b"Authentication-Results: other.example; spf=pass\r\n"
          b"Authentication-Results: mx.example.net;\r\n" +
          b" dkim=pass header.d=bank.example;\r\n" * 280)


def sample(name):
    with open(os.path.join(SAMPLES, name), "rb") as file:
        return file.read().replace(b"\n", b"\r\n")


def mail_of(subject, body=b"Hello\r\n", head=b""):
    return (head + b"From: Alice <alice@good.example>\r\nTo: bob@example.net"
            b"\r\nDate: Tue, 24 Nov 2026 10:00:00 +0000\r\nMessage-ID: <" +
            subject.replace(b" ", b"-") + b"@good.example>\r\nSubject: " +
            subject + b"\r\n\r\n" + body)


class Cases:
    """check(what, good, detail) is told of everything."""

    def __init__(self, mta, door, check):
        self.mta, self.door = mta, door
        self.tell = check

    def check(self, what, good, detail=""):
        self.tell("%s: %s" % (self.mta.name, what), good, detail)

    def open(self):
        return smtplib.SMTP("127.0.0.1", self.mta.port, "client.example", 60)

    def talk(self, smtp, mail, sender="alice@good.example",
             rcpts=("bob@example.net",)):
        """One transaction: "CODE text" of the dot or of the first refusal."""
        code, text = smtp.mail(sender)
        for rcpt in rcpts:
            if code == 250:
                code, text = smtp.rcpt(rcpt)
        if code == 250:
            smtp.putcmd("data")
            code, text = smtp.getreply()
        if code == 354:
            smtp.send(mail.replace(b"\r\n.", b"\r\n..") + b".\r\n")
            code, text = smtp.getreply()
        return "%d %s" % (code, text.decode("utf-8", "replace"))

    def send(self, mail, **keys):
        with self.open() as smtp:
            smtp.ehlo()
            return self.talk(smtp, mail, **keys)

    def arrived(self, mark, user="bob", seconds=20):
        """The delivered mail that holds the mark."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for mail in self.mta.mails(user):
                if mark in mail:
                    return mail
            time.sleep(0.1)
        return b""

    def last(self):
        """The last line of the log about an end of message."""
        time.sleep(0.05)
        lines = self.door.lines("DATA")
        return lines[-1] if lines else {}

    def is_exact(self, delivered, mail):
        return delivered.endswith(mail.replace(b"\r\n", b"\n"))

    def clean(self):
        mail = sample("clean.eml")
        reply = self.send(mail)
        self.check("a clean message is accepted", reply.startswith("250"),
                   reply)
        got = self.arrived(b"<clean-1@good.example>")
        self.check("and delivered octet for octet below the fields of ours",
                   self.is_exact(got, mail), got)
        at = got.find(b"Authentication-Results: mx.example.net;\n spf=pass "
                      b"smtp.mailfrom=alice@good.example;")
        verdict = got.find(b"X-Postern-Verdict: accept; score=0/5/15;\n\tref=")
        self.check("our fields stand above the server's own Received, in "
                   "order, folded with LF alone",
                   0 <= at < verdict < got.find(b"Received: ") and
                   b"\r" not in got, got)
        fact = self.last()
        self.check("the log knows the queue id, the client and the door",
                   len(fact.get("queue_id", "")) > 5 and
                   fact["client"] == "127.0.0.1" and
                   fact["helo"] == "client.example" and
                   fact["listener"] == "main" and
                   fact["rcpts"] == ["bob@example.net"], fact)

    def spf_fail(self):
        reply = self.send(sample("clean.eml"), sender="alice@fail.example")
        fact = self.door.lines("RCPT")[-1:]
        self.check("an SPF failure is refused at RCPT with our codes and "
                   "reference", reply.startswith("550 5.7.23") and fact and
                   fact[0]["id"] in reply, (reply, fact))
        self.check("where there is no queue id yet it is NOQUEUE or known",
                   fact and fact[0]["queue_id"], fact)

    def rule_at_rcpt(self):
        reply = self.send(sample("clean.eml"),
                          sender="refuse-me@good.example")
        fact = self.door.lines("RCPT")[-1:]
        self.check("a rule refuses at RCPT", reply.startswith("550 5.7.1") and
                   "Not from there" in reply and fact and
                   fact[0]["from"] == "refuse-me@good.example",
                   (reply, fact))

    def dkim_pass(self):
        reply = self.send(sample("signed.eml"), sender="erin@signed.example",
                          rcpts=("carol@example.net",))
        got = self.arrived(b"<signed-1@signed.example>", "carol")
        self.check("a DKIM signature passes", reply.startswith("250") and
                   b"dkim=pass (2048-bit key) header.d=signed.example" in got,
                   (reply, got))

    def refusals(self):
        reply = self.send(mail_of(b"spam", SPAM))
        fact = self.last()
        self.check("a rule refuses at the end of the message",
                   reply.startswith("550 5.7.1") and fact["id"] in reply and
                   fact["action"] == "reject", (reply, fact))
        reply = self.send(mail_of(b"percent"))
        self.check("percent signs reach the client single",
                   reply.startswith("550 5.7.1 100% sure %s %d (") or
                   "100% sure %s %d (" in reply, reply)
        reply = self.send(mail_of(b"later"))
        self.check("a deferral is 4xx", reply.startswith("451 4.7.1"), reply)

    def tag(self):
        reply = self.send(mail_of(b"tag me"))
        got = self.arrived(b"<tag-me@good.example>")
        self.check("a tagged message is delivered with X-Spam-Flag, its "
                   "Subject marked once", reply.startswith("250") and
                   b"\nX-Spam-Flag: YES\n" in got and
                   b"\nX-Spam-Level: ******\n" in got and
                   got.count(b"Subject: ") == 1 and
                   b"\nSubject: [SPAM] tag me\n" in got, (reply, got))

    def quarantine(self):
        before = self.mta.held()
        reply = self.send(mail_of(b"hold me"))
        end = time.monotonic() + 5
        while self.mta.held() == before and time.monotonic() < end:
            time.sleep(0.1)
        self.check("a quarantined message is held by the server, not "
                   "delivered", reply.startswith("250") and
                   self.mta.held() == before + 1 and
                   not self.arrived(b"<hold-me@good.example>", seconds=1),
                   (reply, before, self.mta.held()))
        self.check("and logged as such", self.last()["action"] ==
                   "quarantine", self.last())

    def discard(self):
        reply = self.send(mail_of(b"drop me"))
        self.check("a discarded message is taken and not delivered",
                   reply.startswith("250") and
                   not self.arrived(b"<drop-me@good.example>", seconds=1) and
                   self.last()["action"] == "discard", reply)

    def forged(self):
        head = (FORGED + b"X-Postern-Verdict: accept; score=-100\r\n"
                b"X-Spam-Flag: NO\r\nX-Spam-Status: No\r\nX-Mine: stays\r\n")
        reply = self.send(mail_of(b"forged", head=head))
        got = self.arrived(b"<forged@good.example>")
        fields = got.split(b"\n\n")[0]
        self.check("five forged results go, one of 10 KB; ours and a foreign "
                   "one stay", reply.startswith("250") and
                   fields.count(b"Authentication-Results:") == 2 and
                   b"Authentication-Results: other.example; spf=pass\n" in
                   fields and b"bank.example" not in fields, (reply, fields))
        self.check("forged fields of ours go too, others stay",
                   b"score=-100" not in fields and
                   b"X-Spam-" not in fields and
                   b"\nX-Mine: stays\n" in fields and
                   fields.count(b"X-Postern-Verdict:") == 1, fields)
        self.check("the log counts them", self.last()["removed_authres"] == 5,
                   self.last())

    def eight_bit(self):
        body = bytes(range(128, 256)) * 8 + b"\r\n" + b"x" * 900 + b"\r\n"
        mail = mail_of(b"eight bit", body, b"X-Raw: gr\xfc\xdfe\r\n")
        reply = self.send(mail)
        got = self.arrived(b"<eight-bit@good.example>")
        self.check("8-bit octets arrive as they were",
                   reply.startswith("250") and self.is_exact(got, mail),
                   (reply, got[-300:]))

    def large(self):
        mail = mail_of(b"large", (b"z" * 76 + b"\r\n") *
                       (30 * 1024 * 1024 // 78))
        reply = self.send(mail, rcpts=("postmaster@example.net",))
        got = self.arrived(b"<large@good.example>", "postmaster", 60)
        fact = self.last()
        self.check("30 MB arrive octet for octet and were judged whole",
                   reply.startswith("250") and self.is_exact(got, mail) and
                   fact["size"] == len(mail), (reply, len(got), fact))

    def recipients(self):
        rcpts = ["u%d@example.net" % n for n in range(100)]
        reply = self.send(mail_of(b"many"), rcpts=rcpts)
        self.check("100 recipients are accepted and known",
                   reply.startswith("250") and
                   self.last()["rcpts"] == rcpts, (reply, self.last()))

    def several(self):
        replies = []
        with self.open() as smtp:
            smtp.ehlo()
            for n in range(3):
                replies.append(self.talk(smtp, mail_of(b"several %d" % n)))
                replies.append(self.talk(smtp, mail_of(b"spam", SPAM)))
                replies.append(self.talk(smtp, b"", "alice@fail.example"))
                smtp.rset()
        codes = [reply[:3] for reply in replies]
        self.check("several messages on a connection are judged each",
                   codes == ["250", "550", "550"] * 3, replies)
        facts = self.door.lines("DATA")[-6:]
        self.check("and know nothing of each other", all(
            len(f["findings"]) == 3 and f["rcpts"] == ["bob@example.net"]
            for f in facts) and [len(f["rules"]) for f in facts] ==
                   [0, 1] * 3, facts)

    def aborts(self):
        for stop in range(1, 5):
            self.abort_at(stop)
        with self.open() as smtp:
            smtp.ehlo()
            smtp.mail("alice@fail.example")
            smtp.rset()
            smtp.mail("alice@good.example")
            smtp.rcpt("carol@example.net")
            smtp.rset()
            reply = self.talk(smtp, mail_of(b"after reset"))
        self.check("nothing is left of a transaction that was reset",
                   reply.startswith("250") and
                   self.last()["rcpts"] == ["bob@example.net"], self.last())

    def abort_at(self, stop):
        """Hangs up after that many commands."""
        commands = (b"EHLO client.example", b"MAIL FROM:<alice@good.example>",
                    b"RCPT TO:<bob@example.net>", b"DATA")
        with socket.create_connection(("127.0.0.1", self.mta.port),
                                      30) as sock:
            lines = sock.makefile("rb")
            lines.readline()
            for command in commands[:stop]:
                sock.sendall(command + b"\r\n")
                while lines.readline()[3:4] == b"-":
                    pass
            if stop == len(commands):
                sock.sendall(b"Subject: half\r\n\r\nhalf a line")

    def local(self):
        """Mail of the server's own users, of a sender that SPF forbids."""
        refused = len(self.door.lines("RCPT"))
        text = mail_of(b"local").replace(b"\r\n", b"\n")
        code, said = self.mta.submit(text, "-f", "alice@fail.example")
        got = self.arrived(b"<local@good.example>")
        self.check("sendmail -t is judged, and not refused at RCPT",
                   code == 0 and b"X-Postern-Verdict: accept" in got,
                   (code, said, self.door.lines()[-1:]))
        code, said = self.mta.submit(
            mail_of(b"local spam", SPAM).replace(b"\r\n", b"\n"), "-f",
            "alice@fail.example")
        end = time.monotonic() + 10
        while time.monotonic() < end and not any(
                f["action"] == "reject" and f["client"] == ""
                for f in self.door.lines("DATA")):
            time.sleep(0.1)
        facts = [f for f in self.door.lines("DATA") if f["client"] == ""]
        self.check("its spam is refused at the end of the message",
                   any(f["action"] == "reject" for f in facts) and
                   len(self.door.lines("RCPT")) == refused,
                   (code, said, facts))

    def standard_input(self):
        """Sendmail: SMTP without a connection."""
        replies = self.mta.speak(
            b"EHLO client.example", b"MAIL FROM:<alice@fail.example>",
            b"RCPT TO:<bob@example.net>", b"DATA",
            mail_of(b"stdin") + b".",
            b"MAIL FROM:<alice@fail.example>",
            b"RCPT TO:<bob@example.net>", b"DATA",
            mail_of(b"stdin spam", SPAM) + b".", b"QUIT")
        codes = [reply[:3] for reply in replies]
        self.check("sendmail -bs is refused at the end alone",
                   codes == ["250", "250", "250", "354", "250", "250", "250",
                             "354", "550", "221"], replies)

    def all(self):
        for case in (self.clean, self.spf_fail, self.rule_at_rcpt,
                     self.dkim_pass, self.refusals, self.tag, self.quarantine, self.discard, self.forged,
                     self.eight_bit, self.large, self.recipients,
                     self.several, self.aborts, self.local):
            case()
        if hasattr(self.mta, "speak"):
            self.standard_input()
