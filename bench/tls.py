#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""TLS: KB for each of 5,000 idle sessions, and handshakes for a CPU second and
a second, Postern beside haproxy that terminates TLS, in one run.  Both have one
worker or thread, the same certificate and the same TLS 1.3; TLS comes first on
both, because haproxy knows no STARTTLS.  Postern offers SMTP inside, haproxy
passes the greeting of the same small server on.

Memory is counted where it is: proportional memory of the processes, and what
the kernel's socket buffers hold (none, while nobody speaks).

usage: tls.py POSTERN [IDLE [HANDSHAKES]]
"""
import os
import resource
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "..", "tests", "integration"), HERE]
from door import certificate  # noqa: E402
from postfix import free_port  # noqa: E402
from relay import cpu, memory, write  # noqa: E402

CLIENTS = 8


def connect(port, context):
    sock = socket.create_connection(("127.0.0.1", port), 60)
    sock = context.wrap_socket(sock, server_hostname="mx.example.net")
    if sock.recv(200)[:3] != b"220":
        raise RuntimeError("no greeting on port %d" % port)
    return sock


def client_context(resume):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if not resume:
        context.options |= ssl.OP_NO_TICKET
    return context


class Backend:
    """Greets, and refuses the probe; nothing else is measured."""

    def __init__(self):
        self.listening = socket.create_server(("127.0.0.1", 0), backlog=4096)
        self.port = self.listening.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            sock, _ = self.listening.accept()
            sock.sendall(b"220 b.example ESMTP\r\n")
            threading.Thread(target=self.talk, args=(sock,),
                             daemon=True).start()

    @staticmethod
    def talk(sock):
        try:
            with sock, sock.makefile("rb") as lines:
                for line in lines:
                    sock.sendall(b"554 5.7.1 no\r\n" if line[:4] == b"RCPT"
                                 else b"250 ok\r\n")
        except OSError:
            pass


def serve_backend(out):
    os.setpgrp()
    backend = Backend()
    os.write(out, b"%d\n" % backend.port)
    time.sleep(3600)


def start_backend():
    """In a process of its own, so that it costs the clients nothing."""
    read, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        threading.stack_size(65536)
        serve_backend(write_end)
        os._exit(0)
    return pid, int(os.read(read, 20))


def start(postern, work, key_kind):
    cert, key = certificate(work, "mx.example.net")
    if key_kind == "rsa":
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048",
                        "-nodes", "-subj", "/CN=mx.example.net", "-keyout",
                        key, "-out", cert], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with open(work + "/both.pem", "w", encoding="ascii") as both:
        for path in (cert, key):
            with open(path, encoding="ascii") as file:
                both.write(file.read())
    pid, behind = start_backend()
    ports = free_port(), free_port()
    write(work + "/zone", "x.example A 192.0.2.1\n")
    write(work + "/postern.conf", """
authserv_id = mx.example.net
user = nobody
workers = 1
filters = {}
log = "%s/log"
dns = "zone:%s/zone"
spool_directory = "%s"
listener "b" { address = "127.0.0.1:%d" backend = "127.0.0.1:%d"
    tls = implicit tls_certificate = "%s" tls_key = "%s" }
""" % (work, work, work, ports[0], behind, cert, key))
    write(work + "/haproxy.cfg", """
global
    nbthread 1
    maxconn 8000
    ssl-default-bind-options ssl-min-ver TLSv1.2
defaults
    mode tcp
    timeout connect 5s
    timeout client 600s
    timeout server 600s
listen b
    bind 127.0.0.1:%d ssl crt %s/both.pem
    server s 127.0.0.1:%d
""" % (ports[1], work, behind))
    run = [subprocess.Popen([postern, "serve", "-f", "-c",
                             work + "/postern.conf"],
                            stderr=subprocess.DEVNULL),
           subprocess.Popen(["haproxy", "-q", "-f", work + "/haproxy.cfg"])]
    time.sleep(2)
    for process in run:
        if process.poll() is not None:
            raise RuntimeError("%s does not start" % process.args[0])
    return pid, run, ports


def idle(name, port, pid, count):
    context, socks = client_context(False), []
    connect(port, context).close()
    time.sleep(0.5)
    before = memory(pid)
    begin = time.monotonic()
    for _ in range(count):
        socks.append(connect(port, context))
    seconds = time.monotonic() - begin
    time.sleep(3)
    after = memory(pid)
    print("%-8s %5d idle TLS sessions: %6.1f KB each (%d -> %d KB), opened "
          "in %.1f s" % (name, count, (after - before) / count, before, after,
                         seconds))
    for sock in socks:
        sock.close()
    time.sleep(1)
    return (after - before) / count


def handshakes_of(port, count, resume):
    context, session = client_context(resume), None
    for _ in range(count):
        sock = socket.create_connection(("127.0.0.1", port), 60)
        sock = context.wrap_socket(sock, session=session if resume else None)
        sock.recv(200)
        session = sock.session
        sock.close()


def handshakes(name, port, pid, count, resume):
    before, begin = cpu(pid), time.monotonic()
    pids = []
    for _ in range(CLIENTS):
        child = os.fork()
        if child == 0:
            handshakes_of(port, count // CLIENTS, resume)
            os._exit(0)
        pids.append(child)
    for child in pids:
        os.waitpid(child, 0)
    seconds = time.monotonic() - begin
    used = cpu(pid) - before
    print("%-8s %s: %5.0f a CPU second, %5.0f a second" % (
        name, "resumed handshakes" if resume else "full handshakes   ",
        count / max(used, 0.01), count / seconds))
    return count / max(used, 0.01)


def measure(kind, run, ports, number, count):
    rows = []
    both = list(zip(("postern", "haproxy"), ports, [p.pid for p in run]))
    print("certificate: %s" % kind, flush=True)
    for resume in (False, True):
        rates = [handshakes(*one, number, resume) for one in both]
        rows.append(rates[0] / rates[1])
    print("Postern / haproxy, handshakes a CPU second: %.2f full, "
          "%.2f resumed" % tuple(rows), flush=True)
    if kind == "ecdsa":
        sizes = [idle(*one, count) for one in both]
        print("Postern / haproxy, KB of an idle session: %.2f" % (
            sizes[0] / sizes[1]), flush=True)


def main():
    postern = os.path.abspath(sys.argv[1])
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 5000
    number = int(sys.argv[3]) if len(sys.argv) > 3 else 8000
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    for kind in ("ecdsa", "rsa"):
        with tempfile.TemporaryDirectory(prefix="postern-bench") as work:
            os.chmod(work, 0o777)
            backend, run, ports = start(postern, work, kind)
            try:
                measure(kind, run, ports, number, count)
            finally:
                for process in run:
                    process.kill()
                    process.wait(90)
                os.kill(backend, 9)
                os.waitpid(backend, 0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
