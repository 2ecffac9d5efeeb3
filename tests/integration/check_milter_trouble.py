#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Postern as Postfix's milter, in trouble: killed and reloaded under load,
without disk, with DNS that does not answer.  Nothing may be lost or pass
unjudged, and clients see 4xx at worst.

usage: check_milter_trouble.py [--seconds N] [POSTERN]"""
import argparse
import os
import signal
import smtplib
import socket
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import postfix  # noqa: E402
from milter_cases import Cases, mail_of, sample  # noqa: E402
from milter_client import Milter, inserted  # noqa: E402
from milter_door import Door  # noqa: E402
from milter_load import SIGNED  # noqa: E402

failures = []


def check(what, good, detail=""):
    print("%-4s %s%s" % ("ok" if good else "FAIL", what,
                         "" if good else ": %.3000s" % (detail,)), flush=True)
    if not good:
        failures.append(what)


def behind(where, **main):
    return postfix.Postfix(main=list(dict({
        "smtpd_milters": where, "milter_default_action": "tempfail",
        "milter_connect_timeout": "10s", "milter_command_timeout": "10s",
        "smtpd_error_sleep_time": "0", "smtpd_hard_error_limit": "1000",
        "smtpd_soft_error_limit": "1000"}, **main).items()))


class Senders:
    """Clients that send without pause; what became of each message."""

    def __init__(self, port, count=4):
        self.port, self.going = port, True
        self.taken, self.later, self.refused = [], [], []
        self.threads = [threading.Thread(target=self.run, args=(n,))
                        for n in range(count)]
        for thread in self.threads:
            thread.start()

    def run(self, number):
        serial = 0
        while self.going:
            try:
                with smtplib.SMTP("127.0.0.1", self.port, "client.example",
                                  60) as smtp:
                    for _ in range(5):
                        serial += 1
                        self.one(smtp, "%d-%d" % (number, serial))
            except (smtplib.SMTPException, OSError):
                time.sleep(0.02)

    def one(self, smtp, name):
        mail = mail_of(b"load " + name.encode())
        try:
            smtp.sendmail("alice@good.example", ["bob@example.net"], mail)
            self.taken.append(name)
        except smtplib.SMTPRecipientsRefused as error:
            self.sort(name, error.recipients["bob@example.net"][0])
        except smtplib.SMTPResponseException as error:
            self.sort(name, error.smtp_code)

    def sort(self, name, code):
        (self.later if 400 <= code < 500 else self.refused).append(
            (name, code))

    def stop(self):
        self.going = False
        for thread in self.threads:
            thread.join()
        return self


def settled(mta, senders):
    """Every accepted message arrived once, and was judged."""
    end = time.monotonic() + 30
    while len(mta.mails("bob")) < len(senders.taken) and \
            time.monotonic() < end:
        time.sleep(0.2)
    mails = mta.mails("bob")
    names = sorted(m.split(b"\nMessage-ID: <load-")[1].split(b"@")[0].decode()
                   for m in mails)
    check("each of %d accepted messages arrived once; %d were told to come "
          "later" % (len(senders.taken), len(senders.later)),
          names == sorted(senders.taken) and senders.taken,
          (len(names), len(senders.taken)))
    check("none was refused for good", not senders.refused, senders.refused)
    check("none passed unjudged",
          all(b"\nX-Postern-Verdict: accept" in m for m in mails))


def killed(postern, seconds):
    print("--- kill -9 under load")
    door = Door(postern).start()
    mta = behind("inet:127.0.0.1:%d" % door.port).start()
    try:
        senders = Senders(mta.port)
        end = time.monotonic() + seconds
        kills = 0
        while time.monotonic() < end:
            time.sleep(0.4)
            for pid in door.children():
                os.kill(pid, signal.SIGKILL)
                kills += 1
        time.sleep(1)
        senders.stop()
        settled(mta, senders)
        check("the master began %d times anew" % kills, kills > 2 and
              door.read_log().count("was killed by signal 9") == kills,
              door.read_log()[-1000:])
        check("and all is well again", Cases(mta, door, check).send(
            mail_of(b"after")).startswith("250"))
    finally:
        door.stop()
        mta.stop()


def reloaded(postern, seconds):
    print("--- reload under load")
    door = Door(postern).start()
    mta = behind("inet:127.0.0.1:%d" % door.port).start()
    try:
        cases = Cases(mta, door, check)
        open_before = cases.open()
        open_before.ehlo()
        senders = Senders(mta.port)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(0.4)
            if not door.reload():
                check("a reload", False, door.read_log()[-1000:])
        senders.stop()
        settled(mta, senders)
        check("no reload was felt by anybody", not senders.later,
              senders.later)
        time.sleep(3)
        reply = cases.talk(open_before, mail_of(b"open before"))
        check("a session from before all reloads goes on", reply.startswith(
            "250"), reply)
        open_before.quit()
        end = time.monotonic() + 15
        while len(door.children()) > 1 and time.monotonic() < end:
            time.sleep(0.2)
        check("the processes before it are gone when their sessions are",
              len(door.children()) == 1, door.children())
        door.write(extra="no_such_setting = 1")
        os.kill(door.process.pid, signal.SIGHUP)
        check("a reload with a mistake changes nothing", door.wait_log(
            "reload failed") and cases.send(mail_of(b"bad")).startswith(
                "250"), door.read_log()[-500:])
        check("Postern stops with 0", door.stop(keep=True) == 0,
              door.read_log()[-1000:])
        reply = cases.send(mail_of(b"stopped"))
        check("without Postern the server takes its default action",
              reply.startswith("4"), reply)
    finally:
        door.stop()
        mta.stop()


def full_disk(postern):
    print("--- full disk")
    if subprocess.run(["unshare", "--mount", "true"],
                      capture_output=True).returncode:
        print("skipped: a full disk needs a mount name space of its own")
        return
    door = Door(postern, extra="spool_memory = 64K")
    spool = os.path.join(door.work, "spool")
    os.mkdir(spool)
    door.write(spool=spool)
    door.start(wrapper=(
        "unshare", "--mount", "sh", "-c", "mount -t tmpfs -o "
        "size=512k,mode=1777 none %s && exec \"$0\" \"$@\"" % spool))
    mta = behind("inet:127.0.0.1:%d" % door.port).start()
    try:
        cases = Cases(mta, door, check)
        large = mail_of(b"large", b"x" * 70 + b"\r\n", b"") + \
            (b"y" * 70 + b"\r\n") * 20000
        reply = cases.send(large)
        check("a message for which there is no room is told to come later",
              reply.startswith("452 4.3.1"), reply)
        reply = cases.send(mail_of(b"small"))
        check("a small one passes", reply.startswith("250"), reply)
        reply = cases.send(mail_of(b"middle", (b"z" * 70 + b"\r\n") * 2000))
        check("the room was given back", reply.startswith("250"), reply)
        check("nothing was delivered of the first", not cases.arrived(
            b"<large@good.example>", seconds=1))
    finally:
        door.stop()
        mta.stop()


def mute_dns(postern):
    print("--- DNS that does not answer")
    mute = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    mute.bind(("127.0.0.1", 0))
    door = Door(postern, dns="127.0.0.1:%d" % mute.getsockname()[1],
                section="message_timeout = 4s").start()
    mta = behind("inet:127.0.0.1:%d" % door.port).start()
    try:
        cases = Cases(mta, door, check)
        with cases.open() as smtp:
            smtp.ehlo()
            began = time.monotonic()
            smtp.mail("alice@good.example")
            at_mail = time.monotonic() - began
            smtp.rset()
            began = time.monotonic()
            reply = cases.talk(smtp, sample("signed.eml"),
                               "erin@signed.example")
            spent = time.monotonic() - began
        check("MAIL is answered within 5 seconds (%.1f)" % at_mail,
              at_mail < 5.5, at_mail)
        check("and the message passes with temperror (%.1f s)" % spent,
              reply.startswith("250") and b"dkim=temperror" in cases.arrived(
                  b"<signed-1@signed.example>"), reply)
        with Milter(door.port).negotiate() as m:
            m.connect()
            m.helo()
            changes, _, _ = m.letter(b"hello", head=SIGNED)
            told = sum(code == b"p" for code, _ in changes)
            check("meanwhile the server is told that work goes on (%d times)"
                  % told, told >= 2 and inserted(changes), changes)
        door.write(spf="on_temperror = defer")
        door.reload()
        time.sleep(0.3)
        reply = cases.send(sample("clean.eml"))
        check("on_temperror = defer makes that 4xx",
              reply.startswith("451 4."), reply)
        facts = door.read_log()
        check("and no process died of it", "was killed" not in facts)
    finally:
        door.stop()
        mta.stop()
        mute.close()


def xclient(postern):
    print("--- XCLIENT and a unix socket")
    door = Door(postern, log_format="json")
    path = os.path.join(door.work, "s")
    door.write(address="unix:" + path, section="socket_mode = 0666")
    door.start()
    mta = behind("unix:" + path).start()
    try:
        cases = Cases(mta, door, check)
        replies = []
        with cases.open() as smtp:
            smtp.ehlo()
            replies.append(cases.talk(smtp, mail_of(b"x1"))[:3])
            smtp.docmd("XCLIENT", "ADDR=192.0.2.1 NAME=other.example")
            smtp.ehlo("other.example")
            replies.append(cases.talk(smtp, mail_of(b"x2"),
                                      "alice@fail.example")[:3])
            replies.append(cases.talk(smtp, mail_of(b"x3"))[:3])
        facts = door.lines("DATA")
        check("after XCLIENT it is another client", replies == [
            "250", "250", "550"] and [f["client"] for f in facts[-2:]] == [
                "127.0.0.1", "192.0.2.1"] and
              facts[-1]["ptr"] == "other.example" and
              facts[-1]["helo"] == "other.example", (replies, facts[-2:]))
    finally:
        door.stop()
        mta.stop()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("postern", nargs="?",
                        default=os.environ.get("POSTERN"))
    words = parser.parse_args()
    try:
        killed(words.postern, words.seconds)
        reloaded(words.postern, words.seconds)
        full_disk(words.postern)
        mute_dns(words.postern)
        xclient(words.postern)
    except postfix.Unavailable as reason:
        print("skipped: %s" % reason)
        return 77
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
