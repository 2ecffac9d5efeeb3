#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Postern in front of a real Postfix: what arrives, what is refused, and what
Postfix saw of it.  usage: check_postfix.py POSTERN RULES"""
import os
import shutil
import smtplib
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import postfix  # noqa: E402

SAMPLES = os.path.join(HERE, "..", "..", "packaging", "first-run")
failures = []


def check(what, good, detail=""):
    print("%-4s %s%s" % ("ok" if good else "FAIL", what,
                         "" if good else ": %s" % (detail,)), flush=True)
    if not good:
        failures.append(what)


def sample(name):
    with open(os.path.join(SAMPLES, name), "rb") as file:
        return file.read().replace(b"\n", b"\r\n")


class Proxy:
    """`postern serve` in front of a port."""

    def __init__(self, postern, rules, backend, extra="", listener=""):
        self.work = tempfile.mkdtemp(prefix="postern-test")
        os.chmod(self.work, 0o777)
        self.port = postfix.free_port()
        self.log = os.path.join(self.work, "log")
        config = os.path.join(self.work, "postern.conf")
        with open(config, "w", encoding="utf-8") as file:
            file.write("""
authserv_id = mx.example.net
hostname = mx.example.net
user = nobody
workers = 2
dns = "zone:%s/first-run.zone"
spool_directory = "%s"
filter "rules" { directories = {"%s"} }
%s
listener "mx" { address = "127.0.0.1:%d" backend = "127.0.0.1:%d" %s }
""" % (os.path.abspath(SAMPLES), self.work, rules, extra, self.port, backend,
                listener or "identity = xclient"))
        self.process = subprocess.Popen(
            [postern, "serve", "-f", "-c", config],
            stderr=open(self.log, "wb"))
        for _ in range(100):
            time.sleep(0.1)
            if self.read_log().count("backend ready") >= 2:
                return
        raise RuntimeError("Postern does not start: " + self.read_log())

    def read_log(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()

    def stop(self):
        self.process.terminate()
        code = self.process.wait(20)
        shutil.rmtree(self.work, ignore_errors=True)
        return code


def send(port, mail, sender="alice@good.example", rcpt="bob@example.net"):
    """The reply to DATA, or the first refusal, as "code text"."""
    with smtplib.SMTP("127.0.0.1", port, "client.example", 60) as smtp:
        smtp.ehlo()
        code, text = smtp.mail(sender)
        if code == 250:
            code, text = smtp.rcpt(rcpt)
        if code == 250:
            smtp.putcmd("data")
            code, text = smtp.getreply()
            if code == 354:
                smtp.send(mail + b".\r\n")
                code, text = smtp.getreply()
    return "%d %s" % (code, text.decode("utf-8", "replace"))


def below_block(delivered):
    """What lies below our last header line, and what lies above it."""
    mark = delivered.index(b"X-Postern-Verdict:")
    end = delivered.index(b"ref=", mark)
    end = delivered.index(b"\n", end) + 1
    return delivered[end:], delivered[:end]


def plain_mail(proxy, backend):
    mail = sample("clean.eml")
    reply = send(proxy.port, mail)
    check("a clean message is accepted", reply.startswith("250"), reply)
    check("and delivered", backend.wait_log("status=sent"))
    mails = backend.mails("bob")
    rest, block = below_block(mails[-1])
    check("its octets below our block are those that were sent",
          rest == mail.replace(b"\r\n", b"\n"), rest[:200])
    check("the block says spf=pass", b"spf=pass" in block, block)
    check("Postfix saw the client and its name by XCLIENT",
          "client=client.example[127.0.0.1]" in backend.read_log(),
          backend.read_log()[-400:])


def refusals(proxy, backend):
    before = backend.read_log()
    reply = send(proxy.port, sample("spam.eml"))
    check("a message that hits a rule gets 550",
          reply.startswith("550 5.7.1"), reply)
    backend.wait_log("disconnect from", before.count("disconnect from") + 1)
    new = backend.read_log()[len(before):]
    line = [row for row in new.splitlines() if "disconnect from" in row][-1]
    check("Postfix never got DATA for it",
          "rcpt=" in line and "data=" not in line, line)
    reply = send(proxy.port, sample("clean.eml"), "alice@fail.example")
    check("a forged SPF sender is refused as configured",
          reply.startswith("550 5.7.23"), reply)
    reply = send(proxy.port, sample("clean.eml"), rcpt="nobody@example.net")
    check("Postfix itself refuses an unknown recipient, word by word",
          reply.startswith("550 5.1.1") and "User unknown" in reply, reply)
    reply = send(proxy.port, sample("clean.eml"), rcpt="x@elsewhere.example")
    check("Postfix refuses to relay for the client",
          reply.startswith(("554 5.7.1", "454 4.7.1")), reply)


def signed(proxy, backend):
    count = len(backend.mails("carol"))
    reply = send(proxy.port, sample("signed.eml"), "erin@signed.example",
                 "carol@example.net")
    check("a DKIM-signed message is accepted", reply.startswith("250"), reply)
    for _ in range(100):
        if len(backend.mails("carol")) > count:
            break
        time.sleep(0.1)
    block = below_block(backend.mails("carol")[-1])[1]
    check("it carries dkim=pass",
          b"dkim=pass" in block and b"header.d=signed.example" in block, block)


def wait_mails(backend, user, count):
    for _ in range(150):
        if len(backend.mails(user)) >= count:
            return True
        time.sleep(0.1)
    return False


def odd_messages(proxy, backend):
    """Sizes, lines and dots; each must arrive octet for octet."""
    head = b"Subject: odd\r\nMessage-ID: <odd@good.example>\r\n\r\n"
    bodies = [b"", b"\r\n", b".\r\n", b"..\r\n.\r\n...\r\n",
              b".a\r\n..b\r\n", b"x" * 997 + b"\r\n"]
    bodies += [b"y" * n + b"\r\n" for n in (998, 999, 1000, 4095, 4096, 4097,
                                           8191, 8192, 8193, 65535, 65536,
                                           65537)]
    bodies += [bytes(range(128, 256)) * 40 + b"\r\n"]
    big = (b"z" * 76 + b"\r\n") * (30 * 1024 * 1024 // 78)
    before = len(backend.mails("postmaster"))
    exact = 0
    for body in bodies + [big]:
        mail = head + body
        stuffed = b"".join(
            (b"." + line if line.startswith(b".") else line)
            for line in mail.splitlines(keepends=True)) \
            if body is not big else mail
        reply = send(proxy.port, stuffed, rcpt="postmaster@example.net")
        before += reply.startswith("250")
        if not reply.startswith("250") or \
                not wait_mails(backend, "postmaster", before):
            check("odd message of %d octets" % len(mail), False, reply)
            continue
        want = mail.replace(b"\r\n", b"\n")
        got = any(below_block(m)[0] == want
                  for m in backend.mails("postmaster"))
        exact += got
        if not got:
            check("odd message of %d octets is exact" % len(mail), False,
                  body[:60])
    check("%d odd messages, one of 30 MB, arrive octet for octet" %
          (len(bodies) + 1), exact == len(bodies) + 1, exact)


def single_octets(proxy, backend):
    """64 KB in segments of one octet."""
    mail = b"Subject: slow\r\n\r\n" + b".dot and text\r\n" * 4360
    before = len(backend.mails("bob"))
    with socket.create_connection(("127.0.0.1", proxy.port), 60) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        lines = sock.makefile("rb")
        lines.readline()
        for command in (b"HELO client.example",
                        b"MAIL FROM:<alice@good.example>",
                        b"RCPT TO:<bob@example.net>", b"DATA"):
            sock.sendall(command + b"\r\n")
            lines.readline()
        stuffed = mail.replace(b"\r\n.", b"\r\n..") + b".\r\n"
        for octet in stuffed:
            sock.send(bytes((octet,)))
        reply = lines.readline()
    good = reply.startswith(b"250") and wait_mails(backend, "bob", before + 1)
    exact = good and any(below_block(m)[0] == mail.replace(b"\r\n", b"\n")
                         for m in backend.mails("bob"))
    check("64 KB in segments of one octet are exact", exact, reply)


def main():
    postern = sys.argv[1] if len(sys.argv) > 1 else os.environ["POSTERN"]
    rules = sys.argv[2] if len(sys.argv) > 2 else os.environ["RULES"]
    try:
        backend = postfix.Postfix().start()
    except postfix.Unavailable as reason:
        print("skipped: %s" % reason)
        return 77
    try:
        proxy = Proxy(os.path.abspath(postern), os.path.abspath(rules),
                      backend.port, 'filter "spf" { on_fail = reject }')
        plain_mail(proxy, backend)
        refusals(proxy, backend)
        signed(proxy, backend)
        odd_messages(proxy, backend)
        single_octets(proxy, backend)
        log = proxy.read_log()
        check("Postern stops with 0", proxy.stop() == 0, log[-2000:])
        check("no report of a sanitizer", "ERROR: " not in log and
              "runtime error" not in log, log[-3000:])
    finally:
        backend.stop()
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
