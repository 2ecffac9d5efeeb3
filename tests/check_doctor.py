#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""`postern doctor` says which lines of main.cf and master.cf to change; when
they are changed it says nothing more.  Every setting is taken away in turn."""
import os
import subprocess
import sys
import tempfile

POSTERN = os.environ["POSTERN"]
failures = 0
CONF = """authserv_id = mx.example.net
listener "mx" { address = "127.0.0.1:2525"  backend = "127.0.0.1:10026"
    message_size_limit = 10M  %s }
"""
MAIN = {"mynetworks": "127.0.0.0/8,\n    [::1]/128", "me": "127.0.0.1",
        "smtpd_milters": "inet:127.0.0.1:8891", "size": "20000000"}
SERVICE = {"smtpd_authorized_xclient_hosts": "$me",
           "smtpd_authorized_xforward_hosts": "${me}",
           "local_header_rewrite_clients": "",
           "receive_override_options": "no_milters",
           "message_size_limit": "$(size)",
           "smtpd_relay_restrictions":
           "permit_mynetworks,reject_unauth_destination"}
PROXY = dict(SERVICE, smtpd_upstream_proxy_protocol="haproxy")


def check(what, good, detail=""):
    global failures
    failures += not good
    print("%-4s %s%s" % ("ok" if good else "FAIL", what,
                         "" if good else ": %s" % (detail,)))


def doctor(folder, identity="identity = xclient", main=None, service=None,
           row="127.0.0.1:10026 inet n - n - - smtpd"):
    with open(folder + "/postern.conf", "w", encoding="utf-8") as file:
        file.write(CONF % identity)
    with open(folder + "/main.cf", "w", encoding="utf-8") as file:
        for item in (MAIN if main is None else main).items():
            file.write("%s = %s\n# a comment between\n\n" % item)
    with open(folder + "/master.cf", "w", encoding="utf-8") as file:
        file.write("# services\npickup unix n - n 60 1 pickup\n%s\n" % row)
        for item in (SERVICE if service is None else service).items():
            file.write("  -o %s=%s\n" % item)
        file.write("  -o { smtpd_helo_required = yes }\n")
    got = subprocess.run(
        [POSTERN, "doctor", "-c", folder + "/postern.conf", "-p", folder],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60,
        check=False)
    return got.returncode, got.stdout.decode()


def without(table, name):
    return {key: value for key, value in table.items() if key != name}


def whole(folder):
    for identity, service in (("xclient", SERVICE), ("xforward", SERVICE),
                              ("proxy-v1", PROXY), ("proxy-v2", PROXY)):
        code, text = doctor(folder, "identity = " + identity,
                            service=service)
        check("identity = %s: nothing to change" % identity,
              code == 0 and "nothing to change" in text, text)


def one_missing(folder):
    for name, words in (
            ("smtpd_authorized_xclient_hosts", "or nobody is served"),
            ("local_header_rewrite_clients", "breaks DKIM"),
            ("receive_override_options", "no_milters"),
            ("message_size_limit", "10240000 there and 10485760 here"),
            ("smtpd_relay_restrictions", "reject_unauth_destination")):
        code, text = doctor(folder, service=without(SERVICE, name))
        check("%s is missed, alone and with its line" % name,
              code == 78 and words in text and len(text.splitlines()) == 1
              and text.startswith(folder + "/master.cf:3: "), text)


def others(folder):
    for what, words, options in (
            ("XFORWARD", "smtpd_authorized_xforward_hosts",
             {"identity": "identity = xforward", "service": without(
                 SERVICE, "smtpd_authorized_xforward_hosts")}),
            ("PROXY that is not expected", "smtpd_upstream_proxy_protocol",
             {"identity": "identity = proxy-v2"}),
            ("PROXY that is not sent", "waits for a PROXY header",
             {"service": PROXY}),
            ("a backend that trusts us", "relay for everybody",
             {"identity": ""}),
            ("IPv4 only", "inet_protocols = ipv4",
             {"main": dict(MAIN, inet_protocols="ipv4")}),
            ("few processes", "5 processes",
             {"row": "127.0.0.1:10026 inet n - n - 5 smtpd"}),
            ("no such service", "no smtpd listens on 127.0.0.1:10026",
             {"row": "127.0.0.1:10027 inet n - n - - smtpd"}),
            ("another program", "postscreen listens on",
             {"row": "127.0.0.1:10026 inet n - n - 1 postscreen"}),
            ("our port", "Postfix listens on port 2525 itself",
             {"row": "127.0.0.1:2525 inet n - n - - smtpd"})):
        code, text = doctor(folder, **options)
        check(what, code == 78 and words in text, text)
    code, text = doctor(folder, "clients = {127.0.0.0/8}")
    check("clients that are listed make trust harmless", code == 0, text)
    loop = dict(MAIN, a="$b", b="$a $a", smtpd_milters="$a")
    code, text = doctor(folder, main=loop)
    check("values that name each other end", code in (0, 78), text)


def main():
    with tempfile.TemporaryDirectory(prefix="postern-test") as folder:
        whole(folder)
        one_missing(folder)
        others(folder)
        os.unlink(folder + "/main.cf")
        got = subprocess.run([POSTERN, "doctor", "-p", folder, "-c",
                              folder + "/postern.conf"],
                             stderr=subprocess.PIPE, check=False)
        check("no Postfix: 66", got.returncode == 66 and b"main.cf" in
              got.stderr, got)
        got = subprocess.run([POSTERN, "doctor", "-x"], check=False,
                             stderr=subprocess.PIPE)
        check("usage: 64", got.returncode == 64, got)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
