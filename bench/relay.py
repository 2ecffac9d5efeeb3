#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""CPU of relaying: Postern beside haproxy in TCP mode, same sink, same load, one
run.  4 KB messages over 20 reused sessions; CPU seconds of the relay's own
processes for 1000 messages, and the ratio.  Also KB for each idle session.

usage: relay.py POSTERN [MESSAGES]
"""
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "tests", "integration"))
from postfix import free_port  # noqa: E402

SESSIONS, IDLE = 20, 2000
MAIL = (b"From: a@good.example\r\nSubject: bench\r\n\r\n" +
        b"0123456789 abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ\r\n"
        * 60)


def children(pid):
    with open("/proc/%d/task/%d/children" % (pid, pid),
              encoding="ascii") as file:
        return [int(word) for word in file.read().split()]


def family(pid):
    return [pid] + [p for child in children(pid) for p in family(child)]


def cpu(pid):
    """CPU seconds of a process and its children."""
    total = 0
    for each in family(pid):
        with open("/proc/%d/stat" % each, encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def memory(pid):
    """Proportional KB of a process and its children."""
    total = 0
    for each in family(pid):
        with open("/proc/%d/smaps_rollup" % each, encoding="ascii") as file:
            total += int(re.search(r"Pss:\s+(\d+)", file.read())[1])
    return total


def session(port, count):
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        lines = sock.makefile("rb")
        lines.readline()
        sock.sendall(b"HELO client.example\r\n")
        lines.readline()
        for _ in range(count):
            for text in (b"MAIL FROM:<a@good.example>",
                         b"RCPT TO:<b@example.net>", b"DATA", MAIL + b"."):
                sock.sendall(text + b"\r\n")
                reply = lines.readline()
                if reply[:1] not in b"23":
                    raise RuntimeError(reply)


def load(port, pid, messages):
    """CPU seconds for 1000 messages, and messages a second."""
    session(port, 20)
    before, begin = cpu(pid), time.monotonic()
    threads = [threading.Thread(target=session,
                                args=(port, messages // SESSIONS))
               for _ in range(SESSIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.monotonic() - begin
    return (cpu(pid) - before) * 1000 / messages, messages / seconds


def wait_greeting(port):
    for _ in range(100):
        try:
            with socket.create_connection(("127.0.0.1", port), 2) as sock:
                if sock.recv(100).startswith(b"220"):
                    return
        except OSError:
            pass
        time.sleep(0.1)
    raise RuntimeError("nobody answers on port %d" % port)


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def start(postern, work, ports):
    """The sink, Postern and haproxy."""
    sink, front, proxy = ports
    write(work + "/zone", 'good.example TXT "v=spf1 ?all"\n')
    write(work + "/postern.conf", """
authserv_id = mx.example.net
user = nobody
workers = 1
filters = {}
log = "%s/log"
dns = "zone:%s/zone"
spool_directory = "%s"
listener "b" { address = "127.0.0.1:%d" backend = "127.0.0.1:%d" }
""" % (work, work, work, front, sink))
    write(work + "/haproxy.cfg", """
defaults
    mode tcp
    timeout connect 5s
    timeout client 60s
    timeout server 60s
global
    nbthread 1
    maxconn 4000
listen b
    bind 127.0.0.1:%d
    server s 127.0.0.1:%d
""" % (proxy, sink))
    run = [subprocess.Popen([postern, "sink", "--quiet", "--listen",
                             "127.0.0.1:%d" % sink],
                            stdout=subprocess.DEVNULL),
           subprocess.Popen([postern, "serve", "-f", "-c",
                             work + "/postern.conf"],
                            stderr=subprocess.DEVNULL)]
    try:
        run.append(subprocess.Popen(["haproxy", "-q", "-f",
                                     work + "/haproxy.cfg"]))
    except FileNotFoundError:
        print("haproxy is not installed: no peer to compare with")
    wait_greeting(front)
    return run


def idle(port, pid):
    before, begin = memory(pid), time.monotonic()
    socks = [socket.create_connection(("127.0.0.1", port))
             for _ in range(IDLE)]
    for text in (None, b"EHLO client.example\r\n"):
        for sock in socks:
            if text:
                sock.sendall(text)
        for sock in socks:
            sock.recv(1000)
    seconds = time.monotonic() - begin
    time.sleep(0.3)
    print("%d idle sessions: %.1f KB each, opened in %.2f s; %d KB before" % (
        IDLE, (memory(pid) - before) / IDLE, seconds, before))
    for sock in socks:
        sock.close()


def main():
    postern = os.path.abspath(sys.argv[1])
    messages = int(sys.argv[2]) if len(sys.argv) > 2 else 10000
    ports = free_port(), free_port(), free_port()
    with tempfile.TemporaryDirectory(prefix="postern-bench") as work:
        os.chmod(work, 0o777)
        run = start(postern, work, ports)
        try:
            direct = load(ports[0], run[0].pid, messages)[1]
            print("direct to the sink: %.0f messages/s" % direct)
            peers = [("Postern", ports[1], run[1].pid)]
            if run[2:]:
                wait_greeting(ports[2])
            peers += [("haproxy", ports[2], p.pid) for p in run[2:]]
            figures = {name: [load(port, pid, messages) for _ in range(3)]
                       for name, port, pid in peers}
            for name, rows in figures.items():
                rows.sort()
                print("%s: %.3f CPU s for 1000 messages, %.0f messages/s "
                      "(medians of 3)" % (name, rows[1][0], rows[1][1]))
            if len(figures) == 2:
                print("ratio of CPU: %.2f" % (figures["Postern"][1][0] /
                                              figures["haproxy"][1][0]))
            idle(ports[1], run[1].pid)
        finally:
            for process in run:
                process.terminate()
            for process in run:
                process.wait(20)


if __name__ == "__main__":
    main()
