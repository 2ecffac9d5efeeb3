# SPDX-License-Identifier: BSD-2-Clause
"""A DKIM signer of its own, to make vectors with (RFC 6376, RFC 8463).

Written from the RFC, octet by octet and without regard to speed; it shares
nothing with what it tests.  Keys and signatures are made by openssl(1).  It
signs whatever it is told to, valid or not.
"""
import base64
import hashlib
import os
import re
import subprocess
import tempfile


def openssl(*words, data=b""):
    return subprocess.run(("openssl",) + words, input=data, check=True,
                          stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE).stdout


class Key:
    """A private key in a file; record() is its text in DNS."""

    kind, algorithm = "rsa", "rsa-sha256"
    cache = {}

    def __init__(self, *words):
        handle, self.path = tempfile.mkstemp(prefix="dkim-key")
        os.close(handle)
        openssl("genpkey", *words, "-out", self.path)
        self.spki = openssl("pkey", "-in", self.path, "-pubout",
                            "-outform", "DER")

    def __del__(self):
        try:
            os.unlink(self.path)
        except OSError:
            pass

    def public(self):
        return self.spki

    def record(self, extra="", p=None):
        p = base64.b64encode(self.public()).decode() if p is None else p
        return "v=DKIM1; k=%s; %sp=%s" % (self.kind, extra, p)


class RsaKey(Key):
    def __init__(self, bits):
        super().__init__("-algorithm", "RSA", "-pkeyopt",
                         "rsa_keygen_bits:%d" % bits)

    def pkcs1(self):
        return openssl("rsa", "-in", self.path, "-RSAPublicKey_out",
                       "-outform", "DER")

    def sign(self, data, sha="sha256"):
        return openssl("dgst", "-" + sha, "-sign", self.path, data=data)


class Ed25519Key(Key):
    kind, algorithm = "ed25519", "ed25519-sha256"

    def __init__(self):
        super().__init__("-algorithm", "ED25519")

    def public(self):
        return self.spki[-32:]

    def sign(self, data, sha="sha256"):
        with tempfile.NamedTemporaryFile() as file:
            file.write(hashlib.new(sha, data).digest())
            file.flush()
            return openssl("pkeyutl", "-sign", "-inkey", self.path, "-rawin",
                           "-in", file.name)


# --- canonical forms, RFC 6376 3.4 ---

def body_simple(body):
    end = len(body)
    while body.endswith(b"\r\n\r\n", 0, end):
        end -= 2
    body = body[:end]
    if body == b"\r\n":
        return body
    return body if body.endswith(b"\r\n") else body + b"\r\n"


def body_relaxed(body):
    lines = body.split(b"\r\n")
    lines = [re.sub(rb"[ \t]+$", b"", re.sub(rb"[ \t]+", b" ", line))
             for line in lines]
    while lines and lines[-1] == b"":
        lines.pop()
    return b"".join(line + b"\r\n" for line in lines)


def header_simple(name, value):
    return name + b":" + value


def header_relaxed(name, value):
    value = value.replace(b"\r\n", b"")
    value = re.sub(rb"[ \t]+", b" ", value).strip(b" ")
    return name.rstrip(b" \t").lower() + b":" + value


def octets(text):
    return text if isinstance(text, bytes) else text.encode("utf-8",
                                                            "surrogateescape")


def signature(head, body, key, bad_b=False, b_name="b", order=None, sha=None,
              tail="", join="; ", own_name="DKIM-Signature", **tags):
    """One DKIM-Signature as (name, value).  A tag given as None is left out;
    any other is taken as it is, right or wrong."""
    values = {"v": "1", "a": key.algorithm, "c": "relaxed/relaxed",
              "d": "example.org", "s": "rsa",
              "h": ":".join(octets(name).decode("utf-8", "surrogateescape")
                            for name, _ in head)}
    values.update(tags)
    sha = sha or "sha256"
    canon = values["c"] if values["c"] is not None else "simple/simple"
    head_form, _, body_form = canon.strip().lower().partition("/")
    canonical = (body_relaxed if body_form.strip() == "relaxed"
                 else body_simple)(body)
    if isinstance(values.get("l"), int):
        canonical = canonical[:values["l"]]
    values.setdefault("bh", base64.b64encode(
        hashlib.new(sha, canonical).digest()).decode())
    names = order or list(values)
    text = " " + join.join("%s=%s" % (name, values[name]) for name in names
                           if values[name] is not None)
    text += join + b_name + "="
    form = header_relaxed if head_form.strip() == "relaxed" else header_simple
    left = [(octets(n), octets(v)) for n, v in head]
    data = b""
    for name in octets(values["h"] or "").split(b":"):
        name = re.sub(rb"\s", b"", name).lower()
        for i in range(len(left) - 1, -1, -1):
            if left[i][0].rstrip(b" \t").lower() == name:
                data += form(*left.pop(i)) + b"\r\n"
                break
    data += form(octets(own_name), octets(text + tail))
    b = base64.b64encode(key.sign(data, sha)).decode()
    if bad_b:
        b = ("A" if b[20] != "A" else "B").join((b[:20], b[21:]))
    lines = [b[i:i + 70] for i in range(0, len(b), 70)]
    return own_name, text + "\r\n ".join(lines) + tail


def message(head, body):
    return b"".join(octets(n) + b":" + octets(v) + b"\r\n"
                    for n, v in head) + b"\r\n" + body


def signed(head, body, key, **tags):
    return message([signature(head, body, key, **tags)] + list(head), body)


def zone_line(name, *texts):
    """Lines of a zone file: a TXT record for each text."""
    lines = []
    for text in texts:
        data = octets(text)
        parts = [data[i:i + 200] for i in range(0, len(data), 200)] or [b""]
        lines.append("%s 3600 TXT %s\n" % (name, " ".join(
            '"%s"' % "".join(chr(c) if 32 <= c < 127 and c not in b'"\\'
                             else "\\%03d" % c for c in part)
            for part in parts)))
    return "".join(lines)
