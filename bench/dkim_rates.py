#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Signatures verified a CPU second: both engines, libopendkim, dkimpy and
Mail::DKIM over the same mail, and raw OpenSSL as the limit.

usage: dkim_rates.py BENCH   (BENCH: the built bench/dkim)
"""
import os
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "tests", "support"))
import dkim_signer as signer  # noqa: E402

PERL = r"""
use Mail::DKIM::Verifier; use Mail::DKIM::PublicKey;
use Time::HiRes qw(clock);
my ($file, $record) = @ARGV;
no warnings 'redefine';
*Mail::DKIM::PublicKey::fetch_async = sub {
  my ($class, %p) = @_; my $on = $p{Callbacks}{Success};
  my $key = Mail::DKIM::PublicKey->parse($record);
  return sub { $on->($key); $key };
};
open(my $in, '<:raw', $file); my $mail = do { local $/; <$in> };
my ($n, $result, $start) = (0, '', clock());
do { my $v = Mail::DKIM::Verifier->new(); $v->PRINT($mail); $v->CLOSE;
     $result = $v->result; $n++ } while (clock() - $start < 2);
printf "Mail::DKIM %s %d %d %s\n", $file =~ s{.*/}{}r,
  $n / (clock() - $start), $n * length($mail) / (clock() - $start) / 1e6,
  $result;
"""

TEXT = ("The quick brown fox jumps over the lazy dog, and nobody minds it; "
        "word %d.\r\n")


def body(size):
    lines, length, number = [], 0, 0
    while length < size:
        lines.append(TEXT % number)
        length += len(lines[-1])
        number += 1
    return "".join(lines).encode()


def python_rate(path, record):
    import dkim
    with open(path, "rb") as file:
        mail = file.read()
    count, start, good = 0, time.process_time(), None
    while time.process_time() - start < 2:
        good = dkim.verify(mail, dnsfunc=lambda *a, **k: record)
        count += 1
    spent = time.process_time() - start
    print("dkimpy %s %d %d %s" % (
        os.path.basename(path), count / spent,
        count * len(mail) / spent / 1e6, "pass" if good else "fail"),
        flush=True)


def main():
    with tempfile.TemporaryDirectory() as folder:
        rsa = signer.RsaKey(2048)
        edw = signer.Ed25519Key()
        zone = os.path.join(folder, "zone")
        with open(zone, "w", encoding="utf-8") as file:
            for name, key in (("rsa", rsa), ("edw", edw)):
                file.write(signer.zone_line(
                    name + "._domainkey.example.org", key.record()))
        for name, key, size in (("4k-rsa", rsa, 3500),
                                ("4k-ed25519", edw, 3500),
                                ("100k-rsa", rsa, 100000),
                                ("10m-rsa", rsa, 10000000)):
            head = [("From", " Alice <alice@example.org>"),
                    ("To", " bob@example.net"), ("Subject", " words"),
                    ("Date", " Tue, 1 Jul 2025 10:00:00 +0000"),
                    ("Message-ID", " <1@example.org>"),
                    ("MIME-Version", " 1.0"),
                    ("Content-Type", " text/plain; charset=utf-8")]
            mail = signer.signed(head, body(size), key, d="example.org",
                                 s=name.split("-")[1][:3].replace("ed2",
                                                                  "edw"))
            path = os.path.join(folder, name)
            with open(path, "wb") as file:
                file.write(mail)
            subprocess.run([sys.argv[1], zone, path], check=True)
            python_rate(path, key.record().encode())
            subprocess.run(["perl", "-e", PERL, path, key.record()],
                           check=False)


if __name__ == "__main__":
    main()
