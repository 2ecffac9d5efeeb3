#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""TLS with clients, as openssl sees it: certificates by name, a new one after
HUP and an old one after a bad one, sessions resumed by another worker and after
a reload, versions and ciphers.  usage: POSTERN=./postern check_tls.py"""
import os
import re
import shutil
import signal
import ssl
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from door import Postern, Report, certificate  # noqa: E402

report = Report()
check = report.check
WORKERS = 4


class Backend:
    """Refuses the probe's recipient; no more is asked of it."""

    def __init__(self):
        self.listening = socket.create_server(("127.0.0.1", 0), backlog=50)
        self.port = self.listening.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            sock, _ = self.listening.accept()
            threading.Thread(target=self.talk, args=(sock,),
                             daemon=True).start()

    @staticmethod
    def talk(sock):
        with sock, sock.makefile("rb") as lines:
            sock.sendall(b"220 b.example\r\n")
            for line in lines:
                sock.sendall(b"554 5.7.1 no\r\n" if line[:4] == b"RCPT"
                             else b"250 ok\r\n")


def connect(port, name, session=None, minimum=None, maximum=None):
    """A TLS connection behind STARTTLS; the caller closes it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if minimum:
        context.minimum_version = minimum
    if maximum:
        context.maximum_version = maximum
    if session:
        context = session[0]
    sock = socket.create_connection(("127.0.0.1", port), 20)
    sock.recv(1000)
    for line in (b"EHLO c.example\r\n", b"STARTTLS\r\n"):
        sock.sendall(line)
        sock.recv(4000)
    wrapped = context.wrap_socket(sock, server_hostname=name,
                                  session=session[1] if session else None)
    wrapped.sendall(b"NOOP\r\n")  # a ticket comes behind the handshake
    wrapped.recv(1000)
    return context, wrapped


def shown(port, name):
    """The names of the certificate that is shown to whoever asks for one."""
    _, sock = connect(port, name)
    with sock:
        der = sock.getpeercert(True)
    text = subprocess.run(["openssl", "x509", "-inform", "der", "-noout",
                           "-ext", "subjectAltName"], input=der,
                          stdout=subprocess.PIPE, check=True).stdout.decode()
    return re.findall(r"DNS:([\w.*-]+)", text)


def by_name(port):
    for asked, got in (("mx.example.net", "mx.example.net"),
                       ("other.example.org", "other.example.org"),
                       ("a.wild.example", "*.wild.example"),
                       ("a.b.wild.example", "mx.example.net"),
                       ("nobody.example", "mx.example.net"),
                       ("MX.EXAMPLE.NET", "mx.example.net")):
        names = shown(port, asked)
        check("%s is shown %s" % (asked, got), names == [got], names)


def resumed(port, again):
    """How many of 20 connections resume a session of one worker."""
    context, first = connect(port, "mx.example.net", maximum=again)
    with first:
        session = first.session
    count = 0
    for _ in range(20):
        _, sock = connect(port, "mx.example.net", (context, session))
        with sock:
            count += sock.session_reused
            if sock.session and again == ssl.TLSVersion.TLSv1_3:
                session = sock.session
    return count


def reloads(postern, work):
    certificate(work, "new.example.net")
    done = postern.read_log().count("reloaded ")
    postern.process.send_signal(signal.SIGHUP)
    check("HUP is obeyed", postern.wait_log("reloaded ", done + 1))
    names = shown(postern.port, "new.example.net")
    check("a new certificate is shown after HUP",
          names == ["new.example.net"], names)
    context, first = connect(postern.port, "new.example.net")
    with first:
        session = first.session
    postern.process.send_signal(signal.SIGHUP)
    postern.wait_log("reloaded ", done + 2)
    _, sock = connect(postern.port, "new.example.net", (context, session))
    with sock:
        check("a session is resumed after HUP", sock.session_reused)
    shutil.copy(work + "/other.key", work + "/cert.key")
    postern.process.send_signal(signal.SIGHUP)
    check("a key that does not belong to its certificate is told", postern.
          wait_log("does not belong to") and postern.wait_log(
              "reload failed"))
    names = shown(postern.port, "new.example.net")
    check("and the old one stays", names == ["new.example.net"], names)


def rotates(pairs):
    """The key of a ticket is new in each period, and known in the next, to
    all workers alike."""
    period = 4
    postern = Postern({"mx": 'backend = "127.0.0.1:%d" tls = may '
                       'tls_certificate = "%s" tls_key = "%s"' % (
                           Backend().port, *pairs[0])},
                      workers=WORKERS,
                      top="tls_ticket_rotation = %ds" % period)
    # periods are counted on the clock that Postern counts them on
    time.sleep(period - time.monotonic() % period + 0.2)
    context, sock = connect(postern.port, "mx.example.net")
    with sock:
        session = sock.session
    time.sleep(period)  # one period later
    count = 0
    for _ in range(10):
        sock = connect(postern.port, "mx.example.net", (context, session))[1]
        with sock:
            count += sock.session_reused
    check("a ticket of the period before is taken by all workers",
          count == 10, count)
    time.sleep(period)
    sock = connect(postern.port, "mx.example.net", (context, session))[1]
    with sock:
        check("one of the period before that is not", not sock.session_reused)
        fresh = sock.session
    sock = connect(postern.port, "mx.example.net", (context, fresh))[1]
    with sock:
        check("but its new one is", sock.session_reused)
    check("Postern stops with 0", postern.stop() == 0)


def versions(port):
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        _, sock = connect(port, "mx.example.net", minimum=version,
                          maximum=version)
        with sock:
            got = sock.version(), sock.cipher()[0]
        check("%s works" % version.name, got[0] == version.name.replace(
            "_", ".") and ("GCM" in got[1] or "CHACHA" in got[1]), got)
    try:
        _, sock = connect(port, "mx.example.net",
                          minimum=ssl.TLSVersion.TLSv1_1,
                          maximum=ssl.TLSVersion.TLSv1_1)
        sock.close()
        check("TLS 1.1 is refused", False)
    except (ssl.SSLError, OSError):
        check("TLS 1.1 is refused", True)


def main():
    with tempfile.TemporaryDirectory(prefix="postern-test") as work:
        os.chmod(work, 0o755)
        names = (("cert", "mx.example.net"), ("other", "other.example.org"),
                 ("wild", "*.wild.example"))
        pairs = [certificate(work, name, stem) for stem, name in names]
        postern = Postern({"mx": 'backend = "127.0.0.1:%d" tls = may '
                           'tls_certificate = {%s} tls_key = {%s}' % (
                               Backend().port,
                               ", ".join('"%s"' % c for c, _ in pairs),
                               ", ".join('"%s"' % k for _, k in pairs))},
                          workers=WORKERS)
        by_name(postern.port)
        versions(postern.port)
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            count = resumed(postern.port, version)
            check("%s: 20 of 20 connections to %d workers resume" % (
                version.name, WORKERS), count == 20, count)
        reloads(postern, work)
        check("Postern stops with 0", postern.stop() == 0)
        rotates([pairs[1]])
    print("%d checks passed, %d failed" % (report.passed,
                                           len(report.failures)))
    return 1 if report.failures else 0


if __name__ == "__main__":
    sys.exit(main())
