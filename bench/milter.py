#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Postfix with Postern as its milter, beside Postfix with opendkim and
pyspf-milter, beside Postfix with rspamd, beside Postfix alone: the same signed
mail, one name server, one run.  Messages a second and CPU seconds of the whole
set-up (Postfix, milters, delivery) for 1000 messages.

The peers are unpacked, never installed; everything runs in a network name space
of its own.  Needs root, nsd and iproute2.

usage: milter.py POSTERN RULES [MESSAGES]
"""
import glob
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.join(HERE, "..", "tests")
sys.path.insert(0, os.path.join(TESTS, "integration"))
sys.path.insert(0, os.path.join(TESTS, "support"))
import postfix  # noqa: E402
from ports import free_port  # noqa: E402
from relay import family  # noqa: E402

CACHE = os.path.join(os.environ.get("POSTERN_TEST_CACHE",
                                    "/var/tmp/postern-test-cache"),
                     "milter-bench")
PACKAGES = ("opendkim libopendkim11 librbl1 libvbr2 libmemcached11 "
            "pyspf-milter python3-milter python3-spf-engine python3-spf "
            "python3-dns python3-authres rspamd libluajit-5.1-2 "
            "libluajit-5.1-common libhyperscan5 libsodium23 "
            "libunwind8").split()
SESSIONS = 20
SAMPLES = os.path.join(HERE, "..", "packaging", "first-run")


def unpacked():
    root = os.path.join(CACHE, "root")
    if os.path.exists(os.path.join(root, "ready")):
        return root
    os.makedirs(CACHE, exist_ok=True)
    subprocess.run(["apt-get", "download", *PACKAGES], cwd=CACHE, check=False,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for name in PACKAGES:
        found = glob.glob(os.path.join(CACHE, name + "_*.deb"))
        if not found:
            sys.exit("the package %s cannot be downloaded" % name)
        subprocess.run(["dpkg", "-x", found[0], root], check=True)
    with open(os.path.join(root, "ready"), "w", encoding="ascii"):
        return root


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def cpu(pid):
    """CPU seconds of a process, its children, and those that are gone."""
    total = 0
    for each in family(pid):
        try:
            with open("/proc/%d/stat" % each, encoding="ascii") as file:
                fields = file.read().rsplit(")", 1)[1].split()
        except FileNotFoundError:
            continue
        total += sum(int(fields[n]) for n in (11, 12, 13, 14))
    return total / os.sysconf("SC_CLK_TCK")


class Bench:
    def __init__(self, postern, rules):
        self.work = tempfile.mkdtemp(prefix="milter-bench")
        os.chmod(self.work, 0o777)
        self.root = unpacked()
        self.postern, self.rules = os.path.abspath(postern), rules
        libraries = os.path.join(self.root, "usr/lib/x86_64-linux-gnu")
        self.env = dict(os.environ, LD_LIBRARY_PATH=libraries + ":" +
                        os.path.join(self.root, "usr/lib/rspamd"),
                        PYTHONPATH=os.path.join(
                            self.root, "usr/lib/python3/dist-packages"))
        self.running = []
        with open(os.path.join(SAMPLES, "signed.eml"), "rb") as file:
            self.mail = file.read().replace(b"\n", b"\r\n")

    def path(self, *parts):
        return os.path.join(self.work, *parts)

    def start(self, *words):
        with open(self.path(os.path.basename(words[0]) + ".out"),
                  "ab") as log:
            process = subprocess.Popen(words, env=self.env, stdout=log,
                                       stderr=log)
        self.running.append(process)
        return process

    def stop(self):
        for process in self.running:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
        self.running = []

    def name_server(self):
        """nsd on port 53 of this name space, and a resolv.conf for it."""
        with open(os.path.join(SAMPLES, "first-run.zone"),
                  encoding="utf-8") as file:
            key = next(line for line in file
                       if line.startswith("sel._domainkey"))
        write(self.path("zone"),
              "$TTL 3600\n. SOA ns.signed.example. h.signed.example. 1 3600 "
              "3600 3600 3600\n. NS ns.signed.example.\n"
              "ns.signed.example. A 127.0.0.1\nclient.signed.example. A "
              "192.0.2.7\n7.2.0.192.in-addr.arpa. PTR client.signed."
              "example.\nsigned.example. TXT "
              '"v=spf1 ip4:192.0.2.0/24 -all"\n' + key)
        conf = write(self.path("nsd.conf"), """server:
 ip-address: 127.0.0.1@53
 username: ""
 zonesdir: "%s"
 database: ""
 pidfile: ""
 xfrdfile: ""
 zonelistfile: "%s"
zone:
 name: "."
 zonefile: "zone"
""" % (self.work, self.path("zl")))
        server = subprocess.Popen(["nsd", "-d", "-c", conf],
                                  stderr=subprocess.DEVNULL)
        resolv = write(self.path("resolv.conf"), "nameserver 127.0.0.1\n")
        subprocess.run(["mount", "--bind", resolv, "/etc/resolv.conf"],
                       check=True)
        return server

    def with_postern(self):
        port = free_port()
        conf = write(self.path("postern.conf"), """
authserv_id = mx.example.net
hostname = mx.example.net
user = nobody
log = "%s"
dns = auto
spool_directory = "%s"
filter "rules" { directories = {"%s"} }
milter "main" { address = "inet:%d@127.0.0.1" }
""" % (self.path("postern.log"), self.work, os.path.abspath(self.rules),
            port))
        self.start(self.postern, "serve", "-f", "-c", conf)
        return [port]

    def with_opendkim(self):
        ports = [free_port(), free_port()]
        conf = write(self.path("opendkim.conf"), """Mode v
Socket inet:%d@127.0.0.1
UserID nobody
Syslog no
InternalHosts 10.99.99.99
ExternalIgnoreList 10.99.99.99
AuthservID mx.example.net
""" % ports[0])
        self.start(os.path.join(self.root, "usr/sbin/opendkim"), "-f", "-x",
                   conf)
        conf = write(self.path("pyspf.conf"), """debugLevel = 0
TestOnly = 0
HELO_reject = False
Mail_From_reject = Fail
PermError_reject = False
TempError_Defer = False
skip_addresses = 10.99.99.99
Socket = inet:%d@127.0.0.1
PidFile = %s
UserID = nobody:nogroup
InternalHosts = 10.99.99.99
Authserv_Id = mx.example.net
""" % (ports[1], self.path("pyspf.pid")))
        self.start(sys.executable if sys.executable.startswith("/usr/bin")
                   else "/usr/bin/python3",
                   os.path.join(self.root, "usr/bin/pyspf-milter"), conf)
        return ports

    def with_rspamd(self):
        port = free_port()
        share = os.path.join(self.root, "usr/share/rspamd")
        local = self.path("rspamd", "local.d")
        write(local + "/worker-proxy.inc", 'milter = yes;\nbind_socket = '
              '"127.0.0.1:%d";\ncount = 1;\nupstream "local" {\n default = '
              'yes;\n self_scan = yes;\n}\n' % port)
        for worker in ("normal", "controller", "fuzzy"):
            write(local + "/worker-%s.inc" % worker, "enabled = false;\n")
        write(local + "/options.inc", 'dns { nameserver = ["127.0.0.1"]; }\n'
              'local_addrs = "10.99.99.99";\n')
        # what asks servers on the Internet has nobody to ask here
        for module in ("fuzzy_check", "rbl", "neural", "phishing", "mx_check",
                       "asn", "bayes_expiry", "history_redis", "greylist",
                       "ratelimit", "replies", "url_redirector"):
            write(local + "/%s.conf" % module, "enabled = false;\n")
        for folder in ("db", "run", "log"):
            os.makedirs(self.path("rspamd", folder))
            os.chmod(self.path("rspamd", folder), 0o777)
        names = {"CONFDIR": os.path.join(self.root, "etc/rspamd"),
                 "LOCAL_CONFDIR": self.path("rspamd"), "SHAREDIR": share,
                 "RULESDIR": share + "/rules", "LUALIBDIR": share + "/lualib",
                 "PLUGINSDIR": share + "/plugins", "WWWDIR": share + "/www",
                 "DBDIR": self.path("rspamd", "db"),
                 "RUNDIR": self.path("rspamd", "run"),
                 "LOGDIR": self.path("rspamd", "log")}
        self.start(os.path.join(self.root, "usr/bin/rspamd"), "-f", "-u",
                   "nobody", "-g", "nogroup", "-c",
                   names["CONFDIR"] + "/rspamd.conf",
                   *("--var=%s=%s" % item for item in names.items()))
        return [port]

    def session(self, port, count):
        with socket.create_connection(("127.0.0.1", port), 120,
                                      ("192.0.2.7", 0)) as sock:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            lines = sock.makefile("rb")
            lines.readline()
            sock.sendall(b"HELO client.signed.example\r\n")
            lines.readline()
            for _ in range(count):
                for text in (b"MAIL FROM:<erin@signed.example>",
                             b"RCPT TO:<bob@example.net>", b"DATA",
                             self.mail + b"."):
                    sock.sendall(text + b"\r\n")
                    reply = lines.readline()
                    if reply[:1] not in b"23":
                        raise RuntimeError(reply)

    def load(self, port, messages):
        threads = [threading.Thread(target=self.session, args=(
            port, messages // SESSIONS)) for _ in range(SESSIONS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def measure(self, name, make, messages):
        ports = make() if make else []
        if not wait_for(ports):
            self.stop()
            for path in glob.glob(self.path("*.out")) + \
                    glob.glob(self.path("rspamd/log/*")):
                with open(path, encoding="utf-8", errors="replace") as file:
                    print(os.path.basename(path), file.read()[-2000:])
            raise RuntimeError("%s does not start" % name)
        where = " ".join("inet:127.0.0.1:%d" % port for port in ports)
        mta = postfix.Postfix(main=[
            ("smtpd_milters", where), ("mynetworks", "10.99.99.0/24"),
            ("milter_default_action", "tempfail"),
            ("smtpd_client_connection_rate_limit", "0")]).start()
        try:
            self.load(mta.port, SESSIONS * 2)
            pids = [mta.process.pid] + [p.pid for p in self.running]
            before, begin = sum(map(cpu, pids)), time.monotonic()
            self.load(mta.port, messages)
            spent = time.monotonic() - begin
            deadline = time.monotonic() + 120
            while len(mta.mails("bob")) < messages + 2 * SESSIONS and \
                    time.monotonic() < deadline:
                time.sleep(0.2)
            used = sum(map(cpu, pids)) - before
            header = mta.mails("bob")[-1].split(b"\nReceived:")[0]
        finally:
            mta.stop()
            self.stop()
        print("%-34s %8.1f messages/s %8.2f CPU s for 1000" % (
            name, messages / spent, used / messages * 1000), flush=True)
        return messages / spent, used / messages * 1000, header


def wait_for(ports):
    for port in ports:
        for _ in range(1200):
            with socket.socket() as sock:
                if sock.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        else:
            return False
    time.sleep(1)
    return True


def own_space():
    if os.environ.get("POSTERN_OWN_NETWORK"):
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        subprocess.run(["ip", "route", "add", "local", "default", "dev",
                        "lo"], check=True)
        return
    unpacked()
    os.environ["POSTERN_OWN_NETWORK"] = "1"
    os.execvp("unshare", ["unshare", "--net", "--mount", sys.executable,
                          *sys.argv])


def main():
    if len(sys.argv) < 3 or os.geteuid() != 0:
        print(__doc__)
        return 64
    messages = int(sys.argv[3]) if len(sys.argv) > 3 else 1000
    own_space()
    bench = Bench(sys.argv[1], sys.argv[2])
    server = bench.name_server()
    try:
        rows = [bench.measure(*row, messages) for row in (
            ("Postfix alone", None),
            ("Postfix + Postern (spf dkim rules)", bench.with_postern),
            ("Postfix + opendkim + pyspf-milter", bench.with_opendkim),
            ("Postfix + rspamd", bench.with_rspamd))]
    finally:
        server.terminate()
        bench.stop()
        shutil.rmtree(bench.work, ignore_errors=True)
    ours = rows[1]
    for name, row in (("opendkim + pyspf-milter", rows[2]),
                      ("rspamd", rows[3])):
        print("Postern beside %s: %.2f times the rate, %.2f of the CPU; what "
              "the milters add to Postfix alone: %.2f of theirs" % (
                  name, ours[0] / row[0], ours[1] / row[1],
                  (ours[1] - rows[0][1]) / max(row[1] - rows[0][1], 0.01)))
    if "-v" in sys.argv:
        for row in rows:
            print(row[2].decode("utf-8", "replace"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
