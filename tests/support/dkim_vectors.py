# SPDX-License-Identifier: BSD-2-Clause
"""The signed mails of check_dkim_vectors.py, made anew each time."""
import base64
import itertools

import dkim_signer as signer

NOW = 1750000000

HEAD = (("From", " Alice <alice@example.org>"), ("To", " bob@example.net"),
        ("Subject", " A  few\r\n\twords "), ("Date", " today"),
        ("X-Twice", " one"), ("X-Twice", " two"))
BODY = b"Hello  there \t\r\n\r\n tail\t of it\r\n\r\n\r\n"

BODIES = {
    "plain": BODY, "empty": b"", "one empty line": b"\r\n",
    "only empty lines": b"\r\n\r\n\r\n", "blanks only": b" \t \r\n\t\r\n",
    "no final CRLF": b"text", "blank at the end, no CRLF": b"text \t",
    "blank line without CRLF": b"text\r\n \t",
    "8-bit": "b\u00fccher \u20ac\r\n".encode(), "latin-1": b"caf\xe9\r\n",
    "long line": b"x" * 100000 + b"\r\n",
    "block edges": b"".join(b"a" * n + b"  \t" + b"b" * (64 - n % 64) +
                            b" \r\n" for n in range(130)),
    "tabs": b"\ta\tb\t\t\r\n", "dots": b".\r\n..\r\n",
}


class Vector:
    def __init__(self, name, mail, dns, want, dkimpy=False, reason=""):
        self.name, self.mail, self.want = name, mail, want
        self.dns = {key: [text] if isinstance(text, (str, bytes)) else text
                    for key, text in dns.items()}
        self.dkimpy, self.reason = dkimpy, reason

    def zone(self):
        return "".join(signer.zone_line(name, *texts)
                       for name, texts in self.dns.items())


class Maker:
    def __init__(self):
        self.rsa = signer.RsaKey(2048)
        self.edw = signer.Ed25519Key()
        self.vectors = []

    def add(self, name, want="pass", head=HEAD, body=BODY, key=None,
            record=None, dns=None, sigs=None, after=None, dkimpy=False,
            reason="", **tags):
        """One mail with one signature, or those of sigs (lists of tags).
        after: changes the octets when they are signed."""
        key = key or self.rsa
        fields = [signer.signature(head, body, key, **dict(tags, **more))
                  for more in (sigs or [{}])]
        mail = signer.message(fields + list(head), body)
        if after:
            changed = after(mail)
            assert changed != mail, name
            mail = changed
        where = "%s._domainkey.%s" % (tags.get("s", "rsa"),
                                      tags.get("d", "example.org"))
        table = {where: record or key.record()} if dns is None else dns
        self.vectors.append(Vector(
            name, mail, table, want if isinstance(want, list) else
            [want] * len(fields), dkimpy, reason))

    def canonical_forms(self):
        forms = ["/".join(pair) for pair in itertools.product(
            ("simple", "relaxed"), repeat=2)]
        for form in forms:
            for name, body in BODIES.items():
                self.add("%s, %s" % (form, name), body=body, c=form,
                         dkimpy="relaxed" in form[6:] and
                         name in ("blank at the end, no CRLF",
                                  "blank line without CRLF"))
        for form in forms:
            self.add(form + ", ed25519", key=self.edw, c=form)
            self.add(form + ", body changed", "fail", c=form,
                     reason="body hash",
                     after=lambda m: m.replace(b"Hello", b"Hullo"))
            self.add(form + ", header changed", "fail", c=form,
                     reason="signature does not verify",
                     after=lambda m: m.replace(b"bob@", b"rob@"))
        self.add("c=simple alone", c="simple")
        self.add("c=relaxed alone", c="relaxed")
        self.add("no c=", c=None)
        self.add("c=nowsp", "permerror", c="nowsp", reason="canonical")
        self.add("c=relaxed/", "permerror", c="relaxed/", reason="canonical")
        self.add("C=Relaxed/Simple", c="Relaxed/Simple", dkimpy=True)
        self.add("relaxed survives white space", c="relaxed/relaxed",
                 after=lambda m: m.replace(b"Hello  there \t",
                                           b"Hello\tthere"))
        self.add("simple does not", "fail", c="relaxed/simple",
                 after=lambda m: m.replace(b"Hello  there \t",
                                           b"Hello\tthere"))
        self.add("empty lines added", after=lambda m: m + b"\r\n\r\n")
        self.add("relaxed folds differently", after=lambda m: m.replace(
            b"few\r\n\twords", b"few words"))
        self.add("simple folds differently", "fail", c="simple/relaxed",
                 after=lambda m: m.replace(b"few\r\n\twords", b"few words"))

    def lengths(self):
        for n in (0, 1, 5, 6, 20, 21):
            for form in ("simple/simple", "relaxed/relaxed"):
                self.add("l=%d %s" % (n, form), l=n, c=form)
                self.add("l=%d %s, more behind" % (n, form), l=n, c=form,
                         after=lambda m: m + b"more\r\n")
        self.add("l= beyond the body", "fail", l=4000, reason="l=",
                 dkimpy=True)
        self.add("l=2^64-2", "fail", l="18446744073709551614", reason="l=",
                 dkimpy=True)
        self.add("l=2^64", "permerror", l="18446744073709551616",
                 dkimpy=True)
        self.add("l=-1", "permerror", l="-1")
        self.add("l=1x", "permerror", l="1x")
        self.add("l= empty", "permerror", l="")
        self.add("l=007", l="007", bh=self.hash_of(BODY, 7))
        self.add("l= with 70 zeros", l="0" * 70 + "7",
                 bh=self.hash_of(BODY, 7))
        self.add("l= of 77 digits", "permerror", l="0" * 76 + "7",
                 bh=self.hash_of(BODY, 7))

    @staticmethod
    def hash_of(body, n):
        import hashlib
        return base64.b64encode(hashlib.sha256(
            signer.body_relaxed(body)[:n]).digest()).decode()

    def lists(self):
        add = self.add
        add("duplicate tag", "permerror", tail="; d=example.org",
            reason="duplicate")
        add("tail semicolon", tail=";")
        add("tail semicolon and space", tail="; ")
        add("two semicolons", "permerror", tail=";;", dkimpy=False)
        add("no white space", join=";")
        add("folded between tags", join=";\r\n\t")
        add("white space around =", **{"v ": None, "z": " a  b"})
        add("b with a space before =", b_name="b ", dkimpy=False)
        add("b with a fold before =", b_name="b\r\n ")
        add("tag that ends in b", **{"xb": "eA=="})
        add("unknown tag", xyz="anything=at:all")
        add("upper-case tag names are others", "permerror", v=None, V="1")
        add("tag without =", "permerror", join="; ", tail="; x")
        add("tag name with a digit first", "permerror", tail="; 1x=2")
        add("v=2", "permerror", v="2", reason="v=")
        add("no v=", "permerror", v=None)
        add("v=1.0", "permerror", v="1.0")
        add("v last", order=["a", "c", "d", "s", "h", "bh", "v"])
        add("b before the others", order=["b0", "v", "a", "c", "d", "s",
                                          "h", "bh"], b0="1")
        add("no d=", "permerror", d=None, dns={})
        add("no s=", "permerror", s=None, dns={})
        add("no h=", "permerror", h=None)
        add("empty h=", "permerror", h="", dkimpy=True)
        add("no a=", "permerror", a=None)
        add("no bh=", "permerror", bh=None)
        add("bh too short", "permerror", bh="AAAA", reason="bh=")
        add("bh no base64", "permerror", bh="!" * 44)
        add("bh folded", bh=self.hash_of(BODY, 9999)[:20] + "\r\n\t " +
            self.hash_of(BODY, 9999)[20:])
        add("b empty", "permerror", after=lambda m: cut_b(m, b""))
        add("b no base64", "permerror", after=lambda m: cut_b(m, b"a*b="))
        add("b changed", "fail", bad_b=True, reason="does not verify")
        add("b of another length", "fail",
            after=lambda m: cut_b(m, base64.b64encode(b"x" * 64)))
        add("q=dns/txt", q="dns/txt")
        add("q=other:dns/txt", q="other:dns/txt", dkimpy=True)
        add("q=other", "permerror", q="other", reason="q=")
        add("NUL in a tag", "permerror", z="a\0b", dkimpy=True)
        add("bare CR in a tag", "permerror", z="a\rb", dkimpy=True)
        add("UTF-8 in a tag", z="\u00fc")
        add("bare LF between tags", "permerror",
            a="rsa-sha256;\r\n xyz=1;\n zzz=2")
        add("bare CR between tags", "permerror", join=";\r ", dkimpy=True)
        add("VT between tags", "permerror", join=";\v ", dkimpy=True)
        add("DEL in a tag", "permerror", z="a\177b", dkimpy=True)
        add("own field ends in LF", "permerror", dkimpy=None,
            after=lambda m: m.replace(b"\r\nFrom:", b"\nFrom:", 1))
        add("65 tags", "permerror", dkimpy=True,
            tail="".join("; t%d=1" % n for n in range(57)))
        add("a signature of 64 KB", "permerror", z="x" * 65536,
            reason="too long", dkimpy=True)
        add("name in capitals", own_name="DKIM-SIGNATURE")
        add("name in small letters", own_name="dkim-signature",
            c="simple/simple")

    def algorithms(self):
        add = self.add
        add("rsa-sha1", "permerror", a="rsa-sha1", sha="sha1",
            bh="A" * 27 + "=", reason="rsa-sha1")
        add("a=rsa-sha512", "permerror", a="rsa-sha512")
        add("A=RSA-SHA256", a="RSA-SHA256", dkimpy=True)
        add("ed25519 called rsa", "permerror", key=self.edw,
            a="rsa-sha256", reason="kind", dkimpy=True)
        add("rsa called ed25519", "permerror", a="ed25519-sha256",
            reason="kind", dkimpy=True)
        add("ed25519", key=self.edw)
        add("ed25519, bad", "fail", key=self.edw, bad_b=True)
        for bits in (512, 768, 1023):
            add("%d bits" % bits, "policy", key=signer.RsaKey(bits),
                reason="too short")
        for bits in (1024, 1025, 1536, 3072, 4096, 8192):
            key = signer.RsaKey(bits)
            add("%d bits" % bits, key=key)
            add("%d bits, bad" % bits, "fail", key=key, bad_b=True)

    def records(self):
        add, rsa, edw = self.add, self.rsa, self.edw
        p = base64.b64encode(rsa.public()).decode()
        pkcs1 = base64.b64encode(rsa.pkcs1()).decode()
        add("bare RSAPublicKey", record=rsa.record(p=pkcs1))
        add("octets behind the key", "permerror", record=rsa.record(
            p=base64.b64encode(rsa.public() + b"\0").decode()), dkimpy=True)
        add("SPKI without NULL", record=rsa.record(
            p=base64.b64encode(without_null(rsa.public())).decode()),
            dkimpy=None)
        add("record of 20,000 octets",
            record=rsa.record("n=%s; " % ("x" * 20000)))
        add("record with LF at its end", "permerror",
            record=rsa.record() + "\n", dkimpy=None)
        add("key cut", "permerror", record=rsa.record(
            p=base64.b64encode(rsa.public()[:-1]).decode()))
        add("key no base64", "permerror", record=rsa.record(p=p[:-3]))
        add("key with white space", record=rsa.record(
            p=" ".join(p[i:i + 40] for i in range(0, len(p), 40))))
        add("revoked", "permerror", record=rsa.record(p=""),
            reason="revoked")
        add("no p=", "permerror", record="v=DKIM1; k=rsa")
        add("no record", "permerror", dns={}, reason="not found")
        add("only p=", record="p=" + p)
        add("v=DKIM2", "permerror", record="v=DKIM2; p=" + p)
        add("v not first", "permerror", record="p=%s; v=DKIM1" % p,
            dkimpy=True)
        add("k=dsa", "permerror", record="v=DKIM1; k=dsa; p=" + p)
        add("k of another kind", "permerror",
            record="v=DKIM1; k=ed25519; p=" + p)
        add("ed25519 in SPKI", "permerror", key=edw, record=edw.record(
            p=base64.b64encode(edw.spki).decode()))
        add("h=sha256", record=rsa.record("h=sha256; "))
        add("h=sha1", "permerror", record=rsa.record("h=sha1; "),
            dkimpy=True)
        add("h=sha1:sha256", record=rsa.record("h=sha1 : sha256; "))
        add("h=other", "permerror", record=rsa.record("h=x; "), dkimpy=True)
        add("s=email", record=rsa.record("s=email; "))
        add("s=*", record=rsa.record("s=*; "))
        add("s=tlsrpt", "permerror", record=rsa.record("s=tlsrpt; "))
        add("s=tlsrpt:email", record=rsa.record("s=tlsrpt:email; "),
            dkimpy=True)
        add("t=y", record=rsa.record("t=y; "))
        add("t=y, bad", "fail", record=rsa.record("t=y; "), bad_b=True)
        add("t=s, no i=", record=rsa.record("t=s; "))
        add("t=s, i= in d=", record=rsa.record("t=s; "),
            i="a@example.org")
        add("t=s, i= below d=", "permerror", record=rsa.record("t=s; "),
            i="a@b.example.org", dkimpy=True, reason="t=s")
        add("t=y:s, i= below d=", "permerror",
            record=rsa.record("t=y:s; "), i="@b.example.org", dkimpy=True)
        add("duplicate in the record", "permerror",
            record=rsa.record("k=rsa; "), dkimpy=False)
        add("notes in the record", record=rsa.record("n=a note; "))
        add("long record", record=rsa.record("n=%s; " % ("x" * 3000)))
        add("unknown tag in the record", record=rsa.record("zz=1; "))
        add("two records, second serves", record=[
            "v=spf1 -all", rsa.record()], dkimpy=True)
        add("rsa and ed25519 at one name", key=edw, record=[
            rsa.record(), edw.record()], dkimpy=True)

    def times(self):
        add = self.add
        add("x= to come", t=str(NOW - 10), x=str(NOW + 1000000000))
        add("x= past", "policy", t=str(NOW - 20), x=str(NOW - 10),
            reason="expired")
        add("x= before t=", "permerror", t=str(NOW), x=str(NOW - 10))
        add("x= no number", "permerror", x="soon")
        add("t= no number", "permerror", t="now")
        add("t=0", t="0")
        add("t= small", t="299")
        add("t= of twelve digits", t="200000000000",
            x="200000000001", dkimpy=True)
        add("t= in the future", t=str(NOW + 1000000000), dkimpy=True)

    def identities(self):
        add = self.add
        for i in ("@example.org", "alice@example.org", "@a.example.org",
                  "a@b.c.example.org", "Alice@EXAMPLE.org",
                  "a=40b@example.org"):
            add("i=" + i, i=i)
        for i in ("@example.net", "@xexample.org", "@org", "example.org",
                  "@", "@example.org.evil.example", "@example.org="):
            add("i=" + i, "permerror", i=i, reason="i=")
        add("i= in UTF-8", i="\u00fc@example.org")
        add("i= of 300 octets", i="a" * 300 + "@example.org")
        add("d=org", "permerror", d="org", reason="d=", dkimpy=True)
        add("d= with an empty label", "permerror", d="example..org", dns={})
        add("d= ends in a dot", "permerror", d="example.org.")
        add("d= in capitals", d="EXAMPLE.org",
            dns={"rsa._domainkey.example.org": self.rsa.record()},
            dkimpy=None)
        add("s= of two labels", s="a.b")
        add("s= and d= above 253 octets", "permerror", dns={},
            s=".".join(["a" * 60] * 3), d=".".join(["b" * 60] * 2),
            reason="too long")
        add("d= in punycode", d="xn--bcher-kva.example")
        add("i= in quotes, with @", i='"a@evil.example"@example.org')
        add("s= of a label of 64", "permerror", s="a" * 64, dns={})

    def headers(self):
        add = self.add
        add("h= without From", "permerror", h="To:Subject", reason="From",
            dkimpy=True)
        add("h= with white space", h="From : To:\r\n\tSubject")
        add("h= names more than exist",
            h="From:From:From:To:Nothing:X-Twice:X-Twice:X-Twice")
        add("h= names every field and one more",
            h=":".join(n for n, _ in HEAD) + ":P:Q:R")
        add("field added on top that h= forbids", "fail", h="From:From:To",
            after=lambda m: b"From: evil@example.com\r\n" + m)
        add("the lowest of two", h="From:X-Twice",
            after=lambda m: m.replace(b"X-Twice: one", b"X-Twice: 1"))
        add("not the lowest", "fail", h="From:X-Twice",
            after=lambda m: m.replace(b"X-Twice: two", b"X-Twice: 2"))
        add("unsigned field changed", h="From",
            after=lambda m: m.replace(b"bob@", b"rob@"))
        add("1,000 names", h=":".join(["From"] + ["X-%d" % n for n
                                                  in range(999)]))
        add("1,001 names", "permerror", dkimpy=True, h=":".join(
            ["From"] + ["X-%d" % n for n in range(1000)]))
        add("h= with an empty name", "permerror", h="From::To", dkimpy=True)
        big = HEAD + (("X-Big", " " + "long  words\r\n " * 7000 + "end"),)
        for form in ("simple/simple", "relaxed/relaxed"):
            add("a field of 100 KB, " + form, head=big, c=form)
        add("8-bit field", head=HEAD + (("X-Raw", b" caf\xe9"),))
        add("UTF-8 field", head=HEAD + (("X-Utf", " \u00fc  \u20ac"),))
        add("empty field", head=HEAD + (("X-Empty", ""),))
        add("field of white space", head=HEAD + (("X-Blank", " \t "),))
        add("name in capitals in h=", h="FROM:TO")
        add("h= names DKIM-Signature", h="From:DKIM-Signature",
            dkimpy=True)
        add("bare CR in the body", body=b"a\rb \r\n", c="relaxed/simple")
        add("bare CR in a relaxed body", body=b"a\rb\r\n")
        add("bare CR put into the body", "fail",
            after=lambda m: m.replace(b"Hello", b"Hel\rlo"))
        add("NUL in the body", body=b"a\0b\r\n")
        add("NUL put into a field", "fail",
            after=lambda m: m.replace(b"bob@", b"b\0ob@"))
        self.odd_space()
        add("space before the colon", head=(("From ", " a@example.org"),),
            h="From", dkimpy=True)
        add("space put before the colon", dkimpy=True,
            after=lambda m: m.replace(b"\r\nTo:", b"\r\nTo \t:"))
        add("space before the colon, simple", c="simple/simple", h="From",
            dkimpy=True,
            head=(("From ", " a@example.org"),))
        add("no From in the mail", head=HEAD[1:], h="From:To:Subject")
        add("no header but the signature", head=(), h="From")
        add("no empty line", body=b"", after=lambda m: m[:-2])
        add("no final CRLF in the header", body=b"",
            after=lambda m: m[:-4])
        add("mailbox line first", after=lambda m: b"From a Mon Jan 1\r\n" + m,
            dkimpy=False)
        long = HEAD + tuple(("X-%s-%d" % ("n" * 60, n), " v")
                            for n in range(500))
        add("500 fields, every one signed", head=long)
        add("500 fields, every one signed, simple", head=long,
            c="simple/simple")
        add("500 fields, one changed", "fail", head=long,
            after=lambda m: m.replace(b"-77: v", b"-77: w"))

    def odd_space(self):
        """White space is space, tab and CRLF before one (RFC 6376 2.8)."""
        for form in ("relaxed/relaxed", "simple/simple"):
            relaxed = form[0] == "r"
            for name, old, new, theirs in (
                    ("a space made CR", b"Alice <", b"Alice\r<", False),
                    ("a space made LF", b"Alice <", b"Alice\n<", False),
                    ("a space made VT", b"Alice <", b"Alice\v<", False),
                    ("FF behind a space", b"Alice <", b"Alice \f<", False),
                    ("CR at the end", b"org>\r\n", b"org>\r\r\n", relaxed),
                    ("VT at the end", b"org>\r\n", b"org>\v\r\n", relaxed),
                    ("LF at the end", b"org>\r\n", b"org>\n", True),
                    ("CR in front", b"\r\nFrom: A", b"\r\nFrom:\r A",
                     relaxed),
                    ("a fold of LF", b"few\r\n\t", b"few\n ", relaxed),
                    ("a fold of CR CRLF", b"few\r\n\t", b"few\r\r\n ",
                     False)):
                self.add("%s, %s" % (name, form), "fail", c=form,
                         dkimpy=theirs,
                         after=lambda m, old=old, new=new:
                         m.replace(old, new))
            self.add("a signed CR, " + form, c=form,
                     head=(("From", " a\rb@example.org"),) + HEAD[1:])
            self.add("signed VT and FF, " + form, c=form,
                     head=(("From", " a\v \fb@example.org"),) + HEAD[1:])

    def many(self):
        add = self.add
        add("two signatures", sigs=[{}, {"c": "simple/simple"}])
        add("one of two is bad", ["fail", "pass"], dkimpy=False,
            sigs=[{"bad_b": True}, {}])
        add("one malformed of three", ["permerror", "pass", "fail"],
            sigs=[{"v": "3"}, {"l": 3}, {"bad_b": True}])
        add("50 signatures", ["pass"] * 8 + ["neutral"] * 12, dkimpy=None,
            sigs=[{}] * 50)


def cut_b(mail, instead):
    """The value of b= of the first signature replaced."""
    start = mail.index(b"; b=") + 4
    end = mail.index(b"\r\nFrom:")
    return mail[:start] + instead + mail[end:]


def without_null(spki):
    """A SubjectPublicKeyInfo of 294 octets, without the NULL parameter."""
    head = bytes.fromhex("30820122300d06092a864886f70d0101010500")
    assert spki.startswith(head)
    return bytes.fromhex("30820120300b06092a864886f70d010101") + \
        spki[len(head):]


def make():
    maker = Maker()
    for part in (maker.canonical_forms, maker.lengths, maker.lists,
                 maker.algorithms, maker.records, maker.times,
                 maker.identities, maker.headers, maker.many):
        part()
    return maker.vectors
