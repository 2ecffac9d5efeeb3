# SPDX-License-Identifier: BSD-2-Clause
"""`postern serve` with a milter section, for tests."""
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time

from ports import free_port

HERE = os.path.dirname(os.path.abspath(__file__))
SAMPLES = os.path.join(HERE, "..", "..", "packaging", "first-run")

RULES = r"""
body     T_SPAM     /XJS\*C4JDBQADN1/
score    T_SPAM     1000
header   T_TAG      Subject =~ /tag me/
score    T_TAG      6
header   T_HOLD     Subject =~ /hold me/
action   T_HOLD     quarantine
header   T_DROP     Subject =~ /drop me/
action   T_DROP     discard
header   T_PERCENT  Subject =~ /percent/
action   T_PERCENT  reject "100% sure %s %d"
header   T_LATER    Subject =~ /later/
action   T_LATER    defer
stage    T_RCPT     rcpt
header   T_RCPT     EnvelopeFrom =~ /refuse-me@/
action   T_RCPT     reject "Not from there"
"""

CONFIG = """
authserv_id = mx.example.net
hostname = mx.example.net
user = nobody
workers = 1
dns = "{dns}"
log_format = {log_format}
spool_directory = "{spool}"
filter "rules" {{ directories = {{"{rules}"}} budget = 60s }}
filter "spf" {{ on_fail = reject {spf} }}
allow_discard = yes
{extra}
milter "main" {{ address = "{address}" {section} }}
"""


class Door:
    """One running Postern.  keys: extra, section, spf, address, dns,
    rules, log_format, spool."""

    def __init__(self, postern, **keys):
        self.postern = os.path.abspath(postern)
        self.work = tempfile.mkdtemp(prefix="postern-milter")
        os.chmod(self.work, 0o777)
        self.log = os.path.join(self.work, "log")
        self.conf = os.path.join(self.work, "postern.conf")
        rules = os.path.join(self.work, "rules")
        os.mkdir(rules)
        with open(os.path.join(rules, "t.cf"), "w",
                  encoding="utf-8") as file:
            file.write(RULES)
        self.port = free_port()
        self.keys = {"extra": "", "section": "", "spf": "", "log_format": "text",
                     "dns": "zone:%s/first-run.zone" %
                            os.path.abspath(SAMPLES),
                     "address": "inet:%d@127.0.0.1" % self.port,
                     "spool": self.work, "rules": rules}
        self.keys.update(keys)
        self.address = self.keys["address"]
        self.write()
        self.process = None

    def write(self, **keys):
        self.keys.update(keys)
        with open(self.conf, "w", encoding="utf-8") as file:
            file.write(CONFIG.format(**self.keys))

    def start(self, wrapper=()):
        before = self.read_log().count("serving")
        self.process = subprocess.Popen(
            [*wrapper, self.postern, "serve", "-f", "-c", self.conf],
            stdout=subprocess.DEVNULL, stderr=open(self.log, "ab"))
        for _ in range(200):
            if self.read_log().count("serving") > before:
                return self
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise RuntimeError("Postern does not start: " + self.read_log())

    def read_log(self):
        if not os.path.exists(self.log):
            return ""
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()

    def wait_log(self, text, count=1, seconds=10):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.read_log().count(text) >= count:
                return True
            time.sleep(0.05)
        return False

    def lines(self, verb=None):
        """The JSON objects of the log (log_format = json)."""
        out = []
        for line in self.read_log().splitlines():
            at = line.find("{")
            if at >= 0:
                out.append(json.loads(line[at:]))
        return [o for o in out if verb is None or o.get("verb") == verb]

    def children(self):
        """Process ids of the milter."""
        path = "/proc/%d/task/%d/children" % (self.process.pid,
                                              self.process.pid)
        with open(path, encoding="ascii") as file:
            return [int(word) for word in file.read().split()]

    def reload(self):
        before = self.read_log().count("reloaded ")
        self.process.send_signal(signal.SIGHUP)
        return self.wait_log("reloaded ", before + 1)

    def stop(self, keep=False):
        code = None
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                code = self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if not keep:
            shutil.rmtree(self.work, ignore_errors=True)
        return code
