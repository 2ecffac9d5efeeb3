# SPDX-License-Identifier: BSD-2-Clause
"""Many messages over many connections to a milter, of every kind, so that its
threads meet.  No mail server: the protocol itself, as fast as it goes."""
import random
import threading

from milter_client import Milter

SIGNED = [(b"DKIM-Signature", b" v=1; a=rsa-sha256; c=relaxed/relaxed;"
           b" d=signed.example; s=sel; h=from:subject;"
           b" bh=E2Lk1oSRRBHzebcjoHYmdhO39wQSAJOJ+SX/bLwuCRk=;"
           b" b=RM/67yY1yKA+Brsenssl+Nl1szqiM1AtcaLGFGwtI87gj1fWHF06gXt5s/OF"
           b"gWP6ztsbPB2m0ePazQphpmhrrHaWL4Q0izcyaMWCpkEf8t61PSuylY98MGnAbu7Y"
           b"AulopAVEeAzs5SIiyA3XdnZS2w9eUX5YBjlTClviwNN+vWOqCFw76JlHdlDq22B/"
           b"VLVbUp9G4sTkQ5lieAK6aSluWLwHdHR8pS2/2EFELbFmdCuus8A0m2bgxWVa1vqZ"
           b"SGHP+WvjcYFMGckbt03zMGrEhRe+dyNcWJcbsl6m3TuYUlXm8PLKIX8Wq6k9jLdA"
           b"5K2/wYTZQIO2ttfQC//T0kI0zA==")]
KINDS = [(b"hello", b"<alice@good.example>", b"c"),
         (b"hello", b"<erin@signed.example>", b"c"),
         (b"hello", b"<alice@mute.example>", b"c"),
         (b"tag me", b"<alice@good.example>", b"c"),
         (b"hold me", b"<alice@good.example>", b"c"),
         (b"percent", b"<alice@good.example>", b"y"),
         (b"drop me", b"<alice@good.example>", b"d"),
         (b"later", b"<alice@good.example>", b"y")]


class Load:
    """count messages over `connections` threads; wrong holds surprises,
    lost those whose connection ended."""

    def __init__(self, target, count, connections, patient=False):
        self.target, self.left = target, count
        self.done, self.lost, self.wrong = 0, 0, []
        self.patient = patient
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.run, args=(n,))
                        for n in range(connections)]

    def start(self):
        for thread in self.threads:
            thread.start()
        return self

    def join(self):
        for thread in self.threads:
            thread.join()
        return self

    def take(self):
        with self.lock:
            self.left -= 1
            return self.left >= 0

    def run(self, number):
        rng = random.Random(number)
        while self.left > 0:
            try:
                with Milter(self.target, 120).negotiate() as m:
                    m.connect()
                    m.helo()
                    self.some(m, rng)
            except (EOFError, OSError) as error:
                with self.lock:
                    self.lost += 1
                    if not self.patient:
                        self.wrong.append(error)
                        return

    def some(self, m, rng):
        for _ in range(rng.randrange(1, 30)):
            if not self.take():
                return
            if rng.random() < 0.05:
                m.mail()
                m.rcpt()
                m.send(b"A")
            subject, sender, want = rng.choice(KINDS)
            m.mail(sender)
            m.rcpt()
            for name, value in SIGNED:
                m.header(name, value)
            m.header(b"Authentication-Results", b" mx.example.net; none")
            m.header(b"Subject", b" " + subject)
            m.end_of_header()
            for _ in range(rng.choice((0, 1, 1, 1, 10))):
                m.body(b"Dear Bob, text and more text\r\n" *
                       rng.randrange(1, 500))
            _, code, data = m.end()
            with self.lock:
                self.done += 1
                if code != want:
                    self.wrong.append((subject, sender, code, data))
