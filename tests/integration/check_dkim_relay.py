#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Signed mail relayed by Postern still verifies behind it: a real Postfix with
a real opendkim as its milter, both unpacked and never installed.

What opendkim passes when it comes straight to Postfix it has to pass through
Postern.  500 messages of the corpus, and every vector that should pass.

usage: check_dkim_relay.py POSTERN RULES   (RELAY_COUNT: of the corpus)
"""
import glob
import os
import re
import smtplib
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "support")]
import check_corpus  # noqa: E402
import check_postfix  # noqa: E402
import dkim_signer  # noqa: E402
import dkim_vectors  # noqa: E402
import postfix  # noqa: E402

CACHE = os.path.join(os.environ.get("POSTERN_TEST_CACHE",
                                    "/var/tmp/postern-test-cache"),
                     "opendkim")


def unpacked():
    program = os.path.join(CACHE, "root/usr/sbin/opendkim")
    if not os.path.exists(program):
        os.makedirs(CACHE, exist_ok=True)
        subprocess.run(["apt-get", "download", "opendkim"], cwd=CACHE,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                       check=False)
        packages = glob.glob(os.path.join(CACHE, "opendkim_*.deb"))
        if not packages:
            raise postfix.Unavailable("opendkim cannot be downloaded")
        subprocess.run(["dpkg", "-x", packages[0],
                        os.path.join(CACHE, "root")], check=True)
    needs = subprocess.run(["ldd", program], stdout=subprocess.PIPE,
                           check=False).stdout.decode()
    if "not found" in needs:
        raise postfix.Unavailable("opendkim lacks libraries: " + ", ".join(
            re.findall(r"(\S+) => not found", needs)))
    return program


class OpenDkim:
    """Verifies, with keys from a file that it reads for each look-up."""

    def __init__(self):
        program = unpacked()
        self.folder = tempfile.TemporaryDirectory(prefix="opendkim-test")
        self.port = postfix.free_port()
        self.keys = os.path.join(self.folder.name, "keys")
        self.set_keys({})
        config = os.path.join(self.folder.name, "conf")
        with open(config, "w", encoding="utf-8") as file:
            file.write("Mode v\nSyslog no\nBackground no\n"
                       "AuthservID backend.test\nAlwaysAddARHeader yes\n"
                       "TestPublicKeys %s\nSocket inet:%d@127.0.0.1\n"
                       "InternalHosts 192.0.2.250\n"
                       % (self.keys, self.port))
        self.process = subprocess.Popen([program, "-f", "-x", config])
        time.sleep(1)
        if self.process.poll() is not None:
            raise postfix.Unavailable("opendkim does not start")

    def set_keys(self, dns):
        with open(self.keys, "w", encoding="utf-8") as file:
            for name, texts in dns.items():
                file.write("%s %s\n" % (name, texts[0]))

    def stop(self):
        self.process.terminate()
        self.process.wait(10)
        self.folder.cleanup()


def corpus_mails(count):
    """Signed: (name, mail, dns)."""
    paths, why = check_corpus.corpus()
    if not paths:
        print("skipped: the corpus: " + why)
        return []
    key = dkim_signer.RsaKey(2048)
    dns = {"corpus._domainkey.example.org": [key.record()]}
    out = []
    for number, path in enumerate(paths):
        mail = check_corpus.message(path)
        if len(out) == count:
            break
        head, empty, body = mail.partition(b"\r\n\r\n")
        fields = [tuple(f.split(b":", 1)) for f in re.split(
            rb"\r\n(?![ \t])", head)]
        if not empty or check_corpus.is_dirty(mail) or not all(
                len(f) == 2 and re.match(rb"[!-9;-~]+$", f[0])
                for f in fields) or sum(
                    f[0].lower() == b"from" for f in fields) != 1:
            continue
        form = ("simple", "relaxed")[number % 2]
        out.append((os.path.basename(path), dkim_signer.signed(
            fields, body, key, s="corpus", c="%s/%s" % (form, form),
            h="From:To:Subject:Date:Message-ID:From"), dns))
    return out


def vector_mails():
    return [(v.name, v.mail, v.dns) for v in dkim_vectors.make()
            if set(v.want) == {"pass"}]


def send(port, number, mail):
    data = b"X-Case: %d\r\n" % number + re.sub(rb"(?m)^\.", b"..", mail)
    if not data.endswith(b"\r\n"):
        data += b"\r\n"
    with smtplib.SMTP("127.0.0.1", port, "client.example", 60) as smtp:
        smtp.ehlo()
        smtp.mail("alice@good.example", ["BODY=8BITMIME"])
        smtp.rcpt("bob@example.net")
        smtp.putcmd("data")
        smtp.getreply()
        smtp.send(data + b".\r\n")
        return smtp.getreply()[0]


def judged(backend, opendkim, port, mails):
    """Names that opendkim passes, and those that were refused."""
    before = len(backend.mails("bob"))
    refused, sent = set(), 0
    for number, (name, mail, dns) in enumerate(mails):
        opendkim.set_keys(dns)
        if send(port, number, mail) == 250:
            sent += 1
        else:
            refused.add(name)
    end = time.monotonic() + 60
    while len(backend.mails("bob")) < before + sent and \
            time.monotonic() < end:
        time.sleep(0.2)
    passed = set()
    for mail in backend.mails("bob"):
        number = int(re.search(rb"(?m)^X-Case: (\d+)", mail).group(1))
        top = mail[:mail.index(b"X-Case:")]
        if re.search(rb"Authentication-Results: backend\.test;"
                     rb"(?:[^\n]|\n[ \t])*dkim=pass", top):
            passed.add(mails[number][0])
    for path in glob.glob(os.path.join(backend.vmail, "bob/new/*")):
        os.unlink(path)
    return passed, refused


def compare(what, backend, opendkim, proxy, mails):
    straight, _ = judged(backend, opendkim, backend.port, mails)
    relayed, refused = judged(backend, opendkim, proxy.port, mails)
    lost = straight - relayed - refused
    print("%s: %d mails, opendkim passes %d straight and %d relayed; Postern "
          "refuses %d; %d lost" % (what, len(mails), len(straight),
                                   len(relayed), len(refused), len(lost)))
    for name in sorted(refused):
        print("  refused: " + name)
    for name in sorted(lost):
        print("  FAIL lost: " + name)
    for name, _, _ in mails:
        if name not in straight:
            print("  opendkim itself does not pass: " + name)
    return bool(lost) or not straight


def main():
    words = sys.argv[1:] or [os.environ["POSTERN"], os.environ["RULES"]]
    try:
        opendkim = OpenDkim()
    except postfix.Unavailable as why:
        print("skipped: %s" % why)
        return 77
    try:
        backend = postfix.Postfix(main={
            "smtpd_milters": "inet:127.0.0.1:%d" % opendkim.port,
            "milter_default_action": "tempfail"}).start()
    except postfix.Unavailable as why:
        opendkim.stop()
        print("skipped: %s" % why)
        return 77
    proxy = None
    try:
        proxy = check_postfix.Proxy(words[0], words[1], backend.port,
                                    "mode = monitor")
        bad = compare("vectors", backend, opendkim, proxy, vector_mails())
        mails = corpus_mails(int(os.environ.get("RELAY_COUNT", "500")))
        if mails:
            bad |= compare("corpus", backend, opendkim, proxy, mails)
    finally:
        if proxy:
            proxy.stop()
        backend.stop()
        opendkim.stop()
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
