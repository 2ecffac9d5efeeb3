#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""The first run that README.md promises, as a test."""
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))

sys.exit(subprocess.call(
    [sys.executable, os.path.join(HERE, "..", "packaging", "first-run",
                                  "first_run.py"),
     os.environ["POSTERN"], os.environ["RULES"]], stdin=subprocess.DEVNULL))
