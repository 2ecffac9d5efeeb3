#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The first run: real mail, over real SMTP, through Postern into a sink.

Starts `postern sink` and `postern serve` in front of it with a zone file for
DNS, sends the samples, prints one line for each, and checks that each went as
it must.  On a terminal it then serves until Ctrl-C; otherwise it ends with 0.
"""
import os
import signal
import smtplib
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
FRONT, BACK = 10025, 10026

CONFIG = """# Written by the first run; see postern.conf(5).
authserv_id = mx.example.net
hostname = mx.example.net
user = nobody
workers = 1
dns = "zone:{here}/first-run.zone"
spool_directory = "{work}"
filters = {{spf, dkim, rules}}
filter "spf"   {{ on_fail = reject }}
filter "rules" {{ directories = {{"{rules}"}} }}
listener "first-run" {{
    address  = "127.0.0.1:{front}"
    backend  = "127.0.0.1:{back}"
    identity = xclient
}}
"""


def read(name):
    with open(os.path.join(HERE, name), "rb") as file:
        return file.read().replace(b"\n", b"\r\n")


class FirstRun:
    """The two programs, their folder, and what happened so far."""

    def __init__(self, binary, rules, work):
        self.binary, self.work = binary, work
        self.maildir = os.path.join(work, "Maildir")
        self.processes = []
        self.failed = 0
        self.config = os.path.join(work, "postern.conf")
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(CONFIG.format(here=HERE, work=work, rules=rules,
                                     front=FRONT, back=BACK))

    def start(self, *words):
        log = open(os.path.join(self.work, words[0] + ".log"), "ab")
        process = subprocess.Popen([self.binary, *words], stdout=log,
                                   stderr=log)
        self.processes.append(process)
        return process

    def stop(self):
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            process.wait(10)

    def wait_ready(self):
        """The greeting is 220 once the backend was found safe."""
        for _ in range(100):
            if any(p.poll() is not None for p in self.processes):
                break
            try:
                with socket.create_connection(("127.0.0.1", FRONT), 5) as s:
                    if s.recv(100).startswith(b"220"):
                        return
            except OSError:
                pass
            time.sleep(0.1)
        for name in ("sink.log", "serve.log"):
            with open(os.path.join(self.work, name), "rb") as file:
                sys.stderr.write(file.read().decode("utf-8", "replace"))
        self.stop()
        sys.exit("the first run could not start")

    def delivered(self):
        """Octets of every mail in the Maildir, newest last."""
        folder = os.path.join(self.maildir, "new")
        if not os.path.isdir(folder):
            return []
        mails = []
        for name in sorted(os.listdir(folder), key=lambda name: int(
                name.split("Q")[1].split(".")[0])):
            with open(os.path.join(folder, name), "rb") as file:
                mails.append(file.read())
        return mails

    def tell(self, name, went_well, what, why):
        self.failed += not went_well
        print("%-4s %-22s %-34s %s" % ("ok" if went_well else "FAIL", name,
                                       what[:34], why), flush=True)

    def send(self, name, mail, sender, rcpts, expect, why, header=b""):
        """One mail; `expect` begins the reply, `header` is in what arrived."""
        before = len(self.delivered())
        refused = {}
        try:
            with smtplib.SMTP("127.0.0.1", FRONT, "client.example", 20) as s:
                s.ehlo()
                s.mail(sender)
                for rcpt in rcpts:
                    code, text = s.rcpt(rcpt)
                    if code >= 300:
                        refused[rcpt] = (code, text)
                if len(refused) == len(rcpts):
                    code, text = list(refused.values())[0]
                else:
                    code, text = s.data(mail)
        except (smtplib.SMTPException, OSError) as error:
            self.tell(name, False, str(error), why)
            return
        reply = "%d %s" % (code, text.decode("utf-8", "replace"))
        arrived = self.delivered()[before:]
        well = reply.startswith(expect)
        if expect.startswith("250"):
            well = well and len(arrived) == 1 and header in arrived[0]
        else:
            well = well and not arrived
        self.tell(name, well, reply, why)

    def smuggle(self):
        """A second mail hidden behind LF.LF, as CVE-2023-51764 did."""
        before = len(self.delivered())
        hidden = (b"From: alice@good.example\r\nSubject: one\r\n\r\nfirst\n.\n"
                  b"MAIL FROM:<ceo@good.example>\r\n"
                  b"RCPT TO:<bob@example.net>\r\nDATA\r\n"
                  b"Subject: smuggled\r\n\r\nsecond\r\n.\r\n")
        with socket.create_connection(("127.0.0.1", FRONT), 10) as s:
            lines = s.makefile("rb")
            for command in (b"", b"HELO client.example",
                            b"MAIL FROM:<alice@good.example>",
                            b"RCPT TO:<bob@example.net>", b"DATA"):
                if command:
                    s.sendall(command + b"\r\n")
                reply = lines.readline()
            s.sendall(hidden)
            reply = lines.readline().decode().strip()
        well = reply.startswith("554") and len(self.delivered()) == before
        self.tell("smuggling attempt", well, reply,
                  "bare LF: neither mail reached the server behind")

    def samples(self):
        clean, bob = read("clean.eml"), ["bob@example.net"]
        self.send("clean", clean, "alice@good.example", bob, "250",
                  "spf=pass", b"spf=pass")
        self.send("SPF fail", clean, "alice@fail.example", bob, "550 5.7.23",
                  "on_fail = reject")
        self.send("DKIM signed", read("signed.eml"), "erin@signed.example",
                  bob, "250", "dkim=pass in Authentication-Results",
                  b"dkim=pass")
        forged = read("forged.eml")
        self.send("forged results", forged, "alice@good.example", bob, "250",
                  "the forged field is gone, the foreign one stays",
                  forged[forged.index(b"Authentication-Results: other"):])
        if self.delivered() and b"bank.example;" in self.delivered()[-1]:
            self.tell("forged results", False, "", "the forged field is there")
        self.send("spam rule", read("spam.eml"), "alice@good.example", bob,
                  "550 5.7.1", "GTUBE: 1000 points")
        self.send("one of two refused", clean, "alice@good.example",
                  ["nobody@example.net"] + bob, "250",
                  "550 for nobody@, from the server behind")
        self.send("mute DNS", clean, "alice@mute.example", bob, "250",
                  "spf=temperror, on_temperror = ignore", b"spf=temperror")
        self.smuggle()

    def serve_on(self):
        print("\nServing on 127.0.0.1:%d, mail goes to %s.  Ctrl-C stops." %
              (FRONT, self.maildir))
        try:
            signal.pause()
        except KeyboardInterrupt:
            print()


def main():
    binary, rules = (os.path.abspath(path) for path in sys.argv[1:3])
    with tempfile.TemporaryDirectory(prefix="postern-first-run") as work:
        os.chmod(work, 0o777)
        run = FirstRun(binary, rules, work)
        run.start("sink", "--listen", "127.0.0.1:%d" % BACK, "--maildir",
                  run.maildir, "--refuse", "nobody@example.net")
        run.start("serve", "-f", "-c", run.config)
        run.wait_ready()
        try:
            run.samples()
            if sys.stdout.isatty() and not run.failed:
                run.serve_on()
        finally:
            run.stop()
    return 1 if run.failed else 0


if __name__ == "__main__":
    sys.exit(main())
