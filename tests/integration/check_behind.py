#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""A real Postfix behind: who the client is, by XCLIENT and by PROXY, over both
families; relaying refused; backends that trust too much, or are not there yet;
TLS, SMTPUTF8 and CHUNKING.  usage: POSTERN=./postern check_behind.py"""
import os
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from door import Client, Postern, Report, certificate  # noqa: E402
from postfix import Postfix, Unavailable, free_port  # noqa: E402

report = Report()
check = report.check
PROXY4 = b"PROXY TCP4 192.0.2.7 192.0.2.1 4321 25\r\n"
PROXY6 = b"PROXY TCP6 2001:db8::7 2001:db8::1 4321 25\r\n"
BACKEND = 'backend = "127.0.0.1:%d" accept_proxy = {127.0.0.0/8} '


def finish(what, postern, *backends):
    check("%s: Postern stops with 0" % what, postern.stop() == 0)
    for backend in backends:
        backend.stop()


def xclient():
    """Name, address, port and HELO; relaying; and what 421 becomes."""
    backend = Postfix({"smtpd_client_connection_count_limit": "1",
                       "smtpd_client_event_limit_exceptions": ""}).start()
    postern = Postern({"mx": BACKEND % backend.port + "identity = xclient"})
    client = Client(postern.port, first=PROXY4)
    check("xclient: mail is taken", client.mail()[:3] == "250")
    check("xclient: Postfix logs the client with its name",
          backend.wait_log("client=client.example[192.0.2.7]"),
          backend.read_log()[-500:])
    reply = client.mail("x@elsewhere.example", ehlo=None)
    check("xclient: relaying for the client is refused",
          reply.startswith("554 5.7.1") and "Relay access denied" in reply,
          reply)
    check("xclient: Postfix refused the client, not us", backend.wait_log(
        "reject: RCPT from client.example[192.0.2.7]: 554 5.7.1"))
    check("xclient: our log says so, too", postern.wait_log(
        "reject: RCPT from client.example[192.0.2.7]: 554 5.7.1"))
    second = Client(postern.port, first=PROXY4)
    reply = second.mail()
    check("xclient: the 421 to a second connection is relayed",
          reply.startswith("421 4.7.0") and "too many connections" in reply,
          reply)
    check("xclient: and the session is over", second.reply() == "")
    six = Client(postern.port, first=PROXY6)
    check("xclient: an IPv6 client", six.mail()[:3] == "250")
    check("xclient: Postfix logs the IPv6 client with its name",
          backend.wait_log("client=client6.example[2001:db8::7]"))
    finish("xclient", postern, backend)


def proxy_protocol():
    for version in ("proxy-v1", "proxy-v2"):
        backend = Postfix(smtpd=["smtpd_upstream_proxy_protocol=haproxy"])
        backend.start()
        postern = Postern({"mx": BACKEND % backend.port +
                           "identity = " + version})
        for first, address in ((PROXY4, "192.0.2.7"),
                               (PROXY6, "2001:db8::7")):
            reply = Client(postern.port, first=first).mail()
            check("%s: mail of %s" % (version, address), reply[:3] == "250",
                  reply)
            check("%s: Postfix logs %s" % (version, address),
                  backend.wait_log("client=unknown[%s]" % address),
                  backend.read_log()[-500:])
        reply = Client(postern.port, first=PROXY4).mail("x@other.example")
        check("%s: relaying is refused" % version, reply[:3] == "554", reply)
        finish(version, postern, backend)


def everything_ipv6():
    """Listener, backend and client on ::1."""
    backend = Postfix({"smtpd_authorized_xclient_hosts": "[::1]",
                       "mynetworks": "10.0.0.0/8"}, host="::1").start()
    postern = Postern(
        {"mx": 'backend = "[::1]:%d" identity = xclient '
         'accept_proxy = {"::1"}' % backend.port}, host="::1")
    address = "client6.example[2001:db8::7]"
    reply = Client(postern.port, "::1", PROXY6).mail()
    check("ipv6: mail of %s over ::1" % address, reply[:3] == "250", reply)
    check("ipv6: Postfix logs %s" % address,
          backend.wait_log("client=" + address))
    reply = Client(postern.port, "::1", PROXY4).mail()
    check("ipv6: one that knows no IPv4 is not told of an IPv4 client as of "
          "somebody else", reply[:3] == "451", reply)
    check("ipv6: and the log says why", postern.wait_log(
        "XCLIENT answered 501 5.5.4 Bad ADDR syntax"))
    finish("ipv6", postern, backend)


def trusting():
    """identity = none before a Postfix that believes 127.0.0.1."""
    backend = Postfix({"mynetworks": "127.0.0.0/8"}).start()
    postern = Postern({"mx": BACKEND % backend.port}, ready=False)
    check("none: the log says why", postern.wait_log(
        "sessions get 421: backend relays for strangers"),
        postern.read_log())
    client = Client(postern.port, first=PROXY4)
    check("none: sessions get 421", client.greeting.startswith("421 4.3.2"),
          client.greeting)
    check("none: Postfix got no mail", "status=sent" not in
          backend.read_log())
    finish("none", postern, backend)


def closed():
    """identity = none before one that does not: served, with Received."""
    backend = Postfix({"mynetworks": "10.0.0.0/8"}).start()
    postern = Postern({"mx": BACKEND % backend.port})
    reply = Client(postern.port, first=PROXY4).mail()
    check("none: a closed backend is served", reply[:3] == "250", reply)
    backend.wait_log("status=sent")
    mail = (backend.mails("bob") or [b""])[-1]
    check("none: our Received names the client", b"Received: from "
          b"client.example (client.example [192.0.2.7])" in mail, mail[:600])
    finish("closed", postern, backend)


def down_at_start():
    port = free_port()
    postern = Postern({"mx": BACKEND % port + "identity = xclient"},
                      ready=False)
    postern.wait_log("sessions get 421")
    client = Client(postern.port, first=PROXY4)
    check("down: sessions get 421", client.greeting.startswith("421 4.3.2"),
          client.greeting)
    check("down: the log says why", postern.wait_log("Connection refused"))
    backend = Postfix()
    backend.port = port
    backend.write_master([])
    backend.start()
    check("down: it is asked again", postern.wait_log("backend ready",
                                                      seconds=30))
    reply = Client(postern.port, first=PROXY4).mail()
    check("down: and served", reply[:3] == "250", reply)
    finish("down", postern, backend)


def tls_behind():
    with tempfile.TemporaryDirectory(prefix="postern-test") as work:
        os.chmod(work, 0o755)
        cert, key = certificate(work, "backend.example.net")
        other, _ = certificate(work, "other.example.net", "other")
        backend = Postfix({"smtpd_tls_cert_file": cert,
                           "smtpd_tls_key_file": key,
                           "smtpd_tls_security_level": "encrypt",
                           "smtpd_tls_loglevel": "1"}).start()
        tls = BACKEND % backend.port + 'identity = xclient ' \
            'backend_tls = verify backend_tls_name = "backend.example.net" ' \
            'backend_tls_ca_file = "%s"'
        postern = Postern({"mx": tls % cert})
        reply = Client(postern.port, first=PROXY4).mail()
        check("tls behind: verified and taken", reply[:3] == "250", reply)
        check("tls behind: Postfix logs TLS 1.3",
              backend.wait_log("TLSv1.3 with cipher"))
        check("tls behind: XCLIENT works inside",
              backend.wait_log("client=client.example[192.0.2.7]"))
        wrong = Postern({"mx": tls % other}, ready=False)
        check("tls behind: another authority is not believed",
              wrong.wait_log("certificate"), wrong.read_log())
        check("tls behind: and nobody served", Client(
            wrong.port, first=PROXY4).greeting.startswith("421"))
        wrong.stop()
        finish("tls behind", postern, backend)


def extensions():
    """SMTPUTF8, DSN, CHUNKING and the size of both."""
    backend = Postfix().start()
    postern = Postern({"mx": BACKEND % backend.port +
                       "identity = xclient chunking = yes "
                       "message_size_limit = 100M"})
    client = Client(postern.port, first=PROXY4)
    offer = client.say("EHLO client.example").split("\r\n")
    for word in ("PIPELINING", "8BITMIME", "SMTPUTF8", "DSN", "CHUNKING",
                 "ENHANCEDSTATUSCODES", "SIZE 60000000"):
        check("extensions: %s is offered" % word,
              any(line[4:] == word for line in offer), offer)
    reply = client.mail(sender="j\u00fcrgen@b\u00fccher.example", ehlo=None,
                        params=" SMTPUTF8 BODY=8BITMIME")
    check("extensions: a UTF-8 sender", reply[:3] == "250", reply)
    check("extensions: Postfix logs it", backend.wait_log(
        "from=<j\u00fcrgen@b\u00fccher.example>"), backend.read_log()[-400:])
    client.say("MAIL FROM:<a@good.example> RET=HDRS ENVID=QQ314159")
    reply = client.say("RCPT TO:<bob@example.net> NOTIFY=SUCCESS "
                       "ORCPT=rfc822;bob@example.net")
    check("extensions: DSN parameters", reply[:3] == "250", reply)
    body = b"Subject: chunks\r\n\r\n.\r\n..\r\nend"
    client.sock.sendall(b"BDAT 10\r\n" + body[:10])
    first = client.reply()
    client.sock.sendall(b"BDAT %d LAST\r\n" % (len(body) - 10) + body[10:])
    reply = client.reply()
    check("extensions: a message in chunks", (first + reply).count("250 ")
          == 2, first + reply)
    backend.wait_log("status=sent", 2)
    check("extensions: its octets arrive, and a last CRLF", any(
        mail.endswith(b"\n\n.\n..\nend\n") for mail in backend.mails("bob")))
    finish("extensions", postern, backend)


def main():
    try:
        for part in (xclient, proxy_protocol, everything_ipv6, trusting,
                     closed, down_at_start, tls_behind, extensions):
            part()
    except Unavailable as reason:
        print("skipped: %s" % reason)
        return 77
    print("%d checks passed, %d failed" % (report.passed,
                                           len(report.failures)))
    return 1 if report.failures else 0


if __name__ == "__main__":
    sys.exit(main())
