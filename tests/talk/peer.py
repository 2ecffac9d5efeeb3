# SPDX-License-Identifier: BSD-2-Clause
"""The two ends that a talk plays: sockets with a line buffer, TLS, globs, and
the backend that the relay probe meets."""
import fnmatch
import os
import re
import socket
import ssl
import subprocess

PATIENCE = float(os.environ.get("TALK_PATIENCE", "5"))


class Difference(Exception):
    """What happened is not what the talk says."""


def unescape(text):
    """Octets of a line of a talk."""
    text = re.sub(r"\{(\d+)\*([^}]*)\}",
                  lambda m: m.group(2) * int(m.group(1)), text)
    out = bytearray()
    pos = 0
    simple = {"r": 13, "n": 10, "t": 9, "0": 0, "\\": 92}
    while pos < len(text):
        char = text[pos]
        if char != "\\":
            out += char.encode()
            pos += 1
            continue
        kind = text[pos + 1]
        if kind == "x":
            out.append(int(text[pos + 2:pos + 4], 16))
            pos += 4
        else:
            out.append(simple[kind])
            pos += 2
    return bytes(out)


def fits(line, pattern):
    """Glob with * only, on octets read as latin-1."""
    pattern = unescape(pattern).decode("latin-1")
    pattern = "*".join(re.sub(r"([\[?])", r"[\1]", part)
                       for part in pattern.split("*"))
    return fnmatch.fnmatchcase(line.decode("latin-1"), pattern)


class Peer:
    """A socket with a line buffer."""

    def __init__(self, sock):
        self.sock = sock
        self.held = b""
        sock.settimeout(PATIENCE)

    def fill(self):
        """More octets; b"" at the end."""
        try:
            got = self.sock.recv(65536)
        except socket.timeout:
            raise Difference("nothing came for %g s" % PATIENCE) from None
        except ConnectionResetError:
            return b""
        self.held += got
        return got

    def line(self):
        while b"\n" not in self.held:
            if not self.fill():
                raise Difference("closed, after %r" % self.held[:200])
        line, self.held = self.held.split(b"\n", 1)
        if not line.endswith(b"\r"):
            raise Difference("a line ends in a bare LF: %r" % line[:200])
        return line[:-1]

    def exactly(self, octets):
        while len(self.held) < len(octets):
            if not octets.startswith(self.held) or not self.fill():
                break
        if not self.held.startswith(octets):
            raise Difference("got %r" % self.held[:300])
        self.held = self.held[len(octets):]

    def end(self):
        if self.held or self.fill():
            raise Difference("open, and says %r" % self.held[:200])

    def quiet(self):
        self.sock.settimeout(0.3)
        try:
            got = self.sock.recv(65536)
        except socket.timeout:
            return
        finally:
            self.sock.settimeout(PATIENCE)
        raise Difference("not quiet: %r" % got[:200])

    def tls_client(self, name, trust):
        context = ssl.create_default_context(cafile=trust)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_REQUIRED
        self.sock = context.wrap_socket(self.sock, server_hostname=name)

    def tls_server(self, folder):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder + "/cert.pem", folder + "/key.pem")
        self.sock = context.wrap_socket(self.sock, server_side=True)

    def reset(self):
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                             b"\1\0\0\0\0\0\0\0")
        self.sock.close()


def make_certificates(folder):
    """Two names of ours, each signed by itself, and both as trust."""
    for name, cert, key in (("mx.test.example", "cert.pem", "key.pem"),
                            ("other.test.example", "other.pem", "o.key")):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
             "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
             "/CN=" + name, "-addext", "subjectAltName=DNS:" + name,
             "-keyout", os.path.join(folder, key),
             "-out", os.path.join(folder, cert)],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    texts = {}
    for name in ("cert.pem", "other.pem", "o.key"):
        with open(os.path.join(folder, name), encoding="ascii") as file:
            texts[name] = file.read()
    with open(os.path.join(folder, "ca.pem"), "w", encoding="ascii") as file:
        file.write(texts["cert.pem"] + texts["other.pem"])
    with open(os.path.join(folder, "other.pem"), "a",
              encoding="ascii") as file:
        file.write(texts["o.key"])


def skip_proxy_header(peer):
    """Takes a PROXY header of either version off the front."""
    while len(peer.held) < 16:
        peer.fill()
    if peer.held.startswith(b"PROXY "):
        peer.line()
        return
    size = 16 + int.from_bytes(peer.held[14:16], "big")
    while len(peer.held) < size:
        peer.fill()
    peer.held = peer.held[size:]


def answer_probe(sock, offer, relay, folder, scene):
    """Plays a whole backend session for the relay probe."""
    peer = Peer(sock)
    if any("proxy-v" in line for line in scene):
        skip_proxy_header(peer)
    if any("backend_tls_implicit = yes" in line for line in scene):
        peer.tls_server(folder)
    starts_tls = any("backend_tls = " in line for line in scene)
    replies = {
        b"EHLO": "".join("250-%s\r\n" % word for word in ["b.invalid"] +
                         offer[:-1]) + "250 %s\r\n" % offer[-1],
        b"MAIL": "250 2.1.0 Ok\r\n",
        b"RCPT": "250 2.1.5 Ok\r\n" if relay == "open" else
                 "554 5.7.1 Relay access denied\r\n",
        b"RSET": "250 2.0.0 Ok\r\n",
        b"QUIT": "221 2.0.0 Bye\r\n",
        b"XCLI": "220 b.invalid ESMTP\r\n",
        b"XFOR": "250 ok\r\n",
        b"STAR": "220 go on\r\n",
    }
    replies[b"LHLO"] = replies[b"EHLO"]
    try:
        peer.sock.sendall(b"220 b.invalid ESMTP\r\n")
        while True:
            verb = peer.line()[:4].upper()
            peer.sock.sendall(replies[verb].encode())
            if verb == b"STAR" and starts_tls:
                peer.tls_server(folder)
            if verb == b"QUIT":
                break
    except (Difference, OSError):
        pass
    peer.sock.close()
