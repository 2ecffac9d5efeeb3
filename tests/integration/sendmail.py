# SPDX-License-Identifier: BSD-2-Clause
"""A real Sendmail for tests: unpacked, never installed.

The packages are downloaded by name and unpacked into a cache folder; the
configuration is made by m4 from the unpacked sources, and everything it names
lives in a temporary folder.  It runs in a host-name space of its own, because
Sendmail sleeps a minute where the machine's name has no dot.  Needs root.
"""
import glob
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from ports import free_port
from postfix import Unavailable

CACHE = os.path.join(os.environ.get("POSTERN_TEST_CACHE",
                                    "/var/tmp/postern-test-cache"),
                     "sendmail")
FEATURE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..",
                       "packaging", "sendmail", "postern.m4")
PACKAGES = ("sendmail-bin", "sendmail-cf", "libwrap0", "liblockfile1")

MC = """divert(0)dnl
VERSIONID(`test')dnl
OSTYPE(`linux')dnl
define(`confDOMAIN_NAME', `backend.example.net')dnl
define(`QUEUE_DIR', `{base}/queue')dnl
define(`ALIAS_FILE', `')dnl
define(`STATUS_FILE', `{base}/conf/statistics')dnl
define(`HELP_FILE', `{base}/conf/helpfile')dnl
define(`confPID_FILE', `{base}/conf/pid')dnl
define(`confCW_FILE', `-o {base}/conf/cw')dnl
define(`confCT_FILE', `-o {base}/conf/ct')dnl
define(`confSERVICE_SWITCH_FILE', `{base}/conf/switch')dnl
define(`confDONT_BLAME_SENDMAIL', `AssumeSafeChown,GroupWritableDirPathSafe,InsufficientEntropy,NonRootSafeAddr')dnl
define(`confMAX_MESSAGE_SIZE', `60000000')dnl
define(`confTO_IDENT', `0')dnl
define(`confQUEUE_LA', `10000')dnl
define(`confREFUSE_LA', `10000')dnl
define(`confDELAY_LA', `0')dnl
define(`confMAX_DAEMON_CHILDREN', `0')dnl
define(`confBAD_RCPT_THROTTLE', `0')dnl
define(`confLOG_LEVEL', `14')dnl
FEATURE(`no_default_msa')dnl
FEATURE(`nocanonify')dnl
FEATURE(`accept_unresolvable_domains')dnl
FEATURE(`accept_unqualified_senders')dnl
DAEMON_OPTIONS(`Name=MTA, Addr=127.0.0.1, Port={port}')dnl
LOCAL_DOMAIN(`example.net')dnl
{extra}
define(`LOCAL_MAILER_PATH', `{base}/conf/deliver.sh')dnl
define(`LOCAL_MAILER_ARGS', `deliver.sh {vmail} $u')dnl
define(`LOCAL_MAILER_FLAGS', `S')dnl
MODIFY_MAILER_FLAGS(`LOCAL', `-w-m-r-n-P-A')dnl
MAILER(`local')dnl
MAILER(`smtp')dnl
"""

# A Maildir, so that tests look at mail as they do with Postfix.
DELIVER = """#!/bin/sh
mkdir -p "$1/$2/new" && cat > "$1/$2/.$$" &&
    mv "$1/$2/.$$" "$1/$2/new/$(date +%s%N).$$"
"""

# What `sendmail -t` of a user does: it speaks SMTP to the server.
SUBMIT = """divert(0)dnl
OSTYPE(`linux')dnl
define(`confDOMAIN_NAME', `backend.example.net')dnl
define(`MSP_QUEUE_DIR', `{base}/mspqueue')dnl
define(`QUEUE_DIR', `{base}/mspqueue')dnl
define(`confPID_FILE', `{base}/conf/msppid')dnl
define(`STATUS_FILE', `{base}/conf/statistics')dnl
define(`confSERVICE_SWITCH_FILE', `{base}/conf/switch')dnl
define(`confRUN_AS_USER', `mail')dnl
define(`confTRUSTED_USER', `mail')dnl
define(`confDONT_BLAME_SENDMAIL', `AssumeSafeChown,GroupWritableDirPathSafe,InsufficientEntropy,NonRootSafeAddr')dnl
define(`confTIME_ZONE', `USE_TZ')dnl
define(`RELAY_MAILER_ARGS', `TCP $h {port}')dnl
FEATURE(`msp', `[127.0.0.1]')dnl
"""


def unpacked():
    """The folder of the unpacked packages."""
    if os.geteuid() != 0:
        raise Unavailable("Sendmail needs root")
    root = os.path.join(CACHE, "root")
    if os.path.exists(os.path.join(root, "ready")):
        return root
    if not shutil.which("m4"):
        raise Unavailable("there is no m4")
    os.makedirs(CACHE, exist_ok=True)
    got = subprocess.run(["apt-get", "download", *PACKAGES], cwd=CACHE,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    for name in PACKAGES:
        found = glob.glob(os.path.join(CACHE, name + "_*.deb"))
        if not found:
            raise Unavailable("the package %s cannot be downloaded: %s" % (
                name, got.stdout.decode("utf-8", "replace")[-200:]))
        subprocess.run(["dpkg", "-x", found[0], root], check=True)
    # set-group-id programs do not look at LD_LIBRARY_PATH
    os.chmod(os.path.join(root, "usr/libexec/sendmail/sendmail"), 0o755)
    with open(os.path.join(root, "ready"), "w", encoding="ascii"):
        return root


class Sendmail:
    """One running instance.  milter: its socket, or "" for none; flags: what
    happens without it."""

    name = "Sendmail"

    def __init__(self, milter="", flags="T"):
        self.root = unpacked()
        self.base = tempfile.mkdtemp(prefix="sendmail-test")
        os.chmod(self.base, 0o755)
        self.port = free_port()
        self.log = self.path("mail.log")
        self.vmail = self.path("vmail")
        self.process = None
        for folder in ("conf", "queue", "mspqueue", "vmail"):
            os.makedirs(self.path(folder))
        os.chmod(self.path("queue"), 0o700)
        os.chmod(self.path("mspqueue"), 0o770)
        shutil.chown(self.path("mspqueue"), "mail", "mail")
        self.write("conf/deliver.sh", DELIVER)
        os.chmod(self.path("conf/deliver.sh"), 0o755)
        os.chmod(self.vmail, 0o777)
        self.write("conf/switch", "hosts files\n")
        self.write("conf/helpfile", "")
        shutil.copy(FEATURE, os.path.join(
            self.root, "usr/share/sendmail/cf/feature"))
        extra = ""
        if milter:
            extra = "FEATURE(`postern', `%s', `%s')dnl" % (milter, flags)
        self.make_cf("sendmail", MC, extra)
        self.make_cf("submit", SUBMIT, "")

    def path(self, *parts):
        return os.path.join(self.base, *parts)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def make_cf(self, name, text, extra):
        self.write("conf/%s.mc" % name, text.format(
            base=self.base, vmail=self.vmail, port=self.port, extra=extra))
        cf = os.path.join(self.root, "usr/share/sendmail/cf/")
        with open(self.path("conf/%s.cf" % name), "wb") as out:
            subprocess.run(["m4", "-D_CF_DIR_=" + cf, cf + "m4/cf.m4",
                            self.path("conf/%s.mc" % name)], cwd=cf + "cf",
                           stdout=out, stderr=subprocess.PIPE, check=True,
                           timeout=30)

    def command(self, *words, cf="sendmail"):
        """A command line, and the environment it needs."""
        binary = os.path.join(self.root, "usr/libexec/sendmail/sendmail")
        line = ["unshare", "--uts", "sh", "-c",
                'hostname backend.example.net; exec "$0" "$@"',
                binary, "-C", self.path("conf/%s.cf" % cf), *words]
        return line, {"PATH": "/usr/bin:/bin", "LD_LIBRARY_PATH":
                      os.path.join(self.root, "usr/lib/x86_64-linux-gnu")}

    def start(self):
        line, env = self.command("-bD", "-d8.0", "-X", self.log)
        self.process = subprocess.Popen(
            line, env=env, stdout=subprocess.DEVNULL,
            stderr=open(self.path("stderr"), "wb"))
        end = time.monotonic() + 20
        while time.monotonic() < end and self.process.poll() is None:
            try:
                with socket.create_connection(("127.0.0.1", self.port),
                                              5) as sock:
                    if sock.recv(100)[:1] in (b"2", b"4"):
                        sock.sendall(b"QUIT\r\n")
                        sock.recv(100)
                        return self
            except OSError:
                time.sleep(0.1)
        with open(self.path("stderr"), encoding="utf-8") as file:
            raise Unavailable("Sendmail does not start: " + file.read()[-600:])

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
        shutil.rmtree(self.base, ignore_errors=True)

    def read_log(self):
        try:
            with open(self.log, encoding="utf-8", errors="replace") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def mails(self, user):
        """Octets of every delivered mail of a user."""
        out = []
        for name in sorted(glob.glob(os.path.join(self.vmail, user, "new",
                                                  "*"))):
            with open(name, "rb") as file:
                out.append(file.read())
        return out

    def submit(self, mail, *words):
        """`sendmail -t` of a local user: exit code and what it said."""
        line, env = self.command("-Ac", "-t", "-i", *words, cf="submit")
        got = subprocess.run(line, env=env, input=mail, capture_output=True,
                             timeout=60)
        return got.returncode, got.stdout + got.stderr

    def speak(self, *commands):
        """SMTP on standard input (`sendmail -bs`): no connection at all.
        The reply to each command; lines below DATA are one command."""
        line, env = self.command("-bs")
        with subprocess.Popen(line, env=env, stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE) as process:
            replies = []
            for command in (None, *commands):
                if command is not None:
                    process.stdin.write(command + b"\r\n")
                    process.stdin.flush()
                while True:
                    text = process.stdout.readline()
                    if text[3:4] != b"-":
                        break
                replies.append(text.decode().strip())
        return replies[1:]

    def held(self):
        """How many mails are in quarantine (hf files)."""
        return len(glob.glob(self.path("queue", "hf*")))
