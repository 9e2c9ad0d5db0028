"""A provider that means no good: programs on a raw socket, named by their misbehaviour."""

from __future__ import annotations

import gzip
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache

Program = Callable[[socket.socket], None]

HEADERS = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
STREAM = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"
BOMB_BYTES = 64 << 20


@contextmanager
def hostile(program: Program, at_once: bool = False) -> Iterator[str]:
    """Runs ``program`` on each connection, once its request came or ``at_once``. Yields the address."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                threading.Thread(target=_play, args=(program, connection, at_once), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)


def _play(program: Program, connection: socket.socket, at_once: bool) -> None:
    with connection:
        try:
            if not at_once:
                _read_request(connection)
            program(connection)
        except OSError:
            return


def _read_request(connection: socket.socket) -> None:
    """Head and body: what is left unread when a connection closes resets it, and the answer is lost."""
    with connection.makefile("rb") as request:
        length = 0
        while (line := request.readline()) not in (b"\r\n", b""):
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        request.read(length)


def without_end(piece: bytes, before: bytes = b"", every_s: float = 0.02) -> Program:
    def program(connection: socket.socket) -> None:
        connection.sendall(before)
        wait = threading.Event()
        while not wait.wait(every_s):
            connection.sendall(piece)

    return program


def once(*pieces: bytes) -> Program:
    def program(connection: socket.socket) -> None:
        for piece in pieces:
            connection.sendall(piece)

    return program


def never_answers(connection: socket.socket) -> None:
    connection.recv(1)


def bomb(encoding: bytes = b"gzip", layers: int = 1) -> Program:
    packed = _packed(layers)
    size = b"content-length: %d\r\n\r\n" % len(packed)
    return once(HEADERS, b"content-encoding: " + encoding + b"\r\n", size, packed)


@cache
def _packed(layers: int) -> bytes:
    return gzip.compress(_packed(layers - 1)) if layers else b" " * BOMB_BYTES


sends_one_byte_at_a_time = without_end(b"1", HEADERS + b"\r\n")
sends_headers_slowly = without_end(b"x", b"HTTP/1.1 200 OK\r\nx: ")
sends_headers_without_end = without_end(b"x: y\r\n" * 10_000, HEADERS, 0)
sends_early_hints_without_end = without_end(b"HTTP/1.1 103 Early Hints\r\n\r\n")
sends_blank_lines_only = without_end(b"\n\n", HEADERS + b"\r\n")
sends_pings_only = without_end(b'event: ping\ndata: {"type": "ping"}\n\n', STREAM)
sends_comments_only = without_end(b": STILL PROCESSING\n\n", STREAM)
sends_a_body_without_end = without_end(b"[" * (1 << 18), HEADERS + b"\r\n", 0)
sends_events_without_end = without_end(
    b'data: {"type": "content_block_delta", "delta": {"text": "a"}}\n\n' * 4000, STREAM, 0
)
cuts_a_compressed_body = once(
    HEADERS, b"content-encoding: gzip\r\nconnection: close\r\n\r\n", gzip.compress(b'{"choices": []}')[:-12]
)
