# SPDX-License-Identifier: BSD-2-Clause
"""What a client of check_desync.py knows of its session: the model says after
each reply what the next one may be; it is told nothing but what went over the
wire, on both sides of Postern."""
import re

OUR_451 = re.compile(rb"451 4\.3\.0 ")


class Mail:
    """One transaction as the client knows it."""

    def __init__(self, line):
        self.line = line
        self.recipients = []  # [line, code or None]
        self.content = b""
        self.finished = False  # the client sent all of it
        self.reply = None      # to the end of it


class Command:
    def __init__(self, kind, line, token=b"", **more):
        self.kind, self.line, self.token = kind, line, token
        self.octets = more.get("octets", b"")  # of a chunk
        self.last = more.get("last", False)
        self.mail = more.get("mail")


class Model:
    """What the session is, from the replies."""

    def __init__(self, book):
        self.book = book
        self.phase = "greeted"
        self.lost = False
        self.accepted = self.later = 0
        self.chunks = "none"
        self.mail = None

    def end(self):
        if self.phase != "greeted":
            self.phase = "ready"
        self.lost = False
        self.accepted = self.later = 0
        self.chunks = "none"
        self.mail = None

    def check(self, command, reply):
        """What is wrong with this reply to this command, or None."""
        if self.book.reloads and reply.startswith(b"421 4.3.2") and \
                command.kind != "message":
            if self.mail:
                self.mail.reply = reply
            return None
        if reply in self.book.hangups:
            if command.kind == "message" or command.last:
                self.mail.reply = reply
                self.mail.finished = True
                self.mail.content += command.octets
            if command.kind in ("MAIL", "RCPT", "VRFY", "EHLO", "HELO",
                                "message", "BDAT"):
                return None
        return getattr(self, "check_" + command.kind.lower())(command, reply)

    def expect(self, reply, *codes):
        if reply[:3] in codes or reply in codes:
            return None
        return "answered %r, not %r" % (reply[:60], codes)

    def relayed(self, token, command, reply):
        """The backend's own words, or 451 when it had no good ones."""
        said = self.book.said.get((token, command), [])
        if said and said[0].proper:
            if reply != said[0].raw:
                return "the backend said %r, the client heard %r" % (
                    said[0].raw[:80], reply[:80])
            return None
        if not OUR_451.match(reply):
            return "answered %r" % reply[:80]
        if not self.book.excuse():
            return "451 although the backend did nothing wrong"
        self.lost = self.phase != "ready" or command == b"MAIL"
        return None

    def check_noop(self, _command, reply):
        return self.expect(reply, b"250")

    def check_help(self, _command, reply):
        return self.expect(reply, b"214")

    def check_quit(self, _command, reply):
        return self.expect(reply, b"221")

    def check_unknown(self, _command, reply):
        return self.expect(reply, b"500")

    def check_refused(self, _command, reply):
        return self.expect(reply, b"502")

    def check_badarg(self, _command, reply):
        return self.expect(reply, b"501")

    def check_rset(self, _command, reply):
        self.end()
        return self.expect(reply, b"250")

    def check_ehlo(self, command, reply):
        self.end()
        self.phase = "ready"
        if reply.startswith(b"421 4.3.0") and self.book.excuse():
            return None
        if command.kind == "EHLO" and b"PIPELINING\r\n" not in reply:
            return "no offer: %r" % reply[:80]
        return self.expect(reply, b"250")

    check_helo = check_ehlo

    def check_vrfy(self, command, reply):
        if self.phase == "greeted" or self.chunks != "none":
            return self.expect(reply, b"503")
        return self.relayed(command.token, b"VRFY", reply)

    def may_mail(self):
        if self.lost and self.phase != "greeted":
            self.end()
        return self.phase == "ready"

    def check_mail(self, command, reply):
        if not self.may_mail():
            return self.expect(reply, b"503")
        self.mail = command.mail
        problem = self.relayed(command.token, b"MAIL", reply)
        if reply.startswith(b"2") or self.lost:
            self.phase = "mail"
        else:
            self.end()
        return problem

    def check_badmail(self, _command, reply):
        if not self.may_mail():
            return self.expect(reply, b"503")
        return self.expect(reply, b"501", b"552", b"555")

    def check_rcpt(self, command, reply):
        if self.phase not in ("mail", "rcpt") or self.chunks != "none":
            return self.expect(reply, b"503")
        self.phase = "rcpt"
        if self.lost:
            return self.expect(reply, b"451")
        problem = self.relayed(command.token, b"RCPT", reply)
        self.accepted += reply.startswith(b"2")
        self.later += reply.startswith(b"4")
        self.mail.recipients.append((command.line, reply[:3]))
        return problem

    def check_badrcpt(self, _command, reply):
        if self.phase not in ("mail", "rcpt") or self.chunks != "none":
            return self.expect(reply, b"503")
        return self.expect(reply, b"501", b"555")

    def refusal(self):
        """Of a message without recipients: a failure behind is no refusal."""
        return b"451" if self.lost or self.later else b"554"

    def check_data(self, _command, reply):
        if self.phase != "rcpt" or self.chunks != "none":
            return self.expect(reply, b"503")
        if self.accepted and not self.lost:
            return self.expect(reply, b"354")
        return self.expect(reply, self.refusal())

    def check_message(self, _command, reply):
        return self.finish(reply)

    def finish(self, reply):
        mail = self.mail
        token = re.search(rb"t\d+n\d+", mail.line)[0]
        mail.reply = reply
        said = self.book.said.get((token, b"DATA"), [])
        refused = said and said[0].proper and said[0].raw[:1] in b"45"
        if self.book.kind == "lmtp" and not refused:
            problem = self.combined(token, reply)
        else:
            problem = self.relayed(token, b"DATA" if refused else b"dot",
                                   reply)
        self.end()
        return problem

    def combined(self, token, reply):
        """LMTP: of one answer for each recipient."""
        said = self.book.said.get((token, b"dot"), [])
        if len(said) != self.accepted or not all(a.proper for a in said):
            return self.relayed(token, b"nothing", reply)
        kinds = {answer.raw[:1] for answer in said}
        if len(kinds) == 1:
            return self.relayed(token, b"dot", reply)
        wanted = b"451 4.2.0" if b"4" in kinds else b"554 5.2.0"
        return self.expect(reply[:9], wanted)

    def check_bdat(self, command, reply):
        if self.phase not in ("mail", "rcpt"):
            return self.expect(reply, b"503")
        if self.phase == "mail":
            self.chunks = "refused"
            return self.expect(reply, b"503")
        if self.lost or not self.accepted:
            self.chunks = "refused"
            return self.expect(reply, self.refusal())
        self.chunks = "taken"
        self.mail.content += command.octets
        if not command.last:
            return self.expect(reply, b"250")
        self.mail.finished = True
        return self.finish(reply)
