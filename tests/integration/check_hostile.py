#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Hostile clients, each beside a normal one in the same worker: a message of
it takes a fifth of a second at most, memory is bounded, and nothing stays open.
How its latency compares with the usual one is printed.  Time is noisy on a
shared machine, so that being slower than twice is wrong only with
HOSTILE_STRICT=1, and not beside clients that bring whole messages as fast as
they can and so want all of a processor.

The attackers run at a lower priority, as if they had a machine of their own;
medians are compared, and a round that the machine disturbed is played again.

usage: check_hostile.py [POSTERN [ATTACK ...]]
"""
import multiprocessing
import os
import re
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "support")]
from hostile_clients import ATTACKS, LOADS  # noqa: E402
from ports import free_port  # noqa: E402

SECONDS = float(os.environ.get("HOSTILE_SECONDS", "0.6"))
ROUNDS = 5
TWICE = 2.0
STRICT = bool(os.environ.get("HOSTILE_STRICT"))
LOADED = 200.0  # ms
MEMORY_MOST = 100 << 10  # KB that an attack may cost at its worst
MESSAGE = b"Subject: normal\r\n\r\n" + b"a line of this mail\r\n" * 200


def message_latency(port):
    """Seconds from connect to the end of a normal client's session."""
    begin = time.perf_counter()
    with socket.create_connection(("127.0.0.1", port), 20) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        lines = sock.makefile("rb")
        lines.readline()
        for text, code in ((b"EHLO c.example", b"250 "),
                           (b"MAIL FROM:<a@example.org>", b"250 "),
                           (b"RCPT TO:<b@example.net>", b"250 "),
                           (b"DATA", b"354 "), (MESSAGE + b".", b"250 "),
                           (b"QUIT", b"221 ")):
            sock.sendall(text + b"\r\n")
            line = lines.readline()
            while line[3:4] == b"-":
                line = lines.readline()
            if line[:4] != code:
                raise RuntimeError("%r answered %r" % (text[:20], line))
    return time.perf_counter() - begin


def median_latency(port, seconds):
    """Milliseconds, over as many messages as go in that time."""
    end = time.monotonic() + seconds
    got = [message_latency(port)]
    while time.monotonic() < end:
        got.append(message_latency(port))
        time.sleep(0.002)
    return 1000 * statistics.median(got), len(got)


class Postern:
    """The program with one worker, its sink, and what they hold."""

    def __init__(self, binary, work):
        self.port, self.behind = free_port(), free_port()
        with open(work + "/zone", "w", encoding="utf-8") as file:
            file.write("x.example A 192.0.2.1\n")
        with open(work + "/conf", "w", encoding="utf-8") as file:
            file.write("""
authserv_id = mx.test.example
user = nobody
workers = 1
filters = {}
dns = "zone:%s/zone"
spool_directory = "%s"
listener "t" { address = "127.0.0.1:%d" backend = "127.0.0.1:%d"
    chunking = yes }
""" % (work, work, self.port, self.behind))
        self.sink = subprocess.Popen([
            binary, "sink", "--quiet", "--listen",
            "127.0.0.1:%d" % self.behind])
        self.serve = subprocess.Popen(
            [binary, "serve", "-f", "-c", work + "/conf"],
            stderr=open(work + "/log", "wb"))
        for _ in range(200):
            time.sleep(0.05)
            with open(work + "/log", "rb") as file:
                if b"backend ready" in file.read():
                    break
        with open("/proc/%d/task/%d/children" % (
                self.serve.pid, self.serve.pid), encoding="ascii") as file:
            self.worker = int(file.read().split()[0])
        with open("/proc/%d/status" % self.worker, encoding="ascii") as file:
            size = int(re.search(r"VmSize:\s+(\d+)", file.read())[1])
        self.sanitized = size > 1 << 30  # KB of addresses

    def stop(self):
        self.serve.terminate()
        code = self.serve.wait(70)
        self.sink.terminate()
        self.sink.wait(10)
        return code

    def memory(self):
        """KB that are the worker's own: no library's, no other process's."""
        with open("/proc/%d/smaps_rollup" % self.worker,
                  encoding="ascii") as file:
            text = file.read()
        return sum(int(kb) for kb in re.findall(
            r"Private_(?:Dirty|Clean): +(\d+)", text))

    def descriptors(self):
        return len(os.listdir("/proc/%d/fd" % self.worker))

    def behind_open(self):
        """Connections to the backend, from its own table."""
        with open("/proc/net/tcp", encoding="ascii") as file:
            rows = [line.split() for line in file.readlines()[1:]]
        return sum(row[2].endswith(":%04X" % self.behind) and row[3] == "01"
                   for row in rows)

    def held(self):
        return self.descriptors(), self.behind_open()


def run_attack(attack, port, stop):
    os.nice(10)
    attack(port, stop)


def under_attack(postern, attack, seconds):
    """(median in ms, messages, most KB) while it goes on."""
    stop, most = multiprocessing.Event(), 0
    process = multiprocessing.Process(
        target=run_attack, args=(attack, postern.port, stop), daemon=True)
    process.start()
    time.sleep(0.3)
    medians, count = [], 0
    for _ in range(4):
        median, messages = median_latency(postern.port, seconds / 4)
        medians.append(median)
        count += messages
        most = max(most, postern.memory())
    alive = process.is_alive()
    stop.set()
    process.join(10)
    if not alive or process.exitcode != 0:
        raise RuntimeError("the attack ended early")
    return statistics.median(medians), count, most


def settle(postern, before):
    """What is still held a while after everybody left."""
    end = time.monotonic() + 15
    while time.monotonic() < end:
        now = postern.held()
        if now[0] <= before[0] and now[1] <= before[1]:
            return now
        time.sleep(0.05)
    return postern.held()


def judge(postern, attack, times, median, memory):
    """What is wrong, or None.  A sanitizer costs time and memory itself."""
    if postern.sanitized:
        return None
    if median > LOADED:
        return "slower than %d ms" % LOADED
    if STRICT and attack not in LOADS and times > TWICE:
        return "slower than twice"
    return "memory" if memory > MEMORY_MOST else None


def play(postern, attack):
    """Prints a line; what is wrong, or None."""
    problem = None
    for number in range(1, ROUNDS + 1):
        seconds = number * SECONDS
        before, base = postern.held(), postern.memory()
        usual, _ = median_latency(postern.port, seconds / 3)
        median, count, most = under_attack(postern, attack, seconds)
        after = settle(postern, before)
        later, _ = median_latency(postern.port, seconds / 3)
        usual = max(usual, later)
        problem = judge(postern, attack, median / usual, median, most - base)
        if after[0] > before[0] or after[1] > before[1]:
            problem = "left open: %r, before %r" % (after, before)
        print("  %-22s usual %5.2f ms, beside %5.2f ms (%.1fx, %d messages); "
              "worker %5d KB, +%d KB at most; descriptors %d -> %d, "
              "backend %d -> %d%s" % (
                  attack.__name__, usual, median, median / usual, count, base,
                  most - base, before[0], after[0], before[1], after[1],
                  "; " + problem if problem else ""), flush=True)
        if not problem:
            return None
    return problem


def main():
    binary = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else
                             os.environ["POSTERN"])
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    attacks = [attack for attack in ATTACKS + LOADS
               if not sys.argv[2:] or attack.__name__ in sys.argv[2:]]
    with tempfile.TemporaryDirectory(prefix="postern-hostile") as work:
        os.chmod(work, 0o777)
        postern = Postern(binary, work)
        if postern.sanitized:
            print("skipped: latency and memory, a sanitizer costs both")
        median_latency(postern.port, 0.5)  # everything is warm
        wrong = [attack.__name__ for attack in attacks
                 if play(postern, attack)]
        code = postern.stop()
    print("%d attacks, %d wrong%s" % (len(attacks), len(wrong),
                                      ": " + ", ".join(wrong)
                                      if wrong else ""))
    return 1 if wrong or code else 0


if __name__ == "__main__":
    sys.exit(main())
