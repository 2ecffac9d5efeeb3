# SPDX-License-Identifier: BSD-2-Clause
"""The hostile clients of check_hostile.py: each a function that takes a port
and an Event that says when it has gone on for long enough."""
import socket
import struct
import time

HELLO = b"EHLO hostile.example\r\n"
ENVELOPE = b"MAIL FROM:<h@example.org>\r\nRCPT TO:<b@example.net>\r\n"
RESET = struct.pack("ii", 1, 0)


def connect(port, timeout=5.0):
    sock = socket.create_connection(("127.0.0.1", port), timeout)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def read_until(sock, wanted):
    """Replies up to one that begins with `wanted`."""
    held = b""
    while not any(line.startswith(wanted) for line in held.split(b"\r\n")):
        got = sock.recv(65536)
        if not got:
            raise OSError("closed")
        held += got


def to_data(port):
    """A client that may send its message."""
    sock = connect(port)
    sock.sendall(HELLO + ENVELOPE + b"DATA\r\n")
    read_until(sock, b"354")
    return sock


def push(socks, piece):
    """Sends what goes without waiting; False when nobody took anything."""
    moved = False
    for sock in socks:
        try:
            moved |= sock.send(piece) > 0
        except BlockingIOError:
            continue
        except OSError:
            socks.remove(sock)
    return moved


def flood(socks, piece, stop):
    for sock in socks:
        sock.setblocking(False)
    while not stop.is_set() and socks:
        if not push(list(socks), piece):
            time.sleep(0.01)


def again(attack, stop):
    """One after the other, as fast as it goes."""
    while not stop.is_set():
        try:
            attack()
        except OSError:
            pass


def close(socks):
    for sock in socks:
        sock.close()


def never_reads(port, stop):
    """Recipients without end, and no reply is read."""
    socks = [connect(port) for _ in range(50)]
    for sock in socks:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.sendall(HELLO + b"MAIL FROM:<h@example.org>\r\n")
    flood(socks, b"RCPT TO:<b@example.net>\r\n" * 100, stop)
    close(socks)


def never_reads_help(port, stop):
    """The longest replies to the shortest commands."""
    socks = [connect(port) for _ in range(50)]
    for sock in socks:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    flood(socks, b"HELP\r\n" * 1000, stop)
    close(socks)


def octet_a_second(port, stop):
    """Half of them in a command, half in a message."""
    socks = [connect(port) for _ in range(50)]
    socks += [to_data(port) for _ in range(50)]
    while not stop.is_set():
        for sock in socks:
            sock.send(b"N")
        stop.wait(1.0)
    close(socks)


def connections_500(port, stop):
    socks = [connect(port) for _ in range(500)]
    for number, sock in enumerate(socks):
        if number % 2:
            sock.sendall(HELLO + ENVELOPE)
    stop.wait()
    close(socks)


def connects_and_leaves(port, stop):
    def attack():
        close([connect(port) for _ in range(20)])
        time.sleep(0.005)
    again(attack, stop)


def line_100k(port, stop):
    """A line that does not end."""
    def attack():
        with connect(port) as sock:
            sock.sendall(HELLO + b"x" * 102400)
            sock.sendall(b"\r\nQUIT\r\n")
            read_until(sock, b"221")
    again(attack, stop)


def line_without_end(port, stop):
    socks = [connect(port) for _ in range(10)]
    flood(socks, b"x" * 102400, stop)
    close(socks)


def bad_commands(port, stop):
    def attack():
        with connect(port) as sock:
            sock.sendall(b"XYZZY\r\n" * 1000)
            read_until(sock, b"421")
    again(attack, stop)


def reset_in_data(port, stop):
    def attack():
        with to_data(port) as sock:
            sock.sendall(b"Subject: x\r\n\r\n" + b"x" * 5000)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    again(attack, stop)


def half_close(port, stop):
    """In commands, in a message, and in front of them."""
    def attack():
        for octets in (HELLO + ENVELOPE, HELLO + ENVELOPE + b"DATA\r\nhalf",
                       b"EHL", b""):
            with connect(port) as sock:
                sock.sendall(octets)
                sock.shutdown(socket.SHUT_WR)
                while sock.recv(65536):
                    pass
    again(attack, stop)


def half_close_and_stay(port, stop):
    """The other half is never closed."""
    socks = [to_data(port) for _ in range(100)]
    for sock in socks:
        sock.sendall(b"half")
        sock.shutdown(socket.SHUT_WR)
    stop.wait()
    close(socks)


def endless_message(port, stop):
    socks = [to_data(port) for _ in range(4)]
    flood(socks, b"a line of text\r\n" * 4096, stop)
    close(socks)


def tls_and_garbage(port, stop):
    def attack():
        for octets in (b"\x16\x03\x01\x02\x00\x01\x00", b"GET / HTTP/1.1\r\n",
                       b"\x80\x00\xff" * 100):
            with connect(port) as sock:
                sock.sendall(octets)
                while sock.recv(65536):
                    pass
    again(attack, stop)


def bdat_of_a_gigabyte(port, stop):
    """Announced, begun, and left alone; and for nobody."""
    socks = [connect(port) for _ in range(50)]
    for number, sock in enumerate(socks):
        envelope = ENVELOPE if number % 2 else b""
        sock.sendall(HELLO + envelope + b"BDAT 1000000000 LAST\r\nbegin")
    stop.wait()
    close(socks)


def connections_500_in_data(port, stop):
    """Each leaves 100 KB with us."""
    socks = [to_data(port) for _ in range(500)]
    for sock in socks:
        sock.sendall(b"x" * 998 + b"\r\n" * 100)
        sock.sendall((b"x" * 998 + b"\r\n") * 100)
    stop.wait()
    close(socks)


def whole_message(port, stop, content):
    """The same message again and again, from four clients in turn."""
    def attack():
        socks = [to_data(port) for _ in range(4)]
        for sock in socks:
            sock.settimeout(20)
            sock.sendall(content + b"\r\n.\r\nQUIT\r\n")
        for sock in socks:
            read_until(sock, b"221")
            sock.close()
    again(attack, stop)


def message_of_dots(port, stop):
    """Each line has to be stuffed."""
    whole_message(port, stop, b"..\r\n" * 500000)


def message_of_fields(port, stop):
    """A header that is all there is."""
    whole_message(port, stop, b"a:\r\n" * 500000)


def message_of_parts(port, stop):
    head = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    whole_message(port, stop, head + b"--b\r\n\r\n" * 250000)


ATTACKS = (never_reads, never_reads_help, octet_a_second, connections_500,
           connects_and_leaves, line_100k, line_without_end, bad_commands,
           reset_in_data, half_close, half_close_and_stay, endless_message,
           tls_and_garbage, bdat_of_a_gigabyte, connections_500_in_data)
LOADS = (message_of_dots, message_of_fields, message_of_parts)
