#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Random but well-formed pipelined dialogues against a backend that refuses,
delays, closes and talks nonsense at every place.

Each command has its own reply, in order, word by word the backend's or ours
where that is due; 2xx to the end of a message is heard exactly when the backend
took exactly that message; no message reaches it twice; and no envelope is there
that the client has not said for that very message.

usage: check_desync.py [--count N] [--seed S] [--only SEED:INDEX]
           [--reload SECONDS] [POSTERN]

A dialogue that fails is printed with the SEED:INDEX that plays it alone.
"""
import argparse
import asyncio
import multiprocessing
import os
import random
import re
import resource
import signal
import ssl
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "support"),
                os.path.join(HERE, "..", "talk")]
from desync_backend import Backend, Book  # noqa: E402
from desync_client import Client  # noqa: E402
from peer import make_certificates  # noqa: E402
from ports import free_port  # noqa: E402

AT_A_TIME = 48
BLOCK = re.compile(rb"(?:(?:Authentication-Results|Received|X-Postern-\w+|"
                   rb"X-Spam-[\w-]+): (?:[^\r\n]+\r\n[ \t])*[^\r\n]*\r\n)*\Z")
LISTENER = """
listener "%s" { address = "127.0.0.1:%d" %s
    identity = proxy-v1 chunking = yes probe_interval = 1s
    max_errors = 100000 max_junk_commands = 100000
    backend_greeting_timeout = 20s backend_command_timeout = 20s
    backend_data_timeout = 20s backend_end_timeout = 20s }
"""
KINDS = {
    "mail": 'backend = "127.0.0.1:%d"',
    "accept": 'backend = "127.0.0.1:%d" backend_connect = accept',
    "lmtp": 'backend = "127.0.0.1:%d" protocol = lmtp',
    "pair": 'backend = {"127.0.0.1:%d", "127.0.0.2:%d"}',
    "tls": 'backend = "127.0.0.1:%d" backend_tls = require tls = implicit '
           'tls_certificate = "@/cert.pem" tls_key = "@/key.pem"',
}


def host_of(index):
    """The client's address says which dialogue it is."""
    return "127.%d.%d.%d" % (10 + index // 62500, index // 250 % 250 + 1,
                             index % 250 + 1)


class Run:
    """One Postern, one backend, and dialogues between them."""

    def __init__(self, postern, ports, base, options):
        self.postern, self.base = postern, base
        self.loud, self.reload = bool(options.only), options.reload
        self.books = {}
        self.ports = dict(zip(KINDS, ports))
        self.behind = ports[-1]
        self.process = self.context = None
        self.failed = self.replies = self.faults = self.delivered = 0

    async def start(self, work):
        make_certificates(work)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(work + "/cert.pem", work + "/key.pem")
        self.context = ssl.create_default_context(cafile=work + "/cert.pem")
        self.context.check_hostname = False
        server = await asyncio.get_running_loop().create_server(
            lambda: Backend(self.books, context), ["127.0.0.1", "127.0.0.2"],
            self.behind, backlog=1000)
        with open(work + "/zone", "w", encoding="utf-8") as file:
            file.write("x.example A 192.0.2.1\n")
        with open(work + "/conf", "w", encoding="utf-8") as file:
            file.write('authserv_id = mx.test.example\nuser = nobody\n'
                       'hostname = mx.test.example\nworkers = 1\n'
                       'filters = {}\ndns = "zone:%s/zone"\n'
                       'spool_directory = "%s"\nspool_memory = 4K\n' %
                       (work, work))
            for kind, where in KINDS.items():
                where = where.replace("%d", str(self.behind))
                file.write(LISTENER % (kind, self.ports[kind],
                                       where.replace("@", work)))
        self.process = await asyncio.create_subprocess_exec(
            self.postern, "serve", "-f", "-c", work + "/conf",
            stderr=open(work + "/log", "wb"))
        for _ in range(200):
            await asyncio.sleep(0.05)
            with open(work + "/log", "rb") as file:
                if file.read().count(b"backend ready") == 6:
                    return server
        raise RuntimeError("Postern does not start: " +
                           open(work + "/log", encoding="utf-8").read())

    async def play(self, index, places):
        async with places:
            kind = random.Random("%s:%d:kind" % (self.base, index)).choice(
                list(KINDS))
            book = Book(self.base, index, kind, self.reload > 0)
            client = Client(book, index, host_of(index))
            self.books[client.host] = book
            try:
                await client.run(self.ports[kind],
                                 self.context if kind == "tls" else None)
            except Exception as error:  # of the test itself
                book.problems.append("%s: %s" % (type(error).__name__, error))
        if book.kind == "tls":  # where asyncio does not tell of each end
            await asyncio.sleep(0.5)
        else:
            await self.wait_for_end(book)
        judge(book, client)
        del self.books[client.host]
        self.count(book, client)

    @staticmethod
    async def wait_for_end(book):
        until = time.monotonic() + 30
        await asyncio.sleep(0.05)
        while book.open and time.monotonic() < until:
            await asyncio.sleep(0.02)
        if book.open:
            book.problems.append("%d backend connections left open" %
                                 book.open)

    async def reload_again(self):
        """Now and then the configuration, and so the workers."""
        while self.reload:
            await asyncio.sleep(self.reload)
            self.process.send_signal(signal.SIGHUP)

    def descriptors(self):
        """Of the worker."""
        with open("/proc/%d/task/%d/children" % (
                self.process.pid, self.process.pid), encoding="ascii") as file:
            return len(os.listdir("/proc/%d/fd" % int(file.read().split()[0])))

    async def all_closed(self, before):
        until = time.monotonic() + 30
        while self.descriptors() > before and time.monotonic() < until:
            await asyncio.sleep(0.05)
        if self.descriptors() > before:
            print("%d descriptors left open" % (self.descriptors() - before))
            self.failed += 1

    def count(self, book, client):
        self.replies += client.replies
        self.faults += len(book.faults)
        self.delivered += sum(d.accepted for d in book.deliveries)
        if not book.problems and not self.loud:
            return
        self.failed += bool(book.problems)
        if self.failed > 20:
            return
        print("%s: %s" % (book.name, "; ".join(book.problems) or "right"))
        if self.loud:
            for line in book.lines:
                print("    " + line.decode("latin-1"))
        sys.stdout.flush()

    async def all(self, work, indices):
        try:
            return await self.play_all(work, indices)
        finally:
            if self.process and self.process.returncode is None:
                self.process.kill()

    async def play_all(self, work, indices):
        server = await self.start(work)
        before = self.descriptors()
        reloading = asyncio.ensure_future(self.reload_again())
        places = asyncio.Semaphore(AT_A_TIME)
        tasks = set()
        for index in indices:
            tasks.add(asyncio.ensure_future(self.play(index, places)))
            while places.locked():
                await asyncio.sleep(0.001)
            await asyncio.sleep(0)
            tasks = {task for task in tasks if not task.done()} \
                if len(tasks) > 4 * AT_A_TIME else tasks
        await asyncio.gather(*tasks)
        reloading.cancel()
        if not self.reload:
            await self.all_closed(before)
        self.process.send_signal(signal.SIGTERM)
        code = await asyncio.wait_for(self.process.wait(), 30)
        server.close()
        if code != 0:
            print("Postern ended with %d" % code)
        return self.failed + (code != 0)


def judge(book, client):
    """What came out of it, on both sides."""
    mails = {re.search(rb"t\d+n\d+", mail.line)[0]: mail
             for mail in client.mails}
    seen = {}
    for delivery in book.deliveries:
        token = re.search(rb"t\d+n\d+", delivery.mail or b"t0n0")[0]
        seen.setdefault(token, []).append(delivery)
        mail = mails.get(token)
        if mail is None:
            book.problems.append("a message of nobody: %r" % delivery.mail)
        else:
            judge_delivery(book, client, mail, delivery)
    for token, mail in mails.items():
        got = seen.get(token, [])
        accepted = sum(delivery.accepted for delivery in got)
        told = bool(mail.reply and mail.reply.startswith(b"2"))
        if len(got) > 1:
            book.problems.append("%r went to the backend %d times" % (
                mail.line, len(got)))
        if told and not accepted:
            book.problems.append("%r was not accepted, but the client was "
                                 "told %r" % (mail.line, mail.reply[:60]))
        if accepted and mail.reply and not told:
            book.problems.append("%r was accepted, but the client was told "
                                 "%r" % (mail.line, mail.reply[:60]))


def judge_delivery(book, client, mail, delivery):
    """Is it this mail's envelope, and its octets?"""
    if delivery.mail != mail.line:
        book.problems.append("sender %r became %r" % (mail.line,
                                                      delivery.mail))
    if mail.reply is None and client.blind:
        return
    wanted = [line for line, code in mail.recipients if code[:1] == b"2"]
    if delivery.recipients != wanted:
        book.problems.append("recipients %r became %r" % (
            wanted, delivery.recipients))
    if not mail.finished:
        book.problems.append("%r was not finished by the client" % mail.line)
    if delivery.content is None:
        return
    content = mail.content
    if content and not content.endswith(b"\r\n"):
        content += b"\r\n"  # BDAT without one, handed on as DATA
    cut = len(delivery.content) - len(content)
    if cut < 0 or delivery.content[cut:] != content or \
            not BLOCK.match(delivery.content[:cut]):
        book.problems.append("the content of %r is another: %r became %r" % (
            mail.line, content[:80], delivery.content[:200]))


def job(postern, ports, base, indices, options, answers):
    run = Run(postern, ports, base, options)
    with tempfile.TemporaryDirectory(prefix="postern-desync") as work:
        os.chmod(work, 0o777)
        failed = asyncio.run(run.all(work, indices))
    answers.put((failed, run.replies, run.faults, run.delivered))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("postern", nargs="?", default=os.environ.get(
        "POSTERN", "./postern"))
    parser.add_argument("--count", type=int, default=int(
        os.environ.get("DESYNC_COUNT", "2000")))
    parser.add_argument("--seed", type=int, default=int(
        os.environ.get("DESYNC_SEED", "1")))
    parser.add_argument("--reload", type=float, default=0.0,
                        help="seconds between two SIGHUP")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", help="SEED:INDEX of one dialogue")
    options = parser.parse_args()
    indices = range(options.count)
    if options.only:
        options.seed, index = map(int, options.only.split(":"))
        indices, options.jobs = [index], 1
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    started, answers = time.monotonic(), multiprocessing.Queue()
    jobs = [multiprocessing.Process(target=job, args=(
        os.path.abspath(options.postern),
        [free_port() for _ in range(len(KINDS) + 1)],  # drawn before the fork
        options.seed,
        indices[i::options.jobs], options, answers))
        for i in range(options.jobs)]
    for each in jobs:
        each.start()
    for each in jobs:
        each.join()
    got = [answers.get() for each in jobs if each.exitcode == 0]
    failed, replies, faults, delivered = map(sum, zip(*got)) if got else (
        1, 0, 0, 0)
    spent = time.monotonic() - started
    print("seed %d: %d dialogues, %d replies, %d messages accepted, %d faults "
          "of the backend; %d dialogues failed; %.1f s, %.0f a minute" % (
              options.seed, len(indices), replies, delivered, faults, failed,
              spent, 60 * len(indices) / spent))
    return 1 if failed or len(got) < len(jobs) else 0


if __name__ == "__main__":
    sys.exit(main())
