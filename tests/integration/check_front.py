#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Real programs in front: haproxy with both PROXY versions, Postfix with
smtpd_proxy_filter and XFORWARD, Postfix's smtp(8), swaks, curl, smtplib and
openssl s_client; a real Postfix behind.
usage: POSTERN=./postern check_front.py"""
import os
import shutil
import smtplib
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from door import Client, Postern, Report, certificate  # noqa: E402
from packages import unpacked  # noqa: E402
import packages  # noqa: E402
from postfix import Postfix, Unavailable, free_port  # noqa: E402

report = Report()
check = report.check


def run(*words, text=b""):
    got = subprocess.run(words, input=text, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, timeout=60, check=False)
    return got.returncode, got.stdout.decode("utf-8", "replace")


class Haproxy:
    """In front of a port, with that way of telling who the client is."""

    def __init__(self, word, behind, host):
        program = shutil.which("haproxy", path="/usr/sbin:/usr/bin") or \
            os.path.join(unpacked("haproxy", "haproxy"), "usr/sbin/haproxy")
        self.port = free_port()
        self.folder = tempfile.mkdtemp(prefix="postern-test")
        path = os.path.join(self.folder, "haproxy.cfg")
        with open(path, "w", encoding="utf-8") as file:
            file.write("defaults\n mode tcp\n timeout connect 5s\n"
                       " timeout client 30s\n timeout server 30s\n"
                       "listen smtp\n bind %s:%d\n server p %s:%d %s\n" % (
                           host, self.port, host, behind, word))
        self.process = subprocess.Popen([program, "-q", "-f", path])
        time.sleep(1)

    def stop(self):
        self.process.terminate()
        self.process.wait(10)
        shutil.rmtree(self.folder)


def balancers(backend):
    for host, address in (("127.0.0.1", "127.0.0.1"), ("::1", "::1")):
        shown = "[%s]" % host if ":" in host else host
        postern = Postern({"mx": 'backend = "127.0.0.1:%d" '
                           'identity = xclient accept_proxy = {"%s"}' % (
                               backend.port, address)}, host=host,
                          zone="1.0.0.127.in-addr.arpa PTR home.example\n"
                          "home.example A 127.0.0.1")
        for word in ("send-proxy", "send-proxy-v2"):
            haproxy = Haproxy(word, postern.port, shown)
            client = Client(haproxy.port, host)
            port = client.sock.getsockname()[1]
            reply = client.mail()
            check("haproxy %s over %s: mail is taken" % (word, host),
                  reply[:3] == "250", reply)
            name = "home.example[127.0.0.1]" if host != "::1" else \
                "unknown[::1]"
            check("haproxy %s over %s: our log has the client" % (
                word, host), postern.wait_log("accept: DATA from " + name),
                postern.read_log())
            check("haproxy %s over %s: Postfix has its port" % (
                word, host), port > 0 and backend.wait_log(
                    "client=" + name))
            client.close()
            haproxy.stop()
        stranger = Client(postern.port, host, b"EHLO stranger.example\r\n")
        check("over %s without a PROXY header: hung up on" % host,
              stranger.greeting == "", stranger.greeting)
        stranger.close()
        check("over %s: Postern stops with 0" % host, postern.stop() == 0)


def proxy_filter():
    """Postfix, then Postern, then Postfix; each with the client's name."""
    behind = Postfix({"smtpd_authorized_xforward_hosts": "127.0.0.0/8",
                      "mynetworks": "127.0.0.0/8"}).start()
    postern = Postern({"filter": 'backend = "127.0.0.1:%d" '
                       'identity = xforward clients = {127.0.0.0/8} '
                       'accept_xforward = {127.0.0.0/8}' % behind.port})
    front = Postfix({"smtpd_authorized_xclient_hosts": "127.0.0.0/8"},
                    ["smtpd_proxy_filter=127.0.0.1:%d" % postern.port,
                     "smtpd_client_connection_count_limit=0"]).start()
    client = Client(front.port)
    client.say("EHLO client.example")
    client.say("XCLIENT NAME=real.example ADDR=198.51.100.9 PORT=4444")
    reply = client.mail(ehlo="real.example")
    check("proxy_filter: mail is taken", reply[:3] == "250", reply)
    check("proxy_filter: our log has the real client", postern.wait_log(
        "accept: DATA from real.example[198.51.100.9]"), postern.read_log())
    check("proxy_filter: Postfix behind has it, too", behind.wait_log(
        "client=real.example[198.51.100.9]"), behind.read_log()[-600:])
    reply = client.mail("nobody@example.net", ehlo=None)
    check("proxy_filter: an unknown recipient is refused",
          reply.startswith("550 5.1.1"), reply)
    client.say("RSET")
    reply = client.mail("carol@example.net", ehlo=None)
    check("proxy_filter: the second mail of a session", reply[:3] == "250",
          reply)
    client.close()
    check("proxy_filter: Postern stops with 0", postern.stop() == 0)
    front.stop()
    behind.stop()


def relay_client(postern, backend):
    """Postfix's smtp(8) brings 20 mails, pipelined, over TLS."""
    front = Postfix({"relayhost": "[127.0.0.1]:%d" % postern.ports["tls"],
                     "virtual_mailbox_domains": "",
                     "mynetworks": "127.0.0.0/8",
                     "smtp_tls_security_level": "encrypt",
                     "smtp_tls_loglevel": "1"}).start()
    before = len(backend.mails("carol"))
    with smtplib.SMTP("127.0.0.1", front.port) as smtp:
        for number in range(20):
            smtp.sendmail("a@good.example", ["carol@example.net"],
                          "Subject: %d\r\n\r\n%s" % (
                              number, "a line\r\n" * 20 * number))
    good = front.wait_log("status=sent", 20)
    check("smtp(8): 20 mails over TLS", good, front.read_log()[-800:])
    check("smtp(8): TLS 1.3", "TLSv1.3 with cipher" in front.read_log())
    backend.wait_log("status=sent")
    end = time.monotonic() + 10
    while len(backend.mails("carol")) < before + 20 and \
            time.monotonic() < end:
        time.sleep(0.1)
    check("smtp(8): each arrives once",
          len(backend.mails("carol")) == before + 20)
    front.stop()


def clients(backend):
    with tempfile.TemporaryDirectory(prefix="postern-test") as work:
        os.chmod(work, 0o755)
        cert, key = certificate(work, "mx.example.net")
        pair = ' tls_certificate = "%s" tls_key = "%s"' % (cert, key)
        common = 'backend = "127.0.0.1:%d" identity = xclient ' % backend.port
        postern = Postern({"tls": common + "tls = may" + pair,
                           "smtps": common + "tls = implicit" + pair})
        tls, smtps = (postern.ports[name] for name in ("tls", "smtps"))
        swaks(tls, smtps)
        curl(work, cert, tls, smtps)
        s_client(tls, smtps)
        relay_client(postern, backend)
        check("clients: our log has TLS and cipher", postern.wait_log(
            'tls="TLSv1.3 TLS_'))
        check("clients: Postern stops with 0", postern.stop() == 0)


def swaks(tls, smtps):
    for what, words in (("in the clear", ["-p", str(tls)]),
                        ("STARTTLS", ["-p", str(tls), "-tls"]),
                        ("implicit TLS", ["-p", str(smtps), "-tlsc"]),
                        ("pipelined", ["-p", str(tls), "-pipeline"])):
        code, text = run("swaks", "-s", "127.0.0.1", "-f", "a@good.example",
                         "-t", "bob@example.net", *words)
        check("swaks %s" % what, code == 0, text[-600:])
    code, text = run("swaks", "-s", "127.0.0.1", "-p", str(tls), "-f",
                     "a@good.example", "-t", "nobody@example.net")
    check("swaks is told of an unknown recipient", code == 24 and
          "550 5.1.1" in text, (code, text[-600:]))


def curl(work, cert, tls, smtps):
    path = os.path.join(work, "mail")
    with open(path, "wb") as file:
        file.write(b"Subject: curl\r\n\r\n" + b".dots\r\n" * 10000)
    for what, words in (
            ("in the clear", ["smtp://127.0.0.1:%d/c.example" % tls]),
            ("STARTTLS", ["--ssl-reqd", "--cacert", cert, "--connect-to",
                          "mx.example.net:%d:127.0.0.1:%d" % (tls, tls),
                          "smtp://mx.example.net:%d/c.example" % tls]),
            ("implicit TLS", ["--cacert", cert, "--connect-to",
                              "mx.example.net:%d:127.0.0.1:%d" % (
                                  smtps, smtps),
                              "smtps://mx.example.net:%d/c.example" %
                              smtps])):
        code, text = run("curl", "-sS", *words, "--mail-from",
                         "a@good.example", "--mail-rcpt", "bob@example.net",
                         "--upload-file", path)
        check("curl %s" % what, code == 0, text[-400:])


def s_client(tls, smtps):
    script = b"MAIL FROM:<a@good.example>\r\nRSET\r\nQUIT\r\n"
    for what, port, words, script in (
            ("STARTTLS", tls, ["-starttls", "smtp"],
             b"EHLO c.example\r\n" + script),
            ("implicit TLS", smtps, [], b"EHLO c.example\r\n" + script),
            ("TLS 1.2", smtps, ["-tls1_2"], b"EHLO c.example\r\n" +
             script)):
        code, text = run("openssl", "s_client", "-quiet",
                         "-connect", "127.0.0.1:%d" % port, *words,
                         text=script)
        check("openssl s_client %s" % what, text.count("\n250 2") >= 2 and
              "221 2.0.0 Bye" in text, (code, text[-600:]))
    code, text = run("openssl", "s_client", "-connect",
                     "127.0.0.1:%d" % smtps, "-tls1_1", "-cipher",
                     "ALL:@SECLEVEL=0")
    check("TLS 1.1 is refused", "Cipher is (NONE)" in text or
          "alert protocol version" in text, text[-400:])


def main():
    try:
        backend = Postfix().start()
        balancers(backend)
        clients(backend)
        proxy_filter()
        backend.stop()
    except (Unavailable, packages.Unavailable) as reason:
        print("skipped: %s" % reason)
        return 77
    print("%d checks passed, %d failed" % (report.passed,
                                           len(report.failures)))
    return 1 if report.failures else 0


if __name__ == "__main__":
    sys.exit(main())
