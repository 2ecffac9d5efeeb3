#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""1 MB of each kind of hostile HTML: CPU milliseconds to render it, beside
Perl's HTML::Parser (which SpamAssassin uses) that only calls empty handlers.

The same tag over and over opens it that often and never closes it; "closed"
does.  The last two columns show that time grows as the text does.

HTML::Parser is given ten seconds for each (10000.0: it was not done).

usage: make bench/html && bench/html.py [BENCH_HTML]
"""
import os
import subprocess
import sys
import tempfile

SIZE = 1 << 20
PATIENCE = 10
TAGS = ("table", "tr", "td", "div", "font", "b", "span", "a", "p", "i", "ul",
        "big", "body", "title", "x-unknown")
KINDS = {
    "td in tr in table": "<table><tr><td>",
    "td closed": ("<td>", "x", "</td>"),
    "div closed": ("<div>", "x", "</div>"),
    "font closed": ("<font>", "x", "</font>"),
    "end tags only": "</div>",
    "td in a div": "<td><div>",
    "font, never closed td": "<font></td>",
    "font with colour": "<font color=red>x",
    "span with style": "<span style='color:red;display:none'>x",
    "a with address": "<a href=http://a.example/>x",
    "img with address": "<img src=http://a.example/ width=1 height=1>",
    "many attributes": "<a %s>" % " ".join("a%d=b" % n for n in range(200)),
    "attributes, one tag": ("<a ", "b=c ", ">"),
    "quotes, one tag": ("<a ", "b='>' ", ">"),
    "text in b": "<b>text</b> ",
    "comments": "<!-- x -->",
    "comments, open": "<!-- ",
    "comments, half closed": "<!-- --",
    "doctypes with quotes": "<!doctype '>'",
    "doctypes, open": "<!doctype '",
    "cdata": "<![CDATA[x]]>",
    "cdata, open": "<![CDATA[",
    "questions": "<?",
    "<": "<",
    "< <": "< ",
    "</": "</",
    "</a": "</a",
    "<a": "<a",
    "<!": "<!",
    "tags of other names": "".join("<t%d>" % n for n in range(2000)),
    "entities": "&amp;",
    "entities, numbers": "&#120;",
    "entities, unknown": "&nosuch;",
    "&": "&",
    "&#": "&#",
    "entities in an address": ("<a href='", "&amp;", "'>"),
    "white space": " ",
    "script": "<script>x</script>",
    "script, open": "<script>",
    "style, open": "<style></",
    "title": "<title>x</title>",
    "title, open": "<title><",
    "namespaces": "<o:p>",
    "text": "word ",
    "octets above 127": "\xc3\xa4",
}
PEER = r"""
use HTML::Parser; use Time::HiRes qw(clock);
for my $path (@ARGV) {
    open my $in, '<:raw', $path or die; local $/; my $html = <$in>;
    my $best;
    for (1 .. 2) {
        my $start = clock();
        my $p = HTML::Parser->new(api_version => 3,
            start_h => [sub {}, 'tagname,attr'], end_h => [sub {}, 'tagname'],
            text_h => [sub {}, 'dtext'], comment_h => [sub {}, 'text']);
        $p->parse($html); $p->eof;
        my $took = 1000 * (clock() - $start);
        $best = $took if !defined $best || $took < $best;
    }
    printf "%.2f\t%s\n", $best, $path;
}
"""


def text(kind, size):
    if isinstance(kind, str):
        kind = ("", kind, "")
    first, middle, last = kind
    if middle == "x":
        return first * (size // (len(first) + len(last))) + middle + \
            last * (size // (len(first) + len(last)))
    return first + middle * (size // len(middle)) + last


def times(command, paths):
    got = subprocess.run(command + paths, stdout=subprocess.PIPE, check=True,
                         timeout=PATIENCE)
    return [float(line.split("\t")[0])
            for line in got.stdout.decode().splitlines()]


def peer_time(path):
    """HTML::Parser needs minutes for some: those count as PATIENCE."""
    try:
        return times(["perl", "-e", PEER], [path])[0]
    except (OSError, subprocess.CalledProcessError):
        return float("nan")
    except subprocess.TimeoutExpired:
        return 1000.0 * PATIENCE


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else "bench/html"
    kinds = {"<%s>" % tag: "<%s>" % tag for tag in TAGS}
    kinds.update(KINDS)
    with tempfile.TemporaryDirectory(prefix="postern-html") as work:
        paths, halves = [], []
        for number, kind in enumerate(kinds.values()):
            for size, names in ((SIZE, paths), (SIZE // 2, halves)):
                names.append("%s/%d.%d" % (work, number, size))
                with open(names[-1], "wb") as file:
                    file.write(text(kind, size).encode("latin-1"))
        ours, half = [times([program], [path])[0] for path in paths], \
            [times([program], [path])[0] for path in halves]
        peer = [peer_time(path) for path in paths]
    print("%-24s %8s %12s %8s %10s" % (
        "1 MB of", "ms", "HTML::Parser", "0.5 MB", "grows by"))
    for name, took, other, small in zip(kinds, ours, peer, half):
        print("%-24s %8.1f %12.1f %8.1f %9.1fx" % (
            name, took, other, small, took / small if small else 0))
    print("slowest: %.1f ms" % max(ours))
    return 0


if __name__ == "__main__":
    os.environ["LC_ALL"] = "C"
    sys.exit(main())
