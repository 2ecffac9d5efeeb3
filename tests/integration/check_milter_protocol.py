#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The corners of the milter protocol: the scripts of tests/milter with
miltertest, and what miltertest cannot send, packet by packet.

usage: check_milter_protocol.py [POSTERN]"""
import glob
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(HERE, "..", "support"))
from milter_client import (  # noqa: E402
    ADD, CHANGE, LEADSPC, NR_HDR, QUARANTINE, Milter, deleted, inserted)
from milter_door import Door  # noqa: E402

SCRIPTS = os.path.join(HERE, "..", "milter")
failures = []


def check(what, good, detail=""):
    print("%-4s %s%s" % ("ok" if good else "FAIL", what,
                         "" if good else ": %.2000s" % (detail,)), flush=True)
    if not good:
        failures.append(what)


def names(changes):
    return [name for _, name, _ in inserted(changes)]


def scripts(door):
    if not shutil.which("miltertest"):
        print("skipped: there is no miltertest")
        return
    for path in sorted(glob.glob(os.path.join(SCRIPTS, "*.lua"))):
        if os.path.basename(path) == "common.lua":
            continue
        got = subprocess.run(
            ["miltertest", "-D", "port=%d" % door.port, "-D",
             "here=" + SCRIPTS, "-s", path], capture_output=True, timeout=60)
        check("miltertest %s" % os.path.basename(path), got.returncode == 0,
              got.stdout + got.stderr)


def session(door, **offer):
    milter = Milter(door.port).negotiate(**offer)
    milter.connect()
    milter.helo()
    return milter


def negotiation(door):
    with Milter(door.port).negotiate() as m:
        check("of a full offer only what is needed is asked for",
              m.actions & ~(ADD | CHANGE | QUARANTINE | 0x100) == 0 and
              m.steps & (LEADSPC | NR_HDR) == LEADSPC and
              m.steps & 0x7f == 0, (hex(m.actions), hex(m.steps)))
        check("macros are asked for at each stage", "{client_addr}" in
              m.symbols[0] and "{auth_authen}" in m.symbols[2] and
              "i" in m.symbols[5].split(), m.symbols)
    for actions in (0, ADD, CHANGE, ADD | CHANGE, 0x1ff):
        for steps in (0, 0x7f, LEADSPC, NR_HDR, 0x1fffff):
            with session(door, actions=actions, steps=steps) as m:
                # libmilter reads an offer of 0 as that of version 1
                offered = (actions or 0xf, steps or 0x7f)
                good = not m.actions & ~offered[0] and \
                    not m.steps & ~offered[1]
                changes, code, _ = m.letter(b"hello")
                good &= code == b"c"
                good &= bool(inserted(changes)) == bool(offered[0] & ADD)
            if not good:
                check("an offer of %#x, %#x" % (actions, steps), False,
                      (hex(m.actions), hex(m.steps), changes, code))
    check("nothing is asked for that was not offered", True)


def spaces(door):
    for steps, space in ((0x1fffff, b" "), (0x7f, b"")):
        with session(door, steps=steps) as m:
            changes, _, _ = m.letter(b"hello")
        check("values begin with %s space" % ("a" if space else "no"),
              all(value.startswith(space) and value[len(space):][:1] != b" "
                  and b"\r" not in value for _, _, value in
                  inserted(changes)) and
              all(index == 0 for index, _, _ in inserted(changes)), changes)
        check("the block is put in from its last field to its first",
              names(changes) == [b"X-Postern-Verdict",
                                 b"Authentication-Results"], changes)


def forged(door):
    ours = b" mx.example.net; spf=pass"
    head = [(b"Authentication-Results", b" other.example; spf=pass"),
            (b"Authentication-Results", ours), (b"X-Mine", b" 1"),
            (b"authentication-results", b" mx.example.net"),
            (b"Authentication-Results", b" a.example; none"),
            (b"AUTHENTICATION-RESULTS", b" (x) \"mx.example.net\";" +
             b"\n\tdkim=pass" * 5000),
            (b"X-Postern-Verdict", b" accept"), (b"X-Spam-Flag", b" NO"),
            (b"X-Postern-Verdict", b" accept")]
    with session(door) as m:
        changes, code, _ = m.letter(b"hello", head=head)
    got = deleted(changes)
    results = [nth for name, nth in got
               if name.lower() == b"authentication-results"]
    check("forged results are deleted from the last to the first",
          code == b"c" and results == [5, 3, 2], got)
    check("and so are other fields of ours", [
        g for g in got if g[0].lower() != b"authentication-results"] == [
            (b"X-Spam-Flag", 1), (b"X-Postern-Verdict", 2),
            (b"X-Postern-Verdict", 1)], got)
    kinds = [code for code, _ in changes]
    check("every deletion comes before every insertion",
          kinds == sorted(kinds, reverse=True), kinds)
    with session(door, actions=ADD) as m:
        _, code, data = m.letter(b"hello", head=head)
        check("what cannot be deleted does not pass",
              code == b"y" and data.startswith(b"451 4.3.0 "), data)
    with session(door) as m:
        _, code, data = m.letter(b"hello", head=head[1:2] * 501)
        check("with 501 of them nobody means well",
              code == b"y" and data.startswith(b"554 5.6.0 "), data)


def replies(door):
    with session(door) as m:
        _, code, data = m.letter(b"percent")
        check("percent signs are doubled, code and class are one", code ==
              b"y" and data.startswith(b"550 5.7.1 100%% sure %%s %%d ("),
              data)
        _, code, data = m.letter(b"later")
        check("a deferral is 4xx 4.x.x", data.startswith(b"451 4.7.1 "), data)
        m.mail(b"<alice@fail.example>")
        code, data = m.rcpt()
        check("a refusal due at MAIL is spoken at RCPT", code == b"y" and
              data.startswith(b"550 5.7.23 "), data)
        code, data = m.rcpt(b"<postmaster@example.net>")
        check("at each RCPT", code == b"y", data)
        m.send(b"A")
        check("the connection lives on", m.letter(b"hello")[1] == b"c")


def hostile_text(door):
    """Nothing that came from outside can add a line."""
    with Milter(door.port).negotiate() as m:
        m.macros(b"C", j="mx\r\nX-Evil: 1", daemon_name="d\r\nX-Evil: 1",
                 client_resolve="OK")
        m.connect(name=b"ho\r\nst.example")
        m.helo(b"he\r\nX-Evil: 1\"(\\")
        m.macros(b"M", i="q\r\nX-Evil: 1", auth_authen="a\r\nX-Evil: 1",
                 tls_version="T\r\nX-Evil: 1", cipher="c")
        signature = b" v=1; a=rsa-sha256; d=good.example; s=x\"(y; h=from;" \
            b" bh=AA==; b=\"(\\\n\tX-Evil"
        changes, code, data = m.letter(
            b"hello", sender=b"<al\r\nX-Evil: 1@good.example>",
            head=[(b"DKIM-Signature", signature)])
    fields = b"\n".join(n + b":" + v for _, n, v in inserted(changes))
    check("controls from outside stay out of our fields", code == b"c" and
          b"\r" not in fields and not re.search(rb"(^|\n)X-Evil", fields) and
          all(line[:1] in b" \t" for _, _, value in inserted(changes)
              for line in value.split(b"\n")[1:]), (fields, data))


def sizes(door):
    with session(door) as m:
        m.mail()
        m.rcpt()
        for size in (65500, 65534, 65535, 65536, 102400, 1000000):
            m.header(b"X-Large", b" " + b"x" * size)
        m.end_of_header()
        for size in (1, 65535, 65536, 1000000):
            m.body(b"y" * size)
        changes, code, data = m.end(b"the end\r\n")
        check("packets above 65,535 octets do not end the session",
              code == b"c" and names(changes), (code, data))
    line = door.read_log().splitlines()[-1]
    check("octets in the last packet are judged too", "size=%d" % (
        sum((65500, 65534, 65535, 65536, 102400, 1000000)) + 6 * 11 + 2 +
        1 + 65535 + 65536 + 1000000 + 9) in line, line)
    with session(door) as m:
        m.mail()
        m.rcpt()
        m.end_of_header()
        _, code, data = m.end(b"XJS*C4JDBQADN1.NSBN3*2\r\n")
        check("and can be refused for", code == b"y" and
              data.startswith(b"550 5.7.1"), (code, data))
        m.mail()
        m.rcpt()
        for n in range(10001):
            m.header(b"X-%d" % n, b" 1")
        m.end_of_header()
        _, code, data = m.end()
        check("10,001 header fields are too many", code == b"y" and
              data.startswith(b"554 5.6.0"), (code, data))


def order(door):
    """Callbacks in any order; every connection is one that serves on."""
    for commands in ((b"E",), (b"N", b"E"), (b"R",), (b"H", b"E"),
                     (b"L", b"E"), (b"B", b"E"), (b"M", b"E"), (b"A", b"E"),
                     (b"M", b"M", b"R", b"E"), (b"T", b"E"), (b"U", b"E"),
                     (b"C", b"R", b"E"), (b"Q",), (b"K",), (b"?",)):
        try:
            with Milter(door.port, 5).negotiate(steps=0x7f) as m:
                for command in commands:
                    data = {b"L": b"Subject\0x\0", b"C": b"h\0U", b"B": b"x",
                            b"U": b"x\0", b"?": b"", b"E": b"", b"N": b"",
                            b"A": b"", b"Q": b"", b"K": b"", b"T": b""}.get(
                                command, b"<x>\0")
                    m.send(command, data)
                m.sock.shutdown(socket.SHUT_WR)
                while m.sock.recv(65536):
                    pass
        except (EOFError, OSError):
            pass
    with session(door) as m:
        check("callbacks in any order do no harm",
              m.letter(b"hello")[1] == b"c")


def second_connect(door):
    """SMFIC_QUIT_NC: a new client on the old connection."""
    with Milter(door.port).negotiate() as m:
        m.connect(address=b"192.0.2.55")
        m.helo()
        changes, code, _ = m.letter(b"hello", sender=b"<x@none.example>")
        check("the first client has spf=none", code == b"c" and
              b"spf=none" in inserted(changes)[-1][2], changes)
        m.send(b"K")
        m.connect(address=b"127.0.0.3")
        m.helo(b"other.example")
        changes, code, _ = m.letter(b"hello")
        check("a second connect is another client", code == b"c" and
              b"spf=pass" in inserted(changes)[-1][2] and
              b"other.example" in inserted(changes)[-1][2], changes)
        check("options outlive the end of a session",
              all(value.startswith(b" ") for _, _, value in
                  inserted(changes)), changes)
    line = door.read_log().splitlines()[-1]
    check("the log has the new client", "[127.0.0.3]" in line, line)


def macros(door):
    with Milter(door.port).negotiate() as m:
        m.macros(b"C", j="backend.example.net", client_resolve="FORGED")
        m.connect()
        m.helo()
        m.macros(b"M", auth_authen="alice", tls_version="TLSv1.3",
                 cipher="TLS_AES_256_GCM_SHA384", r="ESMTPSA")
        m.mail()
        m.rcpt()
        m.end_of_header()
        m.macros(b"E", i="4Xy1AB2cZ9z1")
        m.end()
    line = door.read_log().splitlines()[-1]
    check("macros fill the log line", "unknown[127.0.0.1]" in line and
          "proto=ESMTPSA" in line and "login=<alice>" in line and
          'tls="TLSv1.3 TLS_AES_256_GCM_SHA384"' in line and
          "backend-id=4Xy1AB2cZ9z1" in line, line)
    with Milter(door.port).negotiate() as m:
        m.macros(b"C", j="backend.example.net")
        m.connect()
        m.helo(b"BACKEND.example.net")
        m.mail(b"<alice@fail.example>")
        code, _ = m.rcpt()
        check("the machine's own program is no stranger", code == b"c", code)
    with Milter(door.port).negotiate() as m:
        m.connect(port=0)
        m.helo()
        m.mail(b"<alice@fail.example>")
        code, _ = m.rcpt()
        check("nor is mail without a connection", code == b"c", code)


def crowd(door):
    """A half-sent packet and 300 idle sessions hold up nobody."""
    with session(door) as half, session(door) as fast:
        half.sock.sendall(b"\0\0\x10\0Mabc")
        idle = [session(door) for _ in range(300)]
        began = time.monotonic()
        good = all(fast.letter(b"hello")[1] == b"c" for _ in range(20))
        spent = time.monotonic() - began
        check("half a packet and 300 idle sessions hold up nobody",
              good and spent < 10, spent)
        for m in idle:
            m.sock.close()


def sockets(postern):
    """A unix socket: owner, mode, stale ones, what is no socket."""
    door = Door(postern)
    path = os.path.join(door.work, "s")
    door.write(address="unix:" + path, section="socket_mode = 0606")
    left = socket.socket(socket.AF_UNIX)
    left.bind(path)
    left.close()
    door.start()
    try:
        mode = os.lstat(path)
        check("a stale socket is replaced, with the mode that was asked for",
              stat.S_ISSOCK(mode.st_mode) and
              stat.S_IMODE(mode.st_mode) == 0o606, oct(mode.st_mode))
        with Milter(path).negotiate() as m:
            m.connect()
            m.helo()
            check("a unix socket serves, and header fields need no reply",
                  m.steps & NR_HDR and m.letter(b"hello")[1] == b"c")
        second = Door(postern, address="unix:" + path)
        try:
            second.start()
            check("a socket that is in use stays", False, second.read_log())
        except RuntimeError as error:
            check("a socket that is in use stays", "Address already in use"
                  in str(error), error)
        second.stop()
        check("and goes on serving",
              Milter(path).negotiate().connect()[0] == b"c")
    finally:
        check("it stops with 0", door.stop(keep=True) == 0, door.read_log())
    if os.path.exists(path):
        os.unlink(path)
    with open(path, "w", encoding="ascii") as file:
        file.write("precious")
    try:
        door.start()
        check("a file is no stale socket", False)
    except RuntimeError as error:
        with open(path, encoding="ascii") as file:
            check("a file is no stale socket, and stays",
                  file.read() == "precious", error)
    door.stop()


def ipv6(postern):
    port = Door(postern).port
    door = Door(postern, address="inet6:%d@::1" % port)
    try:
        door.start()
        sock = socket.create_connection(("::1", port), 5)
    except (RuntimeError, OSError) as error:
        print("skipped: inet6: %s" % error)
        door.stop()
        return
    m = Milter.__new__(Milter)
    m.sock, m.symbols = sock, {}
    m.negotiate()
    m.connect()
    m.helo()
    check("inet6 serves", m.letter(b"hello")[1] == b"c")
    sock.close()
    door.stop()


def limits(postern):
    door = Door(postern, section="max_sessions = 3 idle_timeout = 2s "
                "message_size_limit = 100K").start()
    try:
        three = [session(door) for _ in range(3)]
        with Milter(door.port).negotiate() as m:
            code, data = m.connect()
            check("a session above max_sessions is refused for now",
                  code == b"y" and data.startswith(b"421 4.3.2"), data)
        three.pop().sock.close()
        time.sleep(0.3)
        with session(door) as m:
            m.mail()
            m.rcpt()
            m.end_of_header()
            m.body(b"x" * 60000)
            m.body(b"x" * 60000)
            _, code, data = m.end()
            check("mail above message_size_limit is refused", code == b"y" and
                  data.startswith(b"552 5.3.4"), data)
            check("and the next one is not", m.letter(b"hello")[1] == b"c")
            said = []
            for size in range(102396, 102403):  # without its last CRLF
                m.mail()
                m.rcpt()
                m.end_of_header()
                m.body(b"XJS*C4JDBQADN1\r\n" + b"x" * (size - 18))
                said.append(m.end()[2][:3])
            check("nor does it pass at that border",
                  said == [b"550"] * 3 + [b"552"] * 4, said)
        three[0].sock.sendall(b"\0\0\x10\0Mabc")
        three[0].sock.settimeout(20)
        check("a packet that is not finished within idle_timeout is given up",
              three[0].sock.recv(1) == b"")
    finally:
        door.stop()


def stages(postern):
    """delay_reject = no, and monitor mode."""
    door = Door(postern, section="delay_reject = no").start()
    try:
        with session(door) as m:
            code, data = m.mail(b"<alice@fail.example>")
            check("without delay_reject MAIL is refused", code == b"y" and
                  data.startswith(b"550 5.7.23"), data)
        door.write(extra="mode = monitor")
        check("it reloads", door.reload(), door.read_log())
        time.sleep(0.2)
        with session(door) as m:
            code, _ = m.mail(b"<alice@fail.example>")
            good = code == b"c" and m.rcpt()[0] == b"c"
            m.end_of_header()
            changes, code, _ = m.end(b"XJS*C4JDBQADN1\r\n")
            check("in monitor mode nothing is refused", good and
                  code == b"c" and b"would-reject" in b"".join(
                      v for _, _, v in inserted(changes)), changes)
    finally:
        door.stop()


def own_name(postern):
    """authserv_id, when the admin says nothing, is the server's own name."""
    door = Door(postern)
    with open(door.conf, encoding="utf-8") as file:
        text = file.read()
    with open(door.conf, "w", encoding="utf-8") as file:
        file.write(text.replace("authserv_id = mx.example.net", ""))
    door.start()
    try:
        for j, want in (("mta.example.org", b" mta.example.org;"),
                        ("mta\"; x=\r\n.y", b" mx.example.net;"),
                        ("short", b" mx.example.net;")):
            with Milter(door.port).negotiate() as m:
                m.macros(b"C", j=j)
                m.connect()
                m.helo()
                changes, _, _ = m.letter(b"hello", head=[
                    (b"Authentication-Results", want + b" none")])
            value = inserted(changes)[-1][2]
            check("macro j %r: results are signed%s" % (j, want.decode()),
                  value.startswith(want) and deleted(changes), changes)
    finally:
        door.stop()


def main():
    postern = sys.argv[1] if len(sys.argv) > 1 else os.environ["POSTERN"]
    door = Door(postern).start()
    try:
        for part in (scripts, negotiation, spaces, forged, replies,
                     hostile_text, sizes, order, second_connect, macros,
                     crowd):
            part(door)
        pids = door.children()
        check("one process served it all", len(pids) == 1 and
              "was killed" not in door.read_log(), door.read_log()[-1000:])
        os.kill(pids[0], signal.SIGHUP)
        with session(door) as m:
            check("HUP to the process is nothing to it",
                  m.letter(b"hello")[1] == b"c")
        check("Postern stops with 0", door.stop(keep=True) == 0,
              door.read_log()[-1000:])
        check("no report of a sanitizer", not re.search(
            "ERROR: |runtime error|WARNING: Thread", door.read_log()),
              door.read_log()[-3000:])
    finally:
        door.stop()
    for part in (sockets, ipv6, limits, stages, own_name):
        part(postern)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
