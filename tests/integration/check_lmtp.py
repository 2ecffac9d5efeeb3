#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""A real Dovecot LMTP server behind: delivered, refused at RCPT, and answered
for each recipient; over TCP and a unix socket.
usage: POSTERN=./postern check_lmtp.py"""
import atexit
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from door import MAIL, Client, Postern, Report, free_port  # noqa: E402
from packages import Unavailable, unpacked  # noqa: E402

report = Report()
check = report.check
CONFIG = """
base_dir = {base}/run
state_dir = {base}/state
log_path = {base}/log
default_internal_user = list
default_internal_group = irc
default_login_user = nobody
protocols = lmtp
ssl = no
listen = 127.0.0.1
hostname = backend.example.net
mail_location = maildir:{base}/mail/%n
first_valid_uid = 1
postmaster_address = postmaster@example.net
quota_full_tempfail = no
passdb {{
  driver = passwd-file
  args = {base}/users
}}
userdb {{
  driver = passwd-file
  args = {base}/users
}}
service lmtp {{
  inet_listener lmtp {{
    port = {port}
  }}
  unix_listener {base}/lmtp {{
    mode = 0666
  }}
}}
service stats {{
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
"""


class Dovecot:
    """One LMTP server; bob and carol have a mailbox, full has none that can
    be written."""

    def __init__(self):
        if os.geteuid() != 0:
            raise Unavailable("Dovecot needs root")
        root = unpacked("dovecot", "dovecot-core", "dovecot-lmtpd")
        self.base = tempfile.mkdtemp(prefix="dovecot-test")
        os.chmod(self.base, 0o755)
        self.port = free_port()
        for name in ("run", "state", "mail"):
            os.mkdir(os.path.join(self.base, name))
        shutil.chown(os.path.join(self.base, "mail"), "mail", "mail")
        with open(self.base + "/users", "w", encoding="ascii") as file:
            for user in ("bob", "carol"):
                file.write("%s@example.net:{PLAIN}x:8:8::%s/mail/%s::\n" % (
                    user, self.base, user))
            file.write("full@example.net:{PLAIN}x:8:8::/proc/none::"
                       "userdb_mail=maildir:/proc/none\n")
        with open(self.base + "/conf", "w", encoding="utf-8") as file:
            file.write(CONFIG.format(base=self.base, port=self.port))
        # Its paths are compiled in; it sees /usr with itself laid over it,
        # and nobody else does.
        self.process = subprocess.Popen(
            ["unshare", "-m", "sh", "-c",
             'mount -t overlay overlay -o "lowerdir=$1:/usr" /usr && '
             'exec /usr/sbin/dovecot -F -c "$2"', "sh", root + "/usr",
             self.base + "/conf"])
        atexit.register(self.process.terminate)
        self.wait()

    def wait(self):
        end = time.monotonic() + 15
        while time.monotonic() < end:
            try:
                with socket.create_connection(("127.0.0.1", self.port),
                                              5) as sock:
                    if sock.recv(100).startswith(b"220"):
                        return
            except OSError:
                time.sleep(0.1)
        raise Unavailable("Dovecot does not start: " + self.read_log())

    def read_log(self):
        try:
            with open(self.base + "/log", encoding="utf-8") as file:
                return file.read()
        except OSError:
            return ""

    def mails(self, user):
        folder = os.path.join(self.base, "mail", user, "new")
        if not os.path.isdir(folder):
            return []
        return [open(os.path.join(folder, name), "rb").read()
                for name in sorted(os.listdir(folder))]

    def stop(self):
        self.process.terminate()
        self.process.wait(20)
        shutil.rmtree(self.base, ignore_errors=True)


def two(client, first, second):
    """The reply to a message for both."""
    client.say("RSET")
    replies = [client.say("MAIL FROM:<a@good.example>")]
    replies += [client.say("RCPT TO:<%s@example.net>" % name)
                for name in (first, second)]
    if client.say("DATA")[:3] != "354":
        return replies
    return replies + [client.say(MAIL + b".")]


def talk(dovecot, backend, what):
    postern = Postern({"mx": 'backend = "%s" protocol = lmtp '
                       'clients = {127.0.0.0/8}' % backend})
    client = Client(postern.port)
    before = len(dovecot.mails("bob")), len(dovecot.mails("carol"))
    reply = client.mail()
    check("%s: delivered" % what, reply.startswith("250 2.0.0 <bob@"), reply)
    reply = client.mail("nobody@example.net", ehlo=None)
    check("%s: an unknown user is refused at RCPT" % what,
          reply.startswith("550 5.1.1"), reply)
    replies = two(client, "bob", "carol")
    check("%s: two recipients" % what, replies[-1][:3] == "250", replies)
    check("%s: both have it" % what, (len(dovecot.mails("bob")), len(
        dovecot.mails("carol"))) == (before[0] + 2, before[1] + 1))
    replies = two(client, "bob", "full")
    check("%s: one of two cannot be delivered now" % what,
          replies[-1][:3] == "451" and "1 recipients have this mail, 1 not "
          "yet" in replies[-1], replies)
    check("%s: the log says for whom" % what, postern.wait_log(
        "to=<full@example.net>: 451"), postern.read_log()[-600:])
    mail = dovecot.mails("bob")[-1]
    check("%s: its octets are those that were sent" % what,
          mail.endswith(MAIL.replace(b"\r\n", b"\n")), mail)
    check("%s: our Received is on top of them" % what,
          b"by mx.example.net" in mail, mail)
    client.close()
    check("%s: Postern stops with 0" % what, postern.stop() == 0)


def main():
    try:
        dovecot = Dovecot()
    except Unavailable as reason:
        print("skipped: %s" % reason)
        return 77
    talk(dovecot, "127.0.0.1:%d" % dovecot.port, "inet")
    talk(dovecot, "unix:%s/lmtp" % dovecot.base, "unix")
    dovecot.stop()
    print("%d checks passed, %d failed" % (report.passed,
                                           len(report.failures)))
    return 1 if report.failures else 0


if __name__ == "__main__":
    sys.exit(main())
