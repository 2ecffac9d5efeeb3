#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""identity = transparent: the backend sees the client's own address on its
socket.  Postern and a real Postfix in network namespaces of their own, joined
by a cable; what comes from Postfix's side is delivered to Postern, whatever
address it is for, as the manual says that the admin must route it.
usage: POSTERN=./postern check_transparent.py"""
import atexit
import os
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from door import Client, Postern, Report  # noqa: E402
from postfix import Postfix, Unavailable  # noqa: E402

report = Report()
check = report.check
ROUTES = """
ip link set lo up
ip link add near type veth peer name far
ip link set far netns {pid}
ip addr add 10.9.0.1/24 dev near
ip -6 addr add fd00:9::1/64 dev near nodad
ip link set near up
ip rule add iif near lookup 100
ip route add local 0.0.0.0/0 dev lo table 100
ip -6 rule add iif near lookup 100
ip -6 route add local ::/0 dev lo table 100
nsenter -t {pid} -n ip link set lo up
nsenter -t {pid} -n ip addr add 10.9.0.2/24 dev far
nsenter -t {pid} -n ip -6 addr add fd00:9::2/64 dev far nodad
nsenter -t {pid} -n ip link set far up
nsenter -t {pid} -n ip route add default via 10.9.0.1
nsenter -t {pid} -n ip -6 route add default via fd00:9::1
"""


def lay_cable():
    """The process that holds the other namespace."""
    other = subprocess.Popen(["unshare", "-n", "sleep", "600"])
    atexit.register(other.kill)
    time.sleep(0.5)
    for line in ROUTES.format(pid=other.pid).strip().splitlines():
        got = subprocess.run(line.split(), stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, check=False)
        if got.returncode != 0:
            raise Unavailable("%s: %s" % (line, got.stdout.decode()))
    return other


def talk(other, host, first, address):
    backend = Postfix({"mynetworks": "10.9.0.0/24 [fd00:9::]/64"}, host=host,
                      wrap=["nsenter", "-t", str(other.pid), "-n"]).start()
    shown = "[%s]" % host if ":" in host else host
    postern = Postern({"mx": 'backend = "%s:%d" identity = transparent '
                       'accept_proxy = {127.0.0.0/8}' % (
                           shown, backend.port)})
    client = Client(postern.port, first=first)
    reply = client.mail()
    check("%s: mail is taken" % address, reply[:3] == "250", reply)
    check("%s: Postfix sees it on its socket" % address, backend.wait_log(
        "client=unknown[%s]" % address), backend.read_log()[-600:])
    reply = client.mail("x@elsewhere.example", ehlo=None)
    check("%s: relaying is refused, although we may relay" % address,
          reply.startswith("554 5.7.1"), reply)
    client.close()
    check("%s: Postern stops with 0" % address, postern.stop() == 0)
    backend.stop()


def main():
    if os.geteuid() != 0 or not shutil.which("ip") or \
            subprocess.run(["unshare", "-n", "true"],
                           check=False).returncode != 0:
        print("skipped: needs root, ip and network namespaces")
        return 77
    if "inside" not in sys.argv:
        os.execvp("unshare", ["unshare", "-n", sys.executable, *sys.argv,
                              "inside"])
    try:
        other = lay_cable()
        talk(other, "10.9.0.2",
             b"PROXY TCP4 192.0.2.7 192.0.2.1 4321 25\r\n", "192.0.2.7")
        talk(other, "fd00:9::2",
             b"PROXY TCP6 2001:db8::7 2001:db8::1 4321 25\r\n",
             "2001:db8::7")
    except Unavailable as reason:
        print("skipped: %s" % reason)
        return 77
    print("%d checks passed, %d failed" % (report.passed,
                                           len(report.failures)))
    return 1 if report.failures else 0


if __name__ == "__main__":
    sys.exit(main())
