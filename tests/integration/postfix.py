# SPDX-License-Identifier: BSD-2-Clause
"""A real Postfix for tests: unpacked, never installed.

The package is downloaded by name and unpacked into a cache folder; its
configuration, queue and log live in a temporary folder, so that the machine's
own mail set-up is neither read nor touched.  Needs root, because Postfix does.
"""
import atexit
import glob
import grp
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "support"))
from ports import free_port  # noqa: E402,F401

CACHE = os.path.join(os.environ.get("POSTERN_TEST_CACHE",
                                    "/var/tmp/postern-test-cache"), "postfix")


class Unavailable(Exception):
    """Why there is no Postfix here; the test is skipped, and says so."""


def unpacked():
    """The folder of the unpacked package."""
    if os.geteuid() != 0:
        raise Unavailable("Postfix needs root")
    root = os.path.join(CACHE, "root")
    if os.path.exists(os.path.join(root, "usr/lib/postfix/sbin/master")):
        return root
    os.makedirs(CACHE, exist_ok=True)
    got = subprocess.run(["apt-get", "download", "postfix"], cwd=CACHE,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    packages = glob.glob(os.path.join(CACHE, "postfix_*.deb"))
    if got.returncode != 0 or not packages:
        raise Unavailable("the package postfix cannot be downloaded: " +
                          got.stdout.decode("utf-8", "replace")[-200:])
    subprocess.run(["dpkg", "-x", packages[0], root], check=True)
    return root


class Postfix:
    """One running instance.  main: further main.cf settings; smtpd: options
    of its smtpd; rows: further lines of master.cf; host: where it listens;
    wrap: words before its command; users: further mailboxes of example.net."""

    name = "Postfix"

    def __init__(self, main=(), smtpd=(), rows=(), host="127.0.0.1",
                 wrap=(), users=()):
        self.host, self.rows, self.wrap = host, list(rows), list(wrap)
        self.root = unpacked()
        self.base = tempfile.mkdtemp(prefix="postfix-test")
        os.chmod(self.base, 0o755)
        self.port = free_port()
        self.log = os.path.join(self.base, "mail.log")
        self.vmail = os.path.join(self.base, "vmail")
        self.proxied = any("upstream_proxy" in option for option in smtpd)
        self.libraries = os.path.join(self.root, "usr/lib/postfix")
        self.users = ("bob", "carol", "postmaster", *users)
        self.write_files(main, smtpd)
        self.process = None

    def path(self, *parts):
        return os.path.join(self.base, *parts)

    def settings(self):
        sbin = os.path.join(self.root, "usr/lib/postfix/sbin")
        return {
            "compatibility_level": "3.6",
            "config_directory": self.path("conf"),
            "queue_directory": self.path("queue"),
            "data_directory": self.path("data"),
            "daemon_directory": sbin,
            "command_directory": os.path.join(self.root, "usr/sbin"),
            "shlib_directory": self.libraries,
            "mail_owner": "list", "setgid_group": "irc",
            "default_privs": "nobody",
            "maillog_file": self.log,
            "maillog_file_prefixes": self.base,
            "import_environment": "MAIL_CONFIG MAIL_LOGTAG TZ "
                                  "LD_LIBRARY_PATH",
            "export_environment": "TZ MAIL_CONFIG LANG LD_LIBRARY_PATH",
            "myhostname": "backend.example.net",
            "mydestination": "",
            "mynetworks": "10.0.0.0/8",
            "inet_interfaces": self.host,
            "inet_protocols": "ipv6" if ":" in self.host else "all",
            "smtputf8_enable": "yes",
            "virtual_mailbox_domains": "example.net",
            "virtual_mailbox_base": self.vmail,
            "virtual_mailbox_maps": "texthash:" + self.path("users"),
            "virtual_uid_maps": "static:%d" % pwd.getpwnam("mail").pw_uid,
            "virtual_gid_maps": "static:%d" % grp.getgrnam("mail").gr_gid,
            "virtual_minimum_uid": "1",
            "alias_maps": "", "local_recipient_maps": "",
            "local_header_rewrite_clients": "",
            "message_size_limit": "60000000", "mailbox_size_limit": "0",
            "virtual_mailbox_limit": "0",
            "smtpd_relay_restrictions": "permit_mynetworks, "
                                        "reject_unauth_destination",
            "smtpd_authorized_xclient_hosts": "127.0.0.1",
            "smtpd_client_connection_count_limit": "0",
            "smtpd_peername_lookup": "no",
            "smtpd_delay_reject": "yes",
        }

    def write_files(self, main, smtpd):
        for folder in ("conf", "queue", "data", "vmail"):
            os.makedirs(self.path(folder))
        for name in ("active bounce corrupt defer deferred flush hold "
                     "incoming private saved trace").split():
            os.makedirs(self.path("queue", name))
            shutil.chown(self.path("queue", name), "list")
        for name in ("public", "maildrop", "pid"):
            os.makedirs(self.path("queue", name))
        shutil.chown(self.path("queue", "public"), "list", "irc")
        os.chmod(self.path("queue", "public"), 0o710)
        shutil.chown(self.path("queue", "maildrop"), "list", "irc")
        os.chmod(self.path("queue", "maildrop"), 0o730)
        shutil.chown(self.path("data"), "list")
        shutil.chown(self.vmail, "mail", "mail")
        settings = dict(self.settings(), **dict(main))
        with open(self.path("conf", "main.cf"), "w",
                  encoding="utf-8") as file:
            for item in settings.items():
                file.write("%s = %s\n" % item)
        with open(self.path("users"), "w", encoding="utf-8") as file:
            for user in self.users:
                file.write("%s@example.net %s/\n" % (user, user))
        self.write_master(smtpd)

    def write_master(self, smtpd):
        host = "[%s]" % self.host if ":" in self.host else self.host
        rows = ["%s:%d inet n - n - - smtpd %s" % (
            host, self.port, " ".join("-o " + option for option in smtpd))]
        rows += ["%s unix n - n - 0 %s" % (name, command)
                 for name, command in (
                     ("cleanup", "cleanup"), ("bounce", "bounce"),
                     ("defer", "bounce"), ("trace", "bounce"))]
        rows += ["%s unix - - n - - %s" % (name, name)
                 for name in ("rewrite",)]
        rows[-1] = "rewrite unix - - n - - trivial-rewrite"
        rows += ["qmgr unix n - n 300 1 qmgr",
                 "pickup unix n - n 60 1 pickup",
                 "virtual unix - n n - - virtual",
                 "smtp unix - - n - - smtp",
                 "error unix - - n - - error",
                 "retry unix - - n - - error",
                 "proxymap unix - - n - - proxymap",
                 "anvil unix - - n - 1 anvil",
                 "tlsmgr unix - - n 1000? 1 tlsmgr",
                 "postlog unix-dgram n - n - 1 postlogd", *self.rows]
        with open(self.path("conf", "master.cf"), "w",
                  encoding="utf-8") as file:
            file.write("\n".join(rows) + "\n")

    def start(self):
        env = {"MAIL_CONFIG": self.path("conf"), "PATH": "/usr/bin:/bin",
               "LD_LIBRARY_PATH": self.libraries}
        master = os.path.join(self.root, "usr/lib/postfix/sbin/master")
        self.process = subprocess.Popen(
            self.wrap + [master, "-c", self.path("conf"), "-d"], env=env,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        atexit.register(self.process.terminate)
        end = time.monotonic() + 20
        while time.monotonic() < end:
            try:
                with socket.create_connection((self.host, self.port),
                                              2) as sock:
                    if self.proxied:
                        sock.sendall(b"PROXY TCP4 127.0.0.1 127.0.0.1 9 9\r\n")
                    if sock.recv(100).startswith(b"220"):
                        return self
            except OSError:
                time.sleep(0.1)
        raise Unavailable("Postfix does not start: " + self.read_log()[-600:])

    def stop(self):
        if self.process:
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

    def wait_log(self, text, count=1, seconds=15):
        """Waits until the log holds the text that often."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.read_log().count(text) >= count:
                return True
            time.sleep(0.1)
        return False

    def submit(self, mail, *words):
        """`sendmail -t` of a local user: exit code and what it said."""
        env = {"MAIL_CONFIG": self.path("conf"), "PATH": "/usr/bin:/bin",
               "LD_LIBRARY_PATH": self.libraries}
        # set-group-id programs do not look at LD_LIBRARY_PATH
        os.chmod(os.path.join(self.root, "usr/sbin/postdrop"), 0o755)
        got = subprocess.run(
            [os.path.join(self.root, "usr/sbin/sendmail"), "-t", "-i", *words],
            env=env, input=mail, capture_output=True, timeout=60)
        return got.returncode, got.stdout + got.stderr

    def held(self):
        """How many mails are in the hold queue."""
        return sum(len(files) for _, _, files
                   in os.walk(self.path("queue", "hold")))

    def mails(self, user):
        """Octets of every delivered mail of a user."""
        folder = os.path.join(self.vmail, user, "new")
        if not os.path.isdir(folder):
            return []
        out = []
        for name in sorted(os.listdir(folder)):
            with open(os.path.join(folder, name), "rb") as file:
                out.append(file.read())
        return out
