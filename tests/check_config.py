#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Bad configuration: every problem with file and line, exit 78, nothing
started.  Bad lines of rule files: the same in check, but a server starts
without them.  And the commands that read the configuration."""
import os
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "support"))
from ports import free_port  # noqa: E402

POSTERN = os.environ["POSTERN"]
failures = 0


def run(*words, text=None):
    got = subprocess.run([POSTERN, *words], capture_output=True, timeout=60,
                         input=text)
    return got.returncode, got.stdout.decode(), got.stderr.decode()


def check(what, good, detail=""):
    global failures
    failures += not good
    print("%-4s %s%s" % ("ok" if good else "FAIL", what,
                         "" if good else ": %r" % (detail,)))


GOOD = """authserv_id = mx.example.net
user = nobody
filters = {{spf, dkim, rules}}
dns = "zone:{folder}/zone"
spool_directory = "{folder}"
filter "rules" {{ directories = {{"{folder}/rules"}} }}
listener "mx" {{
    address = "127.0.0.1:{port}"
    backend = "127.0.0.1:1"
}}
"""

BAD = """authserv_id = mx.example.net
uzer = nobody
filters = {spf, dkimm}
trusted_networks = {10.0.0.1/8}
spool_directory = "/proc/nonexistent"
filter "spf" { on_fail = perhaps tymeout = 3s }
filter "spff" { }
listener "mx" {
    address = "mx"
    identity = proxy-v9
}
listener "mx" { message_size_limit = 0 }
listener "slow" { command_timeout = 0s backend_end_timeout = 0s
    backend_mail_timeout = soon backend_data_start_timeout = -2m
}
actions { tag = 9 reject = 3 }
lisener "x" { }
tls_ticket_rotation = 0s
"""

WANTED = [(2, 'did you mean "user"'), (3, 'did you mean "dkim"'),
          (4, "10.0.0.1/8"), (5, "/proc/nonexistent"), (6, "perhaps"),
          (6, 'did you mean "timeout"'), (7, '"spff"'), (9, '"mx"'),
          (10, "proxy-v9"), (12, "defined already, at line 8"),
          (12, "message_size_limit"), (13, "command_timeout: must be above 0"),
          (13, "backend_end_timeout: must be above 0"),
          (14, '"soon" is not a duration'), (14, '"-2m" is not a duration'),
          (16, "below the tag"), (17, 'did you mean "listener"'),
          (18, "tls_ticket_rotation: must be at least 1s")]


def bad_configuration(folder):
    path = os.path.join(folder, "bad.conf")
    with open(path, "w", encoding="utf-8") as file:
        file.write(BAD)
    for command in ("check", "serve"):
        code, out, err = run(command, "-c", path)
        check("%s ends with 78" % command, code == 78, (code, out, err))
        for line, words in WANTED:
            check("%s: line %d: %s" % (command, line, words), any(
                row.startswith("%s:%d: error: " % (path, line)) and
                words in row for row in err.splitlines()), err)
    check("-t is check", run("-t", "-c", path)[0] == 78)
    code, out, err = run("check", "-c", "/nonexistent.conf")
    check("a missing file is named", code == 78 and
          "/nonexistent.conf: error: No such file" in err, err)


def told(what, err):
    for line in (1, 2, 3, 4):
        check("%s: rules line %d is told" % (what, line), any(
            "rules/bad.cf:%d: error: " % line in row
            for row in err.splitlines()), err)


def connects(deadline):
    while time.time() < deadline:
        with socket.socket() as sock:
            if sock.connect_ex(("127.0.0.1", PORT)) == 0:
                return True
        time.sleep(0.05)
    return False


def bad_rules(folder, good):
    with open(os.path.join(folder, "rules", "bad.cf"), "w",
              encoding="utf-8") as file:
        file.write("body A /(/\nboddy B /x/\nscore A lots\nmeta C A &&\n")
    code, out, err = run("check", "-c", good)
    check("check: bad rules end with 78", code == 78, (code, err))
    told("check", err)
    server = subprocess.Popen([POSTERN, "serve", "-f", "-c", good],
                              stderr=subprocess.PIPE)
    started = connects(time.time() + 30)
    server.terminate()
    err = server.communicate(timeout=30)[1].decode()
    check("serve: a bad line of a rule file does not stop mail", started, err)
    told("serve", err)
    os.unlink(os.path.join(folder, "rules", "bad.cf"))


def good_configuration(folder, good):
    code, out, err = run("check", "-c", good)
    check("a good configuration is good", code == 0, err)
    code, out, err = run("conf", "-c", good, "-n")
    check("conf -n tells file and line", "%s:1" % good in out and
          "workers" not in out, out)
    code, out, err = run("conf", "-c", good, "on_fail")
    check("conf NAME", out.strip().startswith("on_fail = 3"), out)
    check("conf of an unknown name", run("conf", "-c", good, "x")[0] == 64)
    code, out, err = run("conf", "-c", good)
    again = os.path.join(folder, "again.conf")
    with open(again, "w", encoding="utf-8") as file:
        file.write(out)
    code, once_more, err = run("conf", "-c", again)
    check("conf prints a configuration that reads back the same",
          code == 0 and once_more == out, err)


def times(folder, good):
    """The waits of RFC 5321 4.5.3.2; three follow a fourth unless set."""
    with open(good, encoding="utf-8") as file:
        lines = file.read()
    path = os.path.join(folder, "times.conf")
    with open(path, "w", encoding="utf-8") as file:
        file.write(lines.replace("backend =", "backend_command_timeout = 77s\n"
                                 "backend_rcpt_timeout = 5m\nbackend ="))
    for name, wanted in (("backend_mail_timeout", "77s"),
                         ("backend_rcpt_timeout", "5m"),
                         ("backend_data_start_timeout", "77s"),
                         ("backend_data_timeout", "3m"),
                         ("backend_end_timeout", "9m"),
                         ("command_timeout", "5m"), ("data_timeout", "3m")):
        out = run("conf", "-c", path, name)[1]
        check("%s is %s" % (name, wanted),
              out.strip().startswith("%s = %s" % (name, wanted)), out)


def scans(folder, good):
    mail = b"From: a@b.example\nSubject: x\n\nspam word\n"
    with open(os.path.join(folder, "rules", "a.cf"), "w",
              encoding="utf-8") as file:
        file.write("body SPAM /spam word/\nscore SPAM 7.5\n")
    common = ("scan", "-c", good, "--ip", "192.0.2.1", "--from", "a@b.example")
    code, out, err = run(*common, "--json", "-", text=mail)
    check("scan --json", code == 0 and '"action":"tag"' in out and
          '"score":7.5' in out and '"name":"SPAM"' in out, (code, out, err))
    code, out, err = run(*common, "--rcpt", "c@d.example", "--rcpt",
                         "e@f.example", "--json", "-", text=mail)
    check("scan --rcpt", code == 0 and
          '"rcpts":["c@d.example","e@f.example"]' in out, (code, out, err))
    check("scan --exit-code", run(*common, "--exit-code", "-",
                                  text=mail)[0] == 1)
    code, out, err = run(*common, "--headers", "-", text=mail)
    check("scan --headers", "X-Spam-Flag: YES" in out and
          "Authentication-Results: mx.example.net" in out, out)
    code, out, err = run(*common, "--explain", "-", text=mail)
    check("scan --explain", "a.cf:1" in out and '"spam word"' in out, out)
    check("scan of a missing file", run(*common, "/nonexistent")[0] == 66)
    check("scan without a file", run("scan")[0] == 64)
    check("an unknown command", run("frobnicate")[0] == 64)
    check("--version", run("--version")[1].startswith("postern "))
    check("help", "postern serve" in run("help")[1])


PORT = free_port()
with tempfile.TemporaryDirectory() as work:
    os.chmod(work, 0o777)
    os.mkdir(os.path.join(work, "rules"))
    with open(os.path.join(work, "zone"), "w", encoding="utf-8") as zone:
        zone.write("b.example TXT \"v=spf1 ?all\"\n")
    conf = os.path.join(work, "good.conf")
    with open(conf, "w", encoding="utf-8") as text:
        text.write(GOOD.format(folder=work, port=PORT))
    bad_configuration(work)
    bad_rules(work, conf)
    good_configuration(work, conf)
    times(work, conf)
    scans(work, conf)
sys.exit(1 if failures else 0)
