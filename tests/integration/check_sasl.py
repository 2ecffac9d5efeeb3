#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""AUTH relayed to a real Postfix with Cyrus SASL: PLAIN, LOGIN, CRAM-MD5 and
SCRAM-SHA-256, with and without initial response, cancelled, and wrong; over
TLS.  Passwords are in no log.  usage: POSTERN=./postern check_sasl.py"""
import base64
import hashlib
import hmac
import os
import shutil
import smtplib
import ssl
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from door import Client, Postern, Report, certificate  # noqa: E402
from packages import Unavailable, unpacked  # noqa: E402
import postfix  # noqa: E402

report = Report()
check = report.check
PASSWORD = "secret-Zq9"
MODULES = "/usr/lib/x86_64-linux-gnu/sasl2"


def b64(octets):
    return base64.b64encode(octets if isinstance(octets, bytes)
                            else octets.encode()).decode()


def unb64(text):
    return base64.b64decode(text.split(" ", 1)[1])


def accounts(folder):
    """sasldb2 with one user, and Postfix's smtpd.conf for it."""
    root = unpacked("sasl", "sasl2-bin")
    for module in ("libscram.so", "libcrammd5.so", "libsasldb.so"):
        if not os.path.exists(os.path.join(MODULES, module)):
            raise Unavailable("no %s in %s" % (module, MODULES))
    base = os.path.join(folder, "sasldb2")
    subprocess.run([os.path.join(root, "usr/sbin/saslpasswd2"), "-p", "-c",
                    "-f", base, "-u", "backend.example.net", "tim"],
                   input=PASSWORD.encode(), check=True)
    shutil.chown(base, "list")
    with open(os.path.join(folder, "smtpd.conf"), "w",
              encoding="utf-8") as file:
        file.write("pwcheck_method: auxprop\nauxprop_plugin: sasldb\n"
                   "sasldb_path: %s\n"
                   "mech_list: PLAIN LOGIN CRAM-MD5 SCRAM-SHA-256 "
                   "DIGEST-MD5 EXTERNAL\n" % base)


def scram(client, user, password):
    """RFC 5802 and 7677; the backend's signature is checked, too."""
    bare = "n=%s,r=rOprNGfwEbeRWgbN" % user
    first = unb64(client.say("AUTH SCRAM-SHA-256 " + b64("n,," + bare)))
    parts = dict(part.split("=", 1) for part in first.decode().split(","))
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(),
                                 base64.b64decode(parts["s"]),
                                 int(parts["i"]))
    key = hmac.digest(salted, b"Client Key", "sha256")
    final = "c=biws,r=" + parts["r"]
    text = ",".join((bare, first.decode(), final)).encode()
    sign = hmac.digest(hashlib.sha256(key).digest(), text, "sha256")
    proof = bytes(a ^ b for a, b in zip(key, sign))
    reply = client.say(b64(final + ",p=" + b64(proof)))
    if reply[:3] != "334":
        return reply
    server = hmac.digest(hmac.digest(salted, b"Server Key", "sha256"), text,
                         "sha256")
    check("SCRAM: the backend proves itself through us",
          unb64(reply) == b"v=" + b64(server).encode(), reply)
    return client.say("")


def start(postern, hello=True):
    client = Client(postern.ports["clear"],
                    first=b"PROXY TCP4 192.0.2.7 192.0.2.1 4321 25\r\n")
    if hello:
        client.say("EHLO client.example")
    return client


def mechanisms(postern, backend):
    user = "tim@backend.example.net"
    plain = b64("\0%s\0%s" % (user, PASSWORD))
    client = start(postern, False)
    offer = client.say("EHLO client.example")
    line = next((row[9:] for row in offer.split("\r\n") if
                 row[4:].startswith("AUTH ")), "")
    check("what survives us is offered, and nothing else",
          sorted(line.split()) == ["CRAM-MD5", "LOGIN", "PLAIN",
                                   "SCRAM-SHA-256"], offer)
    reply = client.say("AUTH PLAIN " + plain)
    check("PLAIN with an initial response", reply[:3] == "235", reply)
    reply = client.mail("x@elsewhere.example", ehlo=None)
    check("who logged in may relay", reply[:3] == "250", reply)
    check("Postfix logs who it was", backend.wait_log(
        "client=client.example[192.0.2.7], sasl_method=PLAIN, "
        "sasl_username=" + user), backend.read_log()[-600:])
    check("our log, too", postern.wait_log("proto=ESMTPA helo=<client."
                                           "example> login=<%s>" % user))
    client = start(postern)
    reply = client.say("AUTH PLAIN")
    check("PLAIN without one is asked", reply == "334 \r\n", reply)
    reply = client.say(plain)
    check("PLAIN without an initial response", reply[:3] == "235", reply)
    for initial in (False, True):
        client = start(postern)
        reply = client.say("AUTH LOGIN" + (" " + b64(user) if initial
                                           else ""))
        if not initial:
            check("LOGIN asks for the name", unb64(reply) == b"Username:")
            reply = client.say(b64(user))
        check("LOGIN asks for the password", unb64(reply) == b"Password:")
        reply = client.say(b64(PASSWORD))
        check("LOGIN, initial response: %s" % initial, reply[:3] == "235",
              reply)
    client = start(postern)
    challenge = unb64(client.say("AUTH CRAM-MD5"))
    digest = hmac.new(PASSWORD.encode(), challenge, "md5").hexdigest()
    reply = client.say(b64("%s %s" % (user, digest)))
    check("CRAM-MD5", reply[:3] == "235", reply)
    reply = scram(start(postern), "tim", PASSWORD)
    check("SCRAM-SHA-256, three round trips", reply[:3] == "235", reply)
    reply = scram(start(postern), "tim", "wrong")
    check("SCRAM-SHA-256 with a wrong password", reply[:3] == "535", reply)


def refusals(postern):
    client = start(postern)
    check("challenged", client.say("AUTH LOGIN")[:3] == "334")
    reply = client.say("*")
    check("cancelled with *", reply[:3] == "501", reply)
    check("challenged again", client.say("AUTH PLAIN")[:3] == "334")
    reply = client.say("no;base64")
    check("what is no base64 cancels", reply[:3] == "501", reply)
    reply = client.say("AUTH PLAIN " + b64("\0tim\0wrong"))
    check("a wrong password is the backend's 535", reply[:3] == "535",
          reply)
    reply = client.mail("x@elsewhere.example", ehlo=None)
    check("who did not log in may not relay", reply[:3] == "554", reply)
    check("our log says who failed", postern.wait_log(
        "auth failed from [192.0.2.7]: method=PLAIN login=<tim>"))
    reply = start(postern).say("AUTH DIGEST-MD5")
    check("DIGEST-MD5 is not relayed", reply[:3] == "504", reply)


def library(postern, trust):
    """smtplib logs in over STARTTLS, and is not offered AUTH before."""
    context = ssl.create_default_context(cafile=trust)
    context.check_hostname = False
    with smtplib.SMTP("127.0.0.1", postern.ports["tls"]) as smtp:
        smtp.ehlo()
        check("no AUTH before TLS", not smtp.has_extn("auth"))
        smtp.starttls(context=context)
        smtp.ehlo()
        smtp.login("tim@backend.example.net", PASSWORD)
        smtp.sendmail("a@good.example", ["y@elsewhere.example"],
                      "Subject: logged in\r\n\r\nx\r\n")
    check("smtplib logs in over TLS", postern.wait_log(
        "proto=ESMTPSA helo=<"), postern.read_log()[-500:])


def run(work):
    os.chmod(work, 0o755)
    accounts(work)
    cert, key = certificate(work, "mx.example.net")
    backend = postfix.Postfix({
        "smtpd_sasl_auth_enable": "yes", "smtpd_sasl_path": "smtpd",
        "smtpd_relay_restrictions": "permit_sasl_authenticated, "
        "reject_unauth_destination", "smtpd_delay_reject": "yes",
        "default_transport": "smtp:[127.0.0.1]:9"})
    # Debian's Postfix looks there, whatever main.cf says.
    shutil.copytree(work, backend.path("conf", "sasl"))
    backend.start()
    common = 'backend = "127.0.0.1:%d" identity = xclient auth = yes ' % \
        backend.port
    postern = Postern({
        "clear": common + "auth_without_tls = yes "
        "accept_proxy = {127.0.0.0/8}",
        "tls": common + 'tls = may tls_certificate = "%s" tls_key = "%s"' % (
            cert, key)})
    mechanisms(postern, backend)
    refusals(postern)
    library(postern, cert)
    log = postern.read_log()
    check("no password is in our log", PASSWORD not in log and
          b64(PASSWORD)[:-3] not in log and b64("\0tim")[:6] not in log)
    check("Postern stops with 0", postern.stop() == 0)
    backend.stop()


def main():
    try:
        with tempfile.TemporaryDirectory(prefix="postern-test") as work:
            run(work)
    except (Unavailable, postfix.Unavailable) as reason:
        print("skipped: %s" % reason)
        return 77
    print("%d checks passed, %d failed" % (report.passed,
                                           len(report.failures)))
    return 1 if report.failures else 0


if __name__ == "__main__":
    sys.exit(main())
