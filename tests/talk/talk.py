#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Plays .talk files against the real program.

A talk is a conversation of three: the client (C), Postern (S) and the backend
(B).  Lines before the first `---` set the scene:

    listener: max_errors = 3      a setting of the listener
    top: mode = monitor           a setting of the top level
    zone: example.org TXT "..."   a line of the zone file
    rule: body X /spam/           a line of a rules file (turns rules on)
    ehlo: PIPELINING, SIZE 1000   what the backend offers (default below)
    probe: closed | open | down   how the backend answers the relay probe
    backends: 2                   a second backend; B! second takes it
    v6: yes                       client and backend meet on ::1

In the scene @DIR@ is a folder with cert.pem, key.pem (mx.test.example),
other.pem (other.test.example, certificate and key) and ca.pem (both).

Then, in the order in which things must happen:

    C: text       the client sends a line      C~ text   ... without CRLF
    S: glob       the client receives a line   S! closed the client is hung up
    B: glob       the backend receives a line  B~ bytes  ... these octets
    R: text       the backend says a line      R~ text   ... without CRLF
    B! none                       nobody connects to the backend for 0.3 s
    B! accept | second | close | closed | quiet | tls | untls
    C! connect [ADDRESS] | another | close | shut | reset | quiet
    C! tls [NAME] | cert NAME | untls          the client's handshake, what
                                  the certificate says, close_notify
    L: glob       a log line that contains it comes within 3 s
    M: glob       skip the lines the backend receives up to one that fits
    wait 0.5      seconds
    hello         connect, 220, EHLO and its reply, in one word
    backend       accept, 220, EHLO and the backend's offer, in one word

Escapes: \\r \\n \\t \\0 \\\\ \\xHH, and {N*text} repeats text.  In a glob, * is
any text.  A talk fails at the first difference and says where.
"""
import os
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "support"))
from peer import (PATIENCE, Difference, Peer, answer_probe,  # noqa: E402
                  fits, make_certificates, unescape)
from ports import free_port  # noqa: E402

OFFER = ["PIPELINING", "SIZE 10000000", "8BITMIME", "SMTPUTF8", "DSN",
         "ENHANCEDSTATUSCODES"]


class Talk:
    """One file: its scene, its program, its conversation."""

    def __init__(self, binary, path):
        self.binary = binary
        self.path = path
        self.scene = {"listener": [], "top": [], "zone": [], "rule": [],
                      "ehlo": [], "probe": ["closed"], "backends": [],
                      "v6": []}
        self.script = []
        self.client = self.server = self.process = None
        self.log = []
        self.log_seen = 0
        self.kept = []  # clients that stay connected
        self.read()

    def read(self):
        in_scene = True
        with open(self.path, encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                line = line.rstrip("\n")
                if in_scene and line == "---":
                    in_scene = False
                elif not line.strip() or line.startswith("#"):
                    continue
                elif in_scene:
                    key, value = line.split(":", 1)
                    if key == "probe":
                        self.scene[key] = []
                    self.scene[key].append(value.strip())
                else:
                    self.script.append((number, line))
        self.offer = [word.strip() for value in self.scene["ehlo"]
                      for word in value.split(",")] or OFFER

    def configure(self, folder):
        """Writes the files and returns the configuration's path."""
        rules = os.path.join(folder, "rules")
        os.mkdir(rules)
        for name, key in (("zone", "zone"), ("rules/t.cf", "rule")):
            with open(os.path.join(folder, name), "w",
                      encoding="utf-8") as file:
                file.write("\n".join(self.scene[key]) + "\n")
        names = [line.split("=")[0].strip() for line in self.scene["top"]]
        defaults = {
            "authserv_id": "mx.test.example", "workers": "1",
            "hostname": "mx.test.example",
            "filters": "{rules}" if self.scene["rule"] else "{}",
            "dns": '"zone:%s/zone"' % folder, "user": "nobody",
            "spool_directory": '"%s"' % folder,
        }
        config = ["%s = %s" % item for item in defaults.items()
                  if item[0] not in names]
        config += self.scene["top"]
        if self.scene["rule"]:
            config.append('filter "rules" { directories = {"%s"} }' % rules)
        host = "[::1]" if self.scene["v6"] else "127.0.0.1"
        backends = ['"%s:%d"' % (host, sock.getsockname()[1])
                    for sock in self.backends]
        config.append('listener "t" {\n address = "%s:%d"\n'
                      ' backend = {%s}' % (host, self.port,
                                           ", ".join(backends)))
        config += self.scene["listener"] + ["}"]
        config = [line.replace("@DIR@", folder) for line in config]
        path = os.path.join(folder, "postern.conf")
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(config) + "\n")
        return path

    def follow_log(self):
        for line in self.process.stderr:
            self.log.append(line.rstrip(b"\n"))

    def wait_log(self, pattern, seconds=3.0):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            while self.log_seen < len(self.log):
                line = self.log[self.log_seen]
                self.log_seen += 1
                if fits(line, "*" + pattern + "*"):
                    return
            if self.process.poll() is not None:
                raise Difference("the program ended: %r" % self.log[-5:])
            time.sleep(0.01)
        raise Difference("no such log line; the last: %r" % self.log[-3:])

    def start(self, folder):
        self.folder = folder
        self.host = "::1" if self.scene["v6"] else "127.0.0.1"
        family = socket.AF_INET6 if self.scene["v6"] else socket.AF_INET
        count = int((self.scene["backends"] or ["1"])[0])
        self.backends = [socket.create_server((self.host, 0), family=family)
                         for _ in range(count)]
        for sock in self.backends:
            sock.settimeout(PATIENCE)
        self.listening = self.backends[0]
        self.port = free_port()
        if any("@DIR@" in line for line in self.scene["listener"]) or \
                any("backend_tls = " in line
                    for line in self.scene["listener"]):
            make_certificates(folder)
        config = self.configure(folder)
        relay = self.scene["probe"][0]
        if relay == "down":
            self.listening.close()
        os.chmod(folder, 0o777)
        self.process = subprocess.Popen(
            [self.binary, "serve", "-f", "-c", config],
            stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
        threading.Thread(target=self.follow_log, daemon=True).start()
        if relay != "down":
            for sock in self.backends:
                answer_probe(sock.accept()[0], self.offer, relay, folder,
                             self.scene["listener"])
        for _ in self.backends:
            self.wait_log("listener t: ", 10.0)

    def stop(self):
        """Ends the program; its exit code is part of the talk."""
        for peer in (self.client, self.server, *self.kept):
            if peer:
                peer.sock.close()
        if not self.process:
            return
        self.process.terminate()
        try:
            code = self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise Difference("does not stop on TERM") from None
        if code != 0:
            raise Difference("ends with code %d: %r" % (code, self.log[-20:]))
        bad = [line for line in self.log
               if b"Sanitizer" in line and b"WARNING" not in line
               or b"runtime error" in line
               or b"== Invalid " in line or b"uninitialised" in line
               or b"definitely lost" in line or b"panic" in line or b"was killed" in line]
        if bad:
            raise Difference("the log says %r" % bad[:3])

    def connect(self, source=""):
        self.client = Peer(socket.create_connection(
            (self.host, self.port), PATIENCE,
            (source, 0) if source else None))
        self.client.sock.setsockopt(socket.IPPROTO_TCP,
                                    socket.TCP_NODELAY, 1)

    def another(self):
        self.kept.append(self.client)
        self.connect()

    def accept(self, index=0):
        try:
            sock = self.backends[index].accept()[0]
        except socket.timeout:
            raise Difference("no connection to the backend") from None
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.server = Peer(sock)

    def nobody(self):
        self.listening.settimeout(0.3)
        try:
            self.listening.accept()
        except socket.timeout:
            return
        finally:
            self.listening.settimeout(PATIENCE)
        raise Difference("somebody connects to the backend")

    def expect(self, peer, pattern):
        line = peer.line()
        if not fits(line, pattern):
            raise Difference("got %r" % line[:300])

    def hello(self):
        self.connect()
        self.expect(self.client, "220 *")
        self.client.sock.sendall(b"EHLO client.test.example\r\n")
        while not self.client.line().startswith(b"250 "):
            pass

    def backend(self):
        self.accept()
        self.server.sock.sendall(b"220 b.invalid ESMTP\r\n")
        self.expect(self.server, "EHLO *")
        lines = ["b.invalid"] + self.offer
        reply = "".join("250-%s\r\n" % word for word in lines[:-1])
        self.server.sock.sendall(
            (reply + "250 %s\r\n" % lines[-1]).encode())

    def skip_to(self, pattern):
        while not fits(self.server.line(), pattern):
            pass

    def backend_act(self, what):
        acts = {"accept": self.accept,
                "second": lambda: self.accept(1),
                "none": self.nobody,
                "tls": lambda: self.server.tls_server(self.folder),
                "untls": lambda: self.leave_tls("server"),
                "close": lambda: self.server.sock.close(),
                "reset": lambda: self.server.reset(),
                "closed": lambda: self.server.end(),
                "quiet": lambda: self.server.quiet()}
        acts[what]()

    def client_act(self, what):
        what, _, rest = what.partition(" ")
        acts = {"connect": lambda: self.connect(rest),
                "another": self.another,
                "tls": lambda: self.client.tls_client(
                    rest or "mx.test.example", self.folder + "/ca.pem"),
                "cert": lambda: self.check_name(rest),
                "untls": self.leave_tls,
                "close": lambda: self.client.sock.close(),
                "reset": lambda: self.client.reset(),
                "shut": lambda: self.client.sock.shutdown(socket.SHUT_WR),
                "quiet": lambda: self.client.quiet()}
        acts[what]()

    def check_name(self, name):
        got = self.client.sock.getpeercert()["subjectAltName"]
        if ("DNS", name) not in got:
            raise Difference("the certificate says %r" % (got,))

    def leave_tls(self, who="client"):
        """close_notify, without waiting for the other one."""
        sock = getattr(self, who).sock
        plain = socket.socket(fileno=os.dup(sock.fileno()))
        sock.setblocking(False)
        try:
            sock.unwrap()
        except (ssl.SSLWantReadError, ssl.SSLError, OSError):
            pass
        plain.setblocking(True)
        setattr(self, who, Peer(plain))

    def play(self, line):
        if line in ("hello", "backend"):
            getattr(self, line)()
            return
        if line.startswith("wait "):
            time.sleep(float(line[5:]))
            return
        mark, text = line[:2], line[2:].removeprefix(" ")
        acts = {
            "C:": lambda: self.client.sock.sendall(unescape(text) + b"\r\n"),
            "C~": lambda: self.client.sock.sendall(unescape(text)),
            "S:": lambda: self.expect(self.client, text),
            "S!": lambda: self.client.end(),
            "B:": lambda: self.expect(self.server, text),
            "B~": lambda: self.server.exactly(unescape(text)),
            "R:": lambda: self.server.sock.sendall(unescape(text) + b"\r\n"),
            "R~": lambda: self.server.sock.sendall(unescape(text)),
            "M:": lambda: self.skip_to(text),
            "L:": lambda: self.wait_log(text),
            "B!": lambda: self.backend_act(text),
            "C!": lambda: self.client_act(text),
        }
        acts[mark]()

    def run(self):
        """None, or what differed and where."""
        number, line = 0, "(start)"
        with tempfile.TemporaryDirectory(prefix="talk") as folder:
            try:
                self.start(folder)
                for number, line in self.script:
                    self.play(line)
                number, line = 0, "(stop)"
                self.stop()
            except (Difference, OSError) as error:
                if self.process and self.process.poll() is None:
                    self.process.kill()
                return "%s:%d: %s\n    %s\n    log: %r" % (
                    self.path, number, line, error, self.log[-4:])
            finally:
                for sock in self.backends:
                    sock.close()
        return None


def main():
    words = sys.argv[1:] or [os.environ["POSTERN"],
                             os.path.dirname(os.path.abspath(__file__))]
    binary, paths = os.path.abspath(words[0]), []
    for path in words[1:]:
        if os.path.isdir(path):
            paths += sorted(os.path.join(path, name)
                            for name in os.listdir(path)
                            if name.endswith(".talk"))
        else:
            paths.append(path)
    failed = 0
    with ThreadPoolExecutor(4) as pool:
        for path, problem in zip(paths, pool.map(
                lambda path: Talk(binary, path).run(), paths)):
            if problem:
                failed += 1
                print("FAIL", problem, flush=True)
    print("talk: %d passed, %d failed" % (len(paths) - failed, failed))
    return 1 if failed or not paths else 0


if __name__ == "__main__":
    sys.exit(main())
