#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Plants one violation of each kind and sees it found: a check that cannot
fail is none."""
import os
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")
HEAD = "/*\n * planted: a violation.\n * SPDX-License-Identifier: " \
       "BSD-2-Clause\n */\n"
LONG = HEAD + "static void\nlong_one(void)\n{\n" + "\tlong_one();\n" * 90 + \
    "}\n"
PLANTED = [
    ("format", "lib/base/planted.c", HEAD + "int  a ;\n"),
    ("layers", "lib/base/planted.c", HEAD + '#include "postern/coro.h"\n'),
    ("layers", "lib/mail/planted.c", HEAD + '#include "postern/loop.h"\n'),
    ("layers", "filters/planted.c", HEAD + '#include "postern/stream.h"\n'),
    ("layers", "filters/planted.c", HEAD + '#include "proxy/smtp/ehlo.h"\n'),
    ("layers", "filters/rules/set/planted.c",
     HEAD + '#include "filters/rules/eval/eval.h"\n'),
    ("sizes", "lib/base/planted.c", LONG),
    ("sizes", "lib/base/planted.c", HEAD + "\n" * 500),
    ("sizes", "include/postern/planted.h", HEAD + "\n" * 150),
    ("waits", "proxy/smtp/net_planted.c", HEAD + "int\nnet_port(int fd)\n{\n"
     "\treturn coro_yield() + fd;\n}\n"),
    ("headers", "include/postern/planted.h", HEAD + "uint32_t f(void);\n"),
    ("headers", "lib/base/planted.c", "int a;\n"),
    ("text", "lib/base/planted.c", HEAD + "/* FIX" + "ME */\n"),
    ("text", "lib/base/planted.c", HEAD + "/* /wo" + "rk/x */\n"),
    ("architecture", "ARCHITECTURE.md", "See `lib/base/nothing.c`.\n"),
]


def main():
    failures = 0
    with tempfile.TemporaryDirectory() as work:
        for check, name, text in PLANTED:
            root = os.path.join(work, "tree")
            os.mkdir(root)
            for folder in ("include", "lib", "filters", "proxy"):
                shutil.copytree(os.path.join(ROOT, folder),
                                os.path.join(root, folder))
            shutil.copy(os.path.join(ROOT, ".clang-format"), root)
            with open(os.path.join(root, name), "w",
                      encoding="utf-8") as file:
                file.write(text)
            got = subprocess.run(
                [sys.executable, os.path.join(HERE, "lint.py"), "--root",
                 root, check], capture_output=True, text=True)
            found = got.returncode == 1 and name in got.stdout
            print("%-4s %s finds %s" % ("ok" if found else "FAIL", check,
                                        name))
            failures += not found
            shutil.rmtree(root)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
