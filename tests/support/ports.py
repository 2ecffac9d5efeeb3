# SPDX-License-Identifier: BSD-2-Clause
"""Ports for tests: below those that the kernel gives to outgoing connections,
and no port twice in one run, because Postern's listeners share ports."""
import os
import random
import socket
import threading

FIRST, LAST = 12000, 31000
_taken, _lock = set(), threading.Lock()
_random = random.Random(os.urandom(8))


def free_port():
    """A port of 127.0.0.1 that nobody listens on."""
    with _lock:
        while True:
            port = _random.randrange(FIRST, LAST)
            if port in _taken:
                continue
            with socket.socket() as sock:
                try:
                    sock.bind(("127.0.0.1", port))
                except OSError:
                    continue
            _taken.add(port)
            return port
