#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Whole scans with the stock rules: Postern, SpamAssassin and rspamd.

usage: rules.py [BENCH_RULES [COUNT [PEER_COUNT]]]
       (program of `make bench/rules`; mails of the corpus for us, default all;
       for the peers, default 200 of them)

All read the same rules (package spamassassin), from the octets of a mail to
its score, without network and Bayes, in one process, one after the other in
one run; we are also measured on the very mails of the peers.  CPU seconds are
of the process that matches.  rspamd is unpacked, not installed, with its
SpamAssassin plugin alone; it reads mails over a socket of the loopback.
"""
import glob
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "tests", "integration"))
sys.path.insert(0, os.path.join(HERE, "..", "tests", "support"))
import check_corpus  # noqa: E402
from ports import free_port  # noqa: E402

RULES = "/usr/share/spamassassin"
PLUGINS = "/etc/spamassassin"
PACKAGES = ["rspamd", "libluajit-5.1-2", "libhyperscan5"]
CACHE = os.path.join(os.environ.get(
    "POSTERN_TEST_CACHE", "/var/tmp/postern-test-cache"), "rspamd")
TICKS = os.sysconf("SC_CLK_TCK")

RSPAMD = """
options {{ pidfile = "{work}/pid"; url_tld = "{share}/effective_tld_names.dat";
  temp_dir = "{work}"; filters = ""; local_addrs = []; max_lua_urls = 10240;
  dns {{ nameserver = ["127.0.0.1:{dns}:1"]; timeout = 0.1s; retransmits = 1; }}
  control_socket = "{work}/control mode=0600"; hs_cache_dir = "{work}"; }}
logging {{ type = "file"; filename = "{work}/log"; level = "error"; }}
worker "normal" {{ bind_socket = "127.0.0.1:{port}"; count = 1;
  task_timeout = 60s; max_tasks = 0; }}
modules {{ path = "{share}/plugins/spamassassin.lua"; }}
spamassassin {{ ruleset = "{rules}/*.cf"; }}
actions {{ reject = 15; add_header = 6; }}
"""


def figures(lines):
    """[(what, value)] of lines "what value"."""
    return [(what, float(value)) for what, value in
            (line.split() for line in lines if len(line.split()) == 2)]


def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * share))]


def row_of(load, took, rss, count=None, seconds=None):
    seconds = seconds if seconds is not None else sum(took) / 1000
    count = count or len(took)
    return {"mails": count, "CPU s": seconds, "msg/s": count / seconds,
            "p50 ms": percentile(took, .5), "p99 ms": percentile(took, .99),
            "load s": load / 1000, "PSS MB": rss / 1024}


def write_list(work, name, paths):
    with open(os.path.join(work, name), "w", encoding="utf-8") as file:
        file.write("".join(path + "\n" for path in paths))
    return file.name


def measure_postern(program, names, notes):
    got = subprocess.run([program, RULES, names], check=True, text=True,
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    got = dict(figures(got.stdout.splitlines()))
    notes.append("Postern, %d workers that share the rules: PSS %.1f MB each, "
                 "of it %.1f MB its own" % (
                     got["workers"], got["worker_pss_kb"] / 1024,
                     got["worker_private_kb"] / 1024))
    return {"mails": int(got["messages"]), "CPU s": got["cpu_ms"] / 1000,
            "msg/s": got["rate"], "p50 ms": got["p50_ms"],
            "p99 ms": got["p99_ms"], "load s": got["load_ms"] / 1000,
            "PSS MB": got["engine_kb"] / 1024}


def measure_spamassassin(names):
    if subprocess.run(["perl", "-MMail::SpamAssassin", "-e", "1"],
                      stderr=subprocess.DEVNULL).returncode:
        return None, "SpamAssassin: skipped: not installed"
    with open(names, encoding="utf-8") as stdin:
        got = subprocess.run(
            ["perl", os.path.join(HERE, "rules_judge.pl"), RULES, PLUGINS],
            stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True)
    rows = figures(got.stdout.splitlines())
    took = [value for what, value in rows if what == "took_ms"]
    if not took:
        return None, "SpamAssassin: skipped: it judged nothing"
    rest = dict(rows)
    return row_of(rest["load_ms"], took, rest["rss_kb"]), None


def unpack():
    """The root of rspamd's files, or None and the reason."""
    root = os.path.join(CACHE, "root")
    if os.path.exists(root + "/usr/bin/rspamd"):
        return root, None
    os.makedirs(CACHE, exist_ok=True)
    if not glob.glob(CACHE + "/rspamd_*.deb") and subprocess.run(
            ["apt-get", "download", "-q", *PACKAGES], cwd=CACHE,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode:
        return None, "rspamd: skipped: its package cannot be had"
    for deb in glob.glob(CACHE + "/*.deb"):
        subprocess.run(["dpkg", "-x", deb, root], check=True)
    return root, None


def cpu_ms(pid):
    with open("/proc/%d/stat" % pid, encoding="latin-1") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / TICKS


def pss_kb(pid):
    with open("/proc/%d/smaps_rollup" % pid, encoding="ascii") as file:
        return sum(int(line.split()[1]) for line in file
                   if line.startswith("Pss:"))


def worker_of(master):
    """The normal worker: the child that answers."""
    children = subprocess.run(["pgrep", "-P", str(master)], text=True,
                              stdout=subprocess.PIPE).stdout.split()
    for child in children:
        with open("/proc/%s/cmdline" % child, encoding="latin-1") as file:
            if "normal" in file.read():
                return int(child)
    return None


def ask(port, data):
    with socket.create_connection(("127.0.0.1", port), 120) as sock:
        sock.sendall(b"POST /checkv2 HTTP/1.0\r\nContent-Length: %d\r\n\r\n"
                     % len(data) + data)
        answer = b""
        while True:
            more = sock.recv(65536)
            if not more:
                return answer
            answer += more


def run_rspamd(root, work, paths):
    share = root + "/usr/share/rspamd"
    ports = free_port(), free_port()
    with open(work + "/rspamd.conf", "w", encoding="utf-8") as file:
        file.write(RSPAMD.format(work=work, share=share, rules=RULES,
                                 port=ports[0], dns=ports[1]))
    libraries = [root + "/usr/lib/rspamd", root + "/usr/lib/x86_64-linux-gnu"]
    names = ("LUALIBDIR", "PLUGINSDIR", "RULESDIR", "SHAREDIR")
    places = (share + "/lualib", share + "/plugins", share + "/rules", share)
    variables = ["--var=%s=%s" % pair for pair in zip(names, places)]
    master = subprocess.Popen(
        [root + "/usr/bin/rspamd", "-f", "-i", "-c", work + "/rspamd.conf",
         *variables], env={**os.environ, "LD_LIBRARY_PATH":
                           ":".join(libraries)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        return talk_to_rspamd(master, ports[0], paths)
    finally:
        master.terminate()
        master.wait(30)


def talk_to_rspamd(master, port, paths):
    began, worker = time.monotonic(), None
    while time.monotonic() - began < 400 and master.poll() is None:
        time.sleep(0.2)
        worker = worker_of(master.pid)
        if worker:
            break
    if not worker:
        return None, "rspamd: skipped: it does not start"
    load = cpu_ms(master.pid)
    ask(port, check_corpus.message(paths[0]))
    took, hits, start = [], 0, cpu_ms(worker)
    for path in paths:
        begin = time.monotonic()
        hits += ask(port, check_corpus.message(path)).count(b'"name"')
        took.append((time.monotonic() - begin) * 1000)
    spent = (cpu_ms(worker) - start) / 1000
    if not hits:
        return None, "rspamd: skipped: no rule hit"
    print("rspamd told %d symbols" % hits)
    return row_of(load, took, pss_kb(worker), len(paths), spent), None


def measure_rspamd(work, paths):
    root, reason = unpack()
    if not root:
        return None, reason
    return run_rspamd(root, work, paths)


def show(rows):
    columns = list(next(iter(rows.values())))
    print("%-26s" % "" + "".join("%10s" % c for c in columns) + "   ratio")
    base = rows["Postern, same mails"]["msg/s"]
    for name, row in rows.items():
        print("%-26s" % name + "".join(
            "%10d" % row[c] if c == "mails" else "%10.2f" % row[c]
            for c in columns) + "%8.1f" % (base / row["msg/s"]))
    print("ratio: how many times as many mails a CPU second we scan")


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else "bench/rules"
    paths, reason = check_corpus.corpus()
    if not paths:
        print("skipped: %s" % reason)
        return 77
    count = int(sys.argv[2]) if len(sys.argv) > 2 else len(paths)
    peers = int(sys.argv[3]) if len(sys.argv) > 3 else 200
    ours = paths[::max(1, len(paths) // count)][:count]
    theirs = paths[::max(1, len(paths) // peers)][:peers]
    work = tempfile.mkdtemp(prefix="postern-rules-bench")
    rows, notes = {}, []
    try:
        few = write_list(work, "few", theirs)
        rows["Postern"] = measure_postern(
            program, write_list(work, "all", ours), notes)
        rows["Postern, same mails"] = measure_postern(program, few, [])
        for name, got in (("SpamAssassin", measure_spamassassin(few)),
                          ("rspamd, its plugin",
                           measure_rspamd(work, theirs))):
            if got[0]:
                rows[name] = got[0]
            else:
                notes.append(got[1])
        rows["Postern, same mails again"] = measure_postern(program, few, [])
    finally:
        shutil.rmtree(work)
    show(rows)
    for note in notes:
        print(note)
    return 0


if __name__ == "__main__":
    sys.exit(main())
